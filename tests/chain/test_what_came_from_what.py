"""The chain from every record, as each role may see it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from tests.chain.making import (
    Made,
    assign,
    make_action,
    make_chain,
    make_letter,
    make_paper,
    make_point,
    make_response,
    make_workshop,
    who,
)
from tests.factories import add
from tracker.actions.models import Action
from tracker.chain.queries import list_steps
from tracker.core.db import db, writing
from tracker.letters.models import Letter, Recommendation
from tracker.papers.models import Paper
from tracker.papers.rules import PaperState
from tracker.recommendations.models import Assignment, AssignmentAction
from tracker.recommendations.response_models import Response
from tracker.workshops.models import PointHeard, Workshop

KINDS = {
    "workshop": Workshop,
    "point": PointHeard,
    "letter": Letter,
    "recommendation": Recommendation,
    "assignment": Assignment,
    "response": Response,
    "action": Action,
    "paper": Paper,
}
WHOLE = {
    "Workshop": ["EPC-W01"],
    "Points heard": ["Concern"],
    "Letter": ["EPC-L01"],
    "Recommendations": ["EPC-L01(a)"],
    "Answers": ["EPC-L01"],
    "Actions": ["EPC-A001"],
    "Assessments": ["EPC-L01(a)"],
    "Board papers": ["EPC-P01"],
    "The board’s resolutions": ["EPC-P01"],
}


def shown(email: str, record: Any) -> dict[str, list[str]]:
    """The references of each step."""
    return {s.name: [i.reference for i in s.items] for s in list_steps(who(email), record)}


def first(model: Any) -> Any:
    return db.session.get_one(model, 1)


def records(made: Made) -> dict[str, Any]:
    """The record of each kind."""
    ids = made.__dict__ | {"recommendation": made.recommendations[0], "assignment": made.assignments[0]}
    return {kind: db.session.get_one(model, ids[kind]) for kind, model in KINDS.items()}


def test_secretary_walks_the_whole_chain_from_every_record(app: Any, cast: Any) -> None:
    made = make_chain(app, cast)
    with app.app_context():
        for kind, record in records(made).items():
            assert shown("secretary@epc.test", record) == WHOLE, kind
            current = [s for s in list_steps(who("secretary@epc.test"), record) if s.current]
            assert [[i.current for i in s.items] for s in current] == [[True]], kind


def test_programme_team_sees_its_letter_recommendations_answer_and_actions_only(app: Any, cast: Any) -> None:
    made = make_chain(app, cast)
    with app.app_context():
        for kind in ("letter", "recommendation", "response"):
            steps = list_steps(who("team@can.test"), records(made)[kind])
            assert [s.name for s in steps] == ["Letter", "Recommendations", "Answers", "Actions"], kind
            action = steps[-1].items[0]
            assert (action.reference, action.words, action.endpoint) == ("EPC-A001", "", "")


def test_owner_of_an_action_reads_its_title(app: Any, cast: Any) -> None:
    make_chain(app, cast)
    with app.app_context():
        with writing():
            action = first(Action)
            action.owner_id = cast.contacts["team@can.test"]
            add(action)
        steps = list_steps(who("team@can.test"), first(Action))
        assert steps[-1].items[0].words == "Do EPC-A001"


STRANGERS = ("secretary@dig.test", "team@dia.test", "admin@tracker.test", "nobody@tracker.test")


def test_strangers_see_nothing(app: Any, cast: Any) -> None:
    made = make_chain(app, cast)
    with app.app_context():
        for kind, record in records(made).items():
            assert [(kind, email) for email in STRANGERS if list_steps(who(email), record)] == []


def test_member_sees_no_draft_letter_and_no_draft_paper(app: Any, cast: Any) -> None:
    with app.app_context():
        with writing():
            workshop = make_workshop(cast.epc, cast.can, "EPC-W01")
            point = make_point(workshop, "A point")
            make_letter(workshop, cast.can, cast.contacts["sro@can.test"], None, [point])
            letter, wordings = make_letter(workshop, cast.can, cast.contacts["sro@can.test"], "EPC-L01", [point])
            make_paper(cast, "EPC-P01", [assign(letter, wordings[0], cast.can)], PaperState.DRAFT)
        member, chair = shown("member@epc.test", first(Workshop)), shown("chair@epc.test", first(Workshop))
        assert (member["Letter"], member["Board papers"]) == (["EPC-L01"], [])
        assert (chair["Letter"], chair["Board papers"]) == (["Draft 1", "EPC-L01"], ["EPC-P01"])


def test_draft_response_is_the_programmes_own(app: Any, cast: Any) -> None:
    with app.app_context():
        with writing():
            workshop = make_workshop(cast.epc, cast.can, "EPC-W01")
            letter, _ = make_letter(workshop, cast.can, cast.contacts["sro@can.test"], "EPC-L01", [])
            make_response(letter, cast.can, cast.contacts["sro@can.test"], submitted=False)
        assert shown("secretary@epc.test", first(Letter))["Answers"] == []
        assert shown("team@can.test", first(Letter))["Answers"] == ["EPC-L01"]


def test_programme_does_not_see_another_programmes_share_of_a_joint_letter(app: Any, cast: Any) -> None:
    with app.app_context():
        with writing():
            workshop = make_workshop(cast.epc, cast.can, "EPC-W01")
            letter, wordings = make_letter(workshop, cast.can, cast.contacts["sro@can.test"], "EPC-L01", [], asks=2)
            assign(letter, wordings[0], cast.can)
            theirs = assign(letter, wordings[1], cast.dia)
            action = make_action(cast.epc, "EPC-A001")
            add(AssignmentAction(assignment_id=theirs.id, action_id=action.id))
        seen = shown("team@can.test", first(Letter))
        assert seen["Recommendations"] == ["EPC-L01(a)"]
        assert "Actions" not in seen


def test_where_nothing_has_come_of_it_the_chain_says_so(app: Any, cast: Any) -> None:
    with app.app_context():
        with writing():
            make_workshop(cast.epc, cast.can, "EPC-W01")
        steps = list_steps(who("secretary@epc.test"), first(Workshop))
        assert [s.nothing for s in steps if not s.items][:2] == ["No points heard yet", "No letter yet"]


def test_action_without_an_origin_stands_alone(app: Any, cast: Any) -> None:
    with app.app_context():
        with writing():
            make_workshop(cast.epc, cast.can, "EPC-W01")
            make_action(cast.epc, "EPC-A001")
        seen = shown("secretary@epc.test", first(Action))
        assert seen == {"Actions": ["EPC-A001"]}


def test_a_recommendation_that_rests_on_no_point_says_so_and_waits_for_none(app: Any, cast: Any) -> None:
    with app.app_context():
        with writing():
            workshop = make_workshop(cast.epc, cast.can, "EPC-W01")
            letter, wordings = make_letter(workshop, cast.can, cast.contacts["sro@can.test"], "EPC-L01", [])
            assign(letter, wordings[0], cast.can)
        steps = list_steps(who("secretary@epc.test"), first(Recommendation))
        nothing = [s.nothing for s in steps if not s.items]
        assert nothing[0] == "It rests on no point heard"
        assert "No points heard yet" not in nothing and "No letter yet" not in nothing
        assert "Not assessed yet" in nothing


def test_a_long_step_is_cut_and_says_how_many_more_in_a_fixed_number_of_queries(app: Any, cast: Any) -> None:
    made = make_chain(app, cast, asks=14)
    with app.app_context():
        secretary, letter = who("secretary@epc.test"), db.session.get_one(Letter, made.letter)
        statements: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        steps = {s.name: s for s in list_steps(secretary, letter)}
        assert (len(steps["Recommendations"].items), steps["Recommendations"].hidden) == (10, 4)
        assert len([s for s in statements if s.startswith("SELECT")]) == 9
