"""Scorecards as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from flows.desk.problems import Offence, ToDo
from flows.desk.row_lists import rows_as_csv, rows_as_workbook
from flows.desk.scorecard import Scorecard
from flows.desk.since_last import SinceLast
from flows.desk.wording import HEADINGS, count_rows, describe_held, describe_places, summarise
from flows.files import replaced
from flows.study import Study
from reports.render.page import TEMPLATES, refuse_markup

OWN = Path(__file__).resolve().parent / "templates"
TONES = {"accepted": "accepted", "accepted with warnings": "warned", "refused": "refused"}
# More rows are read in a list of their own rather than on a page.
SHOWN, EMBEDDED = 200, 20_000
NO_LAST = "There is no earlier accepted export of this source to compare with."


@dataclass(frozen=True)
class Line:
    """One problem in words."""

    count: int
    says: str
    where: str
    code: str


@dataclass(frozen=True)
class Advice:
    """One thing to do, and what it would mend."""

    fix: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Group:
    """What is to be done under one heading."""

    heading: str
    to_dos: tuple[Advice, ...]


@dataclass(frozen=True)
class Changed:
    """One problem then and now."""

    says: str
    where: str
    code: str
    state: str
    before: int
    now: int


@dataclass(frozen=True)
class Since:
    """What changed since the last export."""

    summary: str
    changes: tuple[Changed, ...] = ()


@dataclass(frozen=True)
class Link:
    """A list that the page itself holds."""

    name: str
    text: str
    address: str


@dataclass(frozen=True)
class RowLine:
    """One offending row as it is printed."""

    record: str
    column: str
    code: str
    says: str
    fix: str


@dataclass(frozen=True)
class Sheet:
    """Everything that is printed of one file."""

    name: str
    verdict: str
    tone: str
    count: str
    refusal: tuple[str, ...]
    held: tuple[str, ...]
    groups: tuple[Group, ...]
    since: Since
    rows: tuple[RowLine, ...]
    rows_summary: str
    shown: str
    downloads: tuple[Link, ...]
    facts: tuple[tuple[str, str], ...]


def write_page(path: Path, study: Study, cards: Sequence[Scorecard]) -> None:
    """Write the page of some scorecards."""
    page = print_page(study, cards)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as part:
        part.write_text(page, encoding="utf-8", newline="\n")


def print_page(study: Study, cards: Sequence[Scorecard]) -> str:
    """Return the page of some scorecards; the same scorecards give the same bytes."""
    sheets = [_sheet(card) for card in cards]
    facts = study.file.study
    return (
        _environment()
        .get_template("scorecard.html")
        .render(title=_title(sheets), sheets=sheets, study_id=facts.id, study_title=facts.title)
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([OWN, TEMPLATES], encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=refuse_markup,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Several filters mark text as safe; the templates need none of them.
    environment.filters.clear()
    environment.globals.clear()
    return environment


def _title(sheets: Sequence[Sheet]) -> str:
    if len(sheets) == 1:
        return f"{sheets[0].name}: {sheets[0].verdict.lower()}"
    return f"{len(sheets)} exports"


def _sheet(card: Scorecard) -> Sheet:
    serious = tuple(one for one in card.offences if one.severity != "note")
    return Sheet(
        name=card.name,
        verdict=card.verdict.capitalize(),
        tone=TONES[card.verdict],
        count=count_rows(card),
        refusal=_refusal(card),
        held=tuple(describe_held(card)),
        groups=tuple(_groups(card.to_dos)),
        since=_since(card.since),
        rows=tuple(map(_row, serious[:SHOWN])),
        rows_summary=f"Show the first {min(SHOWN, len(serious))} here",
        shown=_shown(len(serious)),
        downloads=tuple(_downloads(card.name, serious)),
        facts=tuple(_facts(card)),
    )


def _refusal(card: Scorecard) -> tuple[str, ...]:
    if card.refusal is None:
        return ()
    error = card.refusal
    place = f" ({error.where})" if error.where else ""
    return tuple(filter(None, (f"{error.what}{place}", error.fix, error.code)))


def _groups(to_dos: Iterable[ToDo]) -> Iterator[Group]:
    for severity, group in groupby(to_dos, key=lambda to_do: to_do.severity):
        yield Group(HEADINGS[severity], tuple(map(_advice, group)))


def _advice(to_do: ToDo) -> Advice:
    return Advice(
        to_do.fix,
        tuple(
            Line(problem.count, problem.says, describe_places(problem), problem.code)
            for problem in to_do.problems
        ),
    )


def _since(since: SinceLast | None) -> Since:
    if since is None:
        return Since(NO_LAST)
    states = (("new", since.new), ("persisting", since.persisting), ("resolved", since.resolved))
    changes = (
        Changed(change.says, _place(change.rule), change.code, state, change.before, change.now)
        for state, found in states
        for change in found
    )
    return Since(summarise(since), tuple(changes))


def _place(rule: str) -> str:
    """Return what the name of a rule says of its place: "ecr, item 8"; nothing of a whole file."""
    form, _, item = rule.partition(".")[0].partition("__")
    named = item.replace("_", " ")
    return named if not item or form == "attr" else f"{form}, {named}"


def _row(one: Offence) -> RowLine:
    record = "file" if one.record is None else str(one.record)
    return RowLine(record, one.column or "", one.code, one.says, one.fix)


def _shown(count: int) -> str:
    if count > EMBEDDED:
        return (
            f"{count} places break a rule; the lists here hold the first {EMBEDDED}. "
            "Write all of them with --rows."
        )
    return f"{count} places break a rule. Take them along:"


def _downloads(name: str, offences: Sequence[Offence]) -> Iterator[Link]:
    makers: tuple[tuple[str, str, str, Callable[[Iterable[Offence]], bytes]], ...] = (
        ("csv", "text/csv", "as CSV", rows_as_csv),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "as Excel",
         rows_as_workbook),
    )  # fmt: skip
    for ending, kind, text, make in makers if offences else ():
        content = base64.b64encode(make(offences[:EMBEDDED])).decode()
        yield Link(f"{name}-rows.{ending}", text, f"data:{kind};base64,{content}")


def _facts(card: Scorecard) -> Iterator[tuple[str, str]]:
    yield "File", card.name
    yield "Source", card.source_id
    if card.sha256:
        yield "SHA-256", card.sha256
    if card.validation is not None:
        yield "Rules", f"{card.validation.suite_size} run"
