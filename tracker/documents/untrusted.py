"""Opens a Word file that somebody uploaded: everything in it is bounded before any of it is parsed.

The bounds are on what the file unpacks to and on how much markup it holds, not on how well it is compressed: a good
letterhead compresses as well as a bomb does.
"""

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from tracker.documents.ooxml import W

LARGEST_FILE = 15 * 1024 * 1024
MOST_PARTS = 400
_LARGEST_TOTAL = 100 * 1024 * 1024
_LARGEST_XML = 12 * 1024 * 1024
_MOST_UNPACKED = 40 * 1024 * 1024
# What a parsed document weighs is decided by its tags and attributes: about 140 and 280 bytes for each.
_MOST_TAGS = 400_000
_MOST_ATTRIBUTES = 200_000
_CENTRAL_ENTRY = b"PK\1\2"
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_KNOWN_STARTS = (
    (b"%PDF", "This is a PDF, even if its name says otherwise. Upload the Word document it was made from."),
    (b"{\\rtf", "This is a Rich Text file. Open it in Word and save it as a Word Document (.docx)."),
    (b"\x89PNG", "This is a picture, not a Word document."),
    (b"\xff\xd8\xff", "This is a picture, not a Word document."),
)
_DAMAGED = "The file is damaged or not whole. Open it in Word, save it again and try again."
TOO_MUCH = "The document is too long or too complicated to be read here."
_TOO_MANY = f"The file has more than {MOST_PARTS} parts; a Word document of this kind has about 20."
_ZIP_PROBLEMS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, KeyError)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STRICT = "{http://purl.oclc.org/ooxml/"
_WORD_TYPE = re.compile(r"wordprocessingml|ms-word")
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,40})["']""")


class BadFile(ValueError):
    """An uploaded file that cannot be used; its text says why, in the words of the person who uploaded it."""


@dataclass(frozen=True)
class Relation:
    """What a part refers to: `kind` is the last word of the type; `target` a part's name, or an address outside."""

    kind: str
    target: str
    external: bool


class WordFile:
    """A Word file whose listing is within bounds. Its parts are unpacked and parsed only when they are asked for."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = {entry.filename for entry in archive.infolist() if not entry.is_dir()}
        self.main = ""
        self.content_types: dict[str, str] = {}
        self._parsed: dict[str, etree._Element] = {}
        self._unpacked = self._tags = self._attributes = 0

    def read(self, name: str) -> bytes:
        """Return a part's bytes. Raises BadFile where the part is damaged or everything read so far is too much."""
        self._unpacked += self._archive.getinfo(name).file_size
        if self._unpacked > _MOST_UNPACKED:
            raise BadFile(TOO_MUCH)
        try:
            return self._archive.read(name)
        except (*_ZIP_PROBLEMS, RuntimeError):
            raise BadFile(_DAMAGED) from None

    def xml(self, name: str) -> etree._Element:
        """Return a part's root element, parsed once. Raises BadFile for a DTD, another encoding or bad XML."""
        if name not in self._parsed:
            text = _as_utf8(self.read(name), name)
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise BadFile(f"The file holds definitions (a DTD in {shown_name(name)}) that Word never writes.")
            self._tags += text.count(b"<")
            self._attributes += text.count(b"=")
            if len(text) > _LARGEST_XML or self._tags > _MOST_TAGS or self._attributes > _MOST_ATTRIBUTES:
                raise BadFile(TOO_MUCH)
            self._parsed[name] = _parse(text, name)
        return self._parsed[name]

    def relations(self, name: str) -> dict[str, Relation]:
        """Return what the part `name` ("" for the file itself) refers to, by id, leaving out what is missing."""
        folder, last = posixpath.split(name)
        listing = posixpath.join(folder, "_rels", f"{last}.rels")
        if listing not in self.names:
            return {}
        found = {}
        for entry in self.xml(listing).iter(f"{{{_PACKAGE}/relationships}}Relationship"):
            kind = (entry.get("Type") or "").rsplit("/", 1)[-1]
            target, external = entry.get("Target") or "", entry.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
                if target not in self.names:
                    continue
            found[entry.get("Id") or ""] = Relation(kind, target, external)
        return found

    def related(self, kind: str) -> str:
        """Return the name of the part of this kind that the main part refers to, or ""."""
        found = self.relations(self.main).values()
        return next((one.target for one in found if one.kind == kind and not one.external), "")

    @property
    def has_macros(self) -> bool:
        """Whether the file holds programs."""
        return "macroEnabled" in self.content_types.get(self.main, "") or any(
            "vbaProject" in kind or "vbaProject" in name for name, kind in self.content_types.items()
        )


