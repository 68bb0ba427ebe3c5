"""An e-mail on its way from its file to an entry: stored when it was chosen, read again when it is confirmed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tracker.core import files
from tracker.correspondence import queries
from tracker.correspondence.eml import Mail, read_eml
from tracker.correspondence.operations import Upload
from tracker.correspondence.rules import Direction, guess_direction, guess_kind
from tracker.letters.models import Letter

ORIGINAL = "The e-mail as it was saved.eml"


@dataclass(frozen=True)
class Reading:
    """A stored e-mail and what it says."""

    sha256: str
    mail: Mail

    @classmethod
    def of(cls, sha256: str) -> Reading:
        """The e-mail kept under this hash. Raises NotFound where there is none, BadFile for what is no e-mail."""
        return cls(sha256, read_eml(files.read(sha256)))

    @property
    def message_id(self) -> str:
        return recognised_by(self.mail, self.sha256)

    def uploads(self) -> list[Upload]:
        """Its attachments, and the e-mail itself."""
        attached = [Upload(a.name, a.content) for a in self.mail.attachments]
        return [*attached, Upload(ORIGINAL, files.read(self.sha256))]

    def values(self, letter: Letter) -> dict[str, Any]:
        """What the form is filled with, to be confirmed and corrected."""
        mail, at = self.mail, self.mail.sent_at
        return {
            "kind": guess_kind(is_automatic=mail.is_automatic),
            "direction": guess_direction(mail.addresses, queries.list_own_addresses(letter.taskforce_id)),
            "happened_on": at.date() if at else None,
            "happened_at": at.time() if at else None,
            "from_whom": mail.sender,
            "to_whom": mail.to[:2000],
            "subject": mail.subject,
            "text": mail.text,
        }


def recognised_by(mail: Mail, sha256: str) -> str:
    """What the same e-mail is known by: its Message-ID, or else the hash of its file."""
    return mail.message_id or f"sha256:{sha256}"


def why_known(letter: Letter, upload: Upload, mail: Mail) -> str | None:
    """Why an e-mail is not kept a second time, or None."""
    known = queries.get_by_message(letter.id, recognised_by(mail, hashlib.sha256(upload.content).hexdigest()))
    if known is None:
        return None
    way = "in" if known.direction is Direction.IN else "out"
    struck = ", which was struck" if known.is_struck else ""
    return f"“{upload.name}” is kept already: e-mail {way} of {known.happened_on:%d/%m/%Y}{struck}."
