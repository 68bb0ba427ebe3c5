"""What is pasted from Word, Outlook and the like becomes clean Markdown-lite, which reads back as what was meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Person
from tracker.documents.markup import Paragraph, Span, parse

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parent / "pasted"
READ = """async ([html, blocks]) => {
    const { markdownOf, parseInert } = await import('/static/paste.js')
    return markdownOf(parseInert(html), blocks)
}"""

# What stands in a paragraph, and how it reads back: (words, bold, italic) of each stretch.
SPANS = {
    "<p><b>one </b>two</p>": [("one", True, False), (" two", False, False)],
    "<p>un<b>believ</b>able</p>": [("un", False, False), ("believ", True, False), ("able", False, False)],
    "<p><b>a</b> <b>b</b></p>": [("a b", True, False)],
    "<p><b>a <i>b</i> c</b></p>": [
        ("a", True, False),
        (" ", False, False),
        ("b", True, True),
        (" ", False, False),
        ("c", True, False),
    ],
    "<p><b>a<i>b</i></b>c</p>": [("ab", True, False), ("c", False, False)],
    "<p>x<b>“q”</b>y</p>": [("x“", False, False), ("q", True, False), ("”y", False, False)],
    "<p><b>😀</b>x</p>": [("😀x", False, False)],
    "<p>2*3*4 and __init__</p>": [("2*3*4 and __init__", False, False)],
    "<p>*<b>a</b>*</p>": [("*", False, False), ("a", True, False), ("*", False, False)],
    r"<p>c:\_x\ [a](http://b) `</p>": [(r"c:\_x\ [a](http://b) `", False, False)],
    "<p>&amp;amp; &lt;b&gt;</p>": [("&amp; <b>", False, False)],
    "<p>the style = plain</p>": [("the style = plain", False, False)],
    "<p>+ a</p>": [("+ a", False, False)],
    "<p>2019. A year</p>": [("2019. A year", False, False)],
    "<p><i> </i>a<b></b></p>": [("a", False, False)],
    "<p>a<br>## b</p>": [("a\n## b", False, False)],
}


@pytest.fixture
def page(somebody: Callable[..., Person]) -> Page:
    return somebody().goto("/sign-in")


def read(page: Page, html: str, blocks: bool = True) -> str:
    return str(page.evaluate(READ, [html, blocks]))


def test_pasted_text_arrives_clean(page: Page) -> None:
    pasted = sorted(FOLDER.glob("*.html"))
    found = {p.stem: read(page, p.read_text(encoding="utf-8")) for p in pasted}
    assert found == {p.stem: p.with_suffix(".md").read_text(encoding="utf-8").rstrip("\n") for p in pasted}


def test_words_read_back_as_they_were_meant(page: Page) -> None:
    wanted = {html: (Paragraph(tuple(Span(*look) for look in looks)),) for html, looks in SPANS.items()}
    assert {html: parse(read(page, html)) for html in SPANS} == wanted


def test_in_a_recommendation_only_what_prints_there_stays(page: Page) -> None:
    html = "<h1>To do</h1><ul><li>Ask <b>all</b></li><li>- of them<br>soon</li></ul><p></p>"
    assert read(page, html, blocks=False) == "To do\nAsk **all**\n\\- of them soon"


def test_nothing_of_what_is_pasted_runs_or_loads(somebody: Callable[..., Person]) -> None:
    person = somebody()
    page = person.goto("/sign-in")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    loads = '<img src="/pixel" onerror="a()"><link rel=stylesheet href="/y">'
    html = f'<style>p{{}}</style><p style="x" onclick="a()">{loads}x</p>'
    assert read(page, html) == "x"
    assert [url for url in asked if "/static/" not in url] == []
    assert person.opened.problems == []
