"""Due dates as an iCalendar file (RFC 5545): plain data in, bytes out.

An entry keeps its UID when its day moves and its SEQUENCE rises; DTSTAMP is when it last changed, so that the same
dates give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

PRODUCT = "-//Taskforce Tracker//Due dates//EN"
REFRESH = timedelta(hours=6)


@dataclass(frozen=True)
class Entry:
    """One day: `key` is the same for as long as the thing is there, `sequence` never falls."""

    key: str
    day: date
    summary: str
    description: str
    url: str
    sequence: int
    changed_at: datetime


def write_feed(entries: Iterable[Entry], *, name: str, host: str) -> bytes:
    """The calendar of these entries; `host` makes their UIDs this installation's own."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(" ".join(name.split())))  # a name of no standard: escaped as a text
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, host))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry, host: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{host}")
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("last-modified", entry.changed_at.replace(microsecond=0))
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("transp", "TRANSPARENT")
    return event
