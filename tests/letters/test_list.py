"""The list of letters for those who have none to read."""

from __future__ import annotations


def test_administrator_is_told_why_there_are_no_letters(cast, visit):
    page = visit("admin@tracker.test").get("/letters")
    assert "As an administrator you make users" in page.text and "Apply filters" not in page.text


def test_secretary_sees_the_list_as_ever(cast, visit):
    page = visit("secretary@epc.test").get("/letters")
    assert "Apply filters" in page.text and "As an administrator" not in page.text
