"""The proposal itself: what every export seems to be, put together to one study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.profiling.attributes import AttributeProposal, describe_rest, propose_attributes
from flows.profiling.binary_export import open_binary_export
from flows.profiling.forms import FormProposal, find_numbered, propose_numbered
from flows.profiling.roles import RolesProposal, occasion_in, propose_roles
from flows.profiling.subscales import propose_subscales
from flows.profiling.table import UnknownExport
from flows.profiling.text_export import is_dictionary, open_text_export
from flows.sources.binary_file import examine_file
from flows.sources.refusal import refuse
from instruments.catalog import Catalog


@dataclass(frozen=True)
class SourceProposal:
    """One `[[source]]` block; ``notes`` tell of the columns that nothing is proposed for."""

    export: UnknownExport
    roles: RolesProposal
    attributes: Sequence[AttributeProposal]
    forms: Sequence[FormProposal]
    notes: Sequence[str]


def propose_sources(paths: Sequence[Path], catalog: Catalog) -> list[SourceProposal]:
    """Return what is proposed for some exports.

    Data dictionaries of REDCap among the files, or beside them, describe the others.

    Raises
    ------
    ExportError
        A file cannot be read at all.
    """
    dictionaries = _find_dictionaries(paths)
    exports = [path for path in paths if path not in dictionaries]
    if not exports:
        raise refuse(paths[0], "E_NO_ROWS", "A data dictionary of REDCap holds no answers.",
                     fix="Profile the export with its dictionary beside it.")  # fmt: skip
    return [propose_source(open_export(path, dictionaries), catalog) for path in exports]


def open_export(path: Path, dictionaries: Sequence[Path] = ()) -> UnknownExport:
    """Return a file of any kind as a table of texts."""
    examine_file(path)
    export = open_binary_export(path)
    if export is None:
        beside = [own for own in dictionaries if own.parent == path.parent and own != path]
        export = open_text_export(path, beside)
    if not export.count:
        raise refuse(path, "E_NO_ROWS", "The file has no rows to look at.",
                     fix="Profile an export with answers in it.")  # fmt: skip
    return export


def propose_source(export: UnknownExport, catalog: Catalog) -> SourceProposal:
    """Return what is proposed for one export."""
    forms, notes, unknown = _propose_forms(export, catalog)
    taken = frozenset(column for form in forms for column in form.columns) | unknown
    roles = propose_roles(export, taken, has_occasions=_are_placed(forms))
    taken |= frozenset(roles.columns.values())
    attributes = propose_attributes(export, taken)
    taken |= frozenset(attribute.column for attribute in attributes)
    return SourceProposal(export, roles, attributes, forms,
                          [*notes, *describe_rest(export, taken)])  # fmt: skip


def _are_placed(forms: Sequence[FormProposal]) -> bool:
    return bool(forms) and all(form.occasion for form in forms)


def _find_dictionaries(paths: Sequence[Path]) -> list[Path]:
    beside = {other for path in paths for other in path.parent.glob("*.csv")}
    return sorted(path for path in {*paths, *beside} if path.suffix == ".csv" and
                  path.is_file() and is_dictionary(path))  # fmt: skip


def _propose_forms(
    export: UnknownExport, catalog: Catalog
) -> tuple[list[FormProposal], list[str], frozenset[str]]:
    """Return the forms, what is said of families that are none, and the columns of these."""
    forms = propose_subscales(export, catalog)
    taken = frozenset(column for form in forms for column in form.columns)
    notes: list[str] = []
    unknown: set[str] = set()
    for family in find_numbered(export, taken):
        form, said = propose_numbered(export, family, catalog)
        notes += said
        forms += [form] if form is not None else []
        unknown.update(() if form is not None else family.columns)
    kept, dropped = _tell_apart(forms)
    notes += [f'"{form.pattern}" could be {form.instrument} too: say which occasion, target or '
              "rater it is." for form in dropped]  # fmt: skip
    kept.sort(key=lambda form: export.names.index(form.columns[0]))
    return kept, notes, frozenset(unknown)


def _tell_apart(forms: list[FormProposal]) -> tuple[list[FormProposal], list[FormProposal]]:
    """Return forms of which no two are alike, and those that nothing tells from another."""
    kept: dict[tuple[str, str | None], FormProposal] = {}
    dropped = []
    names = [form.instrument for form in forms]
    for form in forms:
        is_twin = names.count(form.instrument) > 1
        occasion = occasion_in(form.pattern.partition("{")[0]) if is_twin else None
        if (form.instrument, occasion) in kept:
            dropped.append(form)
        else:
            kept[form.instrument, occasion] = replace(form, occasion=occasion)
    return list(kept.values()), dropped
