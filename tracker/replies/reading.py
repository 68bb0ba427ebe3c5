"""A reply read from its file: blocks of Markdown in their order. What cannot be read is named, the original kept."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from tracker.core import files
from tracker.core.errors import BadFile
from tracker.correspondence.eml import Mail, read_eml
from tracker.documents import BadFile as BadWord
from tracker.documents import ReadLetter, escape_markup, plain_text, read_letter
from tracker.web.fields import FORBIDDEN

MOST_BLOCKS = 1000
_ITEM = re.compile(r"^(?:[-*+]|[0-9]{1,9}[.)]) ")
_MARK = "{recommendations}"


@dataclass(frozen=True)
class ReadReply:
    """What a reply says. `blocks` are Markdown; `problems` are sentences; day and sender where an e-mail says them."""

    blocks: tuple[str, ...]
    problems: tuple[str, ...] = ()
    sent_on: date | None = None
    sender: str = ""

    def to_json(self) -> str:
        """The blocks as text to keep."""
        return json.dumps(self.blocks, ensure_ascii=False)


def blocks_of(kept: str) -> list[str]:
    """The blocks that `to_json` wrote."""
    return [str(block) for block in json.loads(kept)]


def read_reply(content: bytes) -> ReadReply:
    """Read a Word document or an e-mail, with the Word documents that hang on it.

    Raises BadFile, with the reason, for anything else and for what says nothing.
    """
    kind = files.any_kind_of(content)
    if kind == files.DOCX:
        read = _from_word(content)
    elif kind == files.EML:
        read = _from_mail(read_eml(content))
    else:
        raise BadFile("The file must be a Word document (.docx) or an e-mail (.eml).", field="file")
    blocks = tuple(FORBIDDEN.sub("", block) for block in read.blocks if FORBIDDEN.sub("", block).strip())
    if not blocks:
        raise BadFile("There is no text in the file that can be read.", field="file")
    if len(blocks) > MOST_BLOCKS:
        raise BadFile(f"The file has more than {MOST_BLOCKS:,} paragraphs.", field="file")
    return ReadReply(blocks, read.problems, read.sent_on, read.sender)


def _from_word(content: bytes) -> ReadReply:
    try:
        letter = read_letter(content)
    except BadWord as error:
        raise BadFile(str(error), field="file") from error
    return ReadReply(tuple(_blocks_of_letter(letter)), letter.problems)


def _blocks_of_letter(letter: ReadLetter) -> list[str]:
    """All that the letter says, top to bottom: nothing of a reply is left out because it looks like an address."""
    opening = [*letter.sender_address, letter.date_text, *letter.addressee, letter.salutation, letter.subject]
    listed = [f"({ask.letter}) {ask.printed}" for ask in letter.recommendations]
    closing = [letter.closing, *letter.signatory, *letter.copies_to, *letter.enclosures]
    found = [escape_markup(line) for line in opening if line]
    for block in letter.body.split("\n\n"):
        found += [letter.recommendations_heading, *listed] if block.strip() == _MARK else _split(block)
    found += _split(letter.response_request)
    return [*found, *(escape_markup(line) for line in closing if line)]


def _split(block: str) -> list[str]:
    """A block, or the items of a plain list: each can answer something of its own."""
    lines = block.split("\n")
    return lines if len(lines) > 1 and all(_ITEM.match(line) for line in lines) else [block]


def _from_mail(mail: Mail) -> ReadReply:
    blocks = [escape_markup(part) for part in re.split(r"\n[ \t]*\n", mail.text) if part.strip()]
    problems = list(mail.problems)
    for attached in mail.attachments:
        if files.any_kind_of(attached.content) != files.DOCX:
            problems.append(f"“{attached.name}” is kept with the e-mail and not read: it is no Word document.")
            continue
        try:
            read = _from_word(attached.content)
        except BadFile as error:
            problems.append(f"“{attached.name}” cannot be read: {error.message}")
            continue
        blocks += [f"**Attached: {escape_markup(attached.name)}**", *read.blocks]
        problems += [f"“{attached.name}”: {problem}" for problem in read.problems]
    return ReadReply(tuple(blocks), tuple(problems), mail.sent_at.date() if mail.sent_at else None, mail.sender)


def in_plain_words(blocks: list[str]) -> str:
    """The words of these blocks, a paragraph each."""
    return "\n\n".join(plain_text(block) for block in blocks)
