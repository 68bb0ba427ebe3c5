"""Word letters from elsewhere: each is read, with what could not be read named, or refused with its reason."""

from pathlib import Path

import pytest

from tracker.documents import BadFile, read_letter

from .measured import MOST_MEGABYTES, MOST_SECONDS, measure
from .odd_letters import LETTERS, REFUSED


def test_there_are_twenty_of_them() -> None:
    assert len(LETTERS) + len(REFUSED) >= 20


@pytest.mark.parametrize("name", LETTERS)
def test_odd_letter_is_read(name: str) -> None:
    expected, read = LETTERS[name], read_letter(LETTERS[name].make())
    assert not read.ours
    assert {key: getattr(read, key) for key in expected.found} == expected.found
    assert [words for words in expected.body if words not in read.body] == []
    assert tuple(one.printed for one in read.recommendations) == expected.asks
    assert ("{recommendations}" in read.body) == bool(expected.asks)
    said = " ".join(read.problems)
    assert [words for words in expected.said if words not in said] == []
    assert bool(read.problems) == bool(expected.said), read.problems


@pytest.mark.parametrize("name", REFUSED)
def test_unreadable_letter_is_refused_with_its_reason(name: str) -> None:
    make, reason = REFUSED[name]
    with pytest.raises(BadFile, match=reason):
        read_letter(make())


def test_every_letter_costs_little(tmp_path: Path) -> None:
    files = {name: one.make() for name, one in LETTERS.items()}
    files |= {name: make() for name, (make, _) in REFUSED.items()}
    runs = measure("read", files, tmp_path)
    costly = {n: run for n, run in runs.items() if run.seconds >= MOST_SECONDS or run.megabytes >= MOST_MEGABYTES}
    assert costly == {}
    assert [name for name, run in runs.items() if run.outcome == "failed"] == []
