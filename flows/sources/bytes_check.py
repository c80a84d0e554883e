"""What the bytes of a text file say before anything is read as rows.

The file is read once, in pieces: a mapped file that another program shortens would end the
process, and pieces that fit the processor's cache are no slower.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.sources.encoding import (
    PIECE,
    StrictDecoder,
    check_decodes,
    find_mark,
    settle_encoding,
)
from flows.sources.export import FIELD_LIMIT
from flows.sources.location import check_location, check_unchanged, explain_unreadable
from flows.sources.refusal import refuse
from flows.sources.signatures import check_is_text

HEAD = 4096


@dataclass(frozen=True)
class FileBytes:
    """The facts of a file's bytes, and the encoding that its text is to be read with."""

    path: Path
    size: int
    modified_ns: int
    sha256: str
    encoding: str
    mark: str
    has_quotes: bool
    newlines: int
    returns: int
    pairs: int
    has_blank_lines: bool
    has_long_lines: bool
    ends_with_newline: bool

    @property
    def line_ends(self) -> tuple[str, ...]:
        """The kinds of line end in the file."""
        counts = {"LF": self.newlines - self.pairs, "CRLF": self.pairs,
                  "CR": self.returns - self.pairs}  # fmt: skip
        return tuple(kind for kind, count in counts.items() if count)

    @property
    def is_plain(self) -> bool:
        """Whether `read_csv` reads the original as it is."""
        return (
            self.encoding == "utf-8"
            and not (self.mark or self.has_quotes or self.has_blank_lines or self.has_long_lines)
            and self.line_ends in (("LF",), ("CRLF",))
        )

    @property
    def line_count(self) -> int:
        """Lines of a plain file."""
        return self.newlines + (not self.ends_with_newline)


def check_bytes(path: Path, declared: str) -> FileBytes:
    """Return what a file's bytes say, or refuse it; `declared` is the source's encoding."""
    state = check_location(path)
    if state.st_size == 0:
        raise refuse(path, "E_EMPTY", "The file is empty.", fix="Make the export again.")
    try:
        facts = _scan(path, declared, state.st_mtime_ns)
    except OSError as error:
        raise explain_unreadable(path, error) from None
    check_unchanged(path, facts.size, state.st_mtime_ns)
    return facts


def _scan(path: Path, declared: str, modified_ns: int) -> FileBytes:
    with path.open("rb", buffering=0) as opened:
        head = opened.read(HEAD)
        check_is_text(path, head)
        opened.seek(0)
        mark = find_mark(path, head)
        scan = _Scan(decoder=None if mark == "utf-16" else StrictDecoder("utf-8"))
        for piece in _pieces(opened.fileno()):
            scan.add(piece)
    scan.finish()
    encoding = settle_encoding(path, head, mark, declared, scan.undecodable, scan.nul)
    if encoding != "utf-8":
        check_decodes(path, encoding)
    elif scan.nul is not None:
        raise refuse(path, "E_NUL", "The file holds a NUL byte.",
                     place=f"line {scan.nul_line}, byte {scan.nul}",
                     fix="It is damaged or of another kind: make the export again.")  # fmt: skip
    return scan.summarise(path, modified_ns, encoding, mark)


def _pieces(descriptor: int) -> Iterator[bytes]:
    while piece := os.read(descriptor, PIECE):
        yield piece


class _Scan:
    """Counts over the pieces of one file."""

    def __init__(self, decoder: StrictDecoder | None) -> None:
        self.decoder = decoder
        self.digest = hashlib.sha256()
        self.size = 0
        self.newlines = self.returns = self.pairs = 0
        self.has_quotes = self.has_blank_lines = self.has_long_lines = False
        self.nul: int | None = None
        self.nul_line = 0
        self.undecodable: int | None = None
        self._line_start = 0
        self._last = b""

    def add(self, piece: bytes) -> None:
        """Count one piece."""
        self.digest.update(piece)
        self._look_for_nul(piece)
        if self.undecodable is None and self.decoder is not None:
            self.undecodable = self.decoder.feed(piece)
        self.has_quotes = self.has_quotes or b'"' in piece
        self._count_line_ends(piece)
        self._measure_lines(piece)
        self.size += len(piece)
        self._last = (self._last + piece)[-2:] if len(piece) < 2 else piece[-2:]

    def finish(self) -> None:
        """Close the last line and the last letter."""
        if self.size - self._line_start > FIELD_LIMIT:
            self.has_long_lines = True
        if self.undecodable is None and self.decoder is not None:
            self.undecodable = self.decoder.finish()

    def summarise(self, path: Path, modified_ns: int, encoding: str, mark: str) -> FileBytes:
        """Return the counts as facts."""
        return FileBytes(
            path, self.size, modified_ns, self.digest.hexdigest(), encoding, mark, self.has_quotes,
            self.newlines, self.returns, self.pairs, self.has_blank_lines, self.has_long_lines,
            self._last[-1:] in (b"\n", b"\r"),
        )  # fmt: skip

    def _look_for_nul(self, piece: bytes) -> None:
        if self.nul is None and (at := piece.find(b"\0")) >= 0:
            self.nul = self.size + at
            self.nul_line = self.newlines + piece.count(b"\n", 0, at) + 1

    def _count_line_ends(self, piece: bytes) -> None:
        returns = piece.count(b"\r")
        joint = self._last + piece[:2]
        self.newlines += piece.count(b"\n")
        self.returns += returns
        if returns:
            self.pairs += piece.count(b"\r\n")
        self.pairs += self._last.endswith(b"\r") and piece.startswith(b"\n")
        blank = b"\n\n" in piece or b"\n\n" in joint or (not self.size and piece[:1] in b"\r\n")
        if returns or b"\r" in joint:
            blank = blank or b"\n\r\n" in piece or b"\n\r\n" in joint
        self.has_blank_lines = self.has_blank_lines or blank

    def _measure_lines(self, piece: bytes) -> None:
        # Leaps from line end to line end, each as far as a line may be long.
        at, size = self._line_start - self.size, len(piece)
        while not self.has_long_lines and size - at > FIELD_LIMIT:
            end = piece.rfind(b"\n", max(at, 0), at + FIELD_LIMIT + 1)
            if end < 0:
                self.has_long_lines = True
                return
            at = end + 1
        last = piece.rfind(b"\n", max(at, 0))
        self._line_start = self.size + (last + 1 if last >= 0 else at)
