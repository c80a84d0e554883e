"""The proposal as a study file: TOML that loads, with reasons and doubts as comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

from flows.profiling.attributes import AttributeProposal, quote
from flows.profiling.events import EventProposal
from flows.profiling.forms import FormProposal
from flows.profiling.proposal import SourceProposal
from flows.profiling.ready_scores import ScoresProposal
from instruments.catalog import Catalog

HEAD = """\
# A proposal: what the exports seem to be, and why. Lines that begin with "# ?" are doubts: look at
# them first. Nothing is read that is not declared here.

[study]
id = "my_study"
title = "A study without a title"
"""
# Rules by the form that they are made for: dependence, independence.
RULES: Mapping[str, tuple[str, str, str]] = {
    "ecr": ("attachment", "anxiety", "avoidance"),
    "ecr_r": ("attachment", "anxiety", "avoidance"),
    "ecr_s": ("attachment", "anxiety", "avoidance"),
    "ecr_rs": ("attachment", "anxiety", "avoidance"),
    "rpt": ("relationship-profile", "destructive_overdependence", "dysfunctional_detachment"),
}
WIDTH = 100
INTAKE = "intake"


def write_study(sources: Sequence[SourceProposal], catalog: Catalog) -> str:
    """Return the study file."""
    names = [one.export.path.name for one in sources]
    taken: list[str] = []
    lines = [HEAD]
    for one in sources:
        taken.append(_source_id(one.export.path, taken))
        lines += [*_source_lines(one, taken[-1], names), ""]
    return "\n".join([*lines, *_presentation_lines(sources, catalog)]) + "\n"


def _source_lines(one: SourceProposal, source_id: str, names: Sequence[str]) -> Iterator[str]:
    export, roles = one.export, one.roles
    yield from _comments(f"{export.path.name}: {'; '.join(export.reasons)}; {export.count} rows.")
    yield from _doubts((*export.doubts, *roles.doubts))
    yield "[[source]]"
    yield f'id = "{source_id}"'
    yield f'kind = "{export.kind}"'
    yield f"files = {quote(_pattern(export.path, names))}"
    if roles.has_person_rows:
        yield 'a_row_is = "person"'
    yield from (f"{key} = {value}" for key, value in export.keys.items())
    if roles.id_shape:
        yield f"id_shape = '{roles.id_shape}'"
    if roles.date_format:
        yield f'date_format = "{roles.date_format}"'
    if roles.occasion:
        yield f'occasion = "{roles.occasion}"'
    shared = _shared_codes(one.forms)
    if shared:
        yield f"missing = {_table(shared)}  # say what they mean"
    yield ""
    yield from _role_lines(one)
    if one.event is not None:
        yield from _event_lines(one.event)
    for attribute in one.attributes:
        yield from _attribute_lines(attribute)
    yield from (line for form in one.forms for line in _form_lines(form, shared))
    yield from (line for form in one.ready for line in _score_lines(form))
    if one.notes:
        yield "# Columns that nothing is proposed for:"
        yield from (line for note in one.notes for line in _comments(f"- {note}"))


def _role_lines(one: SourceProposal) -> Iterator[str]:
    roles = one.roles
    if roles.columns:
        yield "[source.columns]"
        for role, column in roles.columns.items():
            yield f"{role} = {quote(column)}  # {roles.reasons[role]}"
        yield ""
    if roles.occasions:
        yield "[source.occasions]"
        yield from (f"{quote(label)} = {quote(name)}" for label, name in roles.occasions.items())
        yield ""


def _event_lines(event: EventProposal) -> Iterator[str]:
    yield from _comments(f"Events: {'; '.join(event.reasons)}.")
    yield from _doubts(event.doubts)
    yield "[source.event]"
    named = {"all_are": event.all_are, "kind": event.kind, "day": event.day, "until": event.until}
    yield from (f"{key} = {quote(told)}" for key, told in named.items() if told is not None)
    if event.kinds:
        yield f"kinds = {_table(event.kinds)}"
    yield ""


def _attribute_lines(attribute: AttributeProposal) -> Iterator[str]:
    yield from _doubts(attribute.doubts)
    yield f"[source.attributes.{attribute.name}]"
    yield f"column = {quote(attribute.column)}"
    yield from attribute.lines
    yield ""


def _form_lines(form: FormProposal, shared: Mapping[str, str]) -> Iterator[str]:
    yield from _comments("; ".join(form.reasons) + ".")
    yield from _doubts(form.doubts)
    yield "[[source.form]]"
    yield f'instrument = "{form.instrument}"'
    yield f"columns = {quote(form.pattern)}"
    yield f"range = [{form.range[0]}, {form.range[1]}]"
    if form.already_reversed:
        yield "already_reversed = true"
    if form.occasion:
        yield f'occasion = "{form.occasion}"'
    if form.totals:
        yield f"total = {_table(form.totals)}"
    own = {code: reason for code, reason in form.missing.items() if code not in shared}
    if own:
        yield f"missing = {_table(own)}  # say what they mean"
    if form.codes:
        answers = ", ".join(f"{quote(text)} = {n}" for text, n in form.codes.items())
        yield f"codes = {{ {answers} }}"
    yield ""


def _score_lines(form: ScoresProposal) -> Iterator[str]:
    yield from _comments("; ".join(form.reasons) + ".")
    yield from _doubts(form.doubts)
    yield "[[source.form]]"
    yield f'instrument = "{form.instrument}"'
    for scale, column in form.columns.items():
        ends = form.ends.get(scale)
        told = quote(column) if ends is None else (
            f"{{ column = {quote(column)}, min = {ends[0]:g}, max = {ends[1]:g} }}")  # fmt: skip
        yield f"scores.{scale} = {told}"
    if form.missing:
        yield f"missing = {_table(form.missing)}  # say what they mean"
    yield ""


def _shared_codes(forms: Sequence[FormProposal]) -> dict[str, str]:
    """Return the codes that more than one form uses and that are no answer in any."""
    counts: dict[str, int] = {}
    for form in forms:
        for code in form.missing:
            counts[code] = counts.get(code, 0) + 1
    told = {code: reason for form in forms for code, reason in form.missing.items()}
    return {
        code: told[code]
        for code, count in counts.items()
        if count > 1 and not any(_is_answer(code, form) for form in forms)
    }


def _is_answer(code: str, form: FormProposal) -> bool:
    return bool(re.fullmatch(r"-?\d+", code)) and form.range[0] <= int(code) <= form.range[1]


def _presentation_lines(sources: Sequence[SourceProposal], catalog: Catalog) -> Iterator[str]:
    """Yield the presentation rule: by a form that one is made for, else a stand-in."""
    scales = list(_scales(sources, catalog))
    fitting = (form for form, _ in scales if form in RULES and _has_both(form, scales))
    known = next(fitting, None)
    if known is not None:
        rule, dependence, independence = RULES[known]
        landmark = _first_occasion(sources, known)
        yield "# Who presents as dependent, who as independent."
        if landmark != INTAKE:
            why = (
                f'No file here is of intake: at "{landmark}", treatment may have formed the groups.'
            )
            yield from _doubts([why])
        yield from _rule_lines(rule, f"{known}.{dependence}", f"{known}.{independence}", landmark)
    elif scales:
        scale = ".".join(scales[0])
        why = (
            "No form here says who depends on others: this rule is a stand-in. interdep check "
            "takes it, a run refuses it; name scales of an ECR form, RPT, CDQ or CATS."
        )
        yield from _doubts([why])
        landmark = _first_occasion(sources, scales[0][0])
        yield from _rule_lines("attachment", scale, scale, landmark)
    else:
        yield from _doubts(["No known form was found, so there is no rule yet; a study needs one."])


def _scales(sources: Sequence[SourceProposal], catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield form and scale of what would be scored; of forms in the order of the files."""
    for one in sources:
        for form in one.forms:
            yield from ((form.instrument, scale.id) for scale in
                        catalog.get_form(form.instrument).scales)  # fmt: skip
        for ready in one.ready:
            yield from ((ready.instrument, scale) for scale in ready.columns)