def open_word(content: bytes) -> WordFile:
    """Open an uploaded .docx, .dotx or .docm. Raises BadFile, with the reason, for anything else or out of bounds."""
    _check_start(content)
    file = WordFile(_archive_of(content))
    if "[Content_Types].xml" not in file.names:
        raise BadFile(_other_kind(file))
    _read_content_types(file)
    mains = [one.target for one in file.relations("").values() if one.kind == "officeDocument" and not one.external]
    if not mains or not _WORD_TYPE.search(file.content_types[mains[0]]):
        raise BadFile(_other_kind(file))
    file.main = mains[0]
    root = file.xml(file.main)
    if root.tag.startswith(_STRICT):
        raise BadFile("The file is a “Strict Open XML Document”. Save it in Word as “Word Document (.docx)”.")
    if root.tag != f"{{{W}}}document" or root.find(f"{{{W}}}body") is None:
        raise BadFile("There is no document in the Word file. Open it in Word, save it again and try again.")
    return file


def _parse(text: bytes, name: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text, parser)
    except etree.XMLSyntaxError:
        raise BadFile(f"{_DAMAGED} (What could not be read: {shown_name(name)}.)") from None


def shown_name(name: str) -> str:
    """Return a part's name, fit to be read in a message."""
    kept = "".join(character for character in name if character.isprintable())
    return kept if len(kept) <= 60 else kept[:59] + "…"


def _check_start(content: bytes) -> None:
    if not content:
        raise BadFile("The file is empty.")
    if len(content) > LARGEST_FILE:
        raise BadFile(f"The file is larger than {LARGEST_FILE >> 20} MB.")
    for start, message in _KNOWN_STARTS:
        if content.startswith(start):
            raise BadFile(message)
    if content.startswith(_OLD_WORD):
        if _ENCRYPTED in content:
            raise BadFile("The file is protected by a password. Remove the password in Word and try again.")
        raise BadFile("This is an old Word file (.doc). Open it in Word and save it as a Word Document (.docx).")
    if not content.startswith(b"PK"):
        raise BadFile("This is not a Word document (.docx).")


def _archive_of(content: bytes) -> zipfile.ZipFile:
    # Counted in the bytes first, because merely opening the listing of a hundred thousand parts takes seconds.
    if content.count(_CENTRAL_ENTRY) > 2 * MOST_PARTS:
        raise BadFile(_TOO_MANY)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _ZIP_PROBLEMS:
        raise BadFile(_DAMAGED) from None
    _check_listing([entry for entry in archive.infolist() if not entry.is_dir()])
    return archive


def _check_listing(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_PARTS:
        raise BadFile(_TOO_MANY)
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names):
        raise BadFile("The file holds two parts of one name. Open it in Word, save it again and try again.")
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise BadFile("The file is protected by a password. Remove the password and try again.")
        pieces = entry.filename.replace("\\", "/").split("/")
        if entry.filename != entry.orig_filename or pieces[0] in ("", "..") or ".." in pieces or ":" in entry.filename:
            raise BadFile("The file holds a part with a name that no Word document has. Save it again in Word.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadFile("The file is compressed in a way that Word does not use. Save it again in Word.")
    if sum(entry.file_size for entry in entries) > _LARGEST_TOTAL:
        raise BadFile(f"The file unpacks to more than {_LARGEST_TOTAL >> 20} MB.")


def _other_kind(file: WordFile) -> str:
    names = file.names
    if "mimetype" in names:
        return "This is an OpenDocument file. Save it as a Word Document (.docx)."
    if any(name.startswith("xl/") for name in names):
        return "This is an Excel workbook, not a Word document."
    if any(name.startswith("ppt/") for name in names):
        return "This is a PowerPoint presentation, not a Word document."
    return "This is a zip file but not a Word document (.docx)."


def _read_content_types(file: WordFile) -> None:
    root = file.xml("[Content_Types].xml")
    by_extension = {
        (entry.get("Extension") or "").lower(): entry.get("ContentType") or ""
        for entry in root.iter(f"{{{_PACKAGE}/content-types}}Default")
    }
    by_name = {
        (entry.get("PartName") or "").lstrip("/"): entry.get("ContentType") or ""
        for entry in root.iter(f"{{{_PACKAGE}/content-types}}Override")
    }
    for name in file.names:
        extension = name.rsplit(".", 1)[-1].lower()
        file.content_types[name] = by_name.get(name) or by_extension.get(extension, "")


def _as_utf8(data: bytes, name: str) -> bytes:
    """Return the part in UTF-8, the encoding that every check here reads."""
    wrong = BadFile(f"The file uses an encoding that Word never writes ({shown_name(name)}).")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise wrong from None
        return re.sub(r"\A\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace")
    if b"\0" in data[:400]:
        raise wrong
    declared = _ENCODING.match(data)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise wrong
    return data
