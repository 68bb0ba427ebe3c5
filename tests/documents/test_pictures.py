"""Pictures of signatures: a sound PNG of a sensible size, or a reason."""

import struct
import zlib

import pytest

from tracker.documents import check_png, write_letter
from tracker.documents.pictures import check_jpeg

from .samples import letter, png


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def made(width: int, height: int, pixels: bytes, *, depth: int = 8, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def test_size_of_a_sound_picture() -> None:
    assert check_png(png(300, 80)) == (300, 80)
    assert check_png(made(2, 2, b"\0" + bytes(8) + b"\0" + bytes(8), colour=6)) == (2, 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a PNG"),
        (b"GIF89a" + bytes(50), "not a PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "not a PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG"),
        (png()[:60], "damaged"),
        (png()[:-12], "damaged"),
        (png()[:50] + b"\1" + png()[51:], "damaged"),
        (made(0, 5, b""), "no size"),
        (made(60_000, 60_000, b""), "too large, 60000 by 60000"),
        (made(4000, 4000, b""), "too large"),
        (made(100, 100, b"\0" * 50), "part of the picture is missing"),
        (made(10, 10, bytes(500_000_000 // 100)), "part of the picture is missing"),
        (made(10, 10, b"", colour=5), "no known kind"),
        (png() + bytes(3 * 1024 * 1024), "larger than 2 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_picture_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_png(content)
    with pytest.raises(ValueError, match="The picture of the signature"):
        write_letter(letter(signature_png=content))


def test_jpeg_says_its_size() -> None:
    frame = b"\xff\xc0" + struct.pack(">HBHH", 11, 8, 40, 120) + bytes(4)
    assert check_jpeg(b"\xff\xd8\xff\xe0\0\4ab" + frame, "The picture") == (120, 40)
    for broken in (b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\xff\xff", b"GIF89a", b"\xff\xd8\xff\xe0\0\4ab" + frame[:6]):
        with pytest.raises(ValueError, match="The picture"):
            check_jpeg(broken, "The picture")
