"""A programme of the demonstration asks for more time; the request waits for the secretariat."""

from __future__ import annotations

from datetime import date

from tracker.core import clock
from tracker.core.working_days import add_working_days
from tracker.demo import invented as plan
from tracker.demo import invented_letters as written
from tracker.demo.story import People, draft_response, get_letter_id, on
from tracker.recommendations.extending import Asked, ask_extension
from tracker.recommendations.extension_queries import list_extendable

_REASON = "Two of our three regions have not sent their figures yet; they have promised them for the end of the month."


def ask_more_time(people: People) -> None:
    """Ask for twenty more working days for all of the letter on rehabilitation."""
    team = people[plan.REHAB_TEAM]
    with on(date(2026, 11, 17)):
        response = draft_response(team, get_letter_id(written.ISSUED[1].subject), "CRP")
        waiting = frozenset(a.id for a in list_extendable(response))
        ask_extension(response, Asked(waiting, add_working_days(clock.today(), 20).due, _REASON), by=team)
