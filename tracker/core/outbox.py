"""The outbox: mail is a row written in the transaction of its cause; `deliver()` sends what waits.

Each row is unique per cause and recipient and keeps one Message-ID over all tries, so that a retry after a lost
acknowledgement is recognised by the mail system as the same message.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, case, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from tracker.core import clock, files
from tracker.core.db import SHORT, Base, Instant, db, side_write

TAKEN_FOR = timedelta(minutes=10)
# How long a mail waits after each try that failed; after the last one nothing tries it again by itself. A mail server
# that is away for weeks loses nothing.
BACKOFF = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12)),
    *(timedelta(days=1),) * 30,
)
# How the reason begins for which a mail was withdrawn before it could go.
OVERTAKEN = "Overtaken: "


class OutboxMail(Base):
    """One mail to one recipient. Neither sent nor with a next try: it was given up, until somebody sends it again."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        UniqueConstraint("cause", "recipient"),
        Index("ix_outbox_mail_next_try_at", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(SHORT)
    recipient: Mapped[str] = mapped_column(SHORT)
    subject: Mapped[str] = mapped_column(SHORT)
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(SHORT, unique=True)
    written_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    # What the head says where a mail goes to several people, each with a row of their own; empty: the recipient alone.
    to_line: Mapped[str] = mapped_column(Text, default="")
    copies_line: Mapped[str] = mapped_column(Text, default="")
    reply_to: Mapped[str] = mapped_column(SHORT, default="")

    attachments: Mapped[list[OutboxAttachment]] = relationship(
        lazy="raise_on_sql", back_populates="mail", order_by="OutboxAttachment.id"
    )


class OutboxAttachment(Base):
    """A stored file that goes with a mail, under this name."""

    __tablename__ = "outbox_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("outbox_mail.id"), index=True)
    name: Mapped[str] = mapped_column(SHORT)
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))

    mail: Mapped[OutboxMail] = relationship(lazy="raise_on_sql", back_populates="attachments")


@dataclass(frozen=True)
class SmtpSettings:
    """Where mail goes: host, port, sender, and the sign-in where the server asks for one."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    starttls: bool = False


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Envelope:
    """What a mail carries beside its words: whom the head names (a mail has one recipient; these are what its readers
    see), where answers go, and stored files as (name, hex SHA-256).
    """

    to_line: str = ""
    copies_line: str = ""
    reply_to: str = ""
    attachments: tuple[tuple[str, str], ...] = ()


PLAIN = Envelope()
Guard = Callable[[str], str]
_guards: dict[str, Guard] = {}


def register_guard(prefix: str, guard: Guard) -> None:
    """Before a mail goes whose cause begins with `prefix`, ask `guard(cause)` why it shall not go any more.

    A mail may wait for days for its server; what it says may have been overtaken. An empty answer lets it go.
    """
    _guards[prefix] = guard


def queue_mail(cause: str, recipient: str, subject: str, body: str, envelope: Envelope = PLAIN) -> None:
    """Write one mail, to go when the transaction has committed. The same cause and recipient write it once."""
    known = select(OutboxMail.id).where(OutboxMail.cause == cause, OutboxMail.recipient == recipient)
    if db.session.execute(known).scalar() is not None:
        return
    now = clock.now()
    subject = " ".join(subject.split())[:200]
    row = OutboxMail(
        cause=cause,
        recipient=recipient,
        subject=subject,
        body=body,
        message_id=make_msgid(domain="taskforce-tracker.invalid"),
        written_at=now,
        next_try_at=now,
        to_line=envelope.to_line,
        copies_line=envelope.copies_line,
        reply_to=envelope.reply_to,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(OutboxAttachment(mail_id=row.id, name=n, file_sha256=s) for n, s in envelope.attachments)
    db.session.flush()


@dataclass(frozen=True)
class Delivery:
    """What became of a mail: sent at a time, or tried and why not yet, and when it goes next."""

    recipient: str
    sent_at: datetime | None
    tries: int
    last_error: str | None
    next_try_at: datetime | None

    @property
    def has_failed(self) -> bool:
        """Whether it was tried and did not go."""
        return self.sent_at is None and self.last_error is not None and not self.is_withdrawn

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was overtaken before it could go; `last_error` says by what."""
        return self.sent_at is None and self.next_try_at is None and (self.last_error or "").startswith(OVERTAKEN)

    @property
    def is_given_up(self) -> bool:
        """Whether it failed for good: nothing tries it again by itself."""
        return self.has_failed and self.next_try_at is None

    @property
    def is_due(self) -> bool:
        """Whether it goes with the next delivery."""
        return self.next_try_at is not None and self.next_try_at <= clock.now()


def list_deliveries(causes: Sequence[str]) -> dict[str, list[Delivery]]:
    """What became of the mails of each cause, by recipient in the order they were written."""
    state = (OutboxMail.sent_at, OutboxMail.tries, OutboxMail.last_error, OutboxMail.next_try_at)
    columns = (OutboxMail.cause, OutboxMail.recipient, *state)
    statement = select(*columns).where(OutboxMail.cause.in_(causes)).order_by(OutboxMail.id)
    found: dict[str, list[Delivery]] = {}
    for row in db.session.execute(statement):
        known = found.setdefault(row.cause, [])
        known.append(Delivery(row.recipient, row.sent_at, row.tries, row.last_error, row.next_try_at))
    return found


