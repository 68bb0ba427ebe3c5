"""A year of letters as a plain story, and the mails that it should bring about: written from product.md, calls no rule.

What the story says happens at ten; the command runs at seven, the mail goes at ten past seven.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

# Bank holidays of England, as gov.uk lists them.
HOLIDAYS = {
    *(date(2026, m, d) for m, d in ((1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28))),
    *(date(2027, m, d) for m, d in ((1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28))),
}
FIRST, OUTAGE = date(2026, 1, 5), (date(2026, 5, 11), date(2026, 5, 17))
MERGED_ON = date(2026, 7, 1)
DAY = timedelta(days=1)


def shift(day: date, number: int) -> date:
    """`number` working days on, or back where it is negative."""
    step = DAY if number > 0 else -DAY
    for _ in range(abs(number)):
        day += step
        while day.weekday() > 4 or day in HOLIDAYS:
            day += step
    return day


@dataclass(frozen=True)
class Settings:
    before: tuple[int, ...] = (10, 2)
    every: int = 5
    most: int = 4
    escalates: bool = True
    automatic: bool = True

    def steps(self, due: date) -> list[tuple[str, date, bool]]:
        """(name, day, goes to the director and the chair too), in order."""
        found = [(f"before-{n}", shift(due, -n), False) for n in self.before] + [("on-day", due, False)]
        for n in range(1, self.most + 1):
            found.append((f"after-{n * self.every}", shift(due, n * self.every), self.escalates and n > 2))
        return [*found, ("letter", shift(due, (self.most + 1) * self.every), False)]


@dataclass
class Letter:
    """A letter of the story. `due` is each recommendation's date; who has answered or is closed leaves `open`."""

    reference: str
    programme: int
    sent_on: date
    due: list[date]
    settings: Settings
    open: list[bool]
    answered: list[bool]
    paused_until: date | None = None
    moved_on: dict[date, date] = field(default_factory=dict)
    drafted: bool = False


@dataclass(frozen=True)
class Happening:
    """What happens to a letter on a day: answer (how many), extend (which, until when), pause (until when), close."""

    day: date
    kind: str
    letter: int
    number: int = 0
    until: date | None = None


def story(letters: int, seed: int = 7) -> tuple[list[Letter], list[Happening]]:
    """The letters of a year, in the order they were sent, and what their programmes do about them."""
    dice = random.Random(seed)
    sent, happenings = [], []
    days = sorted(FIRST + dice.randrange(245) * DAY for _ in range(letters))
    behaviours = ("prompt", "late", "silent", "partial", "extending", "paused", "closed", "twice")
    for n, day in enumerate(days):
        due = shift(day, dice.choice((4, 15, 20, 25)))
        settings = Settings()
        if n % 10 == 3:
            settings = Settings(automatic=False)
        if n % 10 == 6:
            settings = Settings((5,), 3, 2, escalates=False)
        asks = dice.choice((1, 2, 3))
        programme = 10 if n % 12 == 11 and day >= MERGED_ON else n % 12
        letter = Letter(f"EPC-L{n + 1:02d}", programme, day, [due] * asks, settings, [True] * asks, [False] * asks)
        sent.append(letter)
        happenings += _behave(dice, n, letter, behaviours[n % 8], due)
    return sent, sorted(happenings, key=lambda h: (h.day, h.letter))


def _behave(dice: random.Random, n: int, letter: Letter, behaviour: str, due: date) -> Iterator[Happening]:
    everything = len(letter.due)
    if behaviour == "prompt":
        yield Happening(max(letter.sent_on + DAY, due - dice.randrange(1, 9) * DAY), "answer", n, everything)
    elif behaviour == "late":
        yield Happening(due + dice.randrange(1, 40) * DAY, "answer", n, everything)
    elif behaviour == "partial":
        yield Happening(due - DAY, "answer", n, 1)
        if dice.random() < 0.5 and everything > 1:
            yield Happening(due + 20 * DAY, "answer", n, everything)
    elif behaviour == "extending":
        yield Happening(max(letter.sent_on + DAY, due - 3 * DAY), "extend", n, 1, shift(due, 20))
    elif behaviour == "twice":
        first, second = shift(due, 5), shift(due, 15)
        yield Happening(due + DAY, "extend", n, everything, first)
        yield Happening(first + 2 * DAY, "extend", n, everything, second)
        yield Happening(second + 9 * DAY, "answer", n, everything)
    elif behaviour == "paused":
        yield Happening(max(letter.sent_on + DAY, due - 4 * DAY), "pause", n, until=due + 10 * DAY)
    elif behaviour == "closed":
        yield Happening(due + 8 * DAY, "close", n)


def run_days(days: int, seed: int = 11) -> dict[date, int]:
    """How often the command runs on each day: not on some, twice on others; never over one long weekend."""
    dice = random.Random(seed)
    found = {FIRST + n * DAY: dice.choices((0, 1, 2), (10, 75, 15))[0] for n in range(days)}
    off = {date(2026, 3, 13) + n * DAY: 0 for n in range(4)}
    return found | {day: times for day, times in off.items() if day in found}


Item = tuple[str, date]


@dataclass(frozen=True)
class Mail:
    """A digest as its reader sees it: when it was written, and of each letter and date what is unanswered."""

    to: str
    written: date
    items: frozenset[tuple[str, date, frozenset[str]]]


@dataclass
class Waiting:
    mail: Mail
    moments: dict[str, int]


@dataclass
class Expected:
    """What should come of the story."""

    mails: list[Mail] = field(default_factory=list)
    rungs: dict[tuple[str, date, str], str] = field(default_factory=dict)
    withdrawn: list[Mail] = field(default_factory=list)


