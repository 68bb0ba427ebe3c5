"""A person's own signature image: put up, seen and taken down by nobody else; what is no picture is refused."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import person_of
from tests.support.png import START, chunk, header, make_png
from tracker.accounts import pictures, signatures
from tracker.accounts.models import Signature, User
from tracker.core.db import db, writing
from tracker.core.errors import BadFile, Forbidden

CHAIR = "chair@epc.test"
END = chunk(b"IEND", b"")


def pixels(size: int) -> bytes:
    return chunk(b"IDAT", zlib.compress(b"\0" * size))


def put_up(visit: Any, png: bytes, email: str = CHAIR, status: int = 200) -> Any:
    browser = visit(email)
    browser.get("/account/signature")
    browser.send("Put it up", {"Picture of your signature": (png, "me.png")}, status=status)
    return browser


def test_chair_puts_up_sees_and_takes_down_their_signature(app: Flask, cast: Any, visit: Any) -> None:
    png = make_png()
    chair = put_up(visit, png)
    assert chair.page.tree.find(".//main//img").get("alt") == "Your signature"
    assert chair.get_file("/account/signature.png") == png
    chair.get("/account")
    assert "Signature imageUp" in chair.page.text
    chair.get("/account/signature")
    chair.follow("Take it down")
    chair.send("Take it down")
    assert "Signature imageNone" in chair.page.text
    chair.get("/account/signature.png", status=404)


def test_another_picture_takes_the_place_of_the_first(app: Flask, cast: Any, visit: Any) -> None:
    put_up(visit, make_png())
    second = make_png(500, 100)
    assert put_up(visit, second).get_file("/account/signature.png") == second
    with app.app_context():
        withdrawn = db.session.scalars(select(Signature.withdrawn_at).order_by(Signature.id)).all()
    assert withdrawn[0] is not None and withdrawn[1] is None


def test_nobody_sees_or_puts_up_the_signature_of_another(app: Flask, cast: Any, visit: Any) -> None:
    put_up(visit, make_png())
    for email in ("vice@epc.test", "secretary@epc.test", "admin@tracker.test"):
        visit(email).get("/account/signature.png", status=404)
    with app.app_context():
        users = {u.email: u for u in db.session.scalars(select(User))}
        admin = person_of(users["admin@tracker.test"])
        for act in (
            lambda: signatures.put_up_signature(users[CHAIR], make_png(), by=admin),
            lambda: signatures.take_down_signature(users[CHAIR], by=admin),
        ):
            with pytest.raises(Forbidden), writing():
                act()


def test_what_does_not_draw_the_picture_is_not_kept() -> None:
    extra = chunk(b"tEXt", b"Author\0Somebody") + chunk(b"eXIf", b"where it was taken")
    assert pictures.clean_png(make_png(extra=extra)) == make_png()


@pytest.mark.parametrize(
    ("png", "why"),
    [
        (b"\xff\xd8\xff\xe0 a photograph", "must be a PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "must be a PNG"),
        (make_png() + b"x" * pictures.MOST_BYTES, "500 KB or smaller"),
        (make_png(99), "99 by 120 pixels"),
        (make_png(400, 29), "400 by 29 pixels"),
        (START + header(2**31 - 1, 2**31 - 1) + END, "2147483647 by 2147483647 pixels"),
        (make_png(120, 130), "taller than wide"),
        (make_png()[:-20], "damaged"),
        (make_png()[:500], "damaged"),
        (make_png() + b"PK\x03\x04", "damaged"),
        (START, "damaged"),
        (START + END, "damaged"),
        (START + chunk(b"IHDR", b"short") + END, "damaged"),
        (START + struct.pack(">I", 2**32 - 1) + b"IHDR", "damaged"),
        (START + header(400, 120) + chunk(b"IDAT", b"not packed") + END, "damaged"),
        (START + header(400, 120) + pixels(401 * 119) + END, "damaged"),
        (START + header(400, 120) + pixels(20_000_000) + END, "damaged"),
        (START + header(400, 120, interlaced=1) + END, "does not print everywhere"),
        (START + header(400, 120, depth=3) + END, "does not print everywhere"),
        (START + header(400, 120, colour=9) + END, "does not print everywhere"),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_what_is_no_signature_to_print_is_refused_with_the_reason(png: bytes, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        pictures.clean_png(png)


@pytest.mark.parametrize(("colour", "depth", "samples"), [(0, 1, 1), (3, 4, 1), (2, 8, 3), (6, 8, 4), (6, 16, 4)])
def test_every_plain_kind_of_png_is_taken(colour: int, depth: int, samples: int) -> None:
    row = 1 + (401 * depth * samples + 7) // 8
    png = START + header(401, 120, depth=depth, colour=colour) + pixels(row * 120) + END
    assert pictures.clean_png(png) == png


def test_chair_is_told_why_at_the_field(app: Flask, cast: Any, visit: Any) -> None:
    assert put_up(visit, b"GIF89a", status=422).page.errors == ["The picture must be a PNG file (.png)."]
    chair = visit(CHAIR)
    chair.get("/account/signature")
    assert chair.send("Put it up", status=422).errors == ["Choose the picture"]
