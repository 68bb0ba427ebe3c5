"""Passages in the letter as it prints: whether words still stand there, and where. Plain text matching, no user's HTML.

The letter is the HTML that we made ourselves; only its text is looked at, and only our own <mark> is put around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape

_TAG = re.compile(r"(<[^>]*>)")
_CHARACTER = re.compile(r"&(?:#[0-9]+|#x[0-9a-fA-F]+|[a-zA-Z]+);|.", re.DOTALL)
_INLINE = re.compile(r"</?(?:a|em|strong|span|mark|b|i)\b", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def folded(text: str) -> str:
    """`text` with every run of white space as one space, and none at its ends."""
    return _SPACE.sub(" ", text).strip()


class Printed:
    """The text of a printed letter, each character with its place in the HTML."""

    def __init__(self, html: str) -> None:
        self.pieces = _TAG.split(html)
        # For each folded character the piece and the stretch of it that it came from; None for the edge of a block.
        self.places: list[tuple[int, int, int] | None] = []
        characters: list[str] = []
        for character, place in self._characters():
            if character.isspace():
                if characters and characters[-1] == " ":
                    continue
                character = " "
            characters.append(character)
            self.places.append(place)
        self.text = "".join(characters)

    def _characters(self) -> Iterable[tuple[str, tuple[int, int, int] | None]]:
        for number, piece in enumerate(self.pieces):
            if number % 2:
                if not _INLINE.match(piece):
                    yield " ", None
                continue
            for found in _CHARACTER.finditer(piece):
                for character in unescape(found.group()):
                    yield character, (number, found.start(), found.end())

    def find(self, quote: str) -> range | None:
        """Which characters of `text` are these words, the first time that they stand there; None where they do not."""
        words = folded(quote)
        at = self.text.find(words) if words else -1
        return range(at, at + len(words)) if at >= 0 else None

    def marked(self, quotes: Mapping[int, str]) -> str:
        """The HTML with a mark around each of the quotes (by number) that is found; where two overlap the first has it.

        The first mark of a quote has the id `passage-<number>`.
        """
        owner: dict[tuple[int, int, int], int] = {}
        for number, quote in quotes.items():
            for index in self.find(quote) or ():
                place = self.places[index]
                if place is not None:
                    owner.setdefault(place, number)
        begun: set[int] = set()
        return "".join(
            piece if number % 2 else self._piece(number, piece, owner, begun)
            for number, piece in enumerate(self.pieces)
        )

    def _piece(self, number: int, piece: str, owner: dict[tuple[int, int, int], int], begun: set[int]) -> str:
        """One stretch of text, with marks around those characters that somebody's quote owns."""
        found, current = [], 0
        for match in _CHARACTER.finditer(piece):
            mine = owner.get((number, match.start(), match.end()), 0)
            if mine == 0 and current and match.group().isspace():
                following = owner.get((number, match.end(), match.end() + 1), 0)
                mine = current if following == current else 0
            if mine != current:
                found.append("</mark>" if current else "")
                found.append(self._opening(mine, begun) if mine else "")
                current = mine
            found.append(match.group())
        return "".join(found) + ("</mark>" if current else "")

    @staticmethod
    def _opening(number: int, begun: set[int]) -> str:
        if number in begun:
            return '<mark class="app-passage">'
        begun.add(number)
        return f'<mark class="app-passage" id="passage-{number}" data-app-comment="{number}">'
