"""What a plan may name: the scales, attributes and occasions that a study file declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flows.books import AcceptedFile
from flows.declarations import FormBlock, Source
from flows.item_columns import numbered
from flows.layout import lay_out
from flows.perspectives import declared_perspective, perspective_of, perspectives_of
from flows.study import Study
from flows.study_data import measures_of
from instruments.definition import Definition
from instruments.layout import Placement
from instruments.scale import Scale
from instruments.scale_names import scale_name
from reports.plan_check import KnownScale, KnownStudy
from reports.study_data import OCCASIONS, score_range


def known_study(study: Study, accepted: Iterable[AcceptedFile]) -> KnownStudy:
    """Return what a plan may name; ranges of scores are exact once files were accepted."""
    occasions = _occasions(study)
    ranges = _declared_ranges(study) | _accepted_ranges(study, accepted)
    scales = {
        name: KnownScale(name.partition(".")[0], tuple(occasions.get(name, ())), *ends)
        for name, ends in ranges.items()
    }
    attributes = {
        name: attribute.type
        for source in study.sources
        for name, attribute in source.attributes.items()
    }
    return KnownStudy(scales, attributes, OCCASIONS)


Ends = tuple[float | None, float | None]


def _accepted_ranges(study: Study, accepted: Iterable[AcceptedFile]) -> dict[str, Ends]:
    measures = measures_of(study, accepted)
    return {name: (measure.low, measure.high) for name, measure in measures.items()}


def _declared_ranges(study: Study) -> dict[str, Ends]:
    """Return the range of every scale, unknown where it hangs on a number of items."""
    perspectives = perspectives_of(study)
    found: dict[str, Ends] = {}
    for source in study.sources:
        layout = lay_out(source, list(_header(study, source)), study.catalog)
        for placement in layout.placements:
            perspective = perspective_of(perspectives, placement)
            for scale in placement.scales:
                name = scale_name(placement.definition.id, scale.id, perspective)
                found.setdefault(name, _ends(placement, scale))
    return found


def _ends(placement: Placement, scale: Scale) -> Ends:
    counted = placement.definition.addressing == "number" or scale.method == "mean"
    known = counted or placement.is_ready_made
    return score_range(placement, scale) if known else (None, None)


def _header(study: Study, source: Source) -> Iterator[str]:
    """Yield the columns that an export of a source would have."""
    yield from source.columns.by_role().values()
    yield from (attribute.column for attribute in source.attributes.values())
    if source.ending:
        yield from filter(None, (source.ending.reason, source.ending.session))
    if source.event:
        yield from source.event.columns
    for form in source.form:
        yield from _form_columns(form, study.catalog.get_form(form.instrument))
        yield from (*form.total_columns, *form.score_columns.values())


def _form_columns(form: FormBlock, definition: Definition) -> Iterator[str]:
    if not isinstance(form.columns, str):
        yield from form.columns
    elif definition.addressing == "subscale":
        for scale in definition.held_scales:
            for n in range(1, (scale.n_items or 1) + 1):
                yield numbered(form.columns.replace("{scale}", scale.id), n)
    else:
        for n in range(1, len(definition.item_names()) + 1):
            yield numbered(form.columns, n)


def _occasions(study: Study) -> Mapping[str, list[str]]:
    """Return when each scale is filled in, as far as the study file says."""
    perspectives = perspectives_of(study)
    found: dict[str, set[str]] = {}
    for source in study.sources:
        for form in source.form:
            definition = study.catalog.get_form(form.instrument)
            perspective = declared_perspective(perspectives, form, definition)
            for scale in definition.scales:
                name = scale_name(form.instrument, scale.id, perspective)
                found.setdefault(name, set()).update(_of_form(source, form))
    return {name: sorted(names, key=_place) for name, names in found.items()}


def _of_form(source: Source, form: FormBlock) -> set[str]:
    fixed = form.occasion or source.occasion
    if fixed:
        return {fixed}
    return set(source.occasions.values()) or set(OCCASIONS)


def _place(occasion: str) -> tuple[int, str]:
    return (OCCASIONS.index(occasion) if occasion in OCCASIONS else len(OCCASIONS), occasion)
