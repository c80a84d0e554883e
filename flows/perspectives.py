"""By whom a form is filled in and about whom: what tells the scales of one form apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from flows.declarations import FormBlock
from instruments.definition import Definition
from instruments.layout import Placement

if TYPE_CHECKING:
    from flows.study import Study

# Form, rater and target.
Key = tuple[str, str, str]
# What the names of a form's scales end in: "mother", "by_therapist".
Perspectives = Mapping[Key, str]


def perspectives_of(study: Study) -> Perspectives:
    """Return what tells the scales of a form from those of the same form about somebody else.

    Where a study has a form about several people (``target``), each of its scales ends in the
    name of one: ``ecr_rs.anxiety:mother``. Where it has one by several raters, those of all but
    the form's usual one end in theirs: ``wai_sr.bond:by_therapist``. Else nothing is added.
    """
    declared = dict.fromkeys(_declared(study))
    return {
        (form, rater, target): _ending(study.catalog.get_form(form), rater, target, declared)
        for form, rater, target in declared
    }


def perspective_of(perspectives: Perspectives, placement: Placement) -> str:
    """Return what the names of the scales of a form block end in."""
    return perspectives[placement.definition.id, placement.rater, placement.target]


def declared_perspective(
    perspectives: Perspectives, form: FormBlock, definition: Definition
) -> str:
    """Return what the names of the scales of a declared form block end in."""
    return perspectives[_key(form, definition)]


def _key(form: FormBlock, definition: Definition) -> Key:
    return form.instrument, form.rater or definition.default_rater, form.target or ""


def _declared(study: Study) -> Iterator[Key]:
    for source in study.sources:
        for form in source.form:
            yield _key(form, study.catalog.get_form(form.instrument))


def _ending(form: Definition, rater: str, target: str, declared: Iterable[Key]) -> str:
    own = [(by, about) for name, by, about in declared if name == form.id]
    raters, targets = {by for by, _ in own}, {about for _, about in own}
    usual = form.default_rater if form.default_rater in raters else None
    about = target if len(targets) > 1 else ""
    by = f"by_{rater}" if len(raters) > 1 and rater != usual else ""
    return "_".join(filter(None, (about, by)))
