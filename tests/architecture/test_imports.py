"""Every import runs down, and each library stays where it belongs: read from the source with ast."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tracker"

# What stands on what. Packages of one row do not import one another, but for those named below.
ROWS = (
    {"core", "documents", "spreadsheets"},
    {"web"},
    {"accounts"},
    {"directory"},
    {"letterheads", "passages", "saved_views"},
    {"actions"},
    {"workshops"},
    {"letters"},
    {"word_letters"},
    {"sending"},
    {"correspondence"},
    {"recommendations"},
    {"replies"},
    {"guest_links"},
    {"reminders"},
    {"transfers"},
    {"papers"},
    {"chain"},
    {"calendars"},
    {"home"},
    {"demo"},
    {"serve"},
    {"cli"},
    {"tracker"},
)
LEVEL = {name: level for level, row in enumerate(ROWS) for name in row}
WEB_LIBRARIES = {"flask", "flask_login", "flask_wtf"}
FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The package of a file: `letters` for letters/rules.py, `cli` for cli.py, `tracker` for the factory."""
    inside = path.relative_to(PACKAGE).parts
    if len(inside) > 1:
        return inside[0]
    return "tracker" if inside[0] == "__init__.py" else path.stem


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of every import in a file, also inside functions. A name from a package counts with it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def parts_named(module: str) -> str | None:
    """The package of ours that an import names, or None for a library."""
    names = module.split(".")
    if names[0] != "tracker" or len(names) == 1:
        return "tracker" if names[0] == "tracker" else None
    return names[1] if names[1] in LEVEL else "tracker"


def test_every_package_has_its_place() -> None:
    assert {part_of(path) for path in FILES} <= set(LEVEL)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_import_runs_down(path: Path) -> None:
    own = part_of(path)
    wrong = [
        f"line {line}: {own} imports {module}"
        for line, module in imports_of(path)
        if (part := parts_named(module)) is not None and part != own and LEVEL[part] >= LEVEL[own]
    ]
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_web_stays_in_the_web(path: Path) -> None:
    # A feature's views may be spread over several files, each named for what it shows; `blueprint.py` makes the one.
    allowed = part_of(path) in {"web", "accounts", "chain", "cli", "serve", "tracker"} or (
        path.stem in {"views", "blueprint", "commands"} or path.stem.endswith("_views")
    )
    used = [f"line {n}: {m}" for n, m in imports_of(path) if m.split(".")[0] in WEB_LIBRARIES]
    assert allowed or not used, used


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_word_files_are_made_in_documents_only(path: Path) -> None:
    used = [f"line {n}: {m}" for n, m in imports_of(path) if m.split(".")[0] in {"docx", "lxml"}]
    assert part_of(path) == "documents" or not used, used


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_spreadsheets_are_made_in_spreadsheets_only(path: Path) -> None:
    own = part_of(path) == "spreadsheets"
    libraries = {"tracker"} if own else {"openpyxl"}
    used = [f"line {n}: {m}" for n, m in imports_of(path) if m.split(".")[0] in libraries]
    assert not [line for line in used if not own or "tracker.spreadsheets" not in line], used


@pytest.mark.parametrize("path", [p for p in FILES if part_of(p) in {"core", "documents"}], ids=lambda p: p.stem)
def test_core_and_documents_know_no_feature(path: Path) -> None:
    own = {m for _, m in imports_of(path) if m.split(".")[0] == "tracker"}
    known = "tracker.core" if part_of(path) == "core" else "tracker.documents"
    assert not {m for m in own if m != "tracker.documents" and not m.startswith(f"{known}")}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("rules.py")), ids=lambda p: p.parent.name)
def test_rules_are_pure(path: Path) -> None:
    ours = ("tracker.core.working_days", "tracker.core.labels", f"tracker.{part_of(path)}.rules")
    wrong = []
    for line, module in imports_of(path):
        library = module.split(".")[0]
        lower_rules = module.startswith("tracker.") and module.split(".")[2:3] == ["rules"]
        if library not in sys.stdlib_module_names and not module.startswith(ours) and not lower_rules:
            wrong.append(f"line {line}: {module}")
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_view_calls_another_features_views(path: Path) -> None:
    if part_of(path) == "tracker":
        return
    others = [
        f"line {line}: {module}"
        for line, module in imports_of(path)
        if ".views" in module and not module.startswith(f"tracker.{part_of(path)}.")
    ]
    assert not others


@pytest.mark.parametrize("path", sorted((ROOT / "migrations").rglob("*.py")), ids=lambda p: p.stem)
def test_migrations_are_free_of_models(path: Path) -> None:
    if path.name == "env.py":
        return
    assert not [m for _, m in imports_of(path) if m.split(".")[0] not in {"alembic", "sqlalchemy", "__future__"}]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_time_comes_from_the_clock(path: Path) -> None:
    if path == PACKAGE / "core" / "clock.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "today", "utcnow"}
        and ast.unparse(node.value).split(".")[-1] in {"datetime", "date", "dt"}
    ]
    assert not asked


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_core_commits(path: Path) -> None:
    """Operations flush; the wrapper around the view, or `writing()`, commits."""
    if part_of(path) == "core":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    assert not [f"line {n.lineno}: {ast.unparse(n)}" for n in calls if n.func.attr == "commit"]  # type: ignore[attr-defined]
