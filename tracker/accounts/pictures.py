"""The picture of a signature: is it a PNG that prints, and what of it is kept. Pure; nothing here draws."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from tracker.core.errors import BadFile

MOST_BYTES = 500 * 1024
WIDTHS, HEIGHTS = (100, 3000), (30, 1500)
START = b"\x89PNG\r\n\x1a\n"
# What draws the picture. The rest (who made it, where, with what) goes with no letter.
KEPT = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"pHYs", b"IDAT", b"IEND"}
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
BROKEN = "The picture is damaged: it cannot be read to its end. Save it again as a PNG and try once more."


def clean_png(content: bytes) -> bytes:
    """The picture without what does not draw it. Raises BadFile, with the reason, for what is no signature to print."""
    if not content:
        raise BadFile("The file is empty.")
    if len(content) > MOST_BYTES:
        raise BadFile("The picture must be 500 KB or smaller.")
    if not content.startswith(START):
        raise BadFile("The picture must be a PNG file (.png).")
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1][0] != b"IEND":
        raise BadFile(BROKEN)
    _check_size(chunks[0][1])
    _check_pixels(chunks[0][1], b"".join(data for kind, data in chunks if kind == b"IDAT"))
    return START + b"".join(_packed(kind, data) for kind, data in chunks if kind in KEPT)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, data) of each chunk to the end of the picture, which is followed by nothing."""
    at = len(START)
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + length]
        if content[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(kind + data)):
            break
        yield kind, data
        at += 12 + length
    if at != len(content):
        raise BadFile(BROKEN)


def _packed(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def _check_size(header: bytes) -> None:
    width, height = struct.unpack_from(">II", header)
    if not (WIDTHS[0] <= width <= WIDTHS[1] and HEIGHTS[0] <= height <= HEIGHTS[1]):
        raise BadFile(
            f"The picture is {width} by {height} pixels. It must be {WIDTHS[0]} to {WIDTHS[1]:,} wide"
            f" and {HEIGHTS[0]} to {HEIGHTS[1]:,} high."
        )
    if width < height:
        raise BadFile("The picture is taller than wide. Cut it to the signature alone, and turn it upright.")


def _check_pixels(header: bytes, packed: bytes) -> None:
    """There must be as many pixels as the header says, and no more: what unpacks is never larger than that."""
    width, height, depth, colour, _compression, _filter, interlaced = struct.unpack(">IIBBBBB", header)
    if depth not in DEPTHS.get(colour, set()) or interlaced:
        raise BadFile("This kind of PNG does not print everywhere. Save it as a plain PNG, not interlaced.")
    expected = height * (1 + (width * depth * SAMPLES[colour] + 7) // 8)
    try:
        found = len(zlib.decompressobj().decompress(packed, expected + 1))
    except zlib.error as error:
        raise BadFile(BROKEN) from error
    if found != expected:
        raise BadFile(BROKEN)
