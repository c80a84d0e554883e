"""Forms that an export holds as ready-made scores, without the items that they were made of."""

from __future__ import annotations

from flows.declarations import FormBlock, Source
from flows.item_columns import Header
from flows.missing_codes import refuse_codes_within
from instruments.definition import Definition, Scale
from instruments.errors import StudyError, suggest
from instruments.layout import Placement, ReadyScore, StageColumn, score_name
from instruments.score_range import Ends, count_by_key, range_of, units_of

Unit = tuple[float, Ends]


def place_scores(
    source: Source, form: FormBlock, alias: str, header: Header, definition: Definition
) -> Placement:
    """Return a form whose columns are its ready-made scores."""
    missing = {**source.missing, **form.missing}
    units = check_scores(source, form, definition)
    scores = {
        scale: ReadyScore(
            StageColumn(
                name=f"{alias}__{score_name(scale)}",
                source=header.require(column, source),
                kind="number",
                low=units[scale][1][0],
                high=units[scale][1][1],
                missing=missing,
            ),
            units[scale][0],
        )
        for scale, column in form.score_columns.items()
    }
    low, high = answer_range(form, definition) or (0, 0)
    return Placement(
        definition=definition,
        alias=alias,
        columns={score_name(scale): ready.column for scale, ready in scores.items()},
        low=low,
        high=high,
        already_reversed=False,
        rater=form.rater or definition.default_rater,
        target=form.target or "",
        occasion=form.occasion,
        scores=scores,
    )


def check_scores(source: Source, form: FormBlock, definition: Definition) -> dict[str, Unit]:
    """Return what each ready-made score is multiplied by, and how far it can reach.

    Raises
    ------
    StudyError
        ``E_STUDY_SCORE`` where the form has no such scale, where nothing says how far its scores
        reach, or where the key cannot have made scores that reach so far;
        ``E_STUDY_MISSING_CODE`` where a code of the source is a score too.
    """
    units = {scale: _unit(form, definition, scale) for scale in form.scores}
    for scale, (_, ends) in units.items():
        meaning = f'a score of "{form.instrument}.{scale}" too, which reaches'
        refuse_codes_within(source, form, ends, meaning)
    return units


def score_ends(form: FormBlock, definition: Definition) -> dict[str, Ends]:
    """Return how far the scores of a form block reach in the unit of its key, as far as it says."""
    if form.scores:
        units = {scale: _unit(form, definition, scale) for scale in form.scores}
        return {scale: (low * factor, high * factor) for scale, (factor, (low, high)) in
                units.items()}  # fmt: skip
    answers, count_of = answer_range(form, definition), count_by_key(definition)
    found = {} if answers is None else {
        scale.id: range_of(definition, scale, answers, count_of) for scale in definition.scales
    }  # fmt: skip
    return {scale: ends for scale, ends in found.items() if ends is not None}


def _unit(form: FormBlock, definition: Definition, name: str) -> Unit:
    scale = next((scale for scale in definition.scales if scale.id == name), None)
    if scale is None:
        valid = [one.id for one in definition.scales]
        raise _refused(
            f'The form "{form.instrument}" has no scale "{name}"',
            suggest(name, valid) or f"It has {', '.join(valid)}.",
        )
    answers = answer_range(form, definition)
    units = units_of(definition, scale, answers) if answers else {}
    told = form.scores[name]
    if told.ends is not None:
        return _declared_unit(form, scale, told.ends, units)
    if not units:
        raise _refused(
            f'Nothing says how far the scores of "{form.instrument}.{name}" can reach',
            f'Say it: scores.{name} = {{ column = "{told.column}", min = ..., max = ... }}.',
        )
    return 1.0, units[1.0]


def _declared_unit(form: FormBlock, scale: Scale, ends: Ends, units: dict[float, Ends]) -> Unit:
    """Return the unit with these ends; scores of which the key says nothing are kept as they are.

    A difference of rounding is none: a mean of 1 to 5 may be declared as it is printed.
    """
    if not units:
        return 1.0, ends
    for factor, known in units.items():
        near = 1e-6 * (known[1] - known[0])
        if all(abs(a - b) <= near for a, b in zip(ends, known, strict=True)):
            return factor, known
    listed = dict.fromkeys(f"{low:g} to {high:g}" for low, high in units.values())
    raise _refused(
        f'No score of "{form.instrument}.{scale.id}" reaches from {ends[0]:g} to {ends[1]:g}',
        f"By its key it reaches {' or '.join(listed)}; if its items were answered on another "
        "range, declare range as well.",
    )


def answer_range(form: FormBlock, definition: Definition) -> tuple[int, int] | None:
    """Return the range of answers that a study declares, else the form's own, if it has one."""
    response = definition.response
    if form.range is not None:
        return form.range
    return None if response.min is None or response.max is None else (response.min, response.max)


def _refused(what: str, fix: str) -> StudyError:
    return StudyError("E_STUDY_SCORE", what, fix=fix)
