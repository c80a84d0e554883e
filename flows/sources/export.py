"""What reading an export file yields: where its text lies, its header, and the rows set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# The column of record numbers that a rewritten copy has before the file's own columns.
RECORD = "_record"
# A cell longer than this is no answer, code or id; its row is set aside.
FIELD_LIMIT = 100_000
# A file where more than this share of rows is ragged was made wrongly and is refused whole.
RAGGED_SHARE = 0.5


@dataclass(frozen=True)
class Fault:
    """One row that cannot be read; never its values.

    ``record`` counts data rows from 1; ``line`` is where the row begins in the file, from 1.
    """

    record: int
    code: str
    column: str | None
    line: int | None = None


@dataclass(frozen=True)
class Note:
    """Something odd about a file that was accepted."""

    code: str
    text: str


@dataclass(frozen=True)
class DictionaryField:
    """What a REDCap data dictionary, or a survey's own header, says of one column of the export.

    ``type`` is the dictionary's field type, ``status`` for a form's own ``_complete`` column and
    ``system`` for the columns that REDCap or a survey program adds. A checkbox column has its
    ``block`` (the field's name) and its ``choice``; its ``choices`` are those of the whole block.
    """

    name: str
    form: str
    type: str
    label: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    validation: str = ""
    is_identifier: bool = False
    block: str | None = None
    choice: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether the program itself adds this column, so that nobody needs to be told of it."""
        return self.type in ("status", "system")


@dataclass(frozen=True)
class Export:
    """One export file whose bytes, dialect, header and rows were checked.

    Parameters
    ----------
    path : Path
        The original.
    sha256 : str
        Of the original's bytes.
    size : int
        Of the original, in bytes.
    readable : Path
        UTF-8 text for `read_csv`: the original where it is plain, else a rewritten copy.
    is_plain : bool
        Whether `readable` is the original. A plain file has no quotes, no mark, one kind of line
        end, no blank lines, no cell over `FIELD_LIMIT`; its rows may still be ragged.
    header : tuple of str
        The names in the file's order, NFC and without outer or doubled spaces; a column without a
        name is an empty string. The rewritten copy has `RECORD` before them.
    delimiter, quote : str
        How to read `readable` (a rewritten copy: comma and double quotes).
    rows : int or None
        Data rows in the file, faults included. In a plain file: its lines below the header.
    faults : tuple of Fault
        Rows that are not in the rewritten copy, in the file's order.
    notes : tuple of Note
        What was odd and accepted.
    fields : mapping of str to DictionaryField
        By column of `header`, as far as the dictionary or the export itself describes them.
    dictionary_sha256 : str or None
        Of the data dictionary that was used.
    missing : mapping of str to mapping of str to str
        By column of `header`: the missing codes that the file itself declares, and their reasons.
        What the study file declares goes before them.
    telling : frozenset of str
        Columns of `header` that are not read and whose first cells point to a person.
    """

    path: Path
    sha256: str
    size: int
    readable: Path
    is_plain: bool
    header: tuple[str, ...]
    delimiter: str
    quote: str
    rows: int | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    fields: Mapping[str, DictionaryField] = field(default_factory=dict)
    dictionary_sha256: str | None = None
    missing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    telling: frozenset[str] = frozenset()
