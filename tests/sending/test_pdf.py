"""The PDF beside the Word file: a job that is done where there is LibreOffice, and says why where it is not done."""

from __future__ import annotations

import stat
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import load_config
from tests.conftest import missing
from tracker.core import clock, jobs
from tracker.sending import pdf

REAL = load_config()["SOFFICE"]
IS_HTMX = {"HX-Request": "true", "HX-Target": "letter-files"}


@pytest.fixture
def soffice(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`soffice("exit 1")` puts a script in the place of LibreOffice; `soffice(None)` says there is none."""

    def use(script: str | None) -> None:
        path = tmp_path / "soffice"
        if script is not None:
            path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setitem(app.config, "SOFFICE", "" if script is None else str(path))

    return use


def run_jobs(app: Flask) -> tuple[int, int]:
    with app.app_context():
        return jobs.run_waiting()


MADE = 'for last; do :; done\nprintf "%%PDF-1.7 made" > "$(dirname "$last")/letter.pdf"'


def test_issuing_asks_for_a_pdf_which_the_page_waits_for_and_everybody_can_read(app, desk, visit, soffice):
    soffice(MADE)
    desk.draft()
    desk.submit()
    desk.approve()
    desk.issue()
    secretary = visit("secretary@epc.test")
    assert "The PDF is being made." in secretary.get("/letters/EPC-L01").text
    waiting = secretary.get("/letters/EPC-L01/files?poll=1", headers=IS_HTMX)
    assert "hx-get" in waiting.html
    assert "PDF of the letter is being made" in secretary.get("/letters/EPC-L01/send-out").text
    assert run_jobs(app) == (1, 0)
    done = secretary.get("/letters/EPC-L01/files?poll=1", headers=IS_HTMX)
    assert "hx-get" not in done.html and "EPC-L01.pdf" in done.html
    assert "made a PDF of the letter" in secretary.get("/letters/EPC-L01").text
    team = visit("team@can.test")
    team.get("/letters/EPC-L01")
    assert team.get_file(team.page.link("EPC-L01.pdf")) == b"%PDF-1.7 made"
    chosen = secretary.get("/letters/EPC-L01/send-out").tree.iterfind(".//input[@name='files'][@checked]")
    assert len(list(chosen)) == 1 and "EPC-L01.pdf (PDF of the Word file)" in secretary.page.text


def test_a_plain_request_for_the_files_leads_to_the_letter(issued, visit):
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/EPC-L01/files?poll=1")
    assert secretary.address.startswith("/letters/EPC-L01") and secretary.page.all(".//h1")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo source file could not be loaded; exit 1", "It said: source file could not be loaded"),
        ("exit 0", "It said: nothing"),
        ('for last; do :; done\necho no > "$(dirname "$last")/letter.pdf"', "LibreOffice made no PDF of the letter."),
        ("sleep 60 & sleep 60", "LibreOffice did not finish within 0.3 seconds."),
    ],
)
def test_secretary_reads_why_there_is_no_pdf_and_tries_again(app, desk, visit, soffice, monkeypatch, script, why):
    monkeypatch.setattr(pdf, "TIME_LIMIT", 0.3)
    soffice(script)
    desk.draft()
    desk.submit()
    desk.approve()
    desk.issue()
    assert run_jobs(app) == (0, 3)
    page = visit("auditor@epc.test").get("/letters/EPC-L01")
    assert "The PDF could not be made." in page.text and why in page.text and "Try again" not in page.text
    assert "PDF" not in visit("team@can.test").get("/letters/EPC-L01").text
    monkeypatch.undo()
    soffice(MADE)
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/EPC-L01")
    secretary.send("Try again")
    assert "The PDF is being made." in secretary.page.text
    assert run_jobs(app) == (1, 0)
    assert "EPC-L01.pdf" in secretary.get("/letters/EPC-L01").text


def test_libreoffice_that_is_not_where_it_should_be_is_named(app, tmp_path):
    with pytest.raises(pdf.NoPdf, match="cannot be started at .*nowhere: No such file"):
        pdf.convert(str(tmp_path / "nowhere"), b"PK")


def test_nothing_is_left_running_when_libreoffice_hangs(soffice, app, tmp_path):
    soffice(f"sh -c 'echo $$ > {tmp_path}/child; exec sleep 60' & wait")
    with pytest.raises(pdf.NoPdf, match="did not finish"):
        pdf.convert(app.config["SOFFICE"], b"PK", limit=1)
    child = (tmp_path / "child").read_text().strip()
    state = subprocess.run(["ps", "-o", "stat=", "-p", child], capture_output=True, text=True, check=False).stdout
    assert state.strip() in {"", "Z"} or state.startswith("Z")


def test_nothing_is_promised_where_there_is_no_libreoffice(app, desk, visit, soffice):
    soffice(None)
    desk.draft()
    desk.submit()
    desk.approve()
    desk.issue()
    page = visit("secretary@epc.test").get("/letters/EPC-L01")
    assert "being made" not in page.text and "Make a PDF" not in page.text
    assert run_jobs(app) == (0, 0)
    soffice(MADE)
    secretary = visit("secretary@epc.test")
    secretary.get("/letters/EPC-L01")
    secretary.send("Make a PDF")
    assert run_jobs(app) == (1, 0)
    assert "EPC-L01.pdf" in secretary.get("/letters/EPC-L01").text


def test_jobs_that_nobody_runs_are_noticed(app, desk, visit, soffice):
    soffice(MADE)
    desk.draft()
    desk.submit()
    desk.approve()
    desk.issue()
    with clock.frozen(clock.now() + pdf.TOO_LONG + timedelta(seconds=5)):
        page = visit("secretary@epc.test").get("/letters/EPC-L01")
    assert "should see that its jobs are run" in page.text and "hx-trigger" not in page.html


def test_a_pdf_that_is_there_is_not_made_twice(app, desk, visit, soffice):
    soffice(MADE)
    desk.draft()
    desk.submit()
    desk.approve()
    desk.issue()
    secretary, late = visit("secretary@epc.test"), visit("deputy@epc.test")
    secretary.get("/letters/EPC-L01")
    assert run_jobs(app) == (1, 0)
    token = late.get("/account").tree.find(".//input[@name='csrf_token']").get("value")
    answer = late.client.post("/letters/EPC-L01/make-pdf", data={"csrf_token": token})
    assert answer.status_code == 409
    assert run_jobs(app) == (0, 0)


def test_libreoffice_makes_the_pdf_of_the_issued_letter(app, issued, visit):
    if not REAL:
        missing("LibreOffice")
    if not app.config["SOFFICE"]:
        missing("LibreOffice")
    assert run_jobs(app) == (1, 0)
    reader = visit("sro@can.test")
    reader.get("/letters/EPC-L01")
    content = reader.get_file(reader.page.link("EPC-L01.pdf"))
    assert content.startswith(b"%PDF-") and b"/MarkInfo" in content
