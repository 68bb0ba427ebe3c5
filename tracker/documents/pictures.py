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


def check_png(content: bytes, what: str = "The picture of the signature") -> tuple[int, int]:
    """Return the width and height in pixels of a PNG; `what` names the picture in messages.

    Raises ValueError, with the reason, for anything that is not one whole PNG of a sensible size.
    """
    if content[:8] != _SIGNATURE:
        raise ValueError(f"{what} is not a PNG file.")
    if len(content) > _LARGEST_FILE:
        raise ValueError(f"{what} is larger than {_LARGEST_FILE >> 20} MB.")
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1][0] != b"IEND":
        raise ValueError(f"{what} is damaged: it is not a whole PNG file.")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if not width or not height:
        raise ValueError(f"{what} has no size.")
    if max(width, height) > _LONGEST_SIDE or width * height > _MOST_PIXELS:
        raise ValueError(
            f"{what} is too large, {width} by {height} pixels: "
            f"at most {_LONGEST_SIDE} a side, about 600 by 200 is enough."
        )
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise ValueError(f"{what} is damaged: its colours are of no known kind.")
    row = (width * _CHANNELS[colour] * depth + 7) // 8 + 1
    data = b"".join(data for kind, data in chunks if kind == b"IDAT")
    # Interlacing divides the picture into seven, each with rows of its own.
    if not _holds(data, row * height, row * height + (height * 8 + 64 if interlaced else 0)):
        raise ValueError(f"{what} is damaged: part of the picture is missing.")
    return width, height


def check_jpeg(content: bytes, what: str) -> tuple[int, int]:
    """Return the width and height in pixels of a JPEG; `what` names the picture in messages.

    Raises ValueError, with the reason, for anything that is not a JPEG of a sensible size.
    """
    if content[:3] != b"\xff\xd8\xff":
        raise ValueError(f"{what} is not a JPEG file.")
    if len(content) > _LARGEST_FILE:
        raise ValueError(f"{what} is larger than {_LARGEST_FILE >> 20} MB.")
    position = 2
    for _ in range(_MOST_CHUNKS):
        head = content[position : position + 9]
        if len(head) < 9 or head[0] != 0xFF:
            break
        # The frame's header says the size; DHT, JPG and DAC stand among its markers but are none.
        if 0xC0 <= head[1] <= 0xCF and head[1] not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[5:9])
            if not width or not height or max(width, height) > _LONGEST_SIDE:
                raise ValueError(f"{what} is {width} by {height} pixels: at most {_LONGEST_SIDE} a side.")
            return width, height
        position += 2 + max(2, int.from_bytes(head[2:4], "big"))
    raise ValueError(f"{what} is damaged: it is not a whole JPEG file.")


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
