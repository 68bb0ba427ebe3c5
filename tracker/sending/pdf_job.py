"""The job that makes the PDF of an issued letter: `flask jobs run` does it, because it takes seconds."""

from __future__ import annotations

from tracker.core import files
from tracker.core.db import db, writing
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState
from tracker.sending import operations, pdf
from tracker.web.settings import setting


def make_letter_pdf(letter_id: int) -> str:
    """Convert the file that was issued, outside any transaction, and keep the PDF. Raises NoPdf, which says why not."""
    letter = db.session.get(Letter, letter_id)
    if letter is None or letter.file_sha256 is None or letter.state is not LetterState.ISSUED:
        raise pdf.NoPdf("The letter is not issued.")
    issued = files.read(letter.file_sha256)
    db.session.rollback()
    made = pdf.convert(setting("SOFFICE"), issued)
    with writing():
        operations.add_pdf(db.session.get_one(Letter, letter_id), made)
    return f"{len(made):,} bytes"
