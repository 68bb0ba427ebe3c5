"""What may stay of an uploaded letterhead: an allow-list of WordprocessingML, written anew in the schema's order."""

import re

from lxml import etree

from tracker.documents.ooxml import R, W

_W = f"{{{W}}}"
_BORDERS = "top left bottom right insideH insideV between bar"
_MARGINS = "top left bottom right"

# Which children an element may have, in the order of the schema. What is not named here has none.
_CHILDREN = {
    name: children.split()
    for name, children in {
        "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr trPr tcPr "
        "tblStylePr",
        "tblStylePr": "pPr rPr tblPr trPr tcPr",
        "docDefaults": "rPrDefault pPrDefault",
        "rPrDefault": "rPr",
        "pPrDefault": "pPr",
        "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr suppressLineNumbers pBdr shd tabs "
        "suppressAutoHyphens wordWrap bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents jc "
        "textAlignment outlineLvl",
        "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike noProof color spacing w kern position sz szCs "
        "highlight u shd vertAlign rtl cs lang",
        "numPr": "ilvl numId",
        "pBdr": "top left bottom right between bar",
        "tabs": "tab",
        "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblInd "
        "tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
        "tblBorders": _BORDERS,
        "tcBorders": _BORDERS,
        "tblCellMar": _MARGINS,
        "tcMar": _MARGINS,
        "trPr": "cantSplit trHeight tblHeader jc",
        "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar textDirection vAlign",
        "abstractNum": "multiLevelType lvl",
        "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlJc pPr rPr",
        "tblGrid": "gridCol",
        "pgBorders": _MARGINS,
    }.items()
}
_REPEATED = {"tab", "lvl", "tblStylePr", "gridCol"}
_RENAMED = {"start": "left", "end": "right"}  # as LibreOffice writes them
_RENAMED_IN = {"ind", "tblBorders", "tcBorders", "tblCellMar", "tcMar", "pBdr"}

_WHOLE = re.compile(r"-?\d{1,5}\Z")
_COLOUR = re.compile(r"(?:[0-9A-Fa-f]{6}|auto)\Z")
_SHORT = re.compile(r"[^\x00-\x1f]{0,253}\Z")
_SWITCH = re.compile(r"(?:0|1|true|false|on|off)\Z")


def _words(text: str) -> list[str]:
    return text.split()


def _one_of(words: str) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(words.split())})\\Z")


_ALIGNMENTS = _one_of("left center right both distribute start end")
_LINES = _one_of(
    "nil none single thick double dotted dashed dotDash dotDotDash triple thinThickSmallGap thickThinSmallGap "
    "thinThickThinSmallGap thinThickMediumGap thickThinMediumGap thinThickLargeGap thickThinLargeGap wave doubleWave "
    "dashSmallGap dashDotStroked threeDEmboss threeDEngrave outset inset"
)
_UNITS = _one_of("auto dxa nil pct")
_THEME_COLOURS = _one_of(
    "dark1 light1 dark2 light2 accent1 accent2 accent3 accent4 accent5 accent6 hyperlink followedHyperlink none "
    "background1 text1 background2 text2"
)
_THEME_FONTS = _one_of("majorEastAsia majorBidi majorAscii majorHAnsi minorEastAsia minorBidi minorAscii minorHAnsi")
_HEX = re.compile(r"[0-9A-Fa-f]{2,8}\Z")

