"""Images as a `run` request carries them, and what the image buffer is to receive."""

import itertools
import random
import struct

from contract import IMAGE_CONTINUED_FLAG, IMAGE_OPEN_FLAG, IMAGE_WIDE_FLAG

PIXEL_SHIFT = 7  # x/256 in Q1.15

Run = tuple[int, list[int]]  # zero inputs to skip, values


def runs_bytes(runs: list[Run], wide: bool) -> bytes:
    shape = "<h" if wide else "<B"
    return b"".join(
        bytes([skip, len(values)]) + b"".join(struct.pack(shape, value) for value in values)
        for skip, values in runs
    )


def image(label: int, runs: list[Run], wide: bool = False) -> bytes:
    return with_header(label, runs_bytes(runs, wide), wide)


def with_header(label: int, data: bytes, wide: bool = False, length: int | None = None) -> bytes:
    flags = IMAGE_WIDE_FLAG if wide else 0
    return struct.pack("<BBH", label, flags, len(data) if length is None else length) + data


def parts(label: int, runs: list[Run], wide: bool = False) -> list[bytes]:
    """The same image in parts of some runs each, some of none."""
    cuts = sorted(random.choices(range(len(runs) + 1), k=random.randrange(1, 4)))
    bounds = [0, *cuts, len(runs)]
    pieces = [runs[low:high] for low, high in itertools.pairwise(bounds)]
    return [
        part(label, piece, wide, continued=at > 0, is_open=at < len(pieces) - 1)
        for at, piece in enumerate(pieces)
    ]


def part(
    label: int, runs: list[Run], wide: bool = False, continued: bool = False, is_open: bool = False
) -> bytes:
    flags = IMAGE_CONTINUED_FLAG * continued | IMAGE_OPEN_FLAG * is_open
    whole = image(label, runs, wide)
    return whole[:1] + bytes([whole[1] | flags]) + whole[2:]


def entries(runs: list[Run], wide: bool = False) -> list[tuple[int, int]]:
    """(index, value as 16 unsigned bits); zeros too: dropping them is the buffer's business."""
    found = []
    index = 0
    for skip, values in runs:
        index += skip
        for value in values:
            found.append((index, value & 0xFFFF if wide else value << PIXEL_SHIFT))
            index += 1
    return found


def at(index: int, values: list[int]) -> list[Run]:
    """Runs that put values at an index, however far."""
    return [(255, [])] * (index // 255) + [(index % 255, values)]


def random_runs(width: int, wide: bool) -> list[Run]:
    runs: list[Run] = []
    index = 0
    while index < width and len(runs) < 6:
        skip = min(random.randrange(60), width - index)
        length = random.randrange(min(40, width - index - skip) + 1)
        low, high = (-32768, 32767) if wide else (0, 255)
        runs.append((skip, [random.randint(low, high) for _ in range(length)]))
        index += skip + length
    return runs


def malformed(width: int) -> dict[str, bytes]:
    """Payloads of one image each."""
    ten = [7] * 10
    good = runs_bytes([(3, ten)], wide=False)
    return {
        "no flags": b"\5",
        "no length": b"\5\0",
        "half a length": b"\5\0\2",
        "no runs": b"\5\0\2\0",
        "payload ends in a run": with_header(5, good[:-1], length=len(good)),
        "payload ends after a skip": with_header(5, good + b"\1", length=len(good) + 2),
        "payload ends after a length": with_header(5, good + b"\1\1", length=len(good) + 3),
        "payload ends between runs": with_header(5, good, length=len(good) + 12),
        "values overrun the bytes": with_header(5, b"\3\x0b" + bytes(ten)),
        "bytes end after a skip": with_header(5, good + b"\1"),
        "bytes end after a length": with_header(5, good + b"\1\1"),
        "half a wide value": with_header(5, b"\0\2\1\1\1", wide=True),
        "no wide value at all": with_header(5, b"\0\1", wide=True),
        "one value beyond the width": image(5, at(width - 1, [1, 1])),
        "a zero beyond the width": image(5, at(width, [0])),
        "far beyond the width": image(5, at(2000, [1])),
        "once around a 12 bit index": image(5, at(4096 + 5, [1])),
    }
