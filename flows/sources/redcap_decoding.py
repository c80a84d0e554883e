"""From the labels in the cells of a REDCap export back to its codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.declarations import Source
from flows.sources.export import DictionaryField
from flows.sources.names import name_key
from flows.sources.redcap_checkboxes import TICKED, UNTICKED
from flows.sources.redcap_dictionary import checkbox_blocks
from flows.sources.redcap_label_header import label_key
from flows.sources.redcap_reading import Fields, Project
from flows.sources.refusal import refuse
from flows.sources.shape import Verdict
from instruments.errors import ExportError

BOXES = {"checked": TICKED, "unchecked": UNTICKED}
ARM = re.compile(r"(?P<event>.*?)(?: \(arm (?P<arm>\d+):.*\))?", re.IGNORECASE | re.DOTALL)
# REDCap cuts unique names of events and groups after so many letters.
UNIQUE_LENGTH = 18
EVENT, GROUP = "redcap_event_name", "redcap_data_access_group"


def unique_event_name(label: str) -> str:
    """Return the unique name that REDCap makes of an event's label, arm 1 where it names none."""
    match = ARM.fullmatch(label.strip())
    event, arm = (match["event"], match["arm"]) if match else (label, None)
    return f"{unique_name(event)}_arm_{arm or 1}"


def unique_name(label: str) -> str:
    """Return the unique name that REDCap makes of a group's label."""
    plain = re.sub(r"[^a-z0-9_]", "", re.sub(r"\s+", "_", label.strip().lower()))
    return plain[:UNIQUE_LENGTH].strip("_")


@dataclass
class Decoding:
    """Turns the labels of one row after the other back into codes."""

    project: Project
    header: tuple[str, ...]
    fields: Fields
    groups: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        blocks = [columns for columns in checkbox_blocks(self.fields).values()
                  if any(map(self.project.admission.admits, columns))]  # fmt: skip
        self._columns = list(self._coded_columns(blocks))
        self._blocks = [[self.header.index(name) for name in columns] for columns in blocks]
        self._texts = list(self._named_columns())

    def __call__(self, row: list[str]) -> Verdict:
        for column in self._columns:
            if cell := row[column.place]:
                row[column.place] = self._decode(column, cell)
        for block in self._blocks:
            _fill_boxes(row, block)
        for place, change in self._texts:
            row[place] = change(row[place]) if row[place].strip() else ""
        return None

    def _decode(self, column: _Column, cell: str) -> str:
        if cell not in column.seen:
            key = label_key(cell)
            if key not in column.by_label:
                if key in column.codes:
                    raise self._refuse_codes(column.name)
                return cell
            column.seen[cell] = column.by_label[key]
        return column.seen[cell]

    def _coded_columns(self, blocks: Sequence[tuple[str, ...]]) -> Iterator[_Column]:
        # The other boxes of a block show whether it was left empty.
        boxes = {name for columns in blocks for name in columns}
        for place, name in enumerate(self.header):
            found = self.fields.get(name)
            is_read = name in boxes or self.project.admission.admits(name)
            if found is not None and found.choices and is_read:
                yield _column(place, name, found, self.project.source)

    def _named_columns(self) -> Iterator[tuple[int, Callable[[str], str]]]:
        changes = {EVENT: self._name_event, GROUP: self._name_group}
        for place, name in enumerate(self.header):
            change = changes.get(name_key(name))
            if change is not None and self.project.admission.admits(name):
                yield place, change

    def _name_event(self, label: str) -> str:
        declared = self.project.source.occasions
        unique = unique_event_name(label)
        return unique if label.strip() not in declared and unique in declared else label

    def _name_group(self, label: str) -> str:
        unique, key = unique_name(label), label_key(label)
        if self.groups.setdefault(unique, key) != key:
            raise refuse(
                self.project.path,
                "E_LABELS",
                "Two data access groups have labels that make the same unique name.",
                place=f'column "{GROUP}"',
                fix="Export raw data (codes) instead.",
            )
        return unique

    def _refuse_codes(self, column: str) -> ExportError:
        return refuse(
            self.project.path,
            "E_LABELS",
            "The column holds the codes of the answers, not their labels.",
            place=f'column "{column}"',
            fix='Declare kind = "redcap", or export labels.',
        )


@dataclass(frozen=True)
class _Column:
    """A column of labels: where it stands, the code of each label, and the codes themselves."""

    place: int
    name: str
    by_label: Mapping[str, str]
    codes: frozenset[str]
    seen: dict[str, str] = field(default_factory=dict)


def _column(place: int, name: str, found: DictionaryField, source: Source) -> _Column:
    # A reason for missing that is also the label of a choice means the choice.
    reasons = {label_key(reason): code for code, reason in _reasons(source).items()}
    if found.block is None:
        labels = {label_key(label): code for code, label in found.choices.items()}
        return _Column(place, name, {**reasons, **labels}, frozenset(map(label_key, found.choices)))
    own = {label_key(found.choices.get(found.choice or "", "")): TICKED}
    own.pop("", None)
    return _Column(place, name, {**reasons, **own, **BOXES}, frozenset((TICKED, UNTICKED)))


def _reasons(source: Source) -> dict[str, str]:
    found = dict(source.missing)
    for form in source.form:
        found |= form.missing
    for attribute in source.attributes.values():
        found |= attribute.missing
    return found


def _fill_boxes(row: list[str], block: Sequence[int]) -> None:
    """Write 0 beside a tick: some exports leave unticked boxes blank and label the others."""
    if any(row[place] == TICKED for place in block):
        for place in block:
            row[place] = row[place] if row[place].strip() else UNTICKED
