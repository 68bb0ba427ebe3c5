"""A programme of the demonstration asks for more time; the request waits for the secretariat."""

from __future__ import annotations

from tracker.core import clock
from tracker.core.permissions import Person
from tracker.core.working_days import add_working_days
from tracker.recommendations.extending import Asked, ask_extension
from tracker.recommendations.extension_queries import list_extendable
from tracker.recommendations.models import Response

_REASON = "Two of our three regions have not sent their figures yet; they have promised them for the end of the month."


def ask_more_time(response: Response, team: Person) -> None:
    """Ask for twenty more working days for all of a letter, from today on."""
    waiting = frozenset(a.id for a in list_extendable(response))
    ask_extension(response, Asked(waiting, add_working_days(clock.today(), 20).due, _REASON), by=team)
