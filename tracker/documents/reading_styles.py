"""What a Word file's styles and lists say about a paragraph: its style's name, heading, looks, and printed number."""

from dataclasses import dataclass

from lxml import etree

from tracker.documents.ooxml import W
from tracker.documents.untrusted import WordFile

_W = f"{{{W}}}"
_DEEPEST_STYLE = 30
_MOST_COUNTED = 100_000
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def value_of(element: etree._Element | None) -> str:
    """Return an element's w:val, or ""."""
    return "" if element is None else element.get(f"{_W}val") or ""


def is_on(element: etree._Element | None) -> bool:
    """Whether a property such as bold is there and not switched off."""
    return element is not None and element.get(f"{_W}val") not in ("0", "false", "off", "none")


def number_of(text: str | None, otherwise: int) -> int:
    """Return a small whole number, or `otherwise` for anything else."""
    try:
        number = int(text or "")
    except ValueError:
        return otherwise
    return number if abs(number) <= _MOST_COUNTED else otherwise


@dataclass(frozen=True)
class Style:
    """A style with what it takes from those it is based on. `outline` is 0 for the highest heading, -1 for none."""

    name: str = ""
    bold: bool = False
    italic: bool = False
    outline: int = -1
    number: str = ""
    level: int = 0


class StyleSheet:
    """A file's styles by id."""

    def __init__(self, file: WordFile) -> None:
        part = file.related("styles")
        self._elements: dict[str, etree._Element] = {}
        if part:
            for element in file.xml(part).iter(f"{_W}style"):
                self._elements.setdefault(element.get(f"{_W}styleId") or "", element)
        self._known: dict[str, Style] = {}
        self.names = {value_of(element.find(f"{_W}name")).lower() for element in self._elements.values()}

    def style(self, identifier: str) -> Style:
        """Return the style of this id; an unknown one says nothing."""
        if identifier not in self._known:
            self._known[identifier] = self._resolved(identifier)
        return self._known[identifier]

    def _resolved(self, identifier: str) -> Style:
        chain: list[etree._Element] = []
        while identifier in self._elements and len(chain) < _DEEPEST_STYLE:
            chain.append(self._elements[identifier])
            identifier = value_of(chain[-1].find(f"{_W}basedOn"))
        if not chain:
            return Style()

        def first(path: str) -> etree._Element | None:
            found = (element.find(path) for element in chain)
            return next((one for one in found if one is not None), None)

        return Style(
            name=value_of(chain[0].find(f"{_W}name")).lower(),
            bold=is_on(first(f"{_W}rPr/{_W}b")),
            italic=is_on(first(f"{_W}rPr/{_W}i")),
            outline=number_of(value_of(first(f"{_W}pPr/{_W}outlineLvl")), -1),
            number=value_of(first(f"{_W}pPr/{_W}numPr/{_W}numId")),
            level=number_of(value_of(first(f"{_W}pPr/{_W}numPr/{_W}ilvl")), 0),
        )


@dataclass(frozen=True)
class Label:
    """What Word prints before a paragraph of a list: `kind` is Word's number format, `text` as printed."""

    kind: str
    level: int
    number: int
    text: str


@dataclass(frozen=True)
class _Level:
    kind: str
    text: str
    start: int


class Numbering:
    """Counts a file's lists as Word does: by definition, anew where an instance first says where to start."""

    def __init__(self, file: WordFile) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._of: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        part = file.related("numbering")
        if part:
            self._read(file.xml(part))

    def _read(self, root: etree._Element) -> None:
        for definition in root.iter(f"{_W}abstractNum"):
            self._levels[definition.get(f"{_W}abstractNumId") or ""] = {
                number_of(level.get(f"{_W}ilvl"), 0): _read_level(level) for level in definition.iter(f"{_W}lvl")
            }
        for instance in root.iter(f"{_W}num"):
            number = instance.get(f"{_W}numId") or ""
            self._of[number] = value_of(instance.find(f"{_W}abstractNumId"))
            for override in instance.iter(f"{_W}lvlOverride"):
                start = override.find(f"{_W}startOverride")
                if start is not None:
                    level = number_of(override.get(f"{_W}ilvl"), 0)
                    self._starts[number, level] = number_of(value_of(start), 1)

    def count(self, number: str, level: int) -> Label | None:
        """Return the label of the next paragraph of this list and level; None where it is no list."""
        definition = self._of.get(number, "")
        shape = self._levels.get(definition, {}).get(level)
        if shape is None or shape.kind == "none":
            return None
        counts = self._counts.setdefault(definition, {})
        begins = (number, level) in self._starts and (number, level) not in self._begun
        self._begun.add((number, level))
        counts[level] = self._starts[number, level] if begins else counts.get(level, shape.start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        text = shape.text
        for outer in range(level + 1):
            if f"%{outer + 1}" in text:
                kind = self._levels[definition].get(outer, shape).kind
                text = text.replace(f"%{outer + 1}", _printed(counts.get(outer, 1), kind))
        return Label(shape.kind, level, counts[level], text)


def _read_level(level: etree._Element) -> _Level:
    return _Level(
        value_of(level.find(f"{_W}numFmt")) or "decimal",
        value_of(level.find(f"{_W}lvlText"))[:60],
        number_of(value_of(level.find(f"{_W}start")), 1),
    )


def _printed(number: int, kind: str) -> str:
    if kind.endswith("Letter") and 1 <= number <= 780:
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif kind.endswith("Roman") and 1 <= number < 40:
        text, left = "", number
        for worth, sign in _ROMAN:
            text, left = text + sign * (left // worth), left % worth
    else:
        return str(number)
    return text.upper() if kind.startswith("upper") else text
