"""What could not be read back, gathered while reading and said once for each kind: what, how often, and where."""

from dataclasses import dataclass

from tracker.documents.ooxml import W
from tracker.documents.untrusted import WordFile

_W = f"{{{W}}}"
_NEAR = 60
_QUOTED = 160
_MOST_LISTED = 20

# (one, several); {n} is how many, {about} what the things say, each of them once.
_SENTENCES = {
    "table": ("A table was read as plain paragraphs, cell by cell", "{n} tables were read as plain paragraphs"),
    "text box": ("The text of a text box was read as plain paragraphs", "The text of {n} text boxes was read as plain"),
    "frame": ("Text in a frame was read as a plain paragraph", "{n} framed paragraphs were read as plain paragraphs"),
    "picture": ("A picture was left out", "{n} pictures were left out"),
    "drawing": ("A drawing was left out", "{n} drawings were left out"),
    "chart": ("A chart or diagram was left out", "{n} charts or diagrams were left out"),
    "object": ("An embedded object was left out", "{n} embedded objects were left out"),
    "embedded document": ("An inserted document was left out", "{n} inserted documents were left out"),
    "equation": ("An equation was left out", "{n} equations were left out"),
    "footnote": ("A footnote was left out", "{n} footnotes were left out"),
    "endnote": ("An endnote was left out", "{n} endnotes were left out"),
    "comment": ("A comment was left out", "{n} comments were left out"),
    "insertion": ("A tracked insertion was read as accepted", "{n} tracked insertions were read as accepted"),
    "deletion": ("A tracked deletion was read as accepted", "{n} tracked deletions were read as accepted"),
    "format change": ("A tracked change of format was read as accepted", "{n} tracked changes of format were accepted"),
    "field": ("A field was read as the text it showed", "{n} fields were read as the text they showed"),
    "placeholder": ("A prompt that nobody filled in was left out", "{n} prompts that nobody filled in were left out"),
    "hidden text": ("Hidden text was left out", "Hidden text was left out in {n} places"),
    "columns": ("Columns were read as one column", "Columns were read as one column in {n} places"),
    "link": ("A link was read as plain text: its address is not one for a letter", "{n} links were read as plain text"),
    "symbol": ("A symbol of a special font was left out", "{n} symbols of a special font were left out"),
    "look": ("Text lost its look", "Text lost its look in {n} places"),
    "typed label": (
        "A number or bullet typed by hand was read as a list",
        "{n} typed numbers or bullets were read as lists",
    ),
    "sub-point": (
        "A point below a recommendation is a line of its text now",
        "{n} points below recommendations are lines",
    ),
    "after the signature": (
        "A paragraph below the signature was put at the end of the body",
        "{n} paragraphs below the signature were put at the end of the body",
    ),
    "macros": ("The file holds macros, which were not read", ""),
    "header": ("The header or footer was not read", "The header and footer were not read"),
    "lettered list": ("A lettered list was read as a numbered list", "{n} lettered lists were read as numbered lists"),
    "emphasis": ("Bold or italic within a word was not kept", "Bold or italic within a word was lost in {n} places"),
}


@dataclass
class _Kind:
    count: int
    near: str
    about: list[str]


class Notes:
    """Gathers notes of what is no text."""

    def __init__(self, file: WordFile) -> None:
        self._file = file
        self._kinds: dict[str, _Kind] = {}
        self._waiting: list[_Kind] = []
        self._last = ""
        self._stories: dict[str, dict[str, str]] = {}
        self._own: list[str] = []

    def add(self, kind: str, about: str = "", near: str = "") -> None:
        """Note one thing in the paragraph being read; `about` is what it says, `near` the words it stands by."""
        known = self._kinds.get(kind)
        if known is None:
            known = self._kinds[kind] = _Kind(0, near, [])
            if not near:
                self._waiting.append(known)
        known.count += 1
        quoted = shortened_words(about, _QUOTED)
        if quoted and quoted not in known.about and len(known.about) < _MOST_LISTED:
            known.about.append(quoted)

    def add_reference(self, kind: str, identifier: str) -> None:
        """Note a footnote, an endnote or a comment, by its words."""
        if kind not in self._stories:
            part = self._file.related(f"{kind}s")
            self._stories[kind] = {
                story.get(f"{_W}id") or "": _said(story)
                for story in (self._file.xml(part).iter(f"{_W}{kind}") if part else ())
            }
        self.add(kind, self._stories[kind].get(identifier, ""))

    def say(self, sentence: str) -> None:
        """Note a whole sentence."""
        if sentence not in self._own:
            self._own.append(sentence)

    def place(self, text: str) -> None:
        """Say the words of the paragraph in which the last things were noted."""
        if self._waiting:
            for kind in self._waiting:
                kind.near = text.strip() or self._last
            self._waiting = []
        self._last = text if text.strip() else self._last

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence for each kind of thing, in the order in which they were met."""
        return (*(_sentence(*entry) for entry in self._kinds.items()), *self._own)


def shortened_words(text: str, limit: int = _NEAR) -> str:
    """Return the text on one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return (line[:limit].rsplit(" ", 1)[0] if " " in line[:limit] else line[:limit]) + " …"


def _sentence(name: str, kind: _Kind) -> str:
    one, several = _SENTENCES[name]
    text = one if kind.count == 1 else several.format(n=kind.count)
    if kind.about:
        text += ": " + "; ".join(f"“{about}”" for about in kind.about)
    near = shortened_words(kind.near)
    if near and near not in kind.about:
        text += f" ({'near' if kind.count == 1 else 'the first near'} “{near}”)"
    return text + "."


def _said(story: object) -> str:
    words = "".join(node.text or "" for node in story.iter(f"{_W}t"))  # type: ignore[attr-defined]
    author = story.get(f"{_W}author") or ""  # type: ignore[attr-defined]
    return f"{author}: {words}" if author and words else words
