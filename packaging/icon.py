"""Draws icon.png: one line that splits into two variants. Needs Python alone: python3 packaging/icon.py"""
import pathlib
import struct
import zlib

SIZE = 128
SAMPLES = 4  # per pixel and direction, so that edges are smooth
BACKGROUND, LINE, CONTROL, VARIANT = (31, 41, 55), (229, 231, 235), (96, 165, 250), (251, 191, 36)
LINES = [((22, 64), (56, 64), LINE), ((56, 64), (92, 36), CONTROL), ((56, 64), (92, 92), VARIANT)]
DOTS = [((22, 64), 9, LINE), ((96, 34), 13, CONTROL), ((96, 94), 13, VARIANT)]
WIDTH, CORNER = 5, 24


def distance(x, y, start, end):
    (x1, y1), (x2, y2) = start, end
    along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
    along = min(1, max(0, along))
    return ((x - x1 - along * (x2 - x1)) ** 2 + (y - y1 - along * (y2 - y1)) ** 2) ** 0.5


def colour(x, y):
    """The colour of a point; None outside the rounded square."""
    dx = max(CORNER - x, x - (SIZE - CORNER), 0)
    dy = max(CORNER - y, y - (SIZE - CORNER), 0)
    if dx * dx + dy * dy > CORNER * CORNER:
        return None
    for centre, radius, dot in DOTS:
        if (x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= radius * radius:
            return dot
    return next((line for start, end, line in LINES if distance(x, y, start, end) <= WIDTH), BACKGROUND)


def pixel(column, row):
    steps = [(index + 0.5) / SAMPLES for index in range(SAMPLES)]
    inside = [found for dx in steps for dy in steps if (found := colour(column + dx, row + dy))]
    if not inside:
        return bytes(4)
    return bytes(sum(channel) // len(inside) for channel in zip(*inside)) + bytes([255 * len(inside) // SAMPLES**2])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = b"".join(b"\0" + b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE))
pathlib.Path(__file__).with_name("icon.png").write_bytes(
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(rows, 9))
    + chunk(b"IEND", b"")
)
