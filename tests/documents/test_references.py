"""The bundled reference documents."""

import ast
from pathlib import Path

import pytest

import tracker.documents
from tracker.documents.build_references import FOLDER, NAMES, build
from tracker.documents.reference import bundled, fill_slots

from .checker import schema_problems


@pytest.mark.parametrize("name", NAMES)
def test_rebuilding_gives_the_committed_bytes(name: str) -> None:
    assert build(name) == (FOLDER / f"{name}.docx").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_reference_is_valid(name: str) -> None:
    assert schema_problems(build(name)) == []


def test_body_of_the_reference_is_thrown_away() -> None:
    reference = bundled("letter")
    assert "this text is ignored" in reference.parts["word/document.xml"].decode()
    assert "<w:p>" not in reference.document_start
    assert reference.document_end.startswith("<w:sectPr")


def test_value_that_looks_like_markup_is_plain_text() -> None:
    header = bundled("letter").parts["word/header2.xml"]
    filled = fill_slots(header, {"organisation": "{{7*7}}<w:p/>", "marking": ""}).decode()
    assert "{{7*7}}&lt;w:p/&gt;" in filled
    assert "Marking" not in filled.replace("ProtectiveMarking", "")


def test_slot_split_over_runs_is_filled_once() -> None:
    header = bundled("letter").parts["word/header1.xml"].decode()
    split = header.replace("</w:sdtContent>", "<w:r><w:t>rest</w:t></w:r></w:sdtContent>", 1)
    filled = fill_slots(split.encode(), {"marking": "OFFICIAL", "draft": ""}).decode()
    assert "OFFICIAL" in filled
    assert "rest" not in filled


def test_documents_know_plain_data_only() -> None:
    """No web framework, no database, no clock."""
    folder = Path(tracker.documents.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] not in {"flask", "sqlalchemy", "time", "random"}
                assert not name.startswith("tracker.") or name.startswith("tracker.documents")
            assert not (isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"})
