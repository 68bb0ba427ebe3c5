"""Markdown-lite: what is markup, what stays as typed, and that the preview and the document agree."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.documents import markup, plain_text, split_at_recommendations, to_html, write_letter

from .reading import html_paragraphs, html_tags, labelled_lines, paragraphs
from .samples import LETTER_BODY, letter

# Pieces of markup, of HTML and of XML, and what has broken writers before.
PIECES = st.sampled_from(
    [*"ab *_[]()#-+.1<>&\"'`!{}~:/\\\t\n", "## ", "### ", "- ", "1. ", "12345. ", "\n\n", "    ", "**", "  \n"]
    + ["<script>", "<b onclick=x>", "&amp;", "[t](https://a.uk/?x=1&y=2)", "[t](javascript:alert(1))", '"onload="']
    + ["\x00", "\x0b", "\ud800", "\u202e", "\ufeff", "\u2028", "\xa0", "😀", "שלום", "عربي", "é", "]]>", "{{7*7}}"]
)
MARKUP = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=80)


def bare(**changes: object) -> list[str]:
    """The paragraphs of a letter that has nothing but the body."""
    nothing = dict.fromkeys(("date_text", "salutation", "subject", "response_request", "closing"), "")
    none = dict.fromkeys(("sender_address", "addressee", "recommendations", "signatory", "copies_to", "enclosures"), ())
    return paragraphs(write_letter(letter(**nothing, **none, **changes)))


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def test_blocks_as_html() -> None:
    source = "Dear **all** and *some*\n\n## Ask\n\n### Sub\n\n- one\n  1. two\n- three\n\n5. five\n\n   more"
    assert to_html(source) == (
        "<p>Dear <strong>all</strong> and <em>some</em></p>\n<h3>Ask</h3>\n<h4>Sub</h4>\n"
        "<ul><li>one<ol><li>two</li></ol></li><li>three</li></ul>\n"
        '<ol start="5"><li><p>five</p><p>more</p></li></ol>'
    )


def test_headings_start_at_the_level_of_the_page() -> None:
    assert to_html("## A\n### B", heading_level=2) == "<h2>A</h2>\n<h3>B</h3>"
    with pytest.raises(ValueError, match="heading_level"):
        to_html("## A", heading_level=6)


def test_sub_heading_without_a_heading_is_a_heading() -> None:
    assert to_html("### A\n### B") == "<h3>A</h3>\n<h4>B</h4>"


def test_right_to_left_text_says_so() -> None:
    assert to_html("שלום\n\n- שלום") == '<p dir="rtl">שלום</p>\n<ul><li><p dir="rtl">שלום</p></li></ul>'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("[a](https://b.uk/c?d=1&e=2)", '<p><a href="https://b.uk/c?d=1&amp;e=2">a</a></p>'),
        ("[a](mailto:a@b.uk)", '<p><a href="mailto:a@b.uk">a</a></p>'),
        ("[**a**](http://b)", '<p><a href="http://b"><strong>a</strong></a></p>'),
        ("[](https://b.uk)", '<p><a href="https://b.uk">https://b.uk</a></p>'),
        ('[a](https://b.uk "Title")', '<p><a href="https://b.uk">a</a> (Title)</p>'),
        ("[a]()", "<p>[a]()</p>"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>"),
        ("[a](/letters)", "<p>[a](/letters)</p>"),
        ("[a](https://user@b.uk)", "<p>[a](https://user@b.uk)</p>"),
        ("[a](https://b.uk/" + "x" * 2000 + ")", "<p>[a](https://b.uk/" + "x" * 2000 + ")</p>"),
    ],
)
def test_links_go_only_where_they_may(source: str, html: str) -> None:
    assert to_html(source) == html


@pytest.mark.parametrize(
    "typed",
    [
        "# one hash",
        "#### four",
        "##none",
        "-",
        "1.",
        "32768. too far",
        "> quote",
        "`code`",
        "a * b * c_d_e",
        "<b>R&D < 5</b>",
        "![x](y)",
        "| a | b |",
        "---",
        "&lt; &#65;",
        "{{ 7*7 }} {% x %} ${y}",
    ],
)
def test_what_is_no_markup_stays_as_typed(typed: str) -> None:
    assert bare(body=typed) == [typed]
    assert html_paragraphs(to_html(typed)) == [typed]
    assert plain_text(typed) == typed


def test_second_marker_on_a_line_is_text() -> None:
    data = write_letter(letter(body="- - 1. x", recommendations=()))
    assert labelled_lines(data) == [("•", "- 1. x")]


def test_line_breaks_and_wrapped_lines() -> None:
    assert bare(body="one\ntwo  \nthree\\\nfour\ttab") == ["one two\nthree\nfour\ttab"]


def test_plain_text_keeps_lists_and_addresses() -> None:
    source = "**Bold** [a](https://b.uk)\n\n3. x\n   - y\n\n     z\n4. [w@x.uk](mailto:w@x.uk)"
    assert plain_text(source) == "Bold a (https://b.uk)\n\n3. x\n  - y\n    z\n4. w@x.uk"


def test_body_is_cut_at_the_first_place_only() -> None:
    assert split_at_recommendations("a\r\n {recommendations}\nb\n{recommendations}") == (
        "a\n",
        "\nb\n{recommendations}",
    )
    assert split_at_recommendations("a {recommendations}") == ("a {recommendations}", "")


def test_sample_reads_the_same_in_preview_and_document() -> None:
    before, after = split_at_recommendations(LETTER_BODY)
    assert bare(body=LETTER_BODY) == html_paragraphs(to_html(before)) + html_paragraphs(to_html(after))


@settings(deadline=None, max_examples=200)
@given(MARKUP)
def test_preview_holds_only_our_tags(source: str) -> None:
    for tag, attributes in html_tags(to_html(source)):
        assert tag in {"p", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "br"}
        assert set(attributes) <= {"a": {"href"}, "ol": {"start"}, "p": {"dir"}, "h3": {"dir"}, "h4": {"dir"}}.get(
            tag, set()
        )
        if tag == "a":
            assert re.match("(https?://|mailto:)", attributes["href"] or "")


@settings(deadline=None, max_examples=200)
@given(MARKUP)
def test_preview_and_document_agree(source: str) -> None:
    before, after = split_at_recommendations(source)
    shown = [text for half in (before, after) for text in html_paragraphs(to_html(half))]
    assert bare(body=source) == shown


@settings(deadline=None, max_examples=200)
@given(MARKUP.filter(lambda text: "](https" not in text and "{recommendations}" not in text))
def test_no_letter_typed_is_lost(source: str) -> None:
    typed = letters(source.encode(errors="ignore").decode())
    assert letters("".join(bare(body=source))) == typed
    assert letters(plain_text(source)) == typed


def test_paragraph_full_of_brackets_has_no_links() -> None:
    link = "[a](https://b.uk)"
    assert "<a " in to_html("[" * 1999 + link)
    assert "<a " not in to_html("[" * 2000 + link)


@pytest.mark.parametrize(
    "hostile",
    ["[" * 100_000, "![" * 50_000, "[a](" * 25_000, "*a **" * 20_000, "- " * 50_000, "\\[" * 50_000]
    + ["\n".join("  " * depth + "- x" for depth in range(300)), "[a]" * 33_000],
)
def test_hostile_markup_is_kept(hostile: str) -> None:
    text = plain_text(hostile)
    assert text.count("[") == hostile.count("[")
    assert letters(text) == letters(hostile)


# Where bold and italic words may stand without a parser, and what must still go to it.
MARKED = st.lists(
    st.sampled_from(
        ["*a*", "**b c**", "*", "**", "***", " ", " ", "  ", "word", "7", ".", ",", "(", "_", "\\", "é", "\xa0"]
    )
)


@settings(max_examples=500)
@given(MARKED.map("".join))
def test_emphasis_read_without_the_parser_is_what_the_parser_reads(text: str) -> None:
    short_cut = markup._parse_emphasis(text)
    if short_cut and "*" in text:
        assert short_cut == markup._parse_marked(text)


@settings(max_examples=500)
@given(
    st.lists(st.sampled_from(["a *b*", "- x", "1. y", "7. z", "  - n", "    deep", "", "\t", "- ", "\u2003x", "\xa0"]))
)
def test_paragraphs_before_a_list_read_without_the_parser_are_what_the_parser_reads(lines: list[str]) -> None:
    tamed = "\n".join(markup._tame(line) for line in lines)
    assert tuple(markup._read_section(tamed)) == tuple(markup._read_blocks(iter(markup._BLOCKS.parse(tamed))))