# What an element's w:val must look like. Everything with children has none, and all others are switches.
_VALUES = {
    "name": _SHORT,
    "tblCaption": _SHORT,
    "tblDescription": _SHORT,
    "lvlText": _SHORT,
    "color": _COLOUR,
    "jc": _ALIGNMENTS,
    "lvlJc": _ALIGNMENTS,
    "u": _one_of("none single words double thick dotted dottedHeavy dash dashedHeavy dashLong dotDash wave"),
    "vertAlign": _one_of("baseline superscript subscript"),
    "highlight": _one_of("black blue cyan green magenta red yellow white darkBlue darkCyan darkGreen lightGray none"),
    "lang": _one_of("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"),
    "shd": _one_of("nil clear solid pct5 pct10 pct15 pct20 pct25 pct30 pct40 pct50 pct60 pct75 pct90"),
    "tab": _one_of("clear left center right decimal bar num start end"),
    "suff": _one_of("tab space nothing"),
    "numFmt": _one_of(
        "bullet decimal decimalZero lowerLetter upperLetter lowerRoman upperRoman ordinal cardinalText ordinalText none"
    ),
    "multiLevelType": _one_of("singleLevel multilevel hybridMultilevel"),
    "textAlignment": _one_of("top center baseline bottom auto"),
    "textDirection": _one_of("lrTb tbRl btLr lrTbV tbRlV tbLrV"),
    "vAlign": _one_of("top center both bottom"),
    "vMerge": _one_of("restart continue"),
    "tblOverlap": _one_of("never overlap"),
    "tblLook": re.compile(r"[0-9A-Fa-f]{4}\Z"),
    **dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV", "between", "bar"), _LINES),
    **dict.fromkeys(("basedOn", "next", "link", "pStyle", "rStyle", "tblStyle"), _SHORT),
    **dict.fromkeys(
        _words(
            "uiPriority ilvl numId outlineLvl spacing w kern position sz szCs start lvlRestart gridSpan "
            "tblStyleRowBandSize tblStyleColBandSize trHeight"
        ),
        _WHOLE,
    ),
}
_NEEDS_VALUE = set(_VALUES) - {"spacing", "lang", "tblLook", "top", "left", "bottom", "right", "vMerge"}
_NEEDS_VALUE_IN = {"pBdr", "tblBorders", "tcBorders", "pgBorders"}
_ATTRIBUTES = {
    **dict.fromkeys(
        _words(
            "before after line left right hanging firstLine pos space sz w h top bottom header footer "
            "gutter ilvl linePitch leftFromText rightFromText topFromText bottomFromText tblpX tblpY"
        ),
        _WHOLE,
    ),
    **dict.fromkeys(
        _words(
            "beforeAutospacing afterAutospacing shadow frame firstRow lastRow firstColumn lastColumn "
            "noHBand noVBand default customStyle"
        ),
        _SWITCH,
    ),
    **dict.fromkeys(("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"), _THEME_FONTS),
    **dict.fromkeys(("themeColor", "themeFill"), _THEME_COLOURS),
    **dict.fromkeys(("themeTint", "themeShade", "themeFillTint", "themeFillShade"), _HEX),
    **dict.fromkeys(("ascii", "hAnsi", "cs"), _SHORT),
    **dict.fromkeys(("color", "fill"), _COLOUR),
    "hint": _one_of("default eastAsia cs"),
    "lineRule": _one_of("auto exact atLeast"),
    "hRule": _one_of("auto exact atLeast"),
    "leader": _one_of("none dot hyphen underscore heavy middleDot"),
    "bidi": _VALUES["lang"],
    "orient": _one_of("portrait landscape"),
    "offsetFrom": _one_of("page text"),
    "horzAnchor": _one_of("text margin page"),
    "vertAnchor": _one_of("text margin page"),
    "tblpXSpec": _one_of("left center right inside outside"),
    "tblpYSpec": _one_of("inline top center bottom inside outside"),
}
_LAYOUTS = _one_of("fixed autofit")
_REGIONS = _one_of(
    "wholeTable firstRow lastRow firstCol lastCol band1Vert band2Vert band1Horz band2Horz neCell nwCell seCell swCell"
)
_TYPES = {"tblLayout": _LAYOUTS, "tblStylePr": _REGIONS}
_STYLE_TYPES = _one_of("paragraph character table numbering")


def new_root(name: str) -> etree._Element:
    """Return an empty root element of a part."""
    return etree.Element(f"{_W}{name}", nsmap={"w": W, "r": R})


def rewritten(source: etree._Element, parent: etree._Element) -> etree._Element | None:
    """Write `source` anew under `parent`, with what the allow-list knows of it; None where its own value is wrong."""
    name = etree.QName(source).localname
    if etree.QName(parent).localname in _RENAMED_IN:
        name = _RENAMED.get(name, name)
    attributes = _attributes(source, name)
    inside = etree.QName(parent).localname
    needs = name in _NEEDS_VALUE or inside in _NEEDS_VALUE_IN or (inside, name) == ("rPr", "spacing")
    if needs and f"{_W}val" not in attributes:
        return None
    element = etree.SubElement(parent, f"{_W}{name}", attributes)
    allowed = _CHILDREN.get(name)
    if allowed:
        _rewrite_children(source, element, name, allowed)
    return element


def _rewrite_children(source: etree._Element, element: etree._Element, name: str, allowed: list[str]) -> None:
    found: dict[str, list[etree._Element]] = {}
    for child in source:
        if not isinstance(child.tag, str) or not child.tag.startswith(_W):
            continue
        local = child.tag[len(_W) :]
        if name in _RENAMED_IN:
            local = _RENAMED.get(local, local)
        if local in allowed and (local in _REPEATED or local not in found):
            found.setdefault(local, []).append(child)
    for local in allowed:
        for child in found.get(local, ()):
            rewritten(child, element)


def _attributes(source: etree._Element, name: str) -> dict[str, str]:
    kept = {}
    for key, value in source.attrib.items():
        key, value = str(key), str(value)
        if not key.startswith(_W):
            continue
        local = key[len(_W) :]
        if name == "ind":
            local = _RENAMED.get(local, local)
        if _pattern(name, local).match(value):
            kept[f"{_W}{local}"] = value
    if name in ("jc", "lvlJc", "tab") and f"{_W}val" in kept:
        kept[f"{_W}val"] = _RENAMED.get(kept[f"{_W}val"], kept[f"{_W}val"])
    return kept


_NEVER = re.compile(r"(?!)")


def _pattern(name: str, attribute: str) -> re.Pattern[str]:
    if attribute == "val":
        return _VALUES.get(name, _SWITCH)
    if attribute == "type":
        return _STYLE_TYPES if name == "style" else _TYPES.get(name, _UNITS)
    if attribute == "styleId":
        return _SHORT
    return _ATTRIBUTES.get(attribute, _NEVER)
