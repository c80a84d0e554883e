"""What all REDCap exports in rows have in common: a dictionary that describes their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flows.declarations import Source
from flows.sources.admission import Admission
from flows.sources.border import refuse_identifiers
from flows.sources.export import DictionaryField, Export
from flows.sources.names import list_names
from flows.sources.reading import ShapeOf, read_delimited
from flows.sources.redcap_checkboxes import note_partial_blocks
from flows.sources.redcap_dictionary import Dictionary, as_column
from flows.sources.refusal import refuse

Fields = Mapping[str, DictionaryField]


@dataclass(frozen=True)
class Project:
    """One export of a REDCap project: what is declared of it, and its dictionary."""

    path: Path
    source: Source
    admission: Admission
    dictionary: Dictionary

    def describe(self, header: tuple[str, ...]) -> dict[str, DictionaryField]:
        """Return what the dictionary says of each column of a header, as far as it does."""
        described = ((name, self.dictionary.describe(name)) for name in header)
        return {name: self._mark(field) for name, field in described if field is not None}

    def _mark(self, field: DictionaryField) -> DictionaryField:
        """Mark the box of a missing-data code as what it is: REDCap's own, not a choice."""
        codes = set(map(as_column, self.source.missing))
        is_code = field.block is not None and field.choice not in field.choices
        return replace(field, type="system") if is_code and field.choice in codes else field


def read_described(
    project: Project,
    scratch: Path,
    shape_of: ShapeOf,
    check: Callable[[Fields], None] | None = None,
    *,
    force: bool,
) -> Export:
    """Read a delimited export of a project, or refuse it before a copy is made.

    `check` may refuse it by the fields of its columns.
    """
    path, admission = project.path, project.admission

    def check_header(header: tuple[str, ...]) -> None:
        fields = project.describe(header)
        check_is_described(project, header, fields)
        refuse_identifiers(path, header, admission, fields)
        if check is not None:
            check(fields)

    export = read_delimited(
        path, project.source, admission, scratch, check_header, shape_of, force=force
    )
    return attach_fields(project, export)


def attach_fields(project: Project, export: Export) -> Export:
    """Return an export with what the dictionary says of it."""
    fields = project.describe(export.header)
    notes = (*export.notes, *note_partial_blocks(project.admission, fields))
    sha256 = project.dictionary.sha256
    return replace(export, fields=fields, dictionary_sha256=sha256, notes=notes)


def check_is_described(project: Project, header: tuple[str, ...], fields: Fields) -> None:
    """Refuse declared columns that the dictionary does not know: its flags would not hold."""
    unknown = [name for name in project.admission.admitted_in(header) if name not in fields]
    if unknown:
        raise refuse(
            project.path,
            "E_DICTIONARY",
            f"The data dictionary does not describe {list_names(unknown)}.",
            place="line 1",
            fix="Download the dictionary and the export from the same project on the same day.",
        )
