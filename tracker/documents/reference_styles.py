"""The styles and lists of the bundled reference documents."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.sax.saxutils import quoteattr

from tracker.documents.ooxml import W

_BLUE, _DARK_BLUE, _GREY, _DARK_RED = "005EB8", "003087", "425563", "8A1538"
_BODY_SIZE = 24  # half-points, as are all sizes


@dataclass(frozen=True)
class ParagraphStyle:
    """A paragraph style. Space and indents in twentieths of a point, sizes in half-points, lines in 240ths."""

    name: str
    based_on: str = "Normal"
    following: str = ""
    custom: bool = False
    before: int = 0
    after: int = 0
    line: int = 240
    indent: int = 0
    align: str = ""
    keep: bool = False  # with the next paragraph, and its lines together
    bold: bool = False
    colour: str = ""
    size: int = 0
    tracking: int = 0
    outline: int | None = None
    numbering: tuple[int, int] | None = None  # list, level
    extra: str = ""  # borders and tab stops


@dataclass(frozen=True)
class ListLevel:
    """One level of a list: Word's number format, the text around it, and where it stands."""

    number_format: str
    text: str
    left: int
    hanging: int
    style: str


_RIGHT_TAB = '<w:tabs><w:tab w:val="right" w:pos="9026"/></w:tabs>'
_TOP_RULE = f'<w:pBdr><w:top w:val="single" w:sz="6" w:space="6" w:color="{_BLUE}"/></w:pBdr>'
_TEXT_LINE = 276
_ADDRESS_LINE = 252
_TABLE_LINE = 259
_SIGNATURE = ParagraphStyle("Signature", before=840, after=200, line=_ADDRESS_LINE)

PARAGRAPH_STYLES = (
    ParagraphStyle("Body Text", after=160, line=_TEXT_LINE),
    ParagraphStyle("Title", following="Body Text", after=200, keep=True, bold=True, colour=_DARK_BLUE, size=36),
    ParagraphStyle(
        "heading 1",
        following="Body Text",
        before=360,
        after=140,
        keep=True,
        bold=True,
        colour=_DARK_BLUE,
        size=30,
        outline=0,
    ),
    ParagraphStyle(
        "heading 2",
        following="Body Text",
        before=280,
        after=100,
        keep=True,
        bold=True,
        colour=_BLUE,
        size=26,
        outline=1,
    ),
    ParagraphStyle("header", size=20),
    ParagraphStyle("footer", colour=_GREY, size=20, extra=_TOP_RULE + _RIGHT_TAB),
    ParagraphStyle("Protective Marking", "header", custom=True, align="center", bold=True, size=22, tracking=20),
    ParagraphStyle(
        "Draft Notice", "header", custom=True, before=40, align="center", bold=True, colour=_DARK_RED, size=22
    ),
    ParagraphStyle("Letterhead", "header", custom=True, before=120, align="right", bold=True, colour=_BLUE, size=40),
    ParagraphStyle(
        "Letterhead Unit", "header", custom=True, before=20, after=240, align="right", colour=_GREY, size=22
    ),
    ParagraphStyle("Sender Address", custom=True, after=280, line=_ADDRESS_LINE, indent=5954),
    ParagraphStyle("Date", following="Recipient Address", after=280),
    ParagraphStyle("Recipient Address", custom=True, after=320, line=_ADDRESS_LINE),
    ParagraphStyle("Salutation", following="Body Text", after=200),
    ParagraphStyle("Subject", custom=True, following="Body Text", after=200, keep=True, bold=True, outline=0),
    ParagraphStyle("Response Request", "Body Text", custom=True, after=160, line=_TEXT_LINE),
    ParagraphStyle("Closing", following="Signature", before=240, keep=True),
    ParagraphStyle("Signature Image", custom=True, following="Signature", before=120, keep=True),
    _SIGNATURE,
    replace(_SIGNATURE, name="Signature After Image", custom=True, before=60),
    ParagraphStyle("Copies To", custom=True, before=240, line=_ADDRESS_LINE, size=22),
    ParagraphStyle("Paper Reference", custom=True, after=120, align="right", keep=True, bold=True),
    ParagraphStyle("Authors", custom=True, before=240),
    ParagraphStyle("List Bullet", after=100, line=_TEXT_LINE, numbering=(1, 0)),
    ParagraphStyle("List Bullet 2", after=80, line=_TEXT_LINE, numbering=(1, 1)),
    ParagraphStyle("List Bullet 3", after=80, line=_TEXT_LINE, numbering=(1, 2)),
    ParagraphStyle("List Number", after=100, line=_TEXT_LINE, numbering=(2, 0)),
    ParagraphStyle("List Number 2", after=80, line=_TEXT_LINE, numbering=(2, 1)),
    ParagraphStyle("List Number 3", after=80, line=_TEXT_LINE, numbering=(2, 2)),
    ParagraphStyle("List Continue", after=100, line=_TEXT_LINE, indent=567),
    ParagraphStyle("List Continue 2", after=100, line=_TEXT_LINE, indent=1021),
    ParagraphStyle("List Continue 3", after=100, line=_TEXT_LINE, indent=1475),
    ParagraphStyle("Recommendation", custom=True, after=140, line=_TEXT_LINE, numbering=(3, 0)),
    ParagraphStyle("Table Text", custom=True, before=40, after=60, line=_TABLE_LINE, size=22),
    ParagraphStyle(
        "Table Heading", "Table Text", custom=True, before=40, after=60, line=_TABLE_LINE, bold=True, colour=_DARK_BLUE
    ),
    ParagraphStyle("Table Bullet", "Table Text", custom=True, before=40, after=40, line=_TABLE_LINE, numbering=(4, 0)),
    ParagraphStyle("Table Number", "Table Text", custom=True, before=40, after=40, line=_TABLE_LINE, numbering=(5, 0)),
    ParagraphStyle("Table Continue", "Table Text", custom=True, after=40, line=_TABLE_LINE, indent=340),
)

