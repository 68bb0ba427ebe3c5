"""Templates: every one is used, every import is used, and nothing in them needs a looser content security policy."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*") if p.is_file())
HTML = [p for p in TEMPLATES if p.suffix == ".html"]
ENVIRONMENT = Environment(autoescape=True)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def parsed(path: Path) -> nodes.Template:
    return ENVIRONMENT.parse(path.read_text(encoding="utf-8"))


def _constants(node: nodes.Expr) -> set[str]:
    """The names of templates in an expression: one, or the two of a conditional."""
    if isinstance(node, nodes.Const):
        return {str(node.value)}
    return {str(c.value) for c in node.find_all(nodes.Const) if isinstance(c.value, str)}


def names_used(path: Path) -> set[str]:
    """The names that a template reads, itself or in what it includes: that sees what is imported here."""
    tree = parsed(path)
    used = {n.name for n in tree.find_all(nodes.Name) if n.ctx == "load"}
    for node in tree.find_all(nodes.Include):
        for name in _constants(node.template):
            used |= names_used(ROOT / "templates" / name)
    return used


@cache
def named_in_templates() -> set[str]:
    names: set[str] = set()
    for path in TEMPLATES:
        for node in parsed(path).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            names |= _constants(node.template)  # type: ignore[attr-defined]
    return names


@cache
def named_in_python() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "tracker").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return names


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_is_used(path: Path) -> None:
    assert name_of(path) in named_in_templates() | named_in_python()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_import_of_a_template_is_used(path: Path) -> None:
    tree, used = parsed(path), names_used(path)
    imported: list[str] = [n.target for n in tree.find_all(nodes.Import)]
    for node in tree.find_all(nodes.FromImport):
        imported += [n[1] if isinstance(n, tuple) else n for n in node.names]
    assert not [name for name in imported if name not in used]


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_nothing_inline(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    found = re.findall(
        r"<style|\sstyle=|\son[a-z]+\s*=|\shx-on|javascript:|\shx-vals=.js:|\shx-vals=\"js:", source, re.I
    )
    scripts = [s for s in re.findall(r"<script[^>]*>", source, re.I) if " src=" not in s]
    assert not found + scripts


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_every_htmx_element_says_what_it_swaps(path: Path) -> None:
    """Jinja's blocks are taken out first, so that a `>` in a condition does not end the tag."""
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    for tag in re.findall(r"<[a-z][^>]*\shx-(?:get|post)=[^>]*>", source, re.S | re.I):
        assert "hx-target=" in tag and "hx-swap=" in tag, tag
        # Without JavaScript the same element must do the same by itself.
        assert re.match(r"<(?:a|form|button|input|select|textarea|div|section|tr|td|li)\b", tag), tag
    assert not re.findall(r"\shx-(?:put|patch|delete)=", source)


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_nothing_passes_by_the_escaping(path: Path) -> None:
    tree = parsed(path)
    assert not [n for n in tree.find_all(nodes.Filter) if n.name == "safe"]
    assert not list(tree.find_all(nodes.ScopedEvalContextModifier))


@pytest.mark.parametrize("path", HTML, ids=name_of)
def test_every_form_that_posts_carries_its_token(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", source, re.S | re.I):
        assert "hidden(" in form or "csrf_token" in form or "include" in form or "caller()" in form, form[:200]
