"""Files that a form was given: their name and bytes, bounded before anything looks inside."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from wtforms.validators import StopValidation

from tracker.core.errors import BadFile
from tracker.core.files import MAX_BYTES
from tracker.web.fields import FORBIDDEN, UploadField


class Chosen(NamedTuple):
    """A file that was chosen: the name it came with, on one line, and its bytes."""

    name: str
    content: bytes


def file_name(stated: str | None) -> str:
    """The name that a file came with, on one line, without its folder and what cannot be shown."""
    words = " ".join(FORBIDDEN.sub("", stated or "").split())
    return re.split(r"[/\\]", words)[-1][-150:] or "file without a name"


def read_upload(chosen: Any) -> Chosen | None:
    """What an upload field holds; None for nothing. Raises BadFile for a file that is empty or over 20 MiB."""
    if not chosen:
        return None
    found = Chosen(file_name(chosen.filename), chosen.read(MAX_BYTES + 1))
    if not found.content:
        raise BadFile(f"“{found.name}” is empty. Choose it again.")
    if len(found.content) > MAX_BYTES:
        raise BadFile(f"“{found.name}” is larger than 20 MB.")
    return found


class FileField(UploadField):
    """One file of up to 20 MiB: read once, when it is checked; what is wrong with it is said at the field."""

    chosen: Chosen | None = None

    def pre_validate(self, _form: Any) -> None:
        try:
            self.chosen = read_upload(self.data)
        except BadFile as error:
            raise StopValidation(error.message) from error
