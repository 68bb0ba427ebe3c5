"""The cover sheet of a board paper."""

import pytest

from tracker.documents import ReportedRecommendation, write_cover_sheet

from .checker import Package, W, problems, schema_problems
from .reading import labelled_lines, paragraphs, part_text
from .samples import COVER_SHEET, cover_sheet


def rows(data: bytes, table: int) -> list[list[str]]:
    tables = list(Package(data).body.iter(f"{W}tbl"))
    return [
        ["\n".join("".join(node.itertext()) for node in cell.iter(f"{W}p")) for cell in row.iter(f"{W}tc")]
        for row in tables[table].iter(f"{W}tr")
    ]


def test_cover_sheet_is_a_good_document() -> None:
    data = write_cover_sheet(COVER_SHEET)
    assert problems(data) == []
    assert schema_problems(data) == []


def test_cover_sheet_prints_each_row() -> None:
    data = write_cover_sheet(COVER_SHEET)
    assert [label for label, _ in rows(data, 0)] == [
        "Item",
        "Title",
        "Lead director",
        "Purpose of paper",
        "For",
        "Patient and public involvement",
        "Section 13Q duty to involve",
        "The Board is invited to",
    ]
    assert paragraphs(data)[:2] == ["Paper: PB.08.02.2018/05", "NHS England – Board paper"]
    assert paragraphs(data)[-1] == "Authors: Head of Voluntary Partnerships; Director of Experience"
    assert part_text(data, "header2") == ["OFFICIAL", "NHS England", "Board paper"]
    assert part_text(data, "footer2") == ["PB.08.02.2018/05\tPage 1 of 1"]


def test_lists_in_cells_are_real_lists() -> None:
    assert labelled_lines(write_cover_sheet(COVER_SHEET)) == [
        ("1.", "to develop objectives;"),
        ("2.", "to act."),
        ("•", "Each meeting follows a workshop with patients, carers and voluntary organisations in the room."),
        ("•", "Social-media conversations run alongside."),
        ("•", "Note the work of the taskforce to date;"),
        ("•", "Agree to publish the dashboard each July."),
    ]


def test_recommendations_reported_on_are_a_second_table() -> None:
    data = write_cover_sheet(COVER_SHEET)
    assert "Recommendations reported on" in paragraphs(data)
    assert rows(data, 1)[0] == ["Reference", "Recommendation", "Programme", "Status", "Due"]
    assert rows(data, 1)[2] == [
        "EPC-L01(c)",
        "Expectations: how involvement is a criterion.",
        "Cancer",
        "Closed",
        "Not stated",
    ]
    assert len(list(Package(write_cover_sheet(cover_sheet(recommendations=()))).body.iter(f"{W}tbl"))) == 1


def test_paper_without_a_marking_prints_none() -> None:
    data = write_cover_sheet(cover_sheet(classification=""))
    assert problems(data, marking=None) == []
    assert schema_problems(data) == []
    assert part_text(data, "header1") == [""]
    assert part_text(data, "header2") == ["NHS England", "Board paper"]


def test_draft_says_so() -> None:
    data = write_cover_sheet(cover_sheet(draft=True, classification=""))
    assert part_text(data, "header1") == ["DRAFT – not approved"]
    assert problems(data, marking="DRAFT – not approved") == []


def test_empty_rows_say_that_nothing_is_stated() -> None:
    data = write_cover_sheet(
        cover_sheet(
            organisation="",
            paper_reference="",
            lead_directors=("", ""),
            purpose=" ",
            decision_for="",
            involvement="",
            duty="\x00",
            invited_to=(),
            authors=(),
            recommendations=(ReportedRecommendation("", "", "", "", ""),),
        )
    )
    assert problems(data) == []
    assert schema_problems(data) == []
    assert [detail for _, detail in rows(data, 0)][2:] == ["Not stated"] * 6
    assert rows(data, 1)[1] == ["Not stated"] * 5
    assert paragraphs(data)[0] == "Board paper"


def test_headings_in_a_cell_leave_the_outline_alone() -> None:
    data = write_cover_sheet(cover_sheet(purpose="## Why\n\nText.\n\n### And\n\n- item\n\n  more"))
    assert problems(data) == []
    assert rows(data, 0)[3][1] == "Why\nText.\nAnd\nitem\nmore"


@pytest.mark.parametrize(("authors", "printed"), [(("A",), "Author: A"), (("A", " ", "B"), "Authors: A; B")])
def test_authors_are_counted(authors: tuple[str, ...], printed: str) -> None:
    assert paragraphs(write_cover_sheet(cover_sheet(authors=authors)))[-1] == printed


def test_same_sheet_gives_the_same_bytes() -> None:
    assert write_cover_sheet(COVER_SHEET) == write_cover_sheet(COVER_SHEET)
