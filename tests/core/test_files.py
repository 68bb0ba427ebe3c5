"""Files are kept once, by their hash, and only what the product can use."""

from __future__ import annotations

import hashlib
import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from tracker.core import audit, files
from tracker.core.db import db, writing
from tracker.core.errors import BadFile, NotFound
from tracker.core.files import DOCX, MAX_BYTES, PDF, StoredFile


def test_the_same_bytes_are_kept_once(app: Flask) -> None:
    content = b"%PDF-1.7 minutes"
    with app.app_context():
        for _ in range(2):
            with writing():
                assert files.store(content, PDF) == files.store(content, PDF) == hashlib.sha256(content).hexdigest()
        assert db.session.execute(select(func.count()).select_from(StoredFile)).scalar_one() == 1
        assert files.read(hashlib.sha256(content).hexdigest()) == content
        assert audit.verify() == []


def test_two_who_store_the_same_bytes_at_once_both_succeed(app: Flask) -> None:
    start, digests = threading.Barrier(4), []

    def store() -> None:
        with app.app_context():
            start.wait()
            with writing():
                digests.append(files.store(b"%PDF-1.7 the same", PDF))

    threads = [threading.Thread(target=store) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(digests) == 4 and len(set(digests)) == 1


def test_a_file_that_is_not_there(app: Flask) -> None:
    with app.app_context(), pytest.raises(NotFound):
        files.read("0" * 64)


def test_the_largest_file_is_kept_and_one_byte_more_is_not(app: Flask) -> None:
    with app.app_context():
        with writing():
            files.store(b"x" * MAX_BYTES, PDF)
        with pytest.raises(BadFile, match="larger than 20 MB"), writing():
            files.store(b"x" * (MAX_BYTES + 1), PDF)
        with pytest.raises(BadFile, match="empty"), writing():
            files.store(b"", PDF)


def test_the_kind_is_read_from_the_content() -> None:
    assert files.kind_of(b"%PDF-1.4\n...") == PDF
    assert files.kind_of(b"PK\x03\x04....word/document.xml....") == DOCX
    for content in (
        b"",
        b"PK\x03\x04 a zip of something else",
        b"<html>%PDF-",
        b"MZ\x90",
        b"\xd0\xcf\x11\xe0 old .doc",
    ):
        with pytest.raises(BadFile, match="Word document"):
            files.kind_of(content)
