"""`python -m bench`: how long each page takes, as server CPU per request, at two sizes.

Every figure is the median over many requests through the whole WSGI application, signed in, in one process, next to a
constant page of the same size served by the same application in the same run, and a page of 50 rows by bare Jinja; a
write's constant page is as long as the page it leads to. A letter's Word document stands next to deflating its parts.
No preview and no document is of a text that was read before: a word of it is another each time.
Results are printed and written as JSON to bench/results/.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask_migrate
from flask import Flask
from jinja2 import Environment
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench import writing
from bench.pages import PAGES, Target
from tests.support.visitor import Visitor
from tracker import create_app
from tracker.core import clock
from tracker.core.db import db, side_write
from tracker.core.db import writing as writing_transaction
from tracker.demo.bulk import load_bulk

ROOT = Path(__file__).resolve().parent.parent
BARE = Environment(autoescape=True).from_string(
    "<table>{% for r in rows %}<tr><th>{{ r[0] }}</th><td>{{ r[1] }}</td><td>{{ r[2] }}</td><td>{{ r[3] }}</td>"
    "<td>{{ r[4] }}</td></tr>{% endfor %}</table>"
)
LEAST = 30
DOCX = "a letter of 5 pages as DOCX"
ROWS = [(f"BT1-L{i:02d}(a)", f"Recommendation {i}", "Programme", "28 Jan 2024", "Open") for i in range(50)]


def make_app(folder: Path, recommendations: int) -> Visitor:
    """A fresh database of this size and the application on it: returns a secretary's browser."""
    folder.mkdir(parents=True, exist_ok=True)
    url = os.environ.get("TRACKER_BENCH_DATABASE_URL") or f"sqlite:///{folder / 'bench.sqlite3'}"
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder, "SECRET_KEY": "bench"})
    constant: dict[int, bytes] = {}

    def constant_page(size: int) -> bytes:
        return constant.setdefault(size, b"x" * size)

    constant_page.permission = None  # type: ignore[attr-defined]
    app.add_url_rule("/bench/constant/<int:size>", view_func=constant_page)
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        started = time.perf_counter()
        with writing_transaction():
            email = load_bulk(recommendations)
        if db.engine.dialect.name == "sqlite":
            with side_write() as connection:
                connection.exec_driver_sql("ANALYZE")
        print(f"{recommendations:,} recommendations loaded in {time.perf_counter() - started:.1f} s")
    return Visitor(app, email)


def cookie_of(visitor: Visitor) -> str:
    """The cookie as it is from the second page on: the first one has brought the token that its forms carry."""
    visitor.get("/account")
    cookie = visitor.client.get_cookie(visitor.app.config["SESSION_COOKIE_NAME"])
    if cookie is None:
        raise SystemExit("nobody is signed in")
    return f"{cookie.key}={cookie.value}"


def call(app: Flask, cookie: str, target: Target, form: bytes = b"") -> tuple[int, bytes]:
    """One request; returns the status and the body. `form` is as a browser sends it: writing it is not our work."""
    builder = EnvironBuilder(path=target.path, query_string=target.query or None, method=target.method, data=form)
    builder.headers["Cookie"] = cookie
    if form:
        builder.content_type = "application/x-www-form-urlencoded"
    body, status, _ = run_wsgi_app(app.wsgi_app, builder.get_environ(), buffered=True)
    return int(status.split()[0]), b"".join(body)


def measure(act: Callable[..., Any], seconds: float, fresh: Callable[[], Any] | None = None) -> dict[str, float]:
    """Milliseconds of CPU and of wall time of `act`: medians, and the 99th percentile of the wall.

    `fresh` makes the argument of each call, outside the clock.
    """
    for _ in range(5):
        act(*([fresh()] if fresh else []))
    gc.collect()
    gc.freeze()
    cpu, wall, end = [], [], time.perf_counter() + seconds
    while len(cpu) < LEAST or time.perf_counter() < end:
        arguments = [fresh()] if fresh else []
        c, w = time.process_time_ns(), time.perf_counter_ns()
        act(*arguments)
        cpu.append((time.process_time_ns() - c) / 1e6)
        wall.append((time.perf_counter_ns() - w) / 1e6)
    gc.unfreeze()
    wall.sort()
    return {"cpu": statistics.median(cpu), "wall": statistics.median(wall), "p99": wall[int(len(wall) * 0.99)]}


