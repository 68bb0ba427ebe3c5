"""A PDF of an issued letter, by LibreOffice: whether one can be made, how far it is, and the making itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

from tracker.core import clock, files
from tracker.core.jobs import JobState
from tracker.letters.models import Letter
from tracker.letters.rules import LetterState
from tracker.sending import queries
from tracker.sending.rules import FileKind
from tracker.web.settings import setting

TIME_LIMIT = 90  # seconds; a letter of 60 pages takes about five
TOO_LONG = timedelta(minutes=10)
# Tagged, so that a screen reader finds headings and lists.
EXPORT = "pdf:writer_pdf_Export:" + json.dumps({"UseTaggedPDF": {"type": "boolean", "value": "true"}})


class NoPdf(Exception):
    """LibreOffice made no PDF; the message says why, for the secretariat."""


def can_make() -> bool:
    """Whether this installation makes PDFs."""
    return bool(setting("SOFFICE"))


def is_wanted(letter: Letter) -> bool:
    """Whether a PDF can be made of this letter and is not there: of our own files only, never of an uploaded one."""
    if not can_make() or letter.state is not LetterState.ISSUED:
        return False
    return not queries.count_files(letter.id, FileKind.PDF)


def progress(letter: Letter) -> tuple[str, str]:
    """How far the PDF is, and why it failed: ("", "") where nothing is promised; else "none", "being_made", "late" or
    "failed".
    """
    if not is_wanted(letter):
        return "", ""
    job = queries.get_pdf_job(letter.id)
    if job is None or job.state is JobState.DONE:
        return "none", ""
    if job.state is JobState.FAILED:
        return "failed", job.error.partition(": ")[2] or job.error
    return ("late" if job.asked_at < clock.now() - TOO_LONG else "being_made"), ""


def convert(soffice: str, docx: bytes, limit: float | None = None) -> bytes:
    """The PDF of a Word file, by the LibreOffice at this path, with a profile of its own that is thrown away.

    Raises NoPdf where it is not there, takes longer than `limit` seconds, or makes none.
    """
    with tempfile.TemporaryDirectory(prefix="tracker-pdf-") as name:
        folder = Path(name)
        (folder / "letter.docx").write_bytes(docx)
        said = _run(soffice, folder, TIME_LIMIT if limit is None else limit)
        made = folder / "letter.pdf"
        content = made.read_bytes() if made.is_file() else b""
    if not content.startswith(files.SIGNATURES[files.PDF]):
        raise NoPdf(f"LibreOffice made no PDF of the letter. It said: {said or 'nothing'}")
    return content


def _run(soffice: str, folder: Path, limit: float) -> str:
    """Run LibreOffice to its end, and it with all that it started; what it said."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--norestore", "--convert-to", EXPORT, "--outdir", str(folder)]
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8"}
    with (folder / "said.txt").open("w+b") as said:
        try:
            process = subprocess.Popen(  # noqa: S603
                [*command, str(folder / "letter.docx")],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            raise NoPdf(f"LibreOffice cannot be started at {soffice}: {error.strerror}.") from error
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired as error:
            raise NoPdf(f"LibreOffice did not finish within {limit:g} seconds.") from error
        finally:
            _end(process)
        said.seek(0)
        return " ".join(said.read(2000).decode(errors="replace").split())[:500]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the group that was started: LibreOffice leaves its real work to a child."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()
