"""Words of sending."""

from __future__ import annotations

from tracker.core.labels import Labelled
from tracker.letters.rules import SentHow


class FileKind(Labelled):
    """A file of an issued letter beside the Word file that was issued."""

    PDF = "pdf"
    SIGNED_PDF = "signed_pdf"

    @property
    def label(self) -> str:
        return {"pdf": "PDF", "signed_pdf": "Signed PDF"}[self.value]


class SendingHow(Labelled):
    """How an issued letter went out: from here, as a message for one's own mail program, or on paper."""

    EMAIL = "email"
    MESSAGE = "message"
    POST = "post"
    BY_HAND = "by_hand"

    @property
    def label(self) -> str:
        words = {"email": "By e-mail from here", "message": "By e-mail from your own mail program"}
        return words.get(self.value) or SentHow(self.value).label
