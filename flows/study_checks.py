"""What a study file names must be there: forms, their columns and ranges, scales, occasions."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from flows.declarations import Source
from flows.layout import check_form, name_forms
from flows.perspectives import declared_perspective, perspectives_of
from flows.ready_scores import score_ends
from flows.toml_places import line_of
from instruments.errors import DefinitionError, StudyError, suggest
from instruments.scale_names import scale_name
from instruments.score_range import Ends
from reports.declarations import level_of
from reports.rule_fit import check_rule

if TYPE_CHECKING:
    from flows.study import Study, StudyFile
    from reports.declarations import PresentationRule

# By code: the key of a form block that must be mended.
KEYS = {
    "E_STUDY_MISSING_CODE": "missing",
    "E_STUDY_PATTERN": "columns",
    "E_STUDY_SCORE": "scores",
    "E_STUDY_TOTAL": "total",
}


def check_declarations(study: Study) -> None:
    """Refuse forms, scales and occasions that no definition and no source knows.

    Raises
    ------
    StudyError
        With the line, the wrong name and the nearest that is known.
    """
    for source_index, source in enumerate(study.sources):
        for form_index, form in enumerate(source.form):
            _check_form(study, form.instrument, (source_index, form_index))
        _check_columns(study, source_index, source)
        _check_moments(study, source_index, source)
    _check_level(study)
    _check_ranges(study)
    _check_score_ends(study)
    valid = sorted(_scales_scored(study))
    for name in _scales_named(study.file):
        _check_scale(study, name, valid)
    _check_occasions(study)


def check_presentation(study: Study, rule: PresentationRule) -> None:
    """Refuse a rule that no export of the study could ever be sorted by.

    Raises
    ------
    StudyError
        ``E_RULE_SCALE``, ``E_RULE_LANDMARK`` or ``E_RULE_GREY_ZONE``, with the line.
    """
    scales = {name: name.partition(".")[0] for name in _scales_scored(study)}
    try:
        check_rule(rule, scales)
    except StudyError as error:
        where = _where(study, "presentation", error.where.rpartition(" ")[2])
        raise StudyError(error.code, error.what, where=where, fix=error.fix) from None


def _check_form(study: Study, instrument: str, index: tuple[int, int]) -> None:
    try:
        study.catalog.get_form(instrument)
    except DefinitionError:
        line = line_of(study.text, ("source", index[0], "form", index[1], "instrument"))
        raise StudyError(
            "E_STUDY_INSTRUMENT",
            f'No instrument is called "{instrument}"',
            where=f"study.toml, line {line}",
            fix=suggest(instrument, study.catalog) or "See: interdep instruments list",
        ) from None


def _check_columns(study: Study, index: int, source: Source) -> None:
    """Refuse what no export could be read by, with the line where it stands."""
    place: tuple[str | int, ...] = ("source", index, "form", len(source.form) - 1)
    try:
        name_forms(source)
        for form_index, form in enumerate(source.form):
            place = ("source", index, "form", form_index)
            check_form(source, form, study.catalog.get_form(form.instrument))
    except StudyError as error:
        where = _where(study, *place, KEYS.get(error.code, "instrument"))
        raise StudyError(error.code, error.what, where=where, fix=error.fix) from None


def _check_moments(study: Study, index: int, source: Source) -> None:
    """Refuse a source whose days alone tell a client's forms apart: the store keeps one of each.

    A day is a fact about a form that may be corrected, so it names none.
    """
    columns = source.columns
    is_placed = source.a_row_is == "person" or columns.session or columns.occasion
    if is_placed or source.occasion or all(form.occasion for form in source.form):
        return
    day = next((role for role in ("day", "date") if getattr(columns, role)), None)
    if day is not None:
        raise StudyError(
            "E_STUDY_MOMENT",
            f'Of each client in "{source.id}" one form would be kept: its {day} tells none apart',
            where=_where(study, "source", index, "columns", day),
            fix="Name the column that numbers sessions (session) or names occasions (occasion), "
            'or say occasion = "intake" where each client has one form.',
        )


def _where(study: Study, *place: str | int) -> str:
    return f"study.toml, line {line_of(study.text, place)}"


def _check_level(study: Study) -> None:
    """Refuse intervals of another level than the tests: one would find what the other does not."""
    alpha, level = study.file.comparison.alpha, study.file.comparison.ci_level
    if math.isclose(level, level_of(alpha)):
        return
    raise StudyError(
        "E_STUDY_LEVEL",
        f"Tests at alpha = {alpha:g} and intervals at ci_level = {level:g} do not go together",
        where=_where(study, "comparison", _said_in(study, "ci_level", "alpha")),
        fix=f"Write alpha = {level_of(level):g}, or ci_level = {level_of(alpha):g}.",
    )


def _said_in(study: Study, *keys: str) -> str:
    """Return the first of these keys of [comparison] that the file sets."""
    return next(key for key in keys if key in study.file.comparison.model_fields_set)


def _check_ranges(study: Study) -> None:
    """Refuse one form on two ranges: its scores would be compared as if they were on one."""
    first: dict[str, tuple[int, int]] = {}
    for source_index, source in enumerate(study.sources):
        for form_index, form in enumerate(source.form):
            response = study.catalog.get_form(form.instrument).response
            published = (response.min, response.max)
            low, high = form.range or published
            if low is None or high is None:
                continue  # said by the layout, which needs the range
            other = first.setdefault(form.instrument, (low, high))
            if other != (low, high) and not {other, (low, high)} <= {
                published,
                *response.accept_ranges,
            }:
                line = line_of(study.text, ("source", source_index, "form", form_index, "range"))
                raise _two_ranges(form.instrument, other, (low, high), line)


def _check_score_ends(study: Study) -> None:
    """Refuse a scale whose ready-made scores reach further in one place than in another."""
    ready = {form.instrument for source in study.sources for form in source.form if form.scores}
    first: dict[str, Ends] = {}
    for source_index, source in enumerate(study.sources):
        for form_index, form in enumerate(source.form):
            if form.instrument not in ready:
                continue
            definition = study.catalog.get_form(form.instrument)
            for scale, ends in score_ends(form, definition).items():
                name = f"{form.instrument}.{scale}"
                other = first.setdefault(name, ends)
                if not all(map(math.isclose, other, ends)):
                    key = "scores" if form.scores else "range"
                    place = ("source", source_index, "form", form_index, key)
                    raise _two_ranges(name, other, ends, line_of(study.text, place))


def _two_ranges(name: str, one: Ends, other: Ends, line: int) -> StudyError:
    return StudyError(
        "E_STUDY_RANGES",
        f'"{name}" goes from {one[0]:g} to {one[1]:g} in one place and from '
        f"{other[0]:g} to {other[1]:g} in another, so its scores cannot be compared",
        where=f"study.toml, line {line}",
        fix="Correct the range; if both are right, give one of them a definition of its own.",
    )


def _scales_named(file: StudyFile) -> list[str]:
    names = [outcome.scale for outcome in file.outcome if outcome.scale]
    return [*file.presentation.scales, *names]


def _scales_scored(study: Study) -> set[str]:
    forms = [(form, study.catalog[form.instrument]) for source in study.sources
             for form in source.form]  # fmt: skip
    perspectives = perspectives_of(study)
    return {
        scale_name(form.instrument, scale.id, declared_perspective(perspectives, form, definition))
        for form, definition in forms
        for scale in (definition.scored_of(form.scores) if form.scores else definition.scales)
    }


def _check_scale(study: Study, name: str, valid: Sequence[str]) -> None:
    if name in valid:
        return
    line = next((n for n, row in enumerate(study.text.splitlines(), 1) if f'"{name}"' in row), 0)
    raise StudyError(
        "E_STUDY_SCALE",
        f'No form of this study has the scale "{name}"',
        where=f"study.toml, line {line}",
        fix=suggest(name, valid) or f"Known here: {', '.join(valid)}.",
    )


def _check_occasions(study: Study) -> None:
    """Refuse an occasion that no row can have."""
    known = {name for source in study.sources for name in _occasions_of(source)}
    if any(source.columns.occasion and not source.occasions for source in study.sources):
        return  # exports name their occasions themselves
    landmark = study.file.presentation.landmark
    _require_occasion(landmark, known, _where(study, "presentation", "landmark"))
    for index, outcome in enumerate(study.file.outcome):
        if outcome.scale is not None:
            place = _where(study, "outcome", index, "occasion")
            _require_occasion(outcome.occasion, known, place)


def _occasions_of(source: Source) -> Iterator[str]:
    yield from source.occasions.values()
    for name in (source.occasion, *(form.occasion for form in source.form)):
        if name is not None:
            yield name


def _require_occasion(name: str, known: Collection[str], where: str) -> None:
    if name not in known:
        raise StudyError(
            "E_STUDY_OCCASION",
            f'No source has the occasion "{name}"',
            where=where,
            fix=suggest(name, known) or f"Known here: {', '.join(sorted(known)) or 'none'}.",
        )
