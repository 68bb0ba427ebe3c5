"""Addresses are read or refused by name; fields of a covering text are filled or named."""

from __future__ import annotations

import pytest

from tracker.sending.rules import BadAddress, fill_fields, in_one_line, read_addresses, unfilled_fields


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        (" \n;,, ", []),
        ("ann@example.org", ["ann@example.org"]),
        ("Ann@Example.org; ann@example.org", ["Ann@Example.org"]),
        ("Ann Lee <ann@example.org>, bob@example.org", ["Ann Lee <ann@example.org>", "bob@example.org"]),
        ('"Lee, Ann" <ann@example.org>\nbob@example.org', ['"Lee, Ann" <ann@example.org>', "bob@example.org"]),
        ("Zoë O’Brien <zoe@example.org>", ["Zoë O’Brien <zoe@example.org>"]),
        ("<ann@localhost>", ["ann@localhost"]),
    ],
)
def test_addresses_are_read_as_people_write_them(text: str, read: list[str]) -> None:
    assert [str(a) for a in read_addresses(text)] == read
    assert [str(a) for a in read_addresses(in_one_line(read_addresses(text)))] == read


@pytest.mark.parametrize(
    "bad",
    [
        "no address",
        "ann@",
        "@example.org",
        "ann@b..test",
        "ann@-b.test",
        "ann@exa mple.org",
        "ann bob@example.org",
        "Ann <ann@example.org> bob@example.org",
        "Ann <ann@example.org",
        "ann@éxample.org",
        "é@example.org",
        "a" * 200 + "@example.org",
        "ann@[127.0.0.1]",
        "(ann)@example.org",
        "ann\x0b@example.org",
    ],
)
def test_a_bad_address_is_named_among_good_ones(bad: str) -> None:
    with pytest.raises(BadAddress) as refused:
        read_addresses(f"ann@example.org\n{bad}\nbob@example.org")
    assert bad[:50] in str(refused.value)


def test_more_than_fifty_addresses_are_refused() -> None:
    with pytest.raises(BadAddress, match="There are 51"):
        read_addresses("\n".join(f"a{n}@example.org" for n in range(51)))


def test_fields_of_a_covering_text_are_filled_or_named() -> None:
    filled = fill_fields("{salutation}, by {response due} {mistake}", {"salutation": "Dear Ann", "response due": "May"})
    assert filled == "Dear Ann, by May {mistake}"
    assert unfilled_fields(filled + " {{ 7 }} {A}") == ["{mistake}"]
