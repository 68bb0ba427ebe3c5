"""The few shapes of WordprocessingML that we write, as strings. Everything typed is escaped here and only here."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from tracker.documents.text import clean, split_by_direction

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"

EMU_PER_CM = 360_000


def run(text: str, look: str = "") -> str:
    """Return the runs of `text`; `look` is the XML of its character properties. Newlines and tabs become Word's."""
    return "".join(_one_run(piece, look, rtl) for piece, rtl in split_by_direction(clean(text)) if piece)


def _one_run(text: str, look: str, right_to_left: bool) -> str:
    if right_to_left:
        look += "<w:rtl/>"
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    content = escape(text)
    if "\n" in content or "\t" in content:
        content = content.replace("\n", "</w:t><w:br/><w:t>").replace("\t", "</w:t><w:tab/><w:t>")
        content = f"<w:t>{content}</w:t>".replace("<w:t></w:t>", "").replace("<w:t>", '<w:t xml:space="preserve">')
        return f"<w:r>{properties}{content}</w:r>"
    return f'<w:r>{properties}<w:t xml:space="preserve">{content}</w:t></w:r>'


def paragraph(style_id: str, content: str, *, numbering: tuple[int, int] | None = None, rtl: bool = False) -> str:
    """Return a paragraph. `numbering` is (list instance, level); without it the style decides."""
    properties = f'<w:pStyle w:val="{style_id}"/>'
    if numbering:
        instance, level = numbering
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{instance}"/></w:numPr>'
    if rtl:
        properties += "<w:bidi/>"
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def hyperlink(relationship_id: str, runs: str) -> str:
    """Return a link around `runs`."""
    return f'<w:hyperlink r:id="{relationship_id}" w:history="1">{runs}</w:hyperlink>'


def numbering_instance(number: int, abstract: str, level: int, start: int) -> str:
    """Return a list of its own on a shared definition, counting from `start` at `level`."""
    override = f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{override}</w:num>'


def relationship(relationship_id: str, kind: str, target: str, *, external: bool = False) -> str:
    """Return a relationship; `kind` is the last word of its type."""
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{relationship_id}" Type="{R}/{kind}" Target={quoteattr(target)}{mode}/>'


def table(
    style_id: str, widths: Sequence[int], title: str, description: str, rows: Iterable[str], *, labels: bool
) -> str:
    """Return a table with a header row, of fixed `widths` (twentieths of a point), with its alternative text.

    `labels` says that the first column holds the rows' labels.
    """
    look = 0x0620 | (0x80 if labels else 0)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style_id}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="{look:04X}" w:firstRow="1" w:lastRow="0" '
        f'w:firstColumn="{int(labels)}" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(title)}/><w:tblDescription w:val={quoteattr(description)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def table_row(widths: Sequence[int], cells: Iterable[str], *, header: bool = False) -> str:
    """Return a row; each of `cells` is the XML of at least one paragraph. A header row repeats on every page."""
    properties = "<w:cantSplit/><w:tblHeader/>" if header else "<w:cantSplit/>"
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
        for width, cell in zip(widths, cells, strict=True)
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def picture(relationship_id: str, width: int, height: int, alternative_text: str) -> str:
    """Return a run with a picture in line with the text; sizes in English Metric Units."""
    size = f'cx="{width}" cy="{height}"'
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{WP}" distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:docPr id="1" name="Signature" descr={quoteattr(alternative_text)}/>'
        f'<a:graphic xmlns:a="{A}"><a:graphicData uri="{PIC}"><pic:pic xmlns:pic="{PIC}">'
        '<pic:nvPicPr><pic:cNvPr id="1" name="Signature"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relationship_id}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
