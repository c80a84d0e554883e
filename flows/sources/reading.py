"""The steps that every delimited text export goes through: bytes, header, rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flows.declarations import Source
from flows.sources.admission import Admission
from flows.sources.bytes_check import FileBytes, check_bytes
from flows.sources.codes import edit_codes
from flows.sources.export import FIELD_LIMIT, Export, Note
from flows.sources.header import Header, HeadRow, find_header, read_head, split_head
from flows.sources.location import check_unchanged, explain_busy, explain_unreadable
from flows.sources.rewriting import Rewriting, explain_no_rows, explain_truncated
from flows.sources.shape import PLAIN, TextShape, join_edits

QUOTE = '"'
ShapeOf = Callable[[Sequence[HeadRow]], TextShape]
# Letters that `read_csv` would take for a pattern of file names.
PATTERN_LETTERS = frozenset("*?[{")
# Endings that make `read_csv` unpack a file.
PACKED_ENDINGS = (".gz", ".zst")


def _plain_shape(_rows: Sequence[HeadRow]) -> TextShape:
    return PLAIN


def read_delimited(
    path: Path,
    source: Source,
    admission: Admission,
    scratch: Path,
    check_header: Callable[[tuple[str, ...]], None],
    shape_of: ShapeOf = _plain_shape,
    *,
    force: bool = False,
) -> Export:
    """Check a delimited text file and return what was found, or refuse it.

    `check_header` may refuse the file by its names, before a copy of its rows is made;
    `shape_of` returns the shape of a file that begins with some rows.
    """
    facts = check_bytes(path, source.encoding)
    with unchanging(facts):
        head = read_head(path, facts.encoding)
        shape = shape_of(split_head(head, source.delimiter))
        header = find_header(path, head, source, admission, shape)
        check_header(header.names)
        edit = join_edits(shape.edit(header.names), edit_codes(source, header.names))
        last_line = _read_last_line(facts) if facts.is_plain else ""
        is_whole = not force and edit is None and shape.keeps_header
        if is_whole and _is_plain(facts, header, last_line):
            return _accept_plain(facts, header, source.delimiter, last_line)
        rewriting = Rewriting(facts, header, source.delimiter, admission, shape.header_rows, edit)
        return _rewrite(rewriting, scratch)


@contextmanager
def unchanging(facts: FileBytes) -> Iterator[None]:
    """Refuse a file that another program takes away or writes on while it is read."""
    try:
        yield
    except UnicodeDecodeError:
        raise explain_busy(facts.path) from None
    except OSError as error:
        if error.filename != str(facts.path):
            raise
        raise explain_unreadable(facts.path, error) from None
    check_unchanged(facts.path, facts.size, facts.modified_ns)


def _is_plain(facts: FileBytes, header: Header, last_line: str) -> bool:
    return (
        facts.is_plain
        and header.is_rectangular
        and (bool(last_line.strip()) or facts.ends_with_newline)
        and not _misleads_read_csv(facts.path)
    )


def _accept_plain(facts: FileBytes, header: Header, delimiter: str, last_line: str) -> Export:
    rows = facts.line_count - 1
    if not rows:
        raise explain_no_rows(facts.path)
    if last_line and last_line.count(delimiter) < len(header.names) - 1:
        raise explain_truncated(facts.path, facts.line_count)
    notes = tuple(_note_last_line(facts.ends_with_newline))
    return Export(facts.path, facts.sha256, facts.size, facts.path, True, header.names, delimiter,
                  QUOTE, rows, notes=notes, telling=header.telling)  # fmt: skip


def _rewrite(rewriting: Rewriting, scratch: Path) -> Export:
    facts, header = rewriting.facts, rewriting.header
    copy = scratch / f"{facts.sha256[:16]}.csv"
    rewriting.write(copy)
    notes = tuple(_note_oddities(facts, header, rewriting))
    return Export(facts.path, facts.sha256, facts.size, copy, False, header.names, ",", QUOTE,
                  rewriting.rows, tuple(rewriting.faults), notes,
                  telling=header.telling)  # fmt: skip


def _note_oddities(facts: FileBytes, header: Header, rewriting: Rewriting) -> Iterator[Note]:
    if facts.encoding == "utf-8" and facts.mark:
        yield Note("N_BOM", "The file begins with a byte-order mark.")
    elif facts.encoding.startswith("utf-16"):
        yield Note("N_UTF16", "The file is UTF-16.")
    elif facts.encoding != "utf-8":
        yield Note("N_ENCODING", f"The file was read as {facts.encoding}, as declared.")
    if len(rewriting.line_ends) > 1:
        yield Note("N_MIXED_LINE_ENDS", "Lines end in more than one way.")
    if not header.is_rectangular:
        yield Note("N_TRAILING_DELIMITER", "Rows end with a delimiter and nothing after it.")
    if rewriting.blank_lines:
        yield Note("N_BLANK_LINES", f"Blank lines were passed over: {rewriting.blank_lines}.")
    yield from _note_last_line(rewriting.ends_with_newline)


def _note_last_line(ends_with_newline: bool) -> Iterator[Note]:
    if not ends_with_newline:
        yield Note("N_NO_FINAL_LINE_END",
                   "The last line is not closed; its last cell may be cut off.")  # fmt: skip


def _read_last_line(facts: FileBytes) -> str:
    """Return the last line of a plain file where it is not closed, else an empty string."""
    if facts.ends_with_newline:
        return ""
    with facts.path.open("rb") as opened:
        opened.seek(max(0, facts.size - FIELD_LIMIT - 1))
        tail = opened.read()
    return tail.rpartition(b"\n")[2].decode("utf-8", "replace")


def _misleads_read_csv(path: Path) -> bool:
    return bool(PATTERN_LETTERS & set(str(path))) or path.name.lower().endswith(PACKED_ENDINGS)
