"""What stands against closing a taskforce or merging a programme, and what a covering note says."""

from tracker.transfers.rules import OpenItem, covering_words, why_not_closed, why_not_merged


def test_a_taskforce_closes_only_when_nothing_is_open() -> None:
    assert why_not_closed(0, 0) == ""
    assert why_not_closed(1, 0).startswith("1 recommendation has no outcome yet")
    assert why_not_closed(2, 1).startswith("2 recommendations and 1 action have no outcome yet")


def test_a_programme_is_merged_once_and_into_one_that_goes_on() -> None:
    assert why_not_merged(1, 2, is_merged=False, into_is_merged=False) == ""
    assert "itself" in why_not_merged(1, 1, is_merged=False, into_is_merged=False)
    assert "already" in why_not_merged(1, 2, is_merged=True, into_is_merged=False)
    assert "goes on" in why_not_merged(1, 2, is_merged=False, into_is_merged=True)


def test_a_covering_note_names_what_is_open_with_its_date() -> None:
    items = [
        OpenItem("EPC-L01(a)", "Ask carers", "Awaiting answer", "2 March 2027"),
        OpenItem("EPC-L01(b)", "B", "X", ""),
    ]
    merged = covering_words("", "Cancer", "Taskforce", items, merged="Screening")
    assert "Screening has become part of Cancer." in merged and "taken over" not in merged
    note = covering_words("Dear Ada,", "Cancer", "Taskforce", items)
    assert note.startswith("Dear Ada,\n\nYou have taken over Cancer.")
    assert "- **EPC-L01(a)** Ask carers (awaiting answer; due 2 March 2027)\n- **EPC-L01(b)** B (x)" in note
    assert "Our own words" in covering_words("", "Cancer", "Taskforce", items, "Our own words.")