_LISTS = (
    (
        ListLevel("bullet", "•", 567, 340, "List Bullet"),
        ListLevel("bullet", "–", 1021, 340, "List Bullet 2"),
        ListLevel("bullet", "•", 1475, 340, "List Bullet 3"),
    ),
    (
        ListLevel("decimal", "%1.", 567, 567, "List Number"),
        ListLevel("lowerLetter", "%2.", 1021, 454, "List Number 2"),
        ListLevel("lowerRoman", "%3.", 1475, 454, "List Number 3"),
    ),
    (ListLevel("lowerLetter", "(%1)", 567, 567, "Recommendation"),),
    (ListLevel("bullet", "•", 340, 340, "Table Bullet"),),
    (ListLevel("decimal", "%1.", 400, 400, "Table Number"),),
)

_CHARACTER_STYLES = (
    ("Strong", "<w:b/><w:bCs/>"),
    ("Emphasis", "<w:i/><w:iCs/>"),
    ("Hyperlink", f'<w:color w:val="{_BLUE}"/><w:u w:val="single"/>'),
)


def style_id(name: str) -> str:
    """Return the id that Word would give to a style's name."""
    return "".join(word[0].upper() + word[1:] for word in name.split())


def styles_xml() -> str:
    """Return the styles part."""
    size = f'<w:sz w:val="{_BODY_SIZE}"/><w:szCs w:val="{_BODY_SIZE}"/>'
    return (
        f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>'
        f'<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/>{size}<w:lang w:val="en-GB" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        "<w:pPr><w:widowControl/></w:pPr></w:style>"
        + _default("character", "Default Paragraph Font", "")
        + _default(
            "table", "Normal Table", f'<w:tblPr><w:tblInd w:w="0" w:type="dxa"/>{_cell_margins(0, 108)}</w:tblPr>'
        )
        + _default("numbering", "No List", "")
        + "".join(map(_paragraph_style, PARAGRAPH_STYLES))
        + "".join(_character_style(name, look) for name, look in _CHARACTER_STYLES)
        + _board_table()
        + "</w:styles>"
    )


def numbering_xml() -> str:
    """Return the numbering part: one definition for each list, and one instance of each."""
    definitions = "".join(_definition(number, levels) for number, levels in enumerate(_LISTS, 1))
    instances = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in range(1, len(_LISTS) + 1)
    )
    return f'<w:numbering xmlns:w="{W}">{definitions}{instances}</w:numbering>'