def try_again(cause: str, recipient: str) -> bool:
    """Have a mail that failed go with the next delivery, as the same message; False where none has failed.

    One that was given up has all its tries again. Within the writing transaction of whoever asks for it.
    """
    anew = update(OutboxMail).where(OutboxMail.cause == cause, OutboxMail.recipient == recipient)
    anew = anew.where(
        OutboxMail.sent_at.is_(None), OutboxMail.last_error.is_not(None), ~OutboxMail.last_error.startswith(OVERTAKEN)
    )
    tries = case((OutboxMail.next_try_at.is_(None), 0), else_=OutboxMail.tries)
    return bool(db.session.execute(anew.values(next_try_at=clock.now(), tries=tries).returning(OutboxMail.id)).all())


@dataclass(frozen=True)
class _Failure:
    """Why a mail did not go, and whether its recipient is refused for good."""

    words: str
    is_final: bool


def deliver(settings: SmtpSettings, limit: int = 200) -> tuple[int, int]:
    """Try what is due, oldest first; returns (sent, failed). A failure is kept on its row and tried again later, until
    the recipient is refused for good or the tries are used up.

    Each mail is taken for a while before it is sent, so that two who deliver at once send it once; after a crash in
    between it goes again, under the same Message-ID.
    """
    due = select(OutboxMail).where(OutboxMail.next_try_at <= clock.now()).order_by(OutboxMail.id).limit(limit)
    due = due.options(selectinload(OutboxMail.attachments))
    waiting = list(db.session.scalars(due))
    db.session.expunge_all()
    db.session.rollback()  # no transaction stays open while a mail server makes us wait
    sent = failed = 0
    for mail in waiting:
        if overtaken := _why_overtaken(mail):
            _withdraw(mail, overtaken)
            continue
        if not _take(mail):
            continue
        failure = _send(settings, mail, [Attachment(a.name, *_stored(a.file_sha256)) for a in mail.attachments])
        _note(mail, failure)
        sent, failed = sent + (failure is None), failed + (failure is not None)
    return sent, failed


def _why_overtaken(mail: OutboxMail) -> str:
    guard = next((g for prefix, g in _guards.items() if mail.cause.startswith(prefix)), None)
    why = guard(mail.cause) if guard else ""
    db.session.rollback()
    return why


def _withdraw(mail: OutboxMail, why: str) -> None:
    """Let a mail wait no longer: it is neither sent nor tried again."""
    untaken = (OutboxMail.id == mail.id, OutboxMail.next_try_at == mail.next_try_at)
    with side_write() as connection:
        connection.execute(
            update(OutboxMail).where(*untaken).values(next_try_at=None, last_error=f"{OVERTAKEN}{why}"[:1000])
        )


def _take(mail: OutboxMail) -> bool:
    untaken = (OutboxMail.id == mail.id, OutboxMail.next_try_at == mail.next_try_at)
    with side_write() as connection:
        taken = update(OutboxMail).where(*untaken).values(next_try_at=clock.now() + TAKEN_FOR)
        return connection.execute(taken).rowcount == 1


def _stored(digest: str) -> tuple[str, bytes]:
    """(media type, bytes) of a stored file; the transaction ends here, because a mail server may keep us waiting."""
    chosen = select(files.StoredFile.media_type).where(files.StoredFile.sha256 == digest)
    found = db.session.execute(chosen).scalar_one(), files.read(digest)
    db.session.rollback()
    return found


def _send(settings: SmtpSettings, mail: OutboxMail, attachments: Sequence[Attachment]) -> _Failure | None:
    try:
        message = _message(settings, mail, attachments)
        with smtplib.SMTP(settings.host, settings.port, timeout=30) as server:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.user:
                server.login(settings.user, settings.password)
            server.send_message(message, to_addrs=[mail.recipient])
    except Exception as error:  # whatever is wrong with one mail or its server, the others still go
        return _Failure(_in_words(error)[:1000], _is_final(error))
    return None


def _in_words(error: Exception) -> str:
    """What a mail server said where it said something; else what went wrong."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _said(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def _is_final(error: Exception) -> bool:
    """Whether a mail server refused the recipient for good (RFC 5321, 4.2.1: codes of 500 and more)."""
    refused = error.recipients.values() if isinstance(error, smtplib.SMTPRecipientsRefused) else ()
    return any(code >= 500 for code, _words in refused)


def _said(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"


def _message(settings: SmtpSettings, mail: OutboxMail, attachments: Sequence[Attachment]) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address("Taskforce Tracker", addr_spec=settings.sender)
    message["To"] = mail.to_line or Address(addr_spec=mail.recipient)
    if mail.copies_line:
        message["Cc"] = mail.copies_line
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    fill_message(message, mail.body, attachments)
    return message


def fill_message(message: EmailMessage, body: str, attachments: Sequence[Attachment]) -> None:
    """Give a message its text and its files."""
    message.set_content(body)
    for file in attachments:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)


def _note(mail: OutboxMail, failure: _Failure | None) -> None:
    now, tries = clock.now(), mail.tries + 1
    goes_on = failure is not None and not failure.is_final and tries <= len(BACKOFF)
    values = {
        "tries": tries,
        "last_error": failure.words if failure else None,
        "sent_at": None if failure else now,
        "next_try_at": now + BACKOFF[tries - 1] if goes_on else None,
    }
    with side_write() as connection:
        connection.execute(update(OutboxMail).where(OutboxMail.id == mail.id).values(**values))
