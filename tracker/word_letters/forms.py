"""Forms of Word letters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tracker.documents import BadFile, read_keywords, read_letter
from tracker.letters.clearance_forms import HashForm
from tracker.letters.documents import version_named
from tracker.letters.rules import MOST_RECOMMENDATIONS
from tracker.web.fields import FORBIDDEN, RadioOne, UploadField
from tracker.web.forms import TrackerForm
from tracker.word_letters.operations import WordFile
from tracker.word_letters.reading import cleaned
from tracker.word_letters.rules import UploadPurpose

UNNAMED = "document.docx"


class WordForm(TrackerForm):
    """A Word letter to be read. `named` is the draft and the version that it says it is: (letter's id, number)."""

    file = UploadField("File", required="Choose the Word document", hint="A Word document (.docx)")
    word_file: WordFile
    named: tuple[int, int] | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        passed = super().validate(extra_validators)
        if not self.file.data:
            return passed
        content = self.file.data.read()
        try:
            read = cleaned(read_letter(content))
            self.named = version_named(read_keywords(content))
            if len(read.recommendations) > MOST_RECOMMENDATIONS:
                found = len(read.recommendations)
                raise BadFile(f"The document has {found} recommendations. A letter holds up to {MOST_RECOMMENDATIONS}.")
        except BadFile as error:
            self.say("file", str(error))
            return False
        self.word_file = WordFile(_file_name(self.file.data.filename), content, read)
        return passed

    def note(self, problem: str) -> None:
        """Add what could not be told from the document to what could not be read."""
        read = self.word_file.read
        self.word_file = replace(self.word_file, read=replace(read, problems=(problem, *read.problems)))


def _file_name(name: str | None) -> str:
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return FORBIDDEN.sub("", " ".join(last.split()))[:200] or UNNAMED


class BeginForm(WordForm):
    """A Word letter that a new letter begins from, or that was sent already."""

    purpose = RadioOne(
        "What do you want to do with it?",
        [(UploadPurpose.NEW.value, "Begin a draft from it"), (UploadPurpose.RECORD.value, "Record it as issued")],
        kind=UploadPurpose,
        required="Say what you want to do with it",
        hints={UploadPurpose.RECORD.value: "For a letter that was sent already. The document is kept as its file"},
    )


class AcceptForm(HashForm):
    """What the Word document makes of the draft: accepted as a new version."""

    SAVED, WORD = "saved", "word"
    prefer = RadioOne(
        "Where both changed the same words",
        [(SAVED, "Keep what is saved now"), (WORD, "Take the words of the Word document")],
        required="Say which of the two to keep",
    )

    def offer(self, clashes: bool, sha256: str = "") -> None:
        """Ask which of the two to keep only where both changed the same; `sha256` is that of the draft shown."""
        if not clashes and self.prefer is not None:
            del self.prefer
        if sha256:
            self.sha256.data = sha256

    @property
    def prefers_word(self) -> bool:
        return bool(self.prefer is not None and self.prefer.data == self.WORD)
