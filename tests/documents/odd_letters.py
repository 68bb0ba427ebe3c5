"""Word letters from elsewhere, each odd in one way: what is said of it, and what must be found in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .samples import png
from .word_files import W_NS, changed, p, picture, relations, text_box, unzipped, word
from .word_files import field as word_field

RIGHT = '<w:jc w:val="right"/>'
BOLD = "<w:b/>"
NUMBERING = "".join(
    f'<w:abstractNum w:abstractNumId="{number}"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
    f'<w:lvlText w:val="{text}"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="bullet"/>'
    '<w:lvlText w:val="–"/></w:lvl></w:abstractNum>'
    for number, (kind, text) in enumerate((("bullet", "•"), ("decimal", "%1."), ("lowerLetter", "(%1)")), 1)
) + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2, 3))
BULLET, NUMBER, LETTER = (f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>' for number in (1, 2, 3))
FRONT = (
    p("NHS England", RIGHT)
    + p("Quarry House", RIGHT)
    + p("Leeds LS2 7UE", RIGHT)
    + p("")
    + p("12 December 2017")
    + p("")
    + p("Cally Palmer")
    + p("SRO, Cancer Programme")
    + p("")
    + p("Dear Cally")
    + p("Our workshop on cancer", look=BOLD)
    + p("Thank you for coming.")
)
ASKS = (
    p("We recommend that you:", "<w:keepNext/>")
    + p("narrow the inequalities;", LETTER)
    + p("publish the dashboard.", LETTER)
)
END = p("Yours sincerely") + p("") + p("Lord Victor Adebowale") + p("Taskforce Chair") + p("cc: Jo Cottam")
FOUND = {
    "sender_address": ("NHS England", "Quarry House", "Leeds LS2 7UE"),
    "date_text": "12 December 2017",
    "addressee": ("Cally Palmer", "SRO, Cancer Programme"),
    "salutation": "Dear Cally",
    "subject": "Our workshop on cancer",
    "closing": "Yours sincerely",
    "signatory": ("Lord Victor Adebowale", "Taskforce Chair"),
    "copies_to": ("Jo Cottam",),
}


@dataclass(frozen=True)
class Letter:
    """A letter, words of what is said of it (each must be said), what is found, and words that stand in its body."""

    make: Callable[[], bytes]
    said: tuple[str, ...] = ()
    found: dict[str, object] = field(default_factory=lambda: FOUND)
    body: tuple[str, ...] = ("Thank you for coming.",)
    asks: tuple[str, ...] = ("narrow the inequalities;", "publish the dashboard.")


def _letter(middle: str = "", *, front: str = FRONT, asks: str = ASKS, end: str = END, **more: object) -> bytes:
    return word(front + middle + asks + end, **{"numbering": NUMBERING, **more})  # type: ignore[arg-type]


def _layout_table() -> bytes:
    def cell(inner: str) -> str:
        return f"<w:tc>{inner}</w:tc>"

    rows = cell(p("Cally Palmer") + p("SRO, Cancer Programme")) + cell(
        p("NHS England", RIGHT) + p("Quarry House", RIGHT)
    )
    front = f"<w:tbl><w:tr>{rows}</w:tr></w:tbl>" + p("12 December 2017") + p("Dear Cally") + p("Thank you for coming.")
    return _letter(front=front)


def _real_table() -> bytes:
    row = "<w:tr><w:tc>" + p("Alliance") + "</w:tc><w:tc>" + p("Date") + "</w:tc></w:tr>"
    return _letter(f"<w:tbl>{row}</w:tbl>")


def _frame() -> bytes:
    framed = p("NHS England\nQuarry House\nLeeds LS2 7UE", '<w:framePr w:w="3000" w:hAnchor="page"/>' + RIGHT)
    return _letter(front=framed + FRONT[FRONT.index(p("12 December 2017")) :])


def _boxed() -> bytes:
    return _letter(front=f"<w:p>{text_box(p('NHS England', RIGHT))}</w:p>" + FRONT)


def _tracked() -> bytes:
    return _letter(
        '<w:p><w:r><w:t xml:space="preserve">We are </w:t></w:r><w:del w:id="1" w:author="A"><w:r><w:delText>very '
        '</w:delText></w:r></w:del><w:ins w:id="2" w:author="A"><w:r><w:t>truly</w:t></w:r></w:ins>'
        "<w:r><w:t> grateful.</w:t></w:r></w:p>"
        '<w:p><w:pPr><w:rPr><w:del w:id="3" w:author="A"/></w:rPr></w:pPr>'
        '<w:r><w:t xml:space="preserve">Joined </w:t></w:r></w:p>' + p("up.")
    )


def _commented() -> bytes:
    comment = '<w:comment w:id="7" w:author="Emma"><w:p><w:r><w:t>Is this right?</w:t></w:r></w:p></w:comment>'
    return _letter(
        '<w:p><w:r><w:t>A claim.</w:t></w:r><w:r><w:commentReference w:id="7"/></w:r></w:p>', comments=comment
    )


def _noted() -> bytes:
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>Source: the strategy.</w:t></w:r></w:p></w:footnote>'
    return _letter('<w:p><w:r><w:t>A fact.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>', footnotes=note)


def _one_paragraph() -> bytes:
    lines = (
        "NHS England\nQuarry House\n\n12 December 2017\n\nCally Palmer\nSRO, Cancer Programme\n\nDear Cally\n\n"
        "Thank you for coming.\n\n(a) narrow the inequalities;\n(b) publish the dashboard.\n\nYours sincerely\n\n\n"
        "Lord Victor Adebowale\nTaskforce Chair"
    )
    return word(p(lines))


def _typed() -> bytes:
    typed = p("We recommend that you:") + p("(a) narrow the inequalities;") + p("(b)\tpublish the dashboard.")
    return _letter(p("1. first") + p("2. second") + p("• dot"), asks=typed)


def _two_languages() -> bytes:
    welsh = p("Annwyl Cally") + p("Diolch am ddod.") + p("Yn gywir") + p("Victor")
    return word(welsh + FRONT + ASKS + END, numbering=NUMBERING)


def _headed() -> bytes:
    header = p("OFFICIAL") + p("Registered charity 123")
    return _letter(header=header, footer=f"<w:p><w:r><w:t>Page </w:t></w:r>{word_field('PAGE')}</w:p>")


def _linked() -> bytes:
    links = (
        '<w:p><w:hyperlink r:id="rId2"><w:r><w:t>the strategy</w:t></w:r></w:hyperlink><w:r>'
        '<w:t xml:space="preserve"> and </w:t>'
        '</w:r><w:hyperlink r:id="rId3"><w:r><w:t>my disk</w:t></w:r></w:hyperlink>'
        + word_field("HYPER", 'LINK "https://example.org/two"', result=" and two")
        + "</w:p>"
    )
    more = [("hyperlink", "https://example.org/s", "External"), ("hyperlink", "file:///c:/x.doc", "External")]
    return _letter(links, more_relations=more)


def _pictured() -> bytes:
    return _letter(
        f"<w:p><w:r><w:t>See:</w:t></w:r>{picture('rId2', 'Chart of waiting times')}</w:p>",
        more_relations=[("image", "media/a.png")],
        more_parts={"word/media/a.png": png()},
    )


def _objects() -> bytes:
    maths = "<w:p><m:oMath><m:r><m:t>E=mc²</m:t></m:r></m:oMath></w:p>"
    ole = '<w:p><w:r><w:object><o:OLEObject ProgID="Excel.Sheet"/></w:object></w:r></w:p>'
    return _letter(maths + ole + '<w:altChunk r:id="rId9"/>')


def _controls() -> bytes:
    filled = (
        "<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent><w:r><w:t>Filled in.</w:t></w:r>"
        "</w:sdtContent></w:sdt>"
    )
    prompt = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click here to enter a date.</w:t></w:r>"
        "</w:sdtContent></w:sdt>"
    )
    return _letter(f"<w:p>{filled}{prompt}</w:p>")


def _looks() -> bytes:
    return _letter(
        p("Struck", look="<w:strike/>")
        + p("Marked", look='<w:highlight w:val="yellow"/>')
        + p("Secret", look="<w:vanish/>")
        + '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r><w:r><w:t>Ticked</w:t></w:r></w:p>'
    )


def _hyphens() -> bytes:
    return _letter(
        "<w:p><w:r><w:t>co</w:t><w:softHyphen/><w:t>operate</w:t><w:noBreakHyphen/>"
        "<w:t>now\u00a0and then *stars* _lines_</w:t></w:r></w:p>"
    )


def _columns() -> bytes:
    tabbed = "<w:p><w:r><w:t>Left</w:t><w:tab/><w:t>Right</w:t></w:r></w:p>"
    return _letter(tabbed + '<w:p><w:pPr><w:sectPr><w:cols w:num="2"/></w:sectPr></w:pPr></w:p>')


def _five_hundred_pages() -> bytes:
    paragraphs = "".join(
        p(f"Paragraph {number}: " + "many words of a long letter " * 12, '<w:pStyle w:val="x"/>')
        for number in range(10_000)
    )
    return _letter(paragraphs)


def _sub_points() -> bytes:
    inner = p("especially in the north;", '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>')
    return _letter(asks=ASKS.replace(p("publish the dashboard.", LETTER), inner + p("publish the dashboard.", LETTER)))


LETTERS: dict[str, Letter] = {
    "plain": Letter(_letter),
    "addresses in a table": Letter(
        _layout_table,
        ("A table was read as plain paragraphs",),
        {
            "salutation": "Dear Cally",
            "sender_address": ("NHS England", "Quarry House"),
            "addressee": ("Cally Palmer", "SRO, Cancer Programme"),
        },
    ),
    "table of facts": Letter(
        _real_table, ("A table was read as plain paragraphs, cell by cell (near “Alliance",), body=("Alliance", "Date")
    ),
    "address in a frame": Letter(_frame, ("Text in a frame",)),
    "address in a text box": Letter(_boxed, ("The text of a text box",), {"salutation": "Dear Cally"}),
    "tracked changes": Letter(
        _tracked,
        ("A tracked insertion was read as accepted", "2 tracked deletions"),
        body=("We are truly grateful.", "Joined up."),
    ),
    "comments": Letter(_commented, ("A comment was left out: “Emma: Is this right?” (near “A claim.”)",)),
    "footnotes": Letter(_noted, ("A footnote was left out: “Source: the strategy.” (near “A fact.”)",)),
    "headings by bold": Letter(
        lambda: _letter(p("What we heard", look=BOLD) + p("Much.") + p("What we ask", look=BOLD)),
        body=("## What we heard\n\nMuch.", "## What we ask"),
    ),
    "no salutation": Letter(
        lambda: _letter(front=FRONT.replace(p("Dear Cally"), "")),
        ("No “Dear …” was found",),
        {"date_text": "12 December 2017", "salutation": "", "closing": "Yours sincerely"},
    ),
    "no closing": Letter(lambda: _letter(end=""), ("No closing such as",), {"salutation": "Dear Cally", "closing": ""}),
    "all in one paragraph": Letter(
        _one_paragraph,
        ("typed numbers or bullets",),
        {
            "salutation": "Dear Cally",
            "date_text": "12 December 2017",
            "addressee": ("Cally Palmer", "SRO, Cancer Programme"),
            "sender_address": ("NHS England", "Quarry House"),
            "signatory": ("Lord Victor Adebowale", "Taskforce Chair"),
        },
    ),
    "lists typed by hand": Letter(_typed, ("5 typed numbers or bullets",), body=("1. first\n2. second", "- dot")),
    "recommendations numbered": Letter(
        lambda: _letter(asks=ASKS.replace(LETTER, NUMBER)), ("The recommendations were numbered",)
    ),
    "points below a recommendation": Letter(
        _sub_points,
        ("A point below a recommendation",),
        asks=("narrow the inequalities;\\\n– especially in the north;", "publish the dashboard."),
    ),
    "recommendations in the prose": Letter(
        lambda: _letter(asks=p("We recommend that you publish.")),
        ("No list of recommendations was found.",),
        body=("We recommend that you publish.",),
        asks=(),
    ),
    "lettered list of something else": Letter(
        lambda: _letter(
            p("We heard:") + p("one thing", LETTER) + p("Then:"),
            asks=p("We recommend:") + p("narrow the inequalities;", NUMBER) + p("publish the dashboard.", NUMBER),
        ),
        ("A lettered list was read as a numbered list",),
    ),
    "two languages": Letter(
        _two_languages,
        ("There is a second salutation, “Dear Cally”",),
        {"salutation": "Annwyl Cally", "signatory": ("Lord Victor Adebowale", "Taskforce Chair")},
        body=("Diolch am ddod.",),
    ),
    "merge fields": Letter(
        lambda: _letter(f"<w:p><w:r><w:t>For </w:t></w:r>{word_field('MERGE', 'FIELD Name', result='«Name»')}</w:p>"),
        ("A field was read as the text it showed: “MERGEFIELD”",),
        body=("«Name»",),
    ),
    "content controls": Letter(
        _controls, ("A prompt that nobody filled in was left out: “Click here to enter a date.”",), body=("Filled in.",)
    ),
    "links": Letter(
        _linked,
        ("its address is not one for a letter: “file:///c:/x.doc”",),
        body=("[the strategy](https://example.org/s) and my disk [and two](https://example.org/two)",),
    ),
    "pictures": Letter(_pictured, ("A picture was left out: “Chart of waiting times” (near “See:”)",)),
    "equations and objects": Letter(
        _objects, ("An equation was left out: “E=mc²”", "An embedded object was left out", "An inserted document")
    ),
    "looks that Markdown has not": Letter(
        _looks,
        ("struck through", "highlighted", "Hidden text was left out: “Secret”", "A symbol of a special font"),
        body=("Struck", "Ticked"),
    ),
    "hyphens and hard spaces": Letter(
        _hyphens, body=("co\u00adoperate\u2011now\u00a0and then \\*stars\\* \\_lines\\_",)
    ),
    "tabs and columns": Letter(_columns, ("Columns were read as one column",), body=("Left\tRight",)),
    "header of their own": Letter(
        _headed,
        ("The header or footer was not read: “Registered charity 123”",),
        {**FOUND, "classification": "OFFICIAL"},
    ),
    "macros": Letter(lambda: changed(_letter(), {"word/vbaProject.bin": b"x"}), ("The file holds macros",)),
    "500 pages": Letter(_five_hundred_pages, body=("Paragraph 9999:",)),
    "one word": Letter(lambda: word(p("Hello")), ("No “Dear …”", "No closing"), {}, body=("Hello",), asks=()),
    "nothing at all": Letter(lambda: word(""), ("No “Dear …”",), {"body": ""}, body=(), asks=()),
    "date asked for": Letter(
        lambda: _letter(p("Please send your response by 2 February 2018.")),
        found={**FOUND, "response_request": "Please send your response by 2 February 2018."},
    ),
}


def _deep() -> bytes:
    return word("<w:sdt><w:sdtContent>" * 4000 + p("x") + "</w:sdtContent></w:sdt>" * 4000)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "old .doc": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999), "old Word file"),
    "PDF": (lambda: b"%PDF-1.4", "PDF"),
    "cut off": (lambda: _letter()[:900], "damaged or not whole"),
    "nested 8,000 deep": (_deep, "damaged"),
    "million of paragraphs": (lambda: word("<w:p/>" * 1_000_000), "too long or too complicated"),
    "half a million attributes": (
        lambda: word(
            "<w:p>" + "".join(f'<w:r w:rsidR="{n:08X}" w:rsidP="1" w:x="2"/>' for n in range(160_000)) + "</w:p>"
        ),
        "too long",
    ),
    "DTD": (
        lambda: changed(
            _letter(),
            {"word/document.xml": "<!DOCTYPE x [<!ENTITY y 'z'>]>" + unzipped(_letter())["word/document.xml"].decode()},
        ),
        "definitions",
    ),
    "no document in it": (
        lambda: changed(_letter(), {"word/document.xml": f'<w:glossary xmlns:w="{W_NS}"/>'}),
        "no document",
    ),
    "two documents": (
        lambda: changed(_letter(), {"_rels/.rels": relations([("officeDocument", "word/nowhere.xml")])}),
        "not a Word document",
    ),
}
