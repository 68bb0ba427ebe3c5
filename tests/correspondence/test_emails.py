"""An e-mail saved as a file is read, confirmed and kept; a hostile one is cleaned or refused, never a fault of ours."""

from __future__ import annotations

import hashlib
import time
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.correspondence.conftest import ADDRESS
from tracker.core import audit
from tracker.core.db import db
from tracker.core.errors import BadFile
from tracker.core.files import any_kind_of
from tracker.correspondence.eml import LONGEST_TEXT, Mail, read_eml
from tracker.correspondence.markup import text_of_html
from tracker.correspondence.models import CorrespondenceEntry, CorrespondenceFile

HEAD = b"From: SRO <sro@can.test>\nTo: secretary@epc.test\nDate: Mon, 2 Nov 2026 10:00:00 +0000\nSubject: Hi\n"


def mail(**changes: str) -> EmailMessage:
    message = EmailMessage()
    head = {
        "From": "Zoë Owner <sro@can.test>",
        "To": "EPC <secretary@epc.test>",
        "Subject": "Réponse – our plan",
        "Date": "Tue, 03 Nov 2026 23:30:00 -0200",
        "Message-ID": "<abc@can.test>",
    }
    for name, value in (head | {k.replace("_", "-"): v for k, v in changes.items()}).items():
        message[name] = value
    message.set_content("Thank you for the letter.\n\nWe will answer in December.")
    return message


def with_everything() -> bytes:
    """HTML with a picture in it, a file, a picture that is a file, and an e-mail within the e-mail."""
    message = mail()
    message.add_alternative("<p>Thank <b>you</b></p><img src='cid:logo'>", subtype="html")
    html = message.get_payload()[1]
    html.add_related(b"\x89PNG\r\n\x1a\nlogo", "image", "png", cid="<logo>", filename="logo.png")
    message.add_attachment(b"%PDF-1.7 plan", maintype="application", subtype="pdf", filename="Plan für 2027.pdf")
    message.add_attachment(b"\xff\xd8\xff photo", maintype="image", subtype="jpeg", filename="photo.jpg")
    message.add_attachment(mail(Subject="Earlier"))
    return message.as_bytes()


def test_reader_finds_what_a_person_would() -> None:
    read = read_eml(with_everything())
    assert (read.sender, read.to) == ("Zoë Owner <sro@can.test>", "EPC <secretary@epc.test>")
    assert (read.subject, read.text) == (
        "Réponse – our plan",
        "Thank you for the letter.\n\nWe will answer in December.",
    )
    assert f"{read.sent_at:%Y-%m-%d %H:%M}" == "2026-11-04 01:30"  # in London
    assert [a.name for a in read.attachments] == ["Plan für 2027.pdf", "photo.jpg", "attached e-mail.eml"]
    assert [any_kind_of(a.content) for a in read.attachments] == ["application/pdf", "image/jpeg", "message/rfc822"]
    assert read_eml(read.attachments[2].content).subject == "Earlier"
    assert (read.message_id, read.addresses, read.problems) == ("<abc@can.test>", ("sro@can.test",), ())


def test_html_alone_becomes_plain_text() -> None:
    message = mail()
    del message["Content-Type"], message["Content-Transfer-Encoding"]
    message.set_content(
        "<head><title>x</title></head><p>One&nbsp;&amp; two<br>three</p><script>alert(1)</script><ul><li>four</ul>",
        subtype="html",
    )
    assert read_eml(message.as_bytes()).text == "One & two\nthree\n\n- four"


def test_secretary_confirms_and_corrects_what_was_read_before_it_is_kept(app, clerk, visit):
    content = with_everything()
    page = clerk.drop((content, "reply.eml"))
    assert "Nothing is kept in the correspondence yet" in page.text and "Plan für 2027.pdf" in page.text
    with app.app_context():
        assert db.session.scalars(select(CorrespondenceEntry)).all() == []
    form, _ = clerk.browser.form("Add the entry")
    filled = clerk.browser._defaults(form)
    assert filled["from_whom"] == "Zoë Owner <sro@can.test>" and filled["happened_on-day"] == "4"
    assert (filled["direction"], filled["kind"], filled["happened_at"]) == (["in"], ["email"], "01:30")
    page = clerk.browser.send("Add the entry", names={"kind": "holding_reply"})
    assert "Holding reply, in: Réponse – our plan" in page.text and "the response is still awaited" in page.text
    kept = clerk.browser.get_file(page.link("The e-mail as it was saved.eml"))
    assert kept == content
    with app.app_context():
        hashes = db.session.scalars(select(CorrespondenceFile.file_sha256)).all()
        assert hashlib.sha256(content).hexdigest() in hashes and len(hashes) == 4
        assert audit.verify() == []
    assert "We will answer in December." in visit("sro@can.test").get(ADDRESS).text


