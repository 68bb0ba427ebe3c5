"""Reading changes nothing: every page is opened, and whatever a GET tries to write is caught at the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from tests.factories import Cast, add
from tests.support.stores import Store
from tracker.actions.models import Action
from tracker.core import clock
from tracker.core.db import writing

# side_write(): the session's last use, what a throttle counts, and the log of refused links.
ALLOWED = {"user_session", "throttle_bucket", "refused_link"}
WRITE = re.compile(r"\s*(INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+\"?(\w+)", re.IGNORECASE)
PEOPLE = ("secretary@epc.test", "chair@epc.test", "member@epc.test", "sro@can.test", "admin@tracker.test", None)
VALUES = {
    "code": ["EPC", "CAN"],
    "key": ["EPC-A901", "1", "EPC-L02"],
    "token": ["no-such-token"],
    "filename": ["app.css"],
}


@contextmanager
def watched() -> Iterator[list[str]]:
    """The writing statements that reach a database within the block."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found = WRITE.match(statement)
        if found and found.group(2).lower() not in ALLOWED:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def addresses(app: Flask) -> list[str]:
    """An address or more of every route that takes GET."""
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        choices: list[dict[str, Any]] = [{}]
        for argument in rule.arguments:
            choices = [{**c, argument: v} for c in choices for v in VALUES.get(argument, [1, 2])]
        found += [adapter.build(rule.endpoint, c, method="GET") for c in choices]
    return sorted(set(found))


# Who reads what is the same on both databases: on PostgreSQL one of each side.
ON_POSTGRESQL = ("secretary@epc.test", "sro@can.test")


def test_no_page_writes_when_it_is_read(app: Flask, cast: Cast, store: Store, visit: Any) -> None:
    with app.app_context(), writing():
        add(Action(taskforce_id=cast.epc, reference="EPC-A901", title="An action", raised_on=clock.today()))
    for email in PEOPLE if store.is_sqlite else ON_POSTGRESQL:
        client = visit(email).client
        opened = 0
        with watched() as written:
            for address in addresses(app):
                answer = client.get(address)
                assert answer.status_code < 500, (email, address)
                assert not written, (email, address, written)
                opened += answer.status_code == 200
        assert opened >= (4 if email is None else 8), email


def test_the_watch_sees_a_write(app: Flask, cast: Cast) -> None:
    with watched() as written, app.app_context(), writing():
        add(Action(taskforce_id=cast.epc, reference="EPC-A901", title="An action", raised_on=clock.today()))
    assert any("action" in statement for statement in written)
