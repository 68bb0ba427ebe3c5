"""What a Word file says of itself in its core properties."""

from tracker.documents.untrusted import open_word

_KEYWORDS = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}keywords"


def read_keywords(content: bytes) -> str:
    """Return the file's keywords, which Word and LibreOffice keep on saving; "" where there are none.

    Raises BadFile, with the reason, for a file that cannot be read at all.
    """
    file = open_word(content)
    for relation in file.relations("").values():
        if relation.kind == "core-properties" and not relation.external:
            return (file.xml(relation.target).findtext(f".//{_KEYWORDS}") or "").strip()
    return ""
