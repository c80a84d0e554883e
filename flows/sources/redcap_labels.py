"""Reading a REDCap export of labels (kind ``redcap_labels``): mapped back to codes.

Header and cells may hold labels independently of each other. Whatever a label stands for is taken
from the data dictionary; events and data access groups become the unique names that REDCap makes of
their labels, so that raw and labelled exports of a project need the same study file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.declarations import Source
from flows.sources.admission import declare_admission
from flows.sources.export import Export
from flows.sources.header import HeadRow
from flows.sources.names import list_names
from flows.sources.redcap_checkboxes import edit_checkboxes
from flows.sources.redcap_decoding import Decoding
from flows.sources.redcap_dictionary import find_dictionary, read_dictionary
from flows.sources.redcap_label_header import (
    ambiguous_names,
    is_labelled,
    label_key,
    name_columns,
)
from flows.sources.redcap_reading import Fields, Project, read_described
from flows.sources.refusal import refuse
from flows.sources.shape import Edit, TextShape, join_edits


def read(path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False) -> Export:
    """Read a REDCap export of labels, described by its data dictionary."""
    dictionary = read_dictionary(find_dictionary(path, source), source.encoding)
    project = Project(path, source, declare_admission(source), dictionary)

    def shape_of(rows: Sequence[HeadRow]) -> TextShape:
        cells = rows[0].cells if rows else ()
        if not is_labelled(cells, dictionary):
            return TextShape(edit=edit)
        _check_labels_differ(project, cells)
        return TextShape(rename=rename, edit=edit)

    def rename(cells: Sequence[str]) -> list[str]:
        return name_columns(cells, dictionary, source.missing)

    def edit(header: tuple[str, ...]) -> Edit | None:
        fields = project.describe(header)
        boxes = edit_checkboxes(source, project.admission, header, fields)
        return join_edits(Decoding(project, header, fields), boxes)

    def check(fields: Fields) -> None:
        _check_choices_differ(project, fields)

    return read_described(project, scratch, shape_of, check, force=force_rewrite)


def _check_labels_differ(project: Project, cells: Sequence[str]) -> None:
    shared = ambiguous_names(cells, project.dictionary, project.source.missing)
    wanted = project.admission.admitted_in(tuple(shared))
    if wanted:
        raise refuse(project.path, "E_LABELS", f"Columns cannot be told by their labels, since "
                     f"several have the same: {list_names(shared[wanted[0]])}.", place="line 1",
                     fix="Export with the names of the fields in the header.")  # fmt: skip


def _check_choices_differ(project: Project, fields: Fields) -> None:
    for name, found in fields.items():
        labels = [label_key(label) for label in found.choices.values()]
        is_read = project.admission.admits(name) and found.block is None
        if is_read and len(set(labels)) < len(labels):
            raise refuse(project.path, "E_LABELS", "Two answers of a field have the same label in "
                         "the data dictionary.", place=f'column "{name}"',
                         fix="Export raw data (codes) instead.")  # fmt: skip