def test_same_email_is_recognised_and_not_kept_twice(app, clerk):
    clerk.drop((mail().as_bytes(), "a.eml"))
    twice = clerk.browser.address
    clerk.browser.send("Add the entry")
    changed = mail(X_Moved="1").as_bytes()
    page = clerk.drop((changed, "b.eml"), status=422)
    assert page.errors == ["“b.eml” is kept already: e-mail in of 04/11/2026."]
    clerk.browser.get(twice)
    assert "kept already" in clerk.browser.send("Add the entry", status=409).text
    with app.app_context():
        assert len(db.session.scalars(select(CorrespondenceEntry)).all()) == 1


def test_several_emails_are_confirmed_one_after_another(clerk):
    mails = [(mail(Subject=f"Mail {n}", Message_ID=f"<{n}@can.test>").as_bytes(), f"{n}.eml") for n in (1, 2)]
    page = clerk.drop(*mails)
    assert "1 more to confirm after this one" in page.text and "Mail 1" in page.html
    page = clerk.browser.send("Add the entry")
    assert "more to confirm" not in page.text and "Mail 2" in page.html
    assert clerk.browser.send("Add the entry").text.count("Mail") >= 2
    assert clerk.browser.address == ADDRESS


@pytest.mark.parametrize(
    ("changes", "direction", "kind"),
    [
        ({"From": "secretary@epc.test", "To": "sro@can.test"}, "out", "email"),
        ({"Auto_Submitted": "auto-replied"}, "in", "acknowledgement"),
        ({"Subject": "Automatic reply: The letter"}, "in", "acknowledgement"),
        ({"From": "somebody@else.test"}, "in", "email"),
    ],
)
def test_direction_and_kind_are_guessed(clerk, changes, direction, kind):
    clerk.drop((mail(**changes).as_bytes(), "a.eml"))
    filled = clerk.browser._defaults(clerk.browser.form("Add the entry")[0])
    assert (filled["direction"], filled["kind"]) == ([direction], [kind])


def test_address_of_a_read_email_serves_nobody_else(clerk, visit):
    clerk.drop((mail().as_bytes(), "a.eml"))
    token = clerk.browser.address
    for other in (visit("deputy@epc.test"),):
        other.get(token)
        assert other.address == f"{ADDRESS}/emails" and "Choose the e-mail again." in other.page.text
    clerk.browser.get(token.replace("read=", "read=x"))
    assert clerk.browser.address == f"{ADDRESS}/emails"
    visit("secretary@dig.test").get(token, status=404)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "“a.eml”: This is an Outlook message (.msg)"),
        (b"%PDF-1.7", "“a.eml”: This is not an e-mail file."),
        (b"", "“a.eml” is empty."),
        (b"X-A: 1\n" * 10_000 + b"\nx", "more than 500 lines in its head"),
    ],
)
def test_what_is_no_email_is_refused_with_advice(app, clerk, content, message):
    page = clerk.drop((content, "a.eml"), status=422)
    assert message in page.errors[0]


def multipart(inside: bytes, kind: bytes = b"mixed") -> bytes:
    return HEAD + b"Content-Type: multipart/" + kind + b"; boundary=b\n\n" + inside


