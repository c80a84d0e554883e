"""Which letters a file's bytes are: its mark, else UTF-8, else what the study file declares.

Encodings are never guessed: a guess that is wrong in one letter makes two clients of one.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import IO

from flows.sources.refusal import refuse

PIECE = 1 << 20
UTF8_MARK = codecs.BOM_UTF8
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
SAVE_AS_UTF8 = "Export again as UTF-8, or declare the file's encoding in the study file."


class StrictDecoder:
    """Tells whether bytes that come in pieces are valid in an encoding."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._is_ascii_safe = encoding == "utf-8"
        self._seen = 0
        self.lines = 1
        self.has_nul = False

    def feed(self, piece: bytes, *, is_last: bool = False) -> int | None:
        """Return the offset of the first byte that is no letter, or None."""
        waiting = self._decoder.getstate()[0]
        if self._is_ascii_safe and not waiting and piece.isascii():
            self._seen += len(piece)
            return None
        try:
            text = self._decoder.decode(piece, is_last)
        except UnicodeDecodeError as error:
            return self._seen - len(waiting) + error.start
        self._seen += len(piece)
        self._look_at(text)
        return None

    def finish(self) -> int | None:
        """Return where the last letter breaks off, or None."""
        return self.feed(b"", is_last=True)

    def _look_at(self, text: str) -> None:
        nul = text.find("\0")
        if nul >= 0 and not self.has_nul:
            self.has_nul = True
            self.lines += text.count("\n", 0, nul)
        elif not self.has_nul:
            self.lines += text.count("\n")


def open_text(path: Path, encoding: str) -> IO[str]:
    """Open a file's text in its encoding, without its mark and with its own line ends."""
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    return path.open(encoding=name, newline="")


def find_mark(path: Path, head: bytes) -> str:
    """Return the encoding that a byte-order mark names ("utf-8", "utf-16"), or an empty string."""
    if head.startswith(UTF32_MARKS):
        raise refuse(path, "E_ENCODING", "The file is UTF-32.", place="byte 0", fix=SAVE_AS_UTF8)
    if head.startswith(UTF8_MARK):
        return "utf-8"
    return "utf-16" if head.startswith(UTF16_MARKS) else ""


def settle_encoding(
    path: Path, head: bytes, mark: str, declared: str, undecodable: int | None, nul: int | None
) -> str:
    """Return the encoding to read with: by the mark, else UTF-8, else the declared one."""
    if mark == "utf-16":
        return mark
    name = _declared_name(path, declared)
    if name in ("utf-16-le", "utf-16-be") and not mark:
        return name
    if nul is not None and _looks_like_utf16(head):
        raise refuse(path, "E_ENCODING", "The file looks like UTF-16 without a mark.",
                     place=f"byte {nul}", fix=SAVE_AS_UTF8)  # fmt: skip
    if undecodable is None:
        return "utf-8"
    if mark or name in ("utf-8", "ascii", "utf-16", "utf-32"):
        raise refuse(path, "E_ENCODING", "The file is not UTF-8.",
                     place=f"byte {undecodable}", fix=SAVE_AS_UTF8)  # fmt: skip
    return name


def check_decodes(path: Path, encoding: str) -> None:
    """Refuse a file whose bytes are not all letters of an encoding, or are NUL."""
    decoder = StrictDecoder(encoding)
    wrong = None
    with path.open("rb", buffering=0) as opened:
        while wrong is None and (piece := opened.read(PIECE)):
            wrong = decoder.feed(piece)
    wrong = decoder.finish() if wrong is None else wrong
    if wrong is not None:
        raise refuse(path, "E_ENCODING", f"The file is not {encoding}.", place=f"byte {wrong}",
                     fix=SAVE_AS_UTF8)  # fmt: skip
    if decoder.has_nul:
        raise refuse(path, "E_NUL", "The file holds a NUL character.",
                     place=f"line {decoder.lines}",
                     fix="It is damaged or of another kind: make the export again.")  # fmt: skip


def _declared_name(path: Path, declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
        b"".decode(declared)
    except LookupError:
        raise refuse(path, "E_ENCODING", "The study file declares an unknown encoding.",
                     place="key encoding",
                     fix='Use a name such as "utf-8" or "cp1252".') from None  # fmt: skip
    return "utf-8" if name == "utf-8-sig" else name


def _looks_like_utf16(head: bytes) -> bool:
    even, odd = head[::2].count(0), head[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    return most > max(3, len(head) // 5) and least <= most // 10
