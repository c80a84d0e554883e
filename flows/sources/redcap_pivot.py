"""From one line per answer to one row per record, event and repeated instrument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.sources.export import DictionaryField
from flows.sources.redcap_checkboxes import TICKED, UNTICKED
from flows.sources.redcap_dictionary import Dictionary, as_column
from flows.sources.redcap_reading import Project

Key = tuple[str, ...]
SYSTEM_FIELDS = ("redcap_data_access_group",)


def columns_of(found: DictionaryField, missing: dict[str, str]) -> tuple[str, ...]:
    """Return the columns that an export in rows has for one field."""
    if found.type != "checkbox":
        return () if found.type == "descriptive" else (found.name,)
    choices = (*found.choices, *(code for code in missing if code not in found.choices))
    return tuple(f"{found.name}___{as_column(code)}" for code in choices)


@dataclass
class Pivot:
    """The rows of an export, filled answer by answer.

    ``rows`` and ``conflicts`` are by the keys of a row; a conflict names the column that was
    answered twice, in two ways. ``unknown`` counts answers to fields that nobody described.
    """

    project: Project
    rows: dict[Key, dict[str, str]] = field(default_factory=dict)
    conflicts: dict[Key, str] = field(default_factory=dict)
    seen: dict[str, None] = field(default_factory=dict)
    ticked: set[str] = field(default_factory=set)
    unknown: int = 0

    def __post_init__(self) -> None:
        self._missing = dict(self.project.source.missing)
        self._columns = {
            name: columns_of(found, self._missing)
            for name, found in self.project.dictionary.fields.items()
        }
        admits = self.project.admission.admits
        self._is_read = {name: any(map(admits, own)) for name, own in self._columns.items()}
        fields = self.project.dictionary.fields
        # The boxes of missing-data codes, of which only those that were ticked are there.
        self._code_columns = {column for name, own in self._columns.items()
                              for column in own[len(fields[name].choices) :]
                              if fields[name].type == "checkbox"}  # fmt: skip
        self._id_field = next(iter(self._columns))

    @property
    def dictionary(self) -> Dictionary:
        """The dictionary of the project."""
        return self.project.dictionary

    @property
    def id_field(self) -> str:
        """The field that names the record: REDCap's first."""
        return self._id_field

    def is_read(self, name: str) -> bool:
        """Whether the answers to a field are needed."""
        found = self._is_read.get(name)
        return self.project.admission.admits(name) if found is None else found

    def add(self, key: Key, name: str, value: str) -> None:
        """Put one answer into its row."""
        row = self.rows.setdefault(key, {})
        if name == self.id_field:
            return
        if name not in self._columns and self.dictionary.describe(name) is None:
            self.unknown += 1
            return
        self.seen[name] = None
        if self.is_read(name):
            self._answer(key, row, name, value)

    def header(self) -> tuple[str, ...]:
        """Return the columns after the keys: those answered or declared, in dictionary order."""
        listed = [
            column
            for name, columns in self._columns.items()
            if name != self.id_field and (name in self.seen or self.is_read(name))
            for column in columns
            if column in self.ticked or column not in self._code_columns
        ]
        declared = (name for name in SYSTEM_FIELDS if self.project.admission.admits(name))
        added = [name for name in (*self.seen, *declared) if name not in self._columns]
        return tuple(dict.fromkeys((*listed, *added)))

    def cells(self, row: dict[str, str], header: tuple[str, ...]) -> list[str]:
        """Return a row's cells; in a block with a tick the other boxes are 0."""
        return [row.get(column, self._unticked(row, column)) for column in header]

    def _answer(self, key: Key, row: dict[str, str], name: str, value: str) -> None:
        found = self.dictionary.fields.get(name)
        column, cell = name, value
        if found is not None and found.type == "checkbox":
            if not value.strip():
                return
            column, cell = f"{name}___{as_column(value.strip())}", TICKED
            self.ticked.add(column)
        if row.setdefault(column, cell) != cell:
            self.conflicts.setdefault(key, column)

    def _unticked(self, row: dict[str, str], column: str) -> str:
        block, mark, _ = column.partition("___")
        siblings = self._columns.get(block, ()) if mark else ()
        return UNTICKED if any(row.get(other) == TICKED for other in siblings) else ""


def iterate_rows(pivot: Pivot) -> Iterator[tuple[int, Key, dict[str, str]]]:
    """Yield every row in the order of its first answer, numbered from 1."""
    for record, (key, row) in enumerate(pivot.rows.items(), 1):
        yield record, key, row