def _default(kind: str, name: str, properties: str) -> str:
    identifier = {"table": "TableNormal"}.get(kind, style_id(name))
    return (
        f'<w:style w:type="{kind}" w:default="1" w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f'<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>{properties}</w:style>'
    )


def _paragraph_style(style: ParagraphStyle) -> str:
    custom = ' w:customStyle="1"' if style.custom else ""
    following = f'<w:next w:val="{style_id(style.following)}"/>' if style.following else ""
    look = "".join(_run_properties(style))
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{style_id(style.name)}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="{style_id(style.based_on)}"/>{following}<w:qFormat/>'
        f"<w:pPr>{''.join(_paragraph_properties(style))}</w:pPr>{f'<w:rPr>{look}</w:rPr>' if look else ''}</w:style>"
    )


def _paragraph_properties(style: ParagraphStyle) -> Iterator[str]:
    """Yield the paragraph's properties in the order of the schema."""
    if style.keep:
        yield "<w:keepNext/><w:keepLines/>"
    if style.numbering:
        number, level = style.numbering
        yield f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    yield style.extra
    yield f'<w:spacing w:before="{style.before}" w:after="{style.after}" w:line="{style.line}" w:lineRule="auto"/>'
    if style.indent:
        yield f'<w:ind w:left="{style.indent}"/>'
    if style.align:
        yield f'<w:jc w:val="{style.align}"/>'
    if style.outline is not None:
        yield f'<w:outlineLvl w:val="{style.outline}"/>'


def _run_properties(style: ParagraphStyle) -> Iterator[str]:
    """Yield the properties of the paragraph's text in the order of the schema."""
    if style.bold:
        yield "<w:b/><w:bCs/>"
    if style.colour:
        yield f'<w:color w:val="{style.colour}"/>'
    if style.tracking:
        yield f'<w:spacing w:val="{style.tracking}"/>'
    if style.size:
        yield f'<w:sz w:val="{style.size}"/><w:szCs w:val="{style.size}"/>'


def _character_style(name: str, look: str) -> str:
    return (
        f'<w:style w:type="character" w:styleId="{name}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="DefaultParagraphFont"/><w:qFormat/><w:rPr>{look}</w:rPr></w:style>'
    )


def _board_table() -> str:
    """Return the table style: dark text on pale header cells, because a re-save can lose white on blue."""
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="A6B3BD"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    rule = f'<w:tcBorders><w:bottom w:val="single" w:sz="12" w:space="0" w:color="{_BLUE}"/></w:tcBorders>'
    return (
        '<w:style w:type="table" w:customStyle="1" w:styleId="BoardTable"><w:name w:val="Board Table"/>'
        '<w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>{_cell_margins(57, 113)}</w:tblPr>"
        f'<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr><w:tcPr>{rule}'
        '<w:shd w:val="clear" w:color="auto" w:fill="D2E3F3"/></w:tcPr></w:tblStylePr>'
        '<w:tblStylePr w:type="firstCol"><w:rPr><w:b/><w:bCs/></w:rPr><w:tcPr>'
        '<w:shd w:val="clear" w:color="auto" w:fill="E8EDEE"/></w:tcPr></w:tblStylePr></w:style>'
    )


def _cell_margins(upright: int, across: int) -> str:
    sides = (("top", upright), ("left", across), ("bottom", upright), ("right", across))
    inner = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in sides)
    return f"<w:tblCellMar>{inner}</w:tblCellMar>"


def _definition(number: int, levels: tuple[ListLevel, ...]) -> str:
    kind = "singleLevel" if len(levels) == 1 else "multilevel"
    return (
        f'<w:abstractNum w:abstractNumId="{number}"><w:nsid w:val="1A2B3C{number:02X}"/>'
        f'<w:multiLevelType w:val="{kind}"/><w:tmpl w:val="4D5E6F{number:02X}"/>'
        + "".join(_level(index, level) for index, level in enumerate(levels))
        + "</w:abstractNum>"
    )


def _level(index: int, level: ListLevel) -> str:
    fonts = '<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:hint="default"/></w:rPr>'
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{level.number_format}"/>'
        f'<w:pStyle w:val="{style_id(level.style)}"/><w:lvlText w:val={quoteattr(level.text)}/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{level.left}" w:hanging="{level.hanging}"/></w:pPr>'
        f"{fonts if level.number_format == 'bullet' else ''}</w:lvl>"
    )
