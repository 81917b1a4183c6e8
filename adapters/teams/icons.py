"""The two icons of the app: an open ring that a tick goes through, drawn here and written as PNG."""

import math
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise

Point = tuple[float, float]
Colour = tuple[int, int, int]
Shape = Callable[[Point], float]
"""How far outside of a shape a point is, below zero inside, in a square that goes from -1 to 1, y downwards."""

BLUE: Colour = (0x1F, 0x3A, 0x4D)
GREEN: Colour = (0x5F, 0xD3, 0xA4)
WHITE: Colour = (0xFF, 0xFF, 0xFF)
COLOR_SIZE, OUTLINE_SIZE = 192, 32
RADIUS = 0.78
TICK: tuple[Point, ...] = ((-0.36, -0.02), (-0.04, 0.32), (0.74, -0.6))
# The ring is open between these angles, clockwise from the right, where the tick leaves it.
OPENING = math.radians(-64), math.radians(-12)


def color() -> bytes:
    """Return the icon in colours, the mark in the middle of a full square."""
    size, mark = COLOR_SIZE, 0.56
    ring, tick = _ring(0.15), _tick(0.19)
    rows = []
    for y in range(size):
        row = bytearray()
        for x in range(size):
            at = _place(x, y, size, mark)
            shade = _mixed(BLUE, WHITE, _covered(ring(at), size * mark))
            row += bytes((*_mixed(shade, GREEN, _covered(tick(at), size * mark)), 0xFF))
        rows.append(bytes(row))
    return _png(size, rows)


def outline() -> bytes:
    """Return the icon in white on nothing, as Teams wants it for its side bar."""
    size, mark = OUTLINE_SIZE, 0.94
    ring, tick = _ring(0.17), _tick(0.2)
    rows = []
    for y in range(size):
        places = (_place(x, y, size, mark) for x in range(size))
        shown = (_covered(min(ring(at), tick(at)), size * mark) for at in places)
        rows.append(b"".join(bytes((*WHITE, round(255 * part))) for part in shown))
    return _png(size, rows)


def _place(x: int, y: int, size: int, mark: float) -> Point:
    """Return where the middle of a pixel is in the square of the mark, which takes that part of the icon."""
    half = size / 2
    return (x + 0.5 - half) / (half * mark), (y + 0.5 - half) / (half * mark)


def _ring(width: float) -> Shape:
    ends = [(RADIUS * math.cos(angle), RADIUS * math.sin(angle)) for angle in OPENING]

    def distance(at: Point) -> float:
        if OPENING[0] < math.atan2(at[1], at[0]) < OPENING[1]:
            return min(math.dist(at, end) for end in ends) - width / 2
        return abs(math.hypot(*at) - RADIUS) - width / 2

    return distance


def _tick(width: float) -> Shape:
    def distance(at: Point) -> float:
        return min(_to_stroke(at, start, end) for start, end in pairwise(TICK)) - width / 2

    return distance


def _to_stroke(at: Point, start: Point, end: Point) -> float:
    along = (end[0] - start[0], end[1] - start[1])
    share = ((at[0] - start[0]) * along[0] + (at[1] - start[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2)
    share = min(1.0, max(0.0, share))
    return math.dist(at, (start[0] + share * along[0], start[1] + share * along[1]))


def _covered(distance: float, size: float) -> float:
    """Return how much of a pixel a shape covers, which makes its edge smooth."""
    return min(1.0, max(0.0, 0.5 - distance * size / 2))


def _mixed(below: Colour, above: Colour, part: float) -> Colour:
    red, green, blue = (round(b + (a - b) * part) for b, a in zip(below, above, strict=True))
    return red, green, blue


def _png(size: int, rows: list[bytes]) -> bytes:
    header = struct.pack(">2I5B", size, size, 8, 6, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
