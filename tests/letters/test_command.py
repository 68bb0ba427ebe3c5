"""`flask letters write`."""

from __future__ import annotations

from tests.documents.reading import words
from tracker.letters.commands import commands


def run(app, *arguments):
    return app.test_cli_runner().invoke(commands, ["write", *map(str, arguments)])


def test_command_writes_the_draft_and_then_the_stored_file(app, desk, visit, tmp_path):
    desk.draft()
    target = tmp_path / "letter.docx"
    assert run(app, desk.key, target).exit_code == 0
    assert "[Date of issue]" in " ".join(words(target.read_bytes()))
    desk.submit()
    desk.approve()
    desk.issue()
    assert run(app, "EPC-L01", target).exit_code == 0
    assert target.read_bytes() == visit("sro@can.test").get_file("/letters/EPC-L01/file")


def test_command_says_when_there_is_no_such_letter(app, cast, tmp_path):
    for ref in ("EPC-L09", "99", "no letter"):
        result = run(app, ref, tmp_path / "none.docx")
        assert result.exit_code == 1 and f"There is no letter {ref}." in result.output
    assert list(tmp_path.iterdir()) == []
