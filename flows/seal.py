"""Whether the store's file is, byte by byte, as the last run left it.

To read every block so that DuckDB compares its checksums takes time with the size of the store,
in every run. A checksum of the whole file, taken when it is closed, says the same in a fiftieth of
it; where it does not fit, or a run was killed before it was taken, the blocks are read.
"""

from __future__ import annotations

import zlib
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
    size, checksum = 0, 0
    piece = bytearray(PIECE)
    pages = np.frombuffer(piece, dtype=np.uint64).reshape(-1, PAGE // WORD)
    with store.open("rb") as opened:
        while read := opened.readinto(piece):
            piece[read:] = bytes(PIECE - read)
            size, checksum = size + read, zlib.crc32(pages.sum(axis=1), checksum)
    return f"{size} {checksum:08x}\n"


def seal_of(store: Path) -> Path:
    """Return where the seal of a store lies."""
    return store.with_name(f".{store.name}.seal")
