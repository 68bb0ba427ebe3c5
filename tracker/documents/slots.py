"""The content controls in headers and footers that take a value: by tag, or by title where the tag was lost."""

from docx.oxml.ns import qn
from lxml import etree

# LibreOffice keeps a control's title and drops its tag, so either may say which it is.
TITLES = {
    "marking": "Marking",
    "draft": "Draft notice",
    "organisation": "Organisation",
    "unit": "Unit",
    "reference": "Reference",
    "title": "Title",
    "date": "Date",
}
_OTHER_TITLES = {
    "protective marking": "marking",
    "classification": "marking",
    "draft": "draft",
    "our reference": "reference",
    "taskforce": "unit",
    "subject": "title",
}
_BY_TITLE = {title.lower(): name for name, title in TITLES.items()} | _OTHER_TITLES


def slot_of(control: etree._Element) -> str:
    """Return which slot a content control is, or "" for none."""
    tag, title = (_value(control, name) for name in ("w:tag", "w:alias"))
    if tag in TITLES:
        return tag
    return _BY_TITLE.get(title, "") or _BY_TITLE.get(tag, "")


def _value(control: etree._Element, name: str) -> str:
    found = control.find(f"{qn('w:sdtPr')}/{qn(name)}")
    return "" if found is None else (found.get(qn("w:val")) or "").strip().lower()
