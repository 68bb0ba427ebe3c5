"""References are unique within a taskforce, and a text that looks like one leads to its page."""

from __future__ import annotations

import threading

import pytest
from flask import Flask, url_for
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Cast
from tracker.core import references
from tracker.core.db import begin_write, end_write, writing
from tracker.letters.rules import MOST_RECOMMENDATIONS


def test_each_taskforce_and_letter_counts_by_itself(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        given = [references.allot(cast.epc, "EPC", kind) for kind in "LLWA"] + [references.allot(cast.dig, "DIG", "L")]
    assert given == ["EPC-L01", "EPC-L02", "EPC-W01", "EPC-A001", "DIG-L01"]


def test_a_write_that_was_given_up_gives_its_number_back(app: Flask, cast: Cast) -> None:
    with app.app_context():
        begin_write()
        references.allot(cast.epc, "EPC", "L")
        end_write(commit=False)
        with writing():
            assert references.allot(cast.epc, "EPC", "L") == "EPC-L01"


def test_eight_at_once_get_different_numbers_from_the_first_on(app: Flask, cast: Cast) -> None:
    start, allotted = threading.Barrier(8), []

    def allot() -> None:
        with app.app_context():
            start.wait()
            for _ in range(5):
                with writing():
                    allotted.append(references.allot(cast.epc, "EPC", "P"))

    threads = [threading.Thread(target=allot) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allotted) == [f"EPC-P{n:02d}" for n in range(1, 41)]


@pytest.mark.parametrize(
    ("reference", "endpoint"),
    [
        ("EPC-W02", "workshops.show_workshop"),
        ("EPC-L02", "letters.show_letter"),
        ("EPC-L02(b)", "recommendations.show_recommendation"),
        ("EPC-L102(aa)", "recommendations.show_recommendation"),
        ("EPC-L02(pppppppppp)", "recommendations.show_recommendation"),
        ("EPC-L02(ppppppppppp)", None),
        ("EPC-A014", "actions.show_action"),
        ("EPC-P01", "papers.show_paper"),
        ("EPC-X01", None),
        ("epc-L02", None),
        ("EPC-L2", None),
        ("EPC-L02(B)", None),
        ("EPC-L02 ", None),
        ("EPC-L02\n", None),
        ("xEPC-L02", None),
        ("", None),
    ],
)
def test_a_reference_names_its_page(app: Flask, reference: str, endpoint: str | None) -> None:
    assert references.endpoint_of(reference) == endpoint


def test_parts_are_lettered_as_word_does() -> None:
    assert [references.part_letter(n) for n in (0, 1, 25, 26, 27, 51, 52)] == ["a", "b", "z", "aa", "bb", "zz", "aaa"]


def test_the_last_recommendation_of_the_longest_letter_has_a_reference_and_an_address(app: Flask) -> None:
    part = references.part_letter(MOST_RECOMMENDATIONS - 1)
    assert part == "p" * 10
    with app.test_request_context():
        assert url_for(str(references.endpoint_of(f"EPC-L02({part})")), key=f"EPC-L02({part})").endswith(f"({part})")
    with app.test_client() as client:
        assert client.get(f"/recommendations/EPC-L02({part})").status_code == 303


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_references(text: str) -> None:
    found = references.endpoint_of(text)
    assert found is None or references.REFERENCE.fullmatch(text)
