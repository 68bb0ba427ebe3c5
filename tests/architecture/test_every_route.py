"""Every route × every role × own and other's. A route without an expectation here fails.

Strangers to a record get 404, its readers who may not do this 403. Posts carry a key that no form accepts, so that what
is allowed answers 422 and nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.factories import Cast
from tests.support.records import Records, add_clearing, make_both
from tests.support.stores import Store
from tests.support.visitor import Visitor

TASKFORCE = frozenset({"secretary", "chair", "vice", "member", "auditor"})
DRAFTERS = TASKFORCE - {"member"}
SECRETARY = frozenset({"secretary"})
CHAIRS = frozenset({"chair", "vice"})
MEMBER = frozenset({"member"})
JUDGES = SECRETARY | CHAIRS
PROGRAMME = frozenset({"team", "sro"})
READERS = TASKFORCE | PROGRAMME
SRO = frozenset({"sro"})
LEAD = frozenset({"lead"})
ADMIN = frozenset({"admin"})
OTHERS = frozenset({"other_secretary", "other_chair", "other_team"})
EVERYBODY = TASKFORCE | PROGRAMME | LEAD | ADMIN | OTHERS | {"nobody"}
ANY_SECRETARY = SECRETARY | {"other_secretary"}
ANY_TASKFORCE = TASKFORCE | {"other_secretary", "other_chair"}
EMAILS = {
    **{role: f"{role}@epc.test" for role in (*TASKFORCE, "lead")},
    **{role: f"{role}@can.test" for role in PROGRAMME},
    "admin": "admin@tracker.test",
    "nobody": "nobody@tracker.test",
    "other_secretary": "secretary@dig.test",
    "other_chair": "chair@dig.test",
    "other_team": "team@dia.test",
}
BAD_KEY = "k" * 65


@dataclass(frozen=True)
class Expected:
    """Who may use a route, and who else may read what it is about (they get 403, everybody else 404)."""

    allowed: frozenset[str]
    readers: frozenset[str] = EVERYBODY
    values: tuple[tuple[str, str], ...] = ()
    query: str = ""


def on(record: str, allowed: frozenset[str]) -> list[Expected]:
    """A route of a record: allowed to some, read by those who may see a record of this kind."""
    return [Expected(allowed & readers, readers, values) for readers, values in KINDS[record]]


KINDS: dict[str, list[tuple[frozenset[str], tuple[tuple[str, str], ...]]]] = {
    "workshop": [(TASKFORCE, (("key", "workshop"),))],
    "letter": [(DRAFTERS, (("key", "draft_letter"),)), (TASKFORCE | PROGRAMME, (("key", "letter"),))],
    "entry": [(TASKFORCE | PROGRAMME, (("key", "letter"), ("entry_id", "entry_id"), ("file_id", "entry_file_id")))],
    "recommendation": [(TASKFORCE | PROGRAMME, (("key", "recommendation"), ("code", "programme")))],
    "judged": [(TASKFORCE | PROGRAMME, (("key", "letter"), ("code", "programme"), ("reference", "recommendation")))],
    "evidence": [(TASKFORCE | PROGRAMME, (("key", "recommendation"), ("code", "programme")))],
    "extension": [(TASKFORCE | PROGRAMME, (("key", "letter"), ("code", "programme")))],
    "response": [(TASKFORCE | PROGRAMME, (("key", "letter"), ("code", "programme")))],
    "links of a response": [
        (DRAFTERS | PROGRAMME, (("key", "letter"), ("code", "programme"), ("link_id", "response_link_id")))
    ],
    "links of an action": [(DRAFTERS, (("key", "action"), ("link_id", "action_link_id")))],
    "action": [(TASKFORCE | {"team"}, (("key", "action"),))],
    "paper": [
        (DRAFTERS | LEAD, (("key", "draft_paper"), ("invitation_id", "draft_invitation_id"))),
        (TASKFORCE | LEAD, (("key", "paper"), ("invitation_id", "invitation_id"))),
    ],
    "taskforce": [(TASKFORCE | ADMIN, (("code", "code"),))],
    "passages": [(DRAFTERS | ADMIN, (("code", "code"),))],
    "contact": [(TASKFORCE, (("contact_id", "contact_id"),))],
    "programme": [(ANY_TASKFORCE | PROGRAMME | ADMIN, (("code", "programme"),))],
    "contacts of a taskforce": [(TASKFORCE, (("code", "code"),))],
    "board": [(ANY_TASKFORCE | ADMIN, ())],
    "letterheads of a taskforce": [(SECRETARY | ADMIN, (("code", "code"),))],
    "reminders": [(DRAFTERS, (("code", "code"),))],
    "reminders of a letter": [(DRAFTERS, (("key", "letter"), ("code", "programme")))],
    "letterhead": [(SECRETARY | ADMIN, (("letterhead_id", "letterhead_id"),))],
    "winding up": [(DRAFTERS, (("code", "code"),))],
    "reply": [(TASKFORCE | PROGRAMME, ())],
    "transfer": [(DRAFTERS | LEAD, ())],
    "covering note": [(DRAFTERS, ())],
    # The secretary's own, shared with the taskforce.
    "view": [(TASKFORCE, (("view_id", "view_id"),))],
    "Word letter": [(SECRETARY, (("upload_id", "word_upload_id"),))],
}
NOBODY: frozenset[str] = frozenset()
DRAFT, SENT = (("key", "draft_letter"),), (("key", "letter"),)
FREE = {"static", "home.accessibility", "home.privacy", "home.cookies", "home.healthz", "accounts.sign_in"}
FREE |= {
    "accounts.sign_in_with_password",
    "accounts.ask_for_reset",
    "accounts.show_reset_asked",
    "accounts.set_password",
}
# Opened by the secret in the address alone, signed in or not (test_secret_addresses below, tests/guest_links).
SECRET = {
    f"guest_links.{name}"
    for name in (
        "open_link",
        "leave",
        "show_letter",
        "download_letter",
        "write_answers",
        "keep_answers_edit",
        "drop_answers_edit",
        "sign_off",
        "report_action",
    )
} | {"calendars.read_feed"}

EXPECTED: dict[str, list[Expected]] = {
    **{
        name: [Expected(EVERYBODY)]
        for name in (
            "home.due_for_me",
            "accounts.show_account",
            "accounts.change_password",
            "accounts.edit_signature",
            "accounts.take_down_signature",
            "letters.list_letters",
            "recommendations.list_recommendations",
            "recommendations.export_register",
            "recommendations.show_moved",
            "saved_views.list_views",
            "saved_views.save_view",
            "actions.list_actions",
            "directory.show_directory",
        )
    },
    "directory.show_taskforce": on("taskforce", EVERYBODY),
    **{
        f"directory.{name}": on("taskforce", SECRETARY | ADMIN)
        for name in ("edit_taskforce", "add_member", "edit_member", "end_member")
    },
    **{f"directory.{name}": [Expected(ADMIN)] for name in ("new_taskforce", "new_board")},
    "directory.show_board": on("board", EVERYBODY),
    **{f"directory.{name}": on("board", ADMIN) for name in ("edit_board", "add_board_meeting")},
    "directory.new_programme": [Expected(ANY_SECRETARY | ADMIN)],
    "directory.show_programme": on("programme", EVERYBODY),
    **{f"directory.{name}": on("programme", ANY_SECRETARY | ADMIN) for name in ("edit_programme", "appoint_sro")},
    "passages.list_passages": on("passages", EVERYBODY),
    **{
        f"passages.{name}": on("passages", SECRETARY | ADMIN)
        for name in ("add_passage", "edit_passage", "remove_passage")
    },
    "directory.list_contacts": on("contacts of a taskforce", TASKFORCE),
    "directory.new_contact": on("contacts of a taskforce", SECRETARY),
    "directory.show_contact": on("contact", TASKFORCE),
    "directory.edit_contact": on("contact", SECRETARY),
    "directory.find_contacts": [
        Expected(TASKFORCE | ADMIN, TASKFORCE | ADMIN, query="?taskforce={taskforce_id}&field=owner&q=chair")
    ],
    **{f"accounts.{name}": [Expected(ADMIN)] for name in ("list_users", "make_user")},
    **{
        f"accounts.{name}": [Expected(ADMIN, ADMIN)]
        for name in (
            "show_user",
            "edit_user",
            "invite_user",
            "disable_user",
            "enable_user",
            "give_grant",
            "end_grant",
        )
    },
    "workshops.list_workshops": [Expected(ANY_TASKFORCE)],
    "workshops.plan_workshop": [Expected(ANY_SECRETARY)],
    **{f"workshops.{name}": on("workshop", TASKFORCE) for name in ("show_workshop",)},
    **{
        f"workshops.{name}": on("workshop", SECRETARY)
        for name in (
            "edit_workshop",
            "hold_workshop",
            "write_up_workshop",
            "add_participant",
            "remove_participant",
            "points.add_point",
            "points.edit_point",
            "points.flag_point",
            "points.unflag_point",
            "points.move_point_up",
            "points.move_point_down",
            "points.remove_point",
        )
    },
    "workshops.points.list_points": on("workshop", TASKFORCE),
    "workshops.points.show_point": on("workshop", TASKFORCE),
    "letters.new_letter": [Expected(ANY_SECRETARY)],
    "letters.preview_new_letter": [Expected(ANY_SECRETARY)],
    "letters.record_letter": [Expected(ANY_SECRETARY)],
    "letters.keep_new_draft_edit": [Expected(ANY_SECRETARY)],
    "letters.drop_new_draft_edit": [Expected(ANY_SECRETARY)],
    # The member was asked to comment on the draft, and is led to the page where they do.
    "letters.show_letter": [
        Expected(DRAFTERS | MEMBER, DRAFTERS | MEMBER, DRAFT),
        Expected(TASKFORCE | PROGRAMME, TASKFORCE | PROGRAMME, SENT),
    ],
    # A draft has no file that was sent, a letter that was sent no draft; its history is not there for its readers.
    "letters.download_file": [
        Expected(NOBODY, NOBODY, DRAFT),
        Expected(TASKFORCE | PROGRAMME, TASKFORCE | PROGRAMME, SENT),
    ],
    "letters.download_draft": [Expected(DRAFTERS, DRAFTERS, DRAFT), Expected(NOBODY, NOBODY, SENT)],
    "letters.compare_versions": [Expected(DRAFTERS, DRAFTERS, DRAFT), Expected(DRAFTERS, DRAFTERS, SENT)],
    **{
        f"letters.{name}": on("letter", SECRETARY)
        for name in (
            "draft_correction",
            "edit_letter",
            "preview_letter",
            "send_letter",
            "keep_draft_edit",
            "drop_draft_edit",
            "restore_version",
            "issue_letter",
            "reopen_letter",
            "take_back_letter",
            "withdraw_letter",
        )
    },
    # Nobody of the cast has put up a signature, so no letter is signed.
    "accounts.show_signature": [Expected(NOBODY, NOBODY)],
    "letters.show_signature": [Expected(NOBODY, NOBODY, DRAFT), Expected(NOBODY, NOBODY, SENT)],
    **{
        f"sending.{name}": [Expected(SECRETARY, DRAFTERS, SENT), Expected(NOBODY, NOBODY, DRAFT)]
        for name in ("send_letter", "record_sending", "add_signed_pdf", "make_pdf", "send_again")
    },
    **{
        f"sending.{name}": [Expected(DRAFTERS, DRAFTERS, SENT), Expected(NOBODY, NOBODY, DRAFT)]
        for name in ("list_sendings", "show_sending", "download_message")
    },
    **{
        f"sending.{name}": [
            Expected(TASKFORCE | PROGRAMME, TASKFORCE | PROGRAMME, SENT),
            Expected(NOBODY, NOBODY, DRAFT),
        ]
        for name in ("show_files", "download_file")
    },
    "correspondence.list_entries": on("letter", EVERYBODY),
    **{f"correspondence.{name}": on("letter", SECRETARY) for name in ("new_entry", "read_emails")},
    **{f"correspondence.{name}": on("entry", EVERYBODY) for name in ("show_entry", "download_file")},
    **{f"correspondence.{name}": on("entry", SECRETARY) for name in ("correct_entry", "strike_entry")},
    **{
        f"letterheads.{name}": on("letterheads of a taskforce", SECRETARY | ADMIN)
        for name in ("list_letterheads", "upload_letterhead", "download_own")
    },
    **{
        f"letterheads.{name}": on("letterhead", SECRETARY | ADMIN)
        for name in ("show_letterhead", "download_specimen", "download_letterhead", "make_live", "give_up")
    },
    "word_letters.upload_draft": on("letter", SECRETARY),
    "word_letters.begin_letter": [Expected(ANY_SECRETARY)],
    **{
        f"word_letters.{name}": on("Word letter", SECRETARY)
        for name in ("show_upload", "accept_draft", "put_aside", "download_upload")
    },
    **{f"letters.{name}": on("letter", CHAIRS) for name in ("decide_letter", "change_letter", "comment_as_chair")},
    "letters.confirm_letter": on("letter", JUDGES),
    "letters.show_details": on("letter", DRAFTERS),
    "letters.list_decisions": [Expected(DRAFTERS | {"other_secretary", "other_chair"})],
    **{
        f"letters.{name}": on("letter", SECRETARY)
        for name in ("ask_members", "ask_more_members", "extend_round", "end_round")
    },
    # The member was asked about this draft; nobody else sees it there, whatever they may see of it elsewhere.
    **{f"letters.{name}": [Expected(MEMBER, MEMBER, DRAFT)] for name in ("comment_letter", "finish_comments")},
    **{
        f"letters.{name}": [Expected(SECRETARY, DRAFTERS, (*DRAFT, ("comment_id", "comment_id")))]
        for name in ("deal_with_comment", "take_up_comment")
    },
    "directory.delegate": on("taskforce", CHAIRS),
    "directory.end_delegation": [
        Expected(frozenset({"chair"}), frozenset({"chair"}), (("code", "code"), ("grant_id", "delegation_id")))
    ],
    "recommendations.show_recommendation": on("recommendation", EVERYBODY),
    "recommendations.assess": on("recommendation", CHAIRS),
    "recommendations.report_delivery": on("recommendation", PROGRAMME),
    **{f"recommendations.{name}": on("recommendation", JUDGES) for name in ("close", "reopen", "decide_criteria")},
    **{
        f"recommendations.{name}": [Expected(JUDGES | {"other_secretary", "other_chair"})]
        for name in ("change_several", "confirm_changes", "import_sheet")
    },
    **{f"saved_views.{name}": on("view", EVERYBODY) for name in ("choose_default", "give_up_default")},
    **{f"saved_views.{name}": on("view", SECRETARY) for name in ("edit_view", "delete_view")},
    "recommendations.new_action": on("recommendation", SECRETARY),
    "recommendations.respond": on("response", EVERYBODY),
    "recommendations.show_response": on("response", EVERYBODY),
    "recommendations.write_response": on("response", PROGRAMME),
    "recommendations.continue_response": on("response", PROGRAMME),
    **{f"recommendations.{name}": on("response", PROGRAMME) for name in ("keep_response_edit", "drop_response_edit")},
    # The secretariat records an agreement once the programme says that its draft is ready: this one is signed off.
    "recommendations.record_agreement": [Expected(PROGRAMME, PROGRAMME, (("key", "letter"), ("code", "programme")))],
    # It was signed off here, so there is no file in which anybody agreed.
    "recommendations.download_agreement": [Expected(NOBODY, NOBODY, (("key", "letter"), ("code", "programme")))],
    "recommendations.show_answers": [
        Expected(NOBODY, NOBODY, DRAFT),
        Expected(TASKFORCE | PROGRAMME, TASKFORCE | PROGRAMME, SENT),
    ],
    "recommendations.enter_verbal_update": on("recommendation", SECRETARY),
    "recommendations.decide_verbal_update": on("recommendation", PROGRAMME),
    "recommendations.sign_off": on("response", SRO),
    "recommendations.ask_clarification": on("response", JUDGES),
    "recommendations.accept": on("response", JUDGES),
    "recommendations.judge_response": on("response", CHAIRS),
    "recommendations.judge_answer": on("judged", CHAIRS),
    "recommendations.report_dates": [Expected(ANY_TASKFORCE)],
    "recommendations.add_evidence": on("recommendation", SECRETARY | PROGRAMME),
    "recommendations.download_evidence": on("evidence", EVERYBODY),
    "recommendations.withdraw_evidence": on("evidence", SECRETARY | PROGRAMME),
    "recommendations.ask_extension": on("response", SECRETARY | PROGRAMME),
    "recommendations.show_extension": on("extension", EVERYBODY),
    "recommendations.decide_extension": on("extension", JUDGES),
    "recommendations.withdraw_extension": on("extension", SECRETARY | PROGRAMME),
    "actions.new_action": [Expected(ANY_SECRETARY)],
    "actions.show_action": on("action", EVERYBODY),
    "actions.report_action": on("action", SECRETARY | {"team"}),
    "actions.edit_action": on("action", SECRETARY),
    **{
        f"actions.{name}": on("action", JUDGES)
        for name in ("close_action", "cancel_action", "reopen_action", "send_back_action")
    },
    "reminders.list_ladders": on("reminders", DRAFTERS),
    "reminders.show_response": on("reminders of a letter", DRAFTERS),
    "reminders.show_digest": [Expected(DRAFTERS, DRAFTERS, (("code", "code"), ("digest_id", "digest_id")))],
    "reminders.send_again": [Expected(SECRETARY, DRAFTERS, (("code", "code"), ("digest_id", "digest_id")))],
    **{f"reminders.{name}": on("reminders", SECRETARY) for name in ("edit_plan", "send_reminders")},
    **{
        f"reminders.{name}": on("reminders of a letter", SECRETARY)
        for name in ("edit_letter_plan", "pause", "end_pause", "draft_letter")
    },
    "papers.list_papers": [Expected(ANY_TASKFORCE)],
    "papers.new_paper": [Expected(ANY_SECRETARY)],
    "papers.record_paper": [Expected(ANY_SECRETARY)],
    **{f"papers.{name}": on("paper", EVERYBODY) for name in ("show_paper", "preview_paper", "download_cover_sheet")},
    **{
        f"papers.{name}": on("paper", SECRETARY)
        for name in (
            "edit_paper",
            "choose_recommendations",
            "send_to_lead",
            "reopen_paper",
            "submit_paper",
            "consider_paper",
            "record_resolution",
        )
    },
    **{f"papers.{name}": on("paper", SECRETARY | LEAD) for name in ("clear_paper", "return_paper")},
    "guest_links.list_response_links": on("links of a response", EVERYBODY),
    **{
        f"guest_links.{name}": on("links of a response", SECRETARY | PROGRAMME)
        for name in ("new_prepare_link", "new_sign_off_link", "end_response_link")
    },
    "guest_links.list_action_links": on("links of an action", EVERYBODY),
    **{f"guest_links.{name}": on("links of an action", SECRETARY) for name in ("new_action_link", "end_action_link")},
    "guest_links.list_refused_links": [Expected(ADMIN | {"auditor"})],
    **{f"calendars.{name}": [Expected(EVERYBODY)] for name in ("show_feed", "make_feed", "end_feed")},
    **{
        f"transfers.{name}": on("winding up", DRAFTERS)
        for name in ("show_winding_up", "download_legacy_list", "download_legacy_sheet")
    },
    **{
        f"transfers.{name}": on("winding up", JUDGES)
        for name in ("start_winding_up", "stop_winding_up", "close_taskforce", "offer")
    },
    "replies.upload_reply": [Expected(SECRETARY | PROGRAMME, NOBODY, (("key", "letter"), ("code", "programme")))],
    **{f"replies.{name}": on("reply", EVERYBODY) for name in ("show_reply", "download_reply")},
    **{
        f"replies.{name}": on("reply", SECRETARY | PROGRAMME)
        for name in ("add_passage", "remove_passage", "take_reply", "set_aside")
    },
    "replies.sign_off_by_reply": on("reply", SECRETARY),
    "transfers.show_transfer": on("transfer", EVERYBODY),
    "transfers.answer_transfer": on("transfer", SECRETARY | LEAD),
    "transfers.withdraw_transfer": on("transfer", SECRETARY),
    # Nobody has answered, so there is no file.
    "transfers.download_transfer_file": [Expected(NOBODY, NOBODY)],
    "transfers.merge_programme": on("programme", ANY_SECRETARY | ADMIN),
    **{f"transfers.{name}": on("covering note", EVERYBODY) for name in ("show_note", "download_note")},
    **{f"transfers.{name}": on("covering note", SECRETARY) for name in ("edit_note", "send_note")},
}


def rules(app: Flask) -> list[Rule]:
    return [r for r in app.url_map.iter_rules() if r.endpoint not in FREE | SECRET]


def test_every_route_has_an_expectation(app: Flask) -> None:
    known = {r.endpoint for r in app.url_map.iter_rules()}
    missing = sorted({r.endpoint for r in rules(app)} - set(EXPECTED) - {"accounts.sign_out"})
    assert not missing, f"routes that nobody expects anything of: {missing}"
    assert not sorted(set(EXPECTED) - known), "expectations of routes that are gone"


def address(app: Flask, rule: Rule, expected: Expected, records: Records) -> str:
    named = dict(expected.values)
    values = {a: getattr(records, named.get(a, a)) for a in rule.arguments}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values) + expected.query.format_map(vars(records))


def outcome(status: int, location: str) -> str:
    if status == 401 or (status == 303 and location.startswith("/sign-in")):
        return "sign in"
    return {403: "403", 404: "404"}.get(status, "allowed" if status < 500 else "error")


@pytest.fixture
def records(app: Flask, cast: Cast, once: Callable[..., Any]) -> Any:
    own, _ = once("records", lambda: make_both(app, cast))
    return add_clearing(app, cast, own)


def _token(visitor: Visitor) -> str:
    """The CSRF token of somebody's session, from a page with a form."""
    form = visitor.get("/account").tree.find(".//input[@name='csrf_token']")
    return str(form.get("value"))


