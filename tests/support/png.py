"""PNG files for tests: a line that looks a little like a signature, and chunks to put together by hand."""

from __future__ import annotations

import math
import struct
import zlib

START = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int, height: int, *, depth: int = 8, colour: int = 0, interlaced: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def make_png(width: int = 400, height: int = 120, *, extra: bytes = b"") -> bytes:
    """A grey picture with a wave in it; `extra` are chunks before the pixels."""
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    for x in range(width // 20, width - width // 20):
        middle = height / 2 + math.sin(x / width * 25) * height / 3 * (1 - x / width)
        for y in range(max(0, int(middle) - 2), min(height, int(middle) + 2)):
            rows[y][x] = 20
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    return START + header(width, height) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
