"""A sending as a message file (.eml), which a mail program opens as a message that is ready to send."""

from __future__ import annotations

from collections.abc import Sequence
from email import policy
from email.message import EmailMessage

from tracker.core.outbox import Attachment, fill_message
from tracker.sending.models import LetterSending


def as_eml(sending: LetterSending, attachments: Sequence[Attachment]) -> bytes:
    """The message without a sender: whoever opens it sends it from their own account. `X-Unsent` has Outlook open it
    for writing.
    """
    message = EmailMessage(policy.SMTP)
    message["To"] = sending.to_line
    if sending.copies_line:
        message["Cc"] = sending.copies_line
    message["Subject"] = sending.subject
    message["X-Unsent"] = "1"
    fill_message(message, sending.covering_text, attachments)
    return message.as_bytes()
