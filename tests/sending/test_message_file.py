"""The message for one's own mail program, read back by the standard library."""

from __future__ import annotations

import email.policy
from email import message_from_bytes
from typing import Any

from sqlalchemy import select

from tests.sending.conftest import digest
from tests.support.png import make_png
from tracker.core.db import db
from tracker.core.outbox import OutboxMail

MAKE = "Make a message to open in Outlook"
NO_PDF = "The file must be a PDF: it does not begin as one does, whatever its name is"
SIGNED = b"%PDF-1.7 signed and scanned"


def read(content: bytes) -> Any:
    return message_from_bytes(content, policy=email.policy.default)


def test_secretary_makes_a_message_with_what_was_typed_and_the_issued_file(app, secretary, letter_file):
    text = "Dear Zoë,\n\nhere it is: £5 – “as agreed”.\n" + "word " * 300
    to = "Zoë Lee <zoe@example.org>; bob@example.org"
    secretary.send(MAKE, {"To": to, "Copies": "carl@example.org", "Subject": "Für Zoë", "Covering text": text})
    link = secretary.page.link("Download the message")
    answer = secretary.client.get(link)
    assert answer.headers["Content-Disposition"] == "attachment; filename=EPC-L01.eml"
    assert answer.mimetype == "message/rfc822"
    assert max(len(line) for line in answer.get_data().split(b"\r\n")) < 999
    message = read(answer.get_data())
    assert (message["X-Unsent"], message["From"]) == ("1", None)
    assert [(a.display_name, a.addr_spec) for a in message["To"].addresses] == [
        ("Zoë Lee", "zoe@example.org"),
        ("", "bob@example.org"),
    ]
    assert (message["Cc"], message["Subject"]) == ("carl@example.org", "Für Zoë")
    assert " ".join(message.get_body().get_content().split()) == " ".join(text.split())
    (file,) = message.iter_attachments()
    assert (file.get_filename(), digest(file.get_content())) == ("EPC-L01.docx", letter_file())
    with app.app_context():
        causes = db.session.scalars(select(OutboxMail.cause)).all()
    assert not [c for c in causes if c.startswith("letter-sending:")], "nothing is sent from here"
    assert "By e-mail from your own mail program" in secretary.get("/letters/EPC-L01").text


def test_a_sending_by_email_has_no_message_to_open(secretary):
    secretary.send("Send by e-mail", {"To": "ann@example.org"})
    secretary.get(secretary.address + "/message.eml", status=404)


def test_signed_pdf_is_kept_and_goes_with_the_next_message(secretary, visit, letter_file):
    secretary.get("/letters/EPC-L01/signed-pdf")
    secretary.send("Keep the signed PDF", {"Signed PDF": (SIGNED, "scan 1.pdf")})
    secretary.get("/letters/EPC-L01/send-out")
    secretary.send(MAKE, {"To": "ann@example.org"})
    message = read(secretary.get_file(secretary.page.link("Download the message")))
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("EPC-L01-signed.pdf", SIGNED)
    for email_address in ("sro@can.test", "team@can.test", "member@epc.test", "auditor@epc.test"):
        reader = visit(email_address)
        reader.get("/letters/EPC-L01")
        assert reader.get_file(reader.page.link("EPC-L01-signed.pdf")) == SIGNED
    stranger = visit("team@dia.test")
    stranger.get(reader.page.link("EPC-L01-signed.pdf"), status=404)


def test_two_signed_pdfs_have_two_names_in_one_message(secretary):
    for content in (SIGNED, SIGNED + b" again"):
        secretary.get("/letters/EPC-L01/signed-pdf")
        secretary.send("Keep the signed PDF", {"Signed PDF": (content, "scan.pdf")})
    page = secretary.get("/letters/EPC-L01/send-out")
    keys = [e.get("value") for e in page.tree.iterfind(".//input[@name='files']")]
    secretary.send(MAKE, {"To": "ann@example.org"}, names={"files": keys})
    message = read(secretary.get_file(secretary.page.link("Download the message")))
    names = [part.get_filename() for part in message.iter_attachments()]
    assert len(set(names)) == 3 and names[0] == "EPC-L01.docx"


def test_secretary_is_told_why_a_file_is_no_signed_pdf(secretary):
    for content, message in (
        (
            b"PK\x03\x04 word/document.xml",
            NO_PDF,
        ),
        (make_png(), NO_PDF),
        (b"", "The file is empty"),
        (b"%PDF-1.4" + b"x" * 20 * 1024 * 1024, "The file must be 20 MB or smaller"),
    ):
        secretary.get("/letters/EPC-L01/signed-pdf")
        page = secretary.send("Keep the signed PDF", {"Signed PDF": (content, "scan.pdf")}, status=422)
        assert page.errors == [message]
    secretary.get("/letters/EPC-L01/signed-pdf")
    assert secretary.send("Keep the signed PDF", status=422).errors == ["Choose the PDF"]


def test_the_same_signed_pdf_is_kept_once(secretary):
    for status in (200, 422):
        secretary.get("/letters/EPC-L01/signed-pdf")
        secretary.send("Keep the signed PDF", {"Signed PDF": (SIGNED, "scan.pdf")}, status=status)
    assert secretary.page.errors == ["This signed PDF is here already."]