def expect(
    letters: list[Letter],
    happenings: list[Happening],
    runs: dict[date, int],
    people: dict[int, list[str]],
    directors: dict[int, str],
    chair: str,
) -> Expected:
    """The mails and rungs of a year. `people` are whom each programme's reminders go to."""
    told = Expected()
    newest: dict[Item, date] = {}  # the day of the newest step that went, per letter and due date
    last_step: dict[Item, str] = {}
    changed: dict[str, int] = {letter.reference: 0 for letter in letters}  # answers, closings and moved dates so far
    waiting: list[Waiting] = []
    again: list[tuple[str, Item, str]] = []  # what of a withdrawn mail is still to be said, to whom, and of which step
    for day, times in sorted(runs.items()):
        here = [letter for letter in letters if letter.sent_on < day]
        if times:
            going: dict[Item, list[str]] = {}
            for letter in here:
                _climb(letter, day, told, newest, last_step, going, people, directors, chair)
            anew, again = _take_up(again, here, day, going, last_step, told)
            for item, to in anew.items():
                going[item] = to
            waiting += _digests(here, day, going, changed)
        waiting = _deliver(letters, day, waiting, told, changed, again, last_step)
        for happening in (h for h in happenings if h.day == day):
            _happen(letters[happening.letter], happening, changed)
        if day == MERGED_ON:
            for letter in letters:
                letter.programme = 10 if letter.programme == 11 else letter.programme
    return told


def _take_up(again, here, day, going, last_step, told):
    """What of withdrawn mails is said anew today, and what of them waits until a pause is over."""
    anew: dict[Item, list[str]] = {}
    left = []
    for to, item, step in again:
        letter = next(x for x in here if x.reference == item[0])
        ended = (*item, "letter") in told.rungs or not _asked(letter, item[1])
        if ended or item in going or last_step[item] != step:
            continue
        if item[1] in _dates(letter, day):
            anew.setdefault(item, []).append(to)
        else:
            left.append((to, item, step))
    return anew, left


def _dates(letter: Letter, day: date) -> set[date]:
    """The due dates that are reminded of on a day."""
    if letter.paused_until and letter.paused_until >= day:
        return set()
    return {due for due, is_open in zip(letter.due, letter.open, strict=True) if is_open}


def _climb(letter, day, told, newest, last_step, going, people, directors, chair) -> None:
    if not letter.settings.automatic:
        return
    ended = []
    for due in sorted(_dates(letter, day)):
        item = (letter.reference, due)
        since = max(letter.moved_on.get(due, letter.sent_on), newest.get(item, date.min))
        come = [step for step in letter.settings.steps(due) if since < step[1] <= day]
        if not come:
            continue
        *earlier, (name, on, escalates) = come
        if name == "letter":
            ended.append(due)
            continue
        for step in earlier:
            told.rungs[(*item, step[0])] = "passed_over"
        told.rungs[(*item, name)] = "sent"
        newest[item], last_step[item] = on, name
        to = list(people[letter.programme])
        going[item] = list(dict.fromkeys(to + ([directors[letter.programme], chair] if escalates else [])))
    if ended and not letter.drafted:
        letter.drafted = True
        for due in sorted(d for d in _dates(letter, day) if d <= day):
            item = (letter.reference, due)
            since = max(letter.moved_on.get(due, letter.sent_on), newest.get(item, date.min))
            for name, on, _ in letter.settings.steps(due):
                if since < on <= day and name != "letter":
                    told.rungs[(*item, name)] = "passed_over"
            told.rungs[(*item, "letter")] = "drafted"
            newest[item] = letter.settings.steps(due)[-1][1]


def _asked(letter: Letter, due: date) -> frozenset[str]:
    parts = zip("abc", letter.due, letter.open, strict=False)
    return frozenset(f"{letter.reference}({part})" for part, own, is_open in parts if is_open and own == due)


def _digests(here: list[Letter], day: date, going: dict[Item, list[str]], changed: dict[str, int]) -> list[Waiting]:
    by_person: dict[str, list[Item]] = {}
    for item, to in going.items():
        for email in to:
            by_person.setdefault(email, []).append(item)
    by_reference = {letter.reference: letter for letter in here}
    found = []
    for email, items in by_person.items():
        said = frozenset((ref, due, _asked(by_reference[ref], due)) for ref, due in items)
        found.append(Waiting(Mail(email, day, said), {ref: changed[ref] for ref, _ in items}))
    return found


def _deliver(letters, day, waiting, told, changed, again, last_step) -> list[Waiting]:
    """What goes, what is withdrawn because it is no longer so, and what goes on waiting."""
    by_reference = {letter.reference: letter for letter in letters}
    left = []
    for mail in waiting:
        items = [(ref, due) for ref, due, _ in mail.mail.items]
        holds = all(due in _dates(by_reference[ref], day) for ref, due in items)
        if not holds or any(changed[ref] != number for ref, number in mail.moments.items()):
            told.withdrawn.append(mail.mail)
            again += [(mail.mail.to, item, last_step[item]) for item in items]
        elif OUTAGE[0] <= day <= OUTAGE[1]:
            left.append(mail)
        else:
            told.mails.append(mail.mail)
    return left


def _happen(letter: Letter, happening: Happening, changed: dict[str, int]) -> None:
    if happening.kind == "pause":
        letter.paused_until = happening.until
        return
    changed[letter.reference] += 1
    if happening.kind == "close":
        letter.open[-1] = False
        return
    for n in range(happening.number):
        if happening.kind == "answer":
            letter.answered[n], letter.open[n] = True, False
        elif letter.open[n] and happening.until:
            letter.due[n] = happening.until
            letter.moved_on[happening.until] = happening.day
