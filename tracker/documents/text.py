"""Cleaning: any string becomes one that Word can hold, and nothing that a reader could see is lost."""

import re
import unicodedata

# Everything that XML 1.0 forbids, the invisible C1 controls, non-characters and lone surrogates.
_ILLEGAL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Embeddings and overrides can make a letter read differently from its stored text; isolates and marks stay.
_BIDI_OVERRIDE = re.compile("[\u202a-\u202e]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_NEWLINES = re.compile(r"(?<![ \t])[ \t]*\n\s*")


def clean(text: str) -> str:
    """Return `text` with every line ending as a newline, without control characters and bidi overrides."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text).replace("\ufeff", "")
    return _BIDI_OVERRIDE.sub("", _ILLEGAL.sub("", text))


def one_line(text: str) -> str:
    """Return `text` cleaned, on one line: each line ending becomes a space."""
    text = clean(text)
    return (_NEWLINES.sub(" ", text) if "\n" in text else text).strip()


def shortened(text: str, limit: int) -> str:
    """Return `text` on one line, cut to `limit` characters with an ellipsis."""
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    if text.isascii():
        return False
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((way != "L" for way in strong if way in ("L", "R", "AL")), False)


def split_by_direction(text: str) -> list[tuple[str, bool]]:
    """Cut `text` where the writing direction turns: (piece, whether it runs from right to left).

    Characters without a direction stay with the piece before them.
    """
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return [(text, False)]
    current = is_right_to_left(text)
    pieces: list[tuple[str, bool]] = []
    start = 0
    for index, character in enumerate(text):
        way = unicodedata.bidirectional(character)
        turned = (way == "L") if current else (way in ("R", "AL"))
        if turned:
            if index > start:
                pieces.append((text[start:index], current))
            start, current = index, not current
    return [*pieces, (text[start:], current)]
