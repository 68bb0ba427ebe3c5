"""HTML of an e-mail as plain text: nothing of it is ever shown as HTML.

Read in one pass: the library's parser takes minutes for some texts of 300,000 characters.
"""

from __future__ import annotations

import html
import re

LONGEST = 300_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)(?:[\s/:][^<>]*)?>|<!--|<[!?][^<>]*>", re.IGNORECASE)
_SILENT = {"script", "style", "head", "title", "template", "noscript", "svg"}
_BLOCKS = {"p", "div", "br", "tr", "table", "ul", "ol", "li", "blockquote", "pre", "hr"} | {
    f"h{n}" for n in range(1, 7)
}
_CLOSED = {"p", "tr", "blockquote"} | {f"h{n}" for n in range(1, 7)}
_SPACES = re.compile(r"[ \t\xa0]+")
_GAPS = re.compile(r"\n{3,}")


def text_of_html(source: str) -> str:
    """The words of an HTML text, a line for a paragraph, without tags, comments, scripts and styles."""
    source, found, at = source[:LONGEST], [], 0
    folded = source.lower()
    while (tag := _TAG.search(source, at)) is not None:
        found.append(_words(source[at : tag.start()]))
        at, name = tag.end(), (tag[2] or "").lower()
        if tag.group() == "<!--":
            at = _place_of(folded, "-->", at) + len("-->")
        elif name in _SILENT and not tag[1]:
            at = _place_of(folded, f"</{name}", at)
        else:
            found.append(_break(name, closes=bool(tag[1])))
    found.append(_words(source[at:]))
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(found).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def _place_of(text: str, end: str, at: int) -> int:
    """Where `end` stands; the end of the text where it never comes."""
    found = text.find(end, at)
    return len(text) if found < 0 else found


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(text))


def _break(name: str, *, closes: bool) -> str:
    """What a tag is in plain text."""
    if closes:
        return "\n" if name in _CLOSED else " " if name in {"td", "th"} else ""
    return "\n- " if name == "li" else "\n" if name in _BLOCKS else ""
