"""Pictures that somebody uploaded: looked at before they go into a document."""

import struct
import zlib
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST_FILE = 2 * 1024 * 1024
_LONGEST_SIDE = 4000
_MOST_PIXELS = 6_000_000
_MOST_CHUNKS = 5000
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PIECE = 256 * 1024


def check_png(content: bytes) -> tuple[int, int]:
    """Return the width and height in pixels of a signature's PNG.

    Raises ValueError, with the reason, for anything that is not one whole PNG of a sensible size.
    """
    if content[:8] != _SIGNATURE:
        raise ValueError("The picture of the signature is not a PNG file.")
    if len(content) > _LARGEST_FILE:
        raise ValueError(f"The picture of the signature is larger than {_LARGEST_FILE >> 20} MB.")
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1][0] != b"IEND":
        raise ValueError("The picture of the signature is damaged: it is not a whole PNG file.")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if not width or not height:
        raise ValueError("The picture of the signature has no size.")
    if max(width, height) > _LONGEST_SIDE or width * height > _MOST_PIXELS:
        raise ValueError(
            f"The picture of the signature is too large, {width} by {height} pixels: "
            f"at most {_LONGEST_SIDE} a side, about 600 by 200 is enough."
        )
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise ValueError("The picture of the signature is damaged: its colours are of no known kind.")
    row = (width * _CHANNELS[colour] * depth + 7) // 8 + 1
    data = b"".join(data for kind, data in chunks if kind == b"IDAT")
    # Interlacing divides the picture into seven, each with rows of its own.
    if not _holds(data, row * height, row * height + (height * 8 + 64 if interlaced else 0)):
        raise ValueError("The picture of the signature is damaged: part of the picture is missing.")
    return width, height


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the PNG's chunks up to the first that is not whole, or the last."""
    position = len(_SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        head = content[position : position + 8]
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        data = content[position + 8 : position + 8 + length]
        check = content[position + 8 + length : position + 12 + length]
        if len(data) < length or check != struct.pack(">I", zlib.crc32(kind + data)):
            return
        yield kind, data
        position += 12 + length
        if kind == b"IEND":
            return


def _holds(data: bytes, least: int, most: int) -> bool:
    """Whether `data` unpacks to a size within these bounds; no more than that is ever unpacked."""
    unpacker = zlib.decompressobj()
    size, waiting = 0, data
    try:
        while waiting and not unpacker.eof and size <= most:
            size += len(unpacker.decompress(waiting, _PIECE))
            waiting = unpacker.unconsumed_tail
    except zlib.error:
        return False
    return unpacker.eof and least <= size <= most
