"""Whether the store's file is, byte by byte, as the last run left it.

To read every block so that DuckDB compares its checksums takes time with the size of the store,
in every run. A checksum of the whole file, taken when it is closed, says the same in a fiftieth of
it; where it does not fit, or a run was killed before it was taken, the blocks are read.
"""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from flows.files import replaced

# The file is read in pieces; of each page the sum of its words is taken, and a checksum of those
# sums, which takes a quarter of the time of a checksum of every byte.
PIECE, PAGE, WORD = 1 << 20, 4096, 8


def seal(store: Path) -> None:
    """Keep what a closed store's file is now, where it can be kept."""
    with suppress(OSError), replaced(seal_of(store)) as part:
        part.write_text(_describe(store), encoding="ascii")


def is_sealed(store: Path) -> bool:
    """Whether a store's file is what it was when it was sealed."""
    try:
        kept = seal_of(store).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return False
    return kept == _describe(store)


def _describe(store: Path) -> str:
    """Return size and checksum; each half of the file is read by a thread of its own."""
    size = store.stat().st_size
    middle = size // 2 // PIECE * PIECE
    with ThreadPoolExecutor(max_workers=1) as beside:
        second = beside.submit(_add_up, store, middle, size)
        checksum = 0
        for sums in (_add_up(store, 0, middle), second.result()):
            checksum = zlib.crc32(sums, checksum)
    return f"{size} {checksum:08x}\n"


def _add_up(store: Path, first: int, end: int) -> bytes:
    """Return the sums of the pages of a part of a file; the last piece is filled up with zeros."""
    sums = []
    piece = bytearray(PIECE)
    pages = np.frombuffer(piece, dtype=np.uint64).reshape(-1, PAGE // WORD)
    with store.open("rb") as opened:
        opened.seek(first)
        while first < end and (read := opened.readinto(piece)):
            piece[read:] = bytes(PIECE - read)
            first += read
            sums.append(pages.sum(axis=1).tobytes())
    return b"".join(sums)


def seal_of(store: Path) -> Path:
    """Return where the seal of a store lies."""
    return store.with_name(f".{store.name}.seal")