def measure_size(recommendations: int, seconds: float, only: str = "") -> dict[str, Any]:
    """The figures of every page, write and document at one size whose name has `only` in it."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        visitor = make_app(Path(folder), recommendations)
        app, cookie = visitor.app, cookie_of(visitor)
        bare = measure(lambda: BARE.render(rows=ROWS), min(seconds, 0.5))
        found["bare Jinja, 50 rows"] = {"bytes": len(BARE.render(rows=ROWS))} | bare
        letter_id = writing.draft_letter(app)
        for target in (*PAGES, *writing.targets(visitor, letter_id)):
            if only in target.name:
                found[target.name] = _measure_target(app, cookie, target, seconds, bare["cpu"])
        if only in DOCX:
            found[DOCX] = _measure_docx(app, letter_id, seconds)
        with app.app_context():
            db.engine.dispose()
    return found


def _measure_target(app: Flask, cookie: str, target: Target, seconds: float, bare: float) -> dict[str, Any]:
    """One request's figures, and how they stand to the constant page and to bare Jinja."""
    fresh = target.fresh
    sent = (lambda: urlencode(fresh(), doseq=True).encode()) if fresh else None
    status, body = call(app, cookie, target, sent() if sent else b"")
    if status != target.status:
        raise SystemExit(f"{target.name}: {status} instead of {target.status}: {body[:300]!r}")
    figures = measure(lambda *form: call(app, cookie, target, *form), seconds, sent)
    constant = Target("constant", f"/bench/constant/{len(body)}")
    cpu = measure(lambda: call(app, cookie, constant), min(seconds, 0.5))["cpu"]
    ratios = {"constant": figures["cpu"] / cpu, "bare": figures["cpu"] / bare}
    return {"bytes": len(body), **figures, "constant_cpu": cpu, "ratios": ratios}


def _measure_docx(app: Flask, letter_id: int, seconds: float) -> dict[str, Any]:
    write, fresh, deflate = writing.docx_and_deflating(app, letter_id)
    figures, deflating = measure(write, seconds, fresh), measure(deflate, min(seconds, 1.0))["cpu"]
    ratios = {"deflating": figures["cpu"] / deflating}
    return {"bytes": len(write(fresh())), **figures, "deflating_cpu": deflating, "ratios": ratios}


def show(size: int, found: dict[str, Any]) -> None:
    print(f"\nAt {size:,} recommendations (median ms of server CPU per request)")
    print(f"{'':<40}{'cpu':>8}{'wall':>8}{'p99':>8}{'bytes':>9}   in the same run")
    for name, f in found.items():
        ratios = ", ".join(f"{ratio:.1f} × {of}" for of, ratio in f.get("ratios", {}).items())
        print(f"{name:<40}{f['cpu']:>8.2f}{f['wall']:>8.2f}{f['p99']:>8.2f}{f['bytes']:>9,}   {ratios}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="numbers of recommendations, with commas")
    parser.add_argument("--only", default="", help="only what has this in its name, such as preview or DOCX")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each page")
    chosen = parser.parse_args()
    results = {}
    for size in (int(s) for s in chosen.sizes.split(",")):
        results[size] = measure_size(size, chosen.seconds, chosen.only)
        show(size, results[size])
    sizes = sorted(results)
    if len(sizes) > 1:
        print(f"\nGrowth from {sizes[0]:,} to {sizes[-1]:,}")
        for name in results[sizes[0]]:
            print(f"{name:<40}{results[sizes[-1]][name]['cpu'] / results[sizes[0]][name]['cpu']:>8.2f} ×")
    folder = ROOT / "bench" / "results"
    folder.mkdir(exist_ok=True)
    about = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    file = folder / f"{clock.now():%Y%m%d-%H%M%S}.json"
    file.write_text(json.dumps({"about": about, "results": results}, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten to bench/results/{file.name}")


main()