def wanted(role: str | None, expected: Expected) -> str:
    if role is None:
        return "sign in"
    if role in expected.allowed:
        return "allowed"
    return "403" if role in expected.readers else "404"


def test_every_role_meets_what_is_expected_of_every_route(app: Flask, store: Store, records: Records) -> None:
    """On PostgreSQL one role for each outcome: who may do what is decided by the same words on both."""
    people = {role: Visitor(app, email) for role, email in EMAILS.items()} | {None: Visitor(app)}
    browsers = {role: (visitor.client, _token(visitor)) for role, visitor in people.items()}
    wrong = []
    for rule in rules(app):
        if rule.endpoint == "accounts.sign_out":
            continue
        for expected in EXPECTED[rule.endpoint]:
            path = address(app, rule, expected, records)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                outcomes = {role: wanted(role, expected) for role in browsers}
                firsts = {want: role for role, want in reversed(outcomes.items())}
                for role in browsers if store.is_sqlite else firsts.values():
                    client, token = browsers[role]
                    data = {"csrf_token": token, "form_key": BAD_KEY} if method == "POST" else None
                    answer = client.open(path, method=method, data=data)
                    got = outcome(answer.status_code, answer.headers.get("Location", ""))
                    if got != outcomes[role]:
                        wrong.append(f"{method} {path} by {role}: {got}, not {outcomes[role]}")
    assert not wrong, "\n".join(wrong)


def test_secret_addresses_open_nothing_without_their_secret_whoever_asks(app: Flask, records: Records) -> None:
    """All of them, for everybody: the page of a refused link."""
    people = [Visitor(app, EMAILS["sro"]), Visitor(app)]
    token, answers = _token(people[0]), {}
    for rule in (r for r in app.url_map.iter_rules() if r.endpoint in SECRET):
        with app.test_request_context():
            path = app.url_for(rule.endpoint, token="A" * 43)
        if "GET" in (rule.methods or ()):
            answers[path, "GET"] = people[0].client.get(path)
            elsewhere = {"REMOTE_ADDR": "203.0.113.9"}  # the tries of one address are counted
            answers[path, "stranger"] = people[1].client.get(path, environ_base=elsewhere)
        if "POST" in (rule.methods or ()):
            answers[path, "POST"] = people[0].client.post(path, data={"csrf_token": token})
    assert len(answers) > len(SECRET)
    assert {(answer.status_code, answer.get_data()) for answer in answers.values()} == {
        (404, next(iter(answers.values())).get_data())
    }
