"""What the pages of reminders are filled with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.core import outbox
from tracker.core.errors import RuleBroken
from tracker.core.outbox import Delivery
from tracker.directory.models import Taskforce
from tracker.recommendations.response_models import Response
from tracker.reminders import digests, ladders, plans, queries, reminder_letters, words
from tracker.reminders.digests import Going, Mail
from tracker.reminders.forms import CHANGED, SendForm
from tracker.reminders.ladder import Ladder, Went, read_key
from tracker.reminders.loading import load
from tracker.reminders.queries import MailRow
from tracker.reminders.rules import Plan, Rung
from tracker.reminders.words import Frame, Writer

MOST_AT_ONCE = 20
MOST_DUE = 50


@dataclass(frozen=True)
class Told:
    """A mail and what became of it."""

    mail: MailRow
    delivery: Delivery | None


@dataclass(frozen=True)
class Line:
    """A ladder as the list shows it."""

    ladder: Ladder
    due: Rung | None
    next: Rung | None
    last: Went | None
    mails: Sequence[Told]


def told_of(reminder_ids: Sequence[int]) -> dict[int, list[Told]]:
    """The mails of each reminder, with their deliveries."""
    mails = queries.list_mails(reminder_ids)
    causes = sorted({m.cause for rows in mails.values() for m in rows})
    found = outbox.list_deliveries(causes) if causes else {}
    return {key: [Told(m, next(iter(found.get(m.cause, [])), None)) for m in rows] for key, rows in mails.items()}


def lines_of(rows: Sequence[Any], today: date) -> list[Line]:
    """The rows of a page: a fixed number of queries."""
    shown = load(rows, today)
    told = told_of([found.last_sent.id for found in shown if found.last_sent])
    return [
        Line(f, f.due(today), f.next(today), f.last_sent, told.get(f.last_sent.id, []) if f.last_sent else [])
        for f in shown
    ]


def plan_words(plan: Plan) -> str:
    """A plan in a sentence."""
    before = " and ".join(map(str, plan.days_before))
    said = [f"{before} working days before the due date"] if before else []
    said += ["on the day"] if plan.on_due_day else []
    if plan.most_after:
        times = "once" if plan.most_after == 1 else f"{plan.most_after} times"
        said.append(f"then every {plan.every_after} working days, {times}")
    text = ", ".join([*said, "then a reminder letter"])
    who = "They go by themselves." if plan.is_automatic else "The secretariat presses send."
    late = "the first late one" if plan.escalate_after == 1 else f"{plan.escalate_after} late ones"
    after = f"After {late}" if plan.escalate_after else "From the first late one on"
    also = f" {after} the senior responsible owner and the chair get them too."
    return f"{text[0].upper()}{text[1:]}. {who}{also if plan.escalates else ''}"


def list_page(taskforce: Taskforce, arguments: Any, today: date) -> dict[str, Any]:
    """Who is being reminded."""
    programmes = queries.list_programmes(taskforce.id)
    filters = queries.Filters.read(arguments, programmes)
    page = queries.list_page(taskforce.id, filters, arguments, today)
    lines = lines_of(page.rows, today)
    due = ladders.list_due(taskforce.id, today, limit=MOST_DUE + 1)
    words_of = {
        "programme": programmes.get(filters.programme, ""),
        "letter": filters.letter and f"Letter {filters.letter}",
        "show": queries.SHOWN.get(filters.show, ""),
    }
    return {
        "taskforce": taskforce,
        "page": page,
        "lines": [line for line in lines if line.due or filters.show != "due"],
        "filters": filters,
        "chosen": [(name, text) for name, text in words_of.items() if text],
        "programmes": programmes,
        "shown": queries.SHOWN,
        "due_number": len(due),
        "mails_due": any(not rung.is_letter for found in due if (rung := found.due(today))),
        "most_due": MOST_DUE,
        "plan": plan_words(plans.get_default(taskforce.id)),
        "failed": queries.list_failed([taskforce.id]),
        "today": today,
    }


def response_page(response: Response, writer: Writer, today: date) -> dict[str, Any]:
    """The ladders of one response, what went, and the exact mails that go next."""
    found = ladders.list_of_responses([response.id], today)
    sent = queries.list_sent(response.id)
    chosen = [(f, rung) for f in found if (rung := f.now(today)) and not rung.is_letter]
    going = digests.prepare(response.taskforce, chosen, writer, today) if chosen else []
    mails = digests.compose(going, words.frame_of(writer), today)
    plan = plans.get_row(response.taskforce_id, response.letter_id)
    return {
        "response": response,
        "letter": response.letter,
        "ladders": found,
        "sent": sent,
        "told": told_of([row.id for row in sent]),
        "mails": mails,
        "going": going,
        "pause": next((f.pause for f in found if f.pause), None),
        "moving": reminder_letters.get_moving(response.id),
        "letter_due": any(rung.is_letter for f in found if (rung := f.due(today))),
        "can_draft": any(f.asked and f.is_active for f in found),
        "plan": plan_words(plans.plan_of(plan) if plan else plans.get_default(response.taskforce_id)),
        "has_own_plan": plan is not None,
        "today": today,
    }


@dataclass(frozen=True)
class Choice:
    """What the sending page is about: what can go, what waits for another day, and who cannot be written to."""

    going: Sequence[Going]
    waiting: Sequence[Going]
    unreached: Sequence[Going]
    gone: Sequence[str]


def choose(taskforce: Taskforce, keys: Sequence[str], writer: Writer, today: date) -> Choice:
    """The rungs that these keys name, or what is due to go where there are none; letters are drafted elsewhere."""
    named = [key for text in keys[:MOST_AT_ONCE] if (key := read_key(text))]
    if keys:
        found = queries.list_chosen(taskforce.id, named, today)
    else:
        found = ladders.list_due(taskforce.id, today, limit=MOST_AT_ONCE)
    rungs = [(f, rung) for f in found if (rung := f.now(today)) and not rung.is_letter]
    prepared = digests.prepare(taskforce, rungs, writer, today) if rungs else []
    reached = [item for item in prepared if item.to]
    going, waiting = digests.split_by_turn(taskforce.id, reached, today)
    known = {f.key for f, _ in rungs}
    gone = [text for text in keys[:MOST_AT_ONCE] if text not in known]
    return Choice(going, waiting, [item for item in prepared if not item.to], gone)


def typed(form: SendForm, going: Sequence[Going]) -> tuple[list[Going], Frame]:
    """What goes, in the words that were typed."""
    chosen = set(form.chosen.data or ())
    frame = Frame(form.opening.data or "", form.closing.data or "")
    return [replace(item, part=form.part(item)) for item in going if item.key in chosen], frame


def preview(form: SendForm, going: Sequence[Going], today: date) -> list[Mail]:
    """The mails as they would go with what is typed."""
    return digests.compose(*typed(form, going), today)


def check_shown(form: SendForm, choice: Choice) -> None:
    """Raises RuleBroken where what would go is not what was on the page: somebody answered, or sent it, meanwhile."""
    if not form.is_as_shown(choice.going):
        raise RuleBroken(CHANGED, "chosen")