HOSTILE = {
    "deep": HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(900)),
    "nested e-mails": HEAD + b"Content-Type: message/rfc822\n\n" * 900 + HEAD,
    "many parts": multipart(b"--b\n\nx\n" * 3000),
    "never closed": multipart(b"--b\nContent-Type: text/plain\n\nx"),
    "no boundary": HEAD + b"Content-Type: multipart/mixed\n\n--b\n\nx",
    "brackets": b"From: " + b"(" * 9000 + b"\n\nx",
    "quotes": b"From: " + b'"' * 9001 + b"\nTo: ,,;:<@>\n\nx",
    "many people": b"From: a@b.test\nTo: " + b"a@b.test,\n " * 9000 + b"\n\nx",
    "junk words": b"From: =?utf-8?q?=FF?= <a@b>\nSubject: =?x?b?!!!?= =?punycode?q?"
    + b"a" * 9000
    + b"?= =?utf-8?b?a?=\n\nx",
    "bad base64": multipart(b"--b\nContent-Type: a/b; name=a\nContent-Transfer-Encoding: base64\n\n!a\n--b--"),
    "bad charset": HEAD + b"Content-Type: text/plain; charset=\xff\x00unicode_escape\n\n\\u0000 \xe9",
    "odd charsets": HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 100_000,
    "no charset": HEAD + b"Content-Type: text/plain; charset*=x''%ff\n\n\xff\xfe",
    "odd name": HEAD + b"Content-Type: a/b; name*0*=utf-8''%FF%00; name*1=../../a; name*9999999999=x\n\nx",
    "odd encoding": HEAD + b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin\n\xff",
    "odd dates": HEAD.replace(b"2 Nov 2026 10:00:00 +0000", b"2 Nov 99999999999 10:00:00 +9999") + b"\nx",
    "far date": HEAD.replace(b"2026 10:00:00 +0000", b"9999 23:59:59 -2359") + b"\nx",
    "NUL and marks": HEAD + b"Subject: \xe2\x80\xae\x00a\n\n\x00\x0b\x1b[31m\xe2\x80\xaex",
    "comments": HEAD + b"Content-Type: text/html\n\n" + b"<!--" * 70_000,
    "tags": HEAD + b"Content-Type: text/html\n\n" + b"<" * 280_000,
    "entities": HEAD + b"Content-Type: text/html\n\n" + b"&#x110000;&#0;&#xd800;" * 9_000,
    "empty lines": HEAD + b"\n" * 400_000,
    "long line": HEAD + b"\n" + b"x" * 5_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_email_is_cleaned_or_refused_in_time(name: str) -> None:
    began = time.process_time()
    try:
        read = read_eml(HOSTILE[name])
    except BadFile as error:
        assert error.message.endswith(".")
    else:
        check(read)
    assert time.process_time() - began < 4


def check(read: Mail) -> None:
    """What the form and the database can hold."""
    texts = (read.sender, read.to, read.subject, read.text, read.message_id, *(a.name for a in read.attachments))
    for text in texts:
        text.encode("utf-8")
        assert "\x00" not in text and "\u202e" not in text
    assert len(read.text) <= LONGEST_TEXT and len(read.subject) <= 200 and "\n" not in read.subject + read.sender
    assert all(a.content and a.name and "/" not in a.name for a in read.attachments)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_email_dropped_in_is_never_a_fault_of_ours(app, clerk, monkeypatch, name):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    clerk.drop((HOSTILE[name], "a.eml"), status=None)
    assert clerk.browser.page.status in {200, 422}
    if clerk.browser.page.status == 200:
        clerk.browser.send("Add the entry", names={"happened_on-day": "3", "happened_on-month": "11"}, status=None)
        assert clerk.browser.page.status in {200, 422}


PIECES = st.sampled_from(
    [
        *(b"From: a@b.test\n", b"Subject: =?utf-8?b?", b"Date: ", b"\n", b"\r", b"--b\n", b"--b--", b"=", b"<", b"("),
        *(b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: text/html\n", b"\xff", b"\x00", b'"'),
        *(b"Content-Type: message/rfc822\n", b"Content-Transfer-Encoding: base64\n"),
        b"Content-Disposition: attachment; filename*=utf-8''%00%ff\n",
    ]
)


@settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400) | st.lists(PIECES | st.binary(max_size=12), max_size=40).map(b"".join))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for candidate in (content, HEAD + content):
        try:
            check(read_eml(candidate))
        except BadFile as error:
            assert error.message


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.text(max_size=300) | st.lists(st.sampled_from(["<", ">", "<!--", "-->", "<script>", "</p", "&#"])).map("".join)
)
def test_any_html_becomes_text(source: str) -> None:
    assert isinstance(text_of_html(source), str)
