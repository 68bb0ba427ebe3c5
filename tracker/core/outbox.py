"""The outbox: mail is a row written in the transaction of its cause; `deliver()` sends what waits.

Each row is unique per cause and recipient and keeps one Message-ID over all tries, so that a retry after a lost
acknowledgement is recognised by the mail system as the same message.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from sqlalchemy import Index, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tracker.core import clock
from tracker.core.db import SHORT, Base, Instant, db, side_write

TAKEN_FOR = timedelta(minutes=10)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))


class OutboxMail(Base):
    """One mail to one recipient."""

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


@dataclass(frozen=True)
class SmtpSettings:
    """Where mail goes: host, port, sender, and the sign-in where the server asks for one."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    starttls: bool = False


def queue_mail(cause: str, recipient: str, subject: str, body: str) -> None:
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
    )
    db.session.add(row)
    db.session.flush()


def deliver(settings: SmtpSettings, limit: int = 200) -> tuple[int, int]:
    """Try what is due, oldest first; returns (sent, failed). A failure is kept on its row and tried again later.

    Each mail is taken for a while before it is sent, so that two who deliver at once send it once; after a crash in
    between it goes again, under the same Message-ID.
    """
    due = select(OutboxMail).where(OutboxMail.next_try_at <= clock.now()).order_by(OutboxMail.id).limit(limit)
    waiting = list(db.session.scalars(due))
    db.session.expunge_all()
    db.session.rollback()  # no transaction stays open while a mail server makes us wait
    sent = failed = 0
    for mail in waiting:
        if not _take(mail):
            continue
        error = _send(settings, mail)
        _note(mail, error)
        sent, failed = sent + (error is None), failed + (error is not None)
    return sent, failed


def _take(mail: OutboxMail) -> bool:
    untaken = (OutboxMail.id == mail.id, OutboxMail.next_try_at == mail.next_try_at)
    with side_write() as connection:
        taken = update(OutboxMail).where(*untaken).values(next_try_at=clock.now() + TAKEN_FOR)
        return connection.execute(taken).rowcount == 1


def _send(settings: SmtpSettings, mail: OutboxMail) -> str | None:
    try:
        with smtplib.SMTP(settings.host, settings.port, timeout=30) as server:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.user:
                server.login(settings.user, settings.password)
            server.send_message(_message(settings, mail))
    except Exception as error:  # whatever is wrong with one mail or its server, the others still go
        return f"{type(error).__name__}: {error}"[:1000]
    return None


def _message(settings: SmtpSettings, mail: OutboxMail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address("Taskforce Tracker", addr_spec=settings.sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _note(mail: OutboxMail, error: str | None) -> None:
    now, tries = clock.now(), mail.tries + 1
    later = BACKOFF[tries - 1] if tries <= len(BACKOFF) else BACKOFF[-1]
    values = {
        "tries": tries,
        "last_error": error,
        "sent_at": None if error else now,
        "next_try_at": now + later if error else None,
    }
    with side_write() as connection:
        connection.execute(update(OutboxMail).where(OutboxMail.id == mail.id).values(**values))
