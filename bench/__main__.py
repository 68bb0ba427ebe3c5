"""`python -m bench`: how long each page takes, as server CPU per request, at two sizes.

Every figure is the median over many requests through the whole WSGI application, signed in, in one process, next to a
constant page of the same size served by the same application in the same run, and a page of 50 rows by bare Jinja.
Results are printed and written as JSON to bench/results/.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import platform
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from jinja2 import Environment
from sqlalchemy import insert, select
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.pages import PAGES, WRITES, Target
from tracker import create_app
from tracker.accounts.models import User, UserSession
from tracker.core import clock
from tracker.core.db import db, side_write, writing
from tracker.demo.bulk import load_bulk

ROOT = Path(__file__).resolve().parent.parent
BARE = Environment(autoescape=True).from_string(
    "<table>{% for r in rows %}<tr><th>{{ r[0] }}</th><td>{{ r[1] }}</td><td>{{ r[2] }}</td><td>{{ r[3] }}</td>"
    "<td>{{ r[4] }}</td></tr>{% endfor %}</table>"
)
ROWS = [(f"BT1-L{i:02d}(a)", f"Recommendation {i}", "Programme", "28 Jan 2024", "Open") for i in range(50)]


def make_app(folder: Path, recommendations: int) -> tuple[Flask, str]:
    """A fresh database of this size, and the application on it; returns it with a secretary's cookie."""
    folder.mkdir(parents=True, exist_ok=True)
    url = os.environ.get("TRACKER_BENCH_DATABASE_URL") or f"sqlite:///{folder / 'bench.sqlite3'}"
    app = create_app(
        {"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder, "SECRET_KEY": "bench", "WTF_CSRF_ENABLED": False}
    )
    constant: dict[int, bytes] = {}

    def constant_page(size: int) -> bytes:
        return constant.setdefault(size, b"x" * size)

    constant_page.permission = None  # type: ignore[attr-defined]
    app.add_url_rule("/bench/constant/<int:size>", view_func=constant_page)
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        started = time.perf_counter()
        with writing():
            email = load_bulk(recommendations)
        if db.engine.dialect.name == "sqlite":
            with side_write() as connection:
                connection.exec_driver_sql("ANALYZE")
        print(f"{recommendations:,} recommendations loaded in {time.perf_counter() - started:.1f} s")
        return app, _cookie(app, email)


def _cookie(app: Flask, email: str) -> str:
    token, now = secrets.token_urlsafe(32), clock.now()
    user_id = db.session.execute(select(User.id).where(User.email == email)).scalar_one()
    row = {"user_id": user_id, "token_hash": hashlib.sha256(token.encode()).hexdigest()}
    with side_write() as connection:
        connection.execute(insert(UserSession).values(**row, started_at=now, last_used_at=now))
    serializer = app.session_interface.get_signing_serializer(app)
    value = serializer.dumps({"_user_id": token, "_fresh": True})
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"


def call(app: Flask, cookie: str, target: Target) -> tuple[int, bytes]:
    """One request; returns the status and the body."""
    builder = EnvironBuilder(path=target.path, query_string=target.query, method=target.method, data=target.data)
    builder.headers["Cookie"] = cookie
    body, status, _ = run_wsgi_app(app.wsgi_app, builder.get_environ(), buffered=True)
    return int(status.split()[0]), b"".join(body)


def measure(act: Callable[[], Any], seconds: float, least: int = 30) -> dict[str, float]:
    """Milliseconds of CPU and of wall time of `act`: medians, and the 99th percentile of the wall."""
    for _ in range(5):
        act()
    gc.collect()
    gc.freeze()
    cpu, wall, end = [], [], time.perf_counter() + seconds
    while len(cpu) < least or time.perf_counter() < end:
        c, w = time.process_time_ns(), time.perf_counter_ns()
        act()
        cpu.append((time.process_time_ns() - c) / 1e6)
        wall.append((time.perf_counter_ns() - w) / 1e6)
    gc.unfreeze()
    wall.sort()
    return {"cpu": statistics.median(cpu), "wall": statistics.median(wall), "p99": wall[int(len(wall) * 0.99)]}


def measure_size(recommendations: int, seconds: float) -> dict[str, Any]:
    """The figures of every page at one size."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        app, cookie = make_app(Path(folder), recommendations)
        bare = measure(lambda: BARE.render(rows=ROWS), min(seconds, 0.5))
        found["bare Jinja, 50 rows"] = {"bytes": len(BARE.render(rows=ROWS))} | bare
        for target in (*PAGES, *WRITES):
            with app.app_context():
                ready = target.prepare() if target.prepare else target
            status, body = call(app, cookie, ready)
            if status != ready.status:
                raise SystemExit(f"{target.name}: {status} instead of {ready.status}: {body[:300]!r}")
            figures = measure(lambda ready=ready: call(app, cookie, ready), seconds)
            same = Target("constant", f"/bench/constant/{len(body)}")
            constant = measure(lambda same=same: call(app, cookie, same), min(seconds, 0.5))
            ratios = {"constant": figures["cpu"] / constant["cpu"], "bare": figures["cpu"] / bare["cpu"]}
            found[target.name] = {"bytes": len(body), **figures, "constant_cpu": constant["cpu"], "ratios": ratios}
        with app.app_context():
            db.engine.dispose()
    return found


def show(size: int, found: dict[str, Any]) -> None:
    print(f"\nAt {size:,} recommendations (median ms of server CPU per request)")
    print(f"{'page':<44}{'cpu':>8}{'wall':>8}{'p99':>8}{'bytes':>9}{'× constant':>12}{'× bare':>9}")
    for name, f in found.items():
        ratios = f.get("ratios")
        end = f"{ratios['constant']:>12.1f}{ratios['bare']:>9.1f}" if ratios else ""
        print(f"{name:<44}{f['cpu']:>8.2f}{f['wall']:>8.2f}{f['p99']:>8.2f}{f['bytes']:>9,}{end}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="numbers of recommendations, with commas")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each page")
    chosen = parser.parse_args()
    results = {}
    for size in (int(s) for s in chosen.sizes.split(",")):
        results[size] = measure_size(size, chosen.seconds)
        show(size, results[size])
    sizes = sorted(results)
    if len(sizes) > 1:
        print(f"\nGrowth from {sizes[0]:,} to {sizes[-1]:,}")
        for name in results[sizes[0]]:
            print(f"{name:<44}{results[sizes[-1]][name]['cpu'] / results[sizes[0]][name]['cpu']:>8.2f} ×")
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    about = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    file = folder / f"{clock.now():%Y%m%d-%H%M%S}.json"
    file.write_text(json.dumps({"about": about, "results": results}, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten to bench/results/{file.name}")


main()
