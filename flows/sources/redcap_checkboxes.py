"""Checkbox blocks of REDCap exports: a block that nobody touched is missing, not "none of these".

REDCap writes 0 into every box of a block without a tick, whether or not anybody saw it. Where a
project has missing-data codes, a block has one column more for each code that was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.declarations import Source
from flows.sources.admission import Admission
from flows.sources.export import DictionaryField, Note
from flows.sources.redcap_dictionary import as_column, checkbox_blocks
from flows.sources.shape import Edit, Verdict

TICKED, UNTICKED = "1", "0"


@dataclass(frozen=True)
class _Block:
    """Where the boxes of a block stand, and the columns of its missing-data codes."""

    boxes: tuple[int, ...]
    codes: Mapping[int, str]

    def settle(self, row: list[str]) -> None:
        """Blank the boxes of a block without a tick, or write its missing-data code there."""
        reasons = [code for place, code in self.codes.items() if row[place].strip() == TICKED]
        # What is neither 0 nor blank is a tick, or something that must be seen later.
        if not reasons and any(row[place].strip() not in ("", UNTICKED) for place in self.boxes):
            return
        for place in self.boxes:
            row[place] = reasons[0] if reasons else ""


def edit_checkboxes(
    source: Source,
    admission: Admission,
    names: tuple[str, ...],
    fields: Mapping[str, DictionaryField],
) -> Edit | None:
    """Return the edit of every row's checkbox blocks, None where no box is admitted."""
    blocks = [
        _block(columns, names, fields, source)
        for columns in checkbox_blocks(fields).values()
        if any(map(admission.admits, columns)) and _is_whole(columns, fields)
    ]

    def settle_blocks(row: list[str]) -> Verdict:
        for block in blocks:
            block.settle(row)
        return None

    return settle_blocks if blocks else None


def note_partial_blocks(
    admission: Admission, fields: Mapping[str, DictionaryField]
) -> Iterator[Note]:
    """Yield a note on every block that is read in part: its empty rows cannot be told."""
    for block, columns in checkbox_blocks(fields).items():
        if any(map(admission.admits, columns)) and not _is_whole(columns, fields):
            text = (
                f'Some boxes of the block "{block}" are not in the export, so a block that nobody '
                "answered cannot be told from one without a tick: 0 stays 0."
            )
            yield Note("N_CHECKBOX", text)


def _is_whole(columns: tuple[str, ...], fields: Mapping[str, DictionaryField]) -> bool:
    return set(fields[columns[0]].choices) <= {fields[column].choice for column in columns}


def _block(
    columns: tuple[str, ...],
    names: tuple[str, ...],
    fields: Mapping[str, DictionaryField],
    source: Source,
) -> _Block:
    declared = {as_column(code): code for code in _missing_codes(source)}
    places = {column: names.index(column) for column in columns}
    codes = {
        places[column]: declared[fields[column].choice or ""]
        for column in columns
        if fields[column].choice not in fields[column].choices and fields[column].choice in declared
    }
    return _Block(tuple(p for p in places.values() if p not in codes), codes)


def _missing_codes(source: Source) -> Iterator[str]:
    yield from source.missing
    for form in source.form:
        yield from form.missing
    for attribute in source.attributes.values():
        yield from attribute.missing
