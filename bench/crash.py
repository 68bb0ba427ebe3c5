"""Kill the server with -9 under load, again and again: whatever it acknowledged must be there, with its event, once.

`python -m bench.crash --kills 100 --database sqlite`. The server is the real one (gunicorn, two workers); four people
raise actions through the page as fast as it answers. Each acknowledgement goes to a file outside the database. A form
whose answer never came is sent again, under the same key, when the server is back: it must make one action, not two.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask_migrate
import html5lib
from sqlalchemy import func, select, text

from tests.factories import add, give, make_user
from tests.support import postgres
from tracker import ROOT, create_app
from tracker.accounts.passwords import hash_password
from tracker.actions.models import Action
from tracker.core import audit
from tracker.core.db import db, writing
from tracker.core.events import Event
from tracker.core.permissions import Role
from tracker.directory.models import Taskforce

PASSWORD = "a password for crash tests only"
CLERKS = tuple(f"clerk{n}@crash.test" for n in range(4))
START_SECONDS = 60
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@dataclass
class Result:
    """What came of it. `lost`: acknowledged and not there, or without event. `doubled`: raised twice by one form."""

    kills: int
    acknowledged: int = 0
    sent_again: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def line(self, database: str) -> str:
        return (
            f"{database}: {self.kills} kills, {self.acknowledged} writes acknowledged, {self.sent_again} sent again,"
            f" {len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.problems)} problems in the audit log"
        )


class Server:
    """Gunicorn on a free loopback port, in a process group of its own."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.environment, self.log = environment, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--preload", "--workers=2", f"--bind=127.0.0.1:{self.port}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--log-level=warning", "wsgi:app"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        pause = threading.Event()
        for _ in range(START_SECONDS * 20):
            if self._is_up():
                return
            if self.process.poll() is not None:
                break
            pause.wait(0.05)
        raise RuntimeError("the server did not start:\n" + self.log.read_text()[-2000:])

    def _is_up(self) -> bool:
        try:
            return Client(self.port).get("/healthz")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        """SIGKILL for the master and both workers at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Client:
    """A browser without JavaScript, for one person: keeps cookies, sends forms."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    def get(self, path: str) -> tuple[int, str, str]:
        return self._ask("GET", path, None)

    def post(self, path: str, data: dict[str, str]) -> tuple[int, str, str]:
        return self._ask("POST", path, urlencode(data))

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        """(status, Location, text). Raises OSError or HTTPException where the server dies."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            words = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), words

    def form(self, path: str) -> dict[str, str]:
        """The fields of the last form on the page, as a browser would send them."""
        status, _, words = self.get(path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        tree = html5lib.parse(words, treebuilder="lxml", namespaceHTMLElements=False).getroot()
        form = [f for f in tree.iter("form") if f.find(".//input[@name='form_key']") is not None][-1]
        return {e.get("name"): e.get("value") or "" for e in form.iter("input", "select", "textarea") if e.get("name")}

    def sign_in(self, email: str) -> None:
        fields = self.form("/sign-in") | {"email": email, "password": PASSWORD}
        status, _, words = self.post("/sign-in", fields)
        if status != 303:
            raise RuntimeError(f"sign-in answered {status}: {words[-500:]}")


class Load:
    """People who raise actions, and the file of what was acknowledged."""

    def __init__(self, port: int, acknowledged: Path) -> None:
        self.port, self.path = port, acknowledged
        self.up, self.over = threading.Event(), threading.Event()
        self.lock, self.sent_again = threading.Lock(), 0
        self.failures: list[str] = []
        self.threads = [threading.Thread(target=self._work, args=(email,)) for email in CLERKS]

    def start(self) -> None:
        self.up.set()
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.over.set()
        self.up.set()
        for thread in self.threads:
            thread.join()

    def _work(self, email: str) -> None:
        try:
            client = Client(self.port)
            client.sign_in(email)
            fields = client.form("/actions/new")
            while not self.over.is_set():
                self._raise_one(client, fields)
        except Exception as error:  # shown in the result: a thread would keep it to itself
            self.failures.append(f"{type(error).__name__}: {error}")

    def _raise_one(self, client: Client, fields: dict[str, str]) -> None:
        key = secrets.token_urlsafe(24)
        form = fields | {"form_key": key, "title": f"Action {key}"}
        while not self.over.is_set():
            self.up.wait()
            try:
                status, location, words = client.post("/actions/new", form)
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.sent_again += 1
                threading.Event().wait(0.02)
                continue
            if status != 303:
                raise RuntimeError(f"a form answered {status}: {words[-500:]}")
            with self.lock, self.path.open("a", encoding="utf-8") as log:
                log.write(f"{location.rpartition('/')[2]}\t{form['title']}\n")
            return


@contextmanager
def database_url(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """(url, owner's url) of an empty database of `kind`, as durable as in production."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'crash.sqlite3'}"
        yield url, url
        return
    postgres.SETTINGS.update(DURABLE)
    cluster = postgres.start_cluster()
    try:
        cluster.create_database("crash")
        yield cluster.url("crash", postgres.APPLICATION), cluster.url("crash", postgres.OWNER)
    finally:
        cluster.stop()


def _prepare(app: Any) -> None:
    """Migrate, and make a taskforce with its clerks."""
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        with writing():
            taskforce = add(Taskforce(code="CRA", name="Crash Taskforce"))
            for email in CLERKS:
                user = make_user(email.partition("@")[0], email, taskforce_id=taskforce.id)
                user.password_hash = hash_password(PASSWORD)
                give(user, Role.SECRETARIAT, taskforce=taskforce)


def _check(app: Any, acknowledged: Path, result: Result) -> None:
    """Every acknowledged action is there with the event that raised it; no form made two; the log verifies."""
    lines = [line.split("\t") for line in acknowledged.read_text(encoding="utf-8").splitlines()]
    with app.app_context():
        told = select(Event.subject_id).where(Event.subject_kind == "action", Event.verb == "action_raised")
        rows = db.session.execute(select(Action.reference, Action.title).where(Action.id.in_(told)))
        stored = {(row.reference, row.title) for row in rows}
        twice = select(Action.title).group_by(Action.title).having(func.count() > 1)
        result.acknowledged = len(lines)
        result.lost = [reference for reference, title in lines if (reference, title) not in stored]
        result.doubled = list(db.session.scalars(twice))
        result.problems += audit.verify()
        if db.engine.dialect.name == "sqlite":
            broken = db.session.execute(text("PRAGMA integrity_check")).scalars().all()
            result.problems += [b for b in broken if b != "ok"]
        db.session.remove()
        db.engine.dispose()


def run(kills: int, kind: str, seed: int | None = None) -> Result:
    """Kill `kills` times and check. Durations between kills are random, from 0.05 to 0.6 seconds."""
    chance, result = random.Random(seed), Result(kills)
    with tempfile.TemporaryDirectory(prefix="tracker-crash-") as name, database_url(kind, Path(name)) as (url, owner):
        folder = Path(name)
        settings = {"SQLALCHEMY_DATABASE_URI": url, "MIGRATION_URL": owner, "DATA_DIR": folder}
        app = create_app(settings)
        _prepare(app)
        environment = os.environ | {"TRACKER_DATA_DIR": name, "TRACKER_DATABASE_URL": url}
        server = Server(environment, folder / "server.log")
        load = Load(server.port, folder / "acknowledged.tsv")
        load.path.touch()
        try:
            server.start()
            load.start()
            _kill_and_restart(server, load, kills, chance)
        finally:
            load.stop()
            server.kill()
        result.sent_again = load.sent_again
        result.problems += load.failures
        _check(app, load.path, result)
    return result


def _kill_and_restart(server: Server, load: Load, kills: int, chance: random.Random) -> None:
    _wait_for_more(load, 4)  # everybody has signed in
    for _ in range(kills):
        _wait_for_more(load, 1)
        threading.Event().wait(chance.uniform(0.05, 0.6))
        load.up.clear()
        server.kill()
        server.start()
        load.up.set()
    _wait_for_more(load, len(CLERKS))


def _wait_for_more(load: Load, number: int) -> None:
    """Until `number` more writes have been acknowledged, so that every kill falls into work."""
    before = len(load.path.read_bytes().splitlines())
    for _ in range(1200):
        if load.failures:
            raise RuntimeError("; ".join(load.failures))
        if len(load.path.read_bytes().splitlines()) >= before + number:
            return
        threading.Event().wait(0.05)
    raise RuntimeError("nothing is acknowledged any more")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    result = run(options.kills, options.database, options.seed)
    print(result.line(options.database))
    for what in (*result.lost, *result.doubled, *result.problems):
        print(f"  {what}")
    sys.exit(bool(result.lost or result.doubled or result.problems))


if __name__ == "__main__":
    main()