def _has_both(form: str, scales: Sequence[tuple[str, str]]) -> bool:
    return {(form, scale) for scale in RULES[form][1:]} <= set(scales)


def _rule_lines(rule: str, dependence: str, independence: str, landmark: str) -> Iterator[str]:
    yield "[presentation]"
    yield f'rule = "{rule}"'
    yield f'dependence = "{dependence}"'
    yield f'independence = "{independence}"'
    yield 'cut = "midpoint"'
    yield f'landmark = "{landmark}"'


def _first_occasion(sources: Sequence[SourceProposal], form: str) -> str:
    """Return when a form is known first: at intake, if files that hold it are of intake."""
    known = [occasion for one in sources for occasion in _occasions(one, form)]
    return INTAKE if INTAKE in known or not known else known[0]


def _occasions(one: SourceProposal, form: str) -> Iterator[str]:
    """Yield the occasions at which a file may hold a form; other files are of others."""
    of_rows = [name for name in (one.roles.occasion, *one.roles.occasions.values()) if name]
    for block in one.forms:
        if block.instrument == form:
            yield from [block.occasion] if block.occasion else of_rows
    if any(ready.instrument == form for ready in one.ready):
        yield from of_rows


def _source_id(path: Path, taken: Sequence[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    name = re.sub(r"^[^a-z]+", "", slug)[:30].strip("_") or "source"
    while name in taken:
        name = f"{name}_{len(taken) + 1}"
    return name


def _pattern(path: Path, names: Sequence[str]) -> str:
    """Return a pattern for the files to come: a date or number at the end may be another."""
    stem = re.sub(r"[\d_.-]*\d{4}[\d_.-]*$", "", path.stem)
    pattern = f"{stem}*{path.suffix}"
    is_plain = not set("[]?") & set(path.name) and bool(stem)
    fits_one = [name for name in names if fnmatch(name, pattern)] == [path.name]
    return pattern if is_plain and fits_one else path.name


def _table(codes: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{quote(c)} = {quote(r)}" for c, r in codes.items()) + " }"


def _doubts(doubts: Sequence[str]) -> Iterator[str]:
    for doubt in doubts:
        yield from _comments(doubt, "# ? ")


def _comments(text: str, mark: str = "# ") -> Iterator[str]:
    """Yield a sentence as comment lines; nothing in it can end them."""
    words = "".join(c if c.isprintable() else " " for c in text).split()
    line = mark.rstrip()
    for word in words:
        if len(line) + len(word) + 1 > WIDTH and line.strip("#? "):
            yield line
            line = "# "[:1]
        line = f"{line} {word}"
    yield line
