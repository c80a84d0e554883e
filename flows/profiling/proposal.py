"""The proposal itself: what every export seems to be, put together to one study."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.profiling.attributes import AttributeProposal, describe_rest, propose_attributes
from flows.profiling.binary_export import open_binary_export
from flows.profiling.events import (
    EventProposal,
    doubt_days,
    doubt_untold,
    has_time,
    propose_event,
)
from flows.profiling.forms import FormProposal, find_numbered, propose_numbered
from flows.profiling.ready_scores import ScoresProposal, agree, propose_scores
from flows.profiling.roles import RolesProposal, occasion_in, propose_roles
from flows.profiling.subscales import propose_subscales
from flows.profiling.table import UnknownExport
from flows.profiling.text_export import is_dictionary, open_text_export
from flows.profiling.totals import propose_totals
from flows.sources.binary_file import examine_file
from flows.sources.refusal import refuse
from instruments.catalog import Catalog

# What comes before the name of a form where occasions are counted: "t2_core_", "wave 2 core ".
WAVE = re.compile(r"(?:^|[^a-z0-9])(?:t|tp|w|wave|time|m|meting|welle|zp|mzp)[^a-z0-9]?(\d)(?!\d)")


@dataclass(frozen=True)
class SourceProposal:
    """One `[[source]]` block; ``notes`` tell of the columns that nothing is proposed for."""

    export: UnknownExport
    roles: RolesProposal
    attributes: Sequence[AttributeProposal]
    forms: Sequence[FormProposal]
    notes: Sequence[str]
    event: EventProposal | None = None
    ready: Sequence[ScoresProposal] = ()


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
    found = [propose_source(open_export(path, dictionaries), catalog) for path in exports]
    return _with_one_reach(found)


def _with_one_reach(sources: Sequence[SourceProposal]) -> list[SourceProposal]:
    agreed = iter(agree([form for source in sources for form in source.ready]))
    return [replace(source, ready=[next(agreed) for _ in source.ready]) for source in sources]


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
    forms = propose_totals(export, forms, catalog, taken)
    taken |= frozenset(column for form in forms for column in form.totals.values())
    ready = propose_scores(export, catalog, taken, {form.instrument for form in forms})
    taken |= frozenset(column for form in ready for column in form.columns.values())
    roles, event = _propose_roles_and_event(export, taken, forms, has_forms=bool(forms or ready))
    taken |= frozenset(roles.columns.values()) | (event.columns if event else frozenset())
    attributes = propose_attributes(export, taken)
    taken |= frozenset(attribute.column for attribute in attributes)
    return SourceProposal(export, roles, attributes, forms,
                          [*notes, *describe_rest(export, taken)], event, ready)  # fmt: skip


def _propose_roles_and_event(
    export: UnknownExport, taken: frozenset[str], forms: Sequence[FormProposal], *, has_forms: bool
) -> tuple[RolesProposal, EventProposal | None]:
    """Return whom and when rows tell of, and what happened: an event's columns have no role."""
    roles = propose_roles(export, taken, has_occasions=_are_placed(forms))
    event = propose_event(export, taken, roles, has_forms=has_forms)
    if event is None:
        if not taken:
            roles.doubts += doubt_untold(export, roles)
        return roles, None
    own = propose_roles(export, taken | event.columns,
                        has_occasions=_are_placed(forms) or not has_forms)  # fmt: skip
    if has_time(event, own):
        return own, doubt_days(export, event, own)
    roles.doubts.append("Its rows seem to tell of events, but nothing says when: number the "
                        "sessions, or count days since intake.")  # fmt: skip
    return roles, None


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
    for form in forms:
        twins = [twin for twin in forms if twin.instrument == form.instrument]
        told = _placed(form, twins) if len(twins) > 1 else replace(form, occasion=None)
        if (form.instrument, told.occasion) in kept:
            dropped.append(form)
        else:
            kept[form.instrument, told.occasion] = told
    return list(kept.values()), dropped


def _placed(form: FormProposal, twins: Sequence[FormProposal]) -> FormProposal:
    """Return a form at the occasion that its columns name, or count."""
    occasion = occasion_in(_before_number(form))
    wave = _wave(form)
    if occasion is not None or wave is None:
        return replace(form, occasion=occasion)
    first = min(own for twin in twins if (own := _wave(twin)) is not None)
    named = "intake" if wave == first else f"wave_{wave}"
    doubt = f"Its columns only count the occasions: {wave} is taken for {named}."
    return replace(form, occasion=named, doubts=(*form.doubts, doubt))


def _wave(form: FormProposal) -> int | None:
    found = WAVE.search(_before_number(form).casefold())
    return int(found[1]) if found else None


def _before_number(form: FormProposal) -> str:
    return form.pattern.partition("{")[0]
