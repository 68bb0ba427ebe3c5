"""A real mail server on this machine that can refuse: every message, or one recipient, or everybody."""

from __future__ import annotations

import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tracker.core.outbox import SmtpSettings


class Postbox:
    """What a mail server was given, by recipient and in its order (`received`).

    It refuses those in `refused` (or everybody, where `knows_nobody`) with `refusal`, and every message with
    `message_refusal` where there is one.
    """

    def __init__(self) -> None:
        self.messages: dict[str, list[EmailMessage]] = {}
        self.refused: set[str] = set()
        self.received: list[EmailMessage] = []
        self.refusal, self.message_refusal = "550 no such person here", ""
        self.knows_nobody = False
        self.settings: SmtpSettings

    async def handle_RCPT(self, _s: Any, _session: Any, envelope: Any, address: str, _o: Any) -> str:  # noqa: N802
        if self.knows_nobody or address in self.refused:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.message_refusal:
            return self.message_refusal
        for recipient in envelope.rcpt_tos:
            read: Any = message_from_bytes(envelope.content, policy=email.policy.default)
            self.messages.setdefault(recipient, []).append(read)
            self.received.append(read)
        return "250 OK"


def free_port() -> int:
    """A port of this machine that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def open_postbox() -> Iterator[Postbox]:
    """A server on a free port of this machine, for as long as the block lasts."""
    port = free_port()
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.settings = SmtpSettings("127.0.0.1", port, "tracker@example.test")
    try:
        yield box
    finally:
        controller.stop()
