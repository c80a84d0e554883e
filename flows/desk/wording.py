"""A scorecard as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flows.desk.problems import Place, Problem, ToDo
from flows.desk.scorecard import Scorecard
from flows.desk.since_last import Change, SinceLast
from instruments.rule import Severity

HEADINGS: dict[Severity, str] = {
    "fatal": "The whole file is refused",
    "error": "Rows are held back until this is mended",
    "warning": "Somebody should look at this",
    "note": "Good to know",
}
COUNTING = "Rows are counted from 1, below the header."
# Of a problem in more columns than this only the number is told.
MOST_PLACES = 6


def describe(card: Scorecard) -> str:
    """Return the whole scorecard as text."""
    lines = [*_verdict(card), *_since(card.since), *_to_dos(card.to_dos)]
    return "\n".join([*lines, *([f"\n{COUNTING}"] if card.to_dos else [])])


def _verdict(card: Scorecard) -> Iterator[str]:
    yield f"{card.verdict.upper()}: {card.name} (source {card.source_id})"
    if card.refusal is not None:
        yield f"  {card.refusal}"
    if card.counts is not None:
        yield f"  {count_rows(card)}"


def count_rows(card: Scorecard) -> str:
    """Return what becomes of the rows as one sentence."""
    counts = card.counts
    if counts is None:
        return "Its rows were not read."
    can = "could" if card.refusal else "can"
    repeated = f" ({card.repeated} of them stand in the file twice)" if card.repeated else ""
    return (
        f"{counts.rows_in} rows: {counts.loaded} {can} be loaded{repeated}, "
        f"{counts.quarantined} held back."
    )


def _since(since: SinceLast | None) -> Iterator[str]:
    if since is None:
        return
    yield f"  {summarise(since)}"
    for word, changes in (("new", since.new), ("resolved", since.resolved)):
        for change in changes:
            yield f"    {word:9} {change.code:18} {change.says}"
    for change in since.persisting:
        yield f"    {'still':9} {change.code:18} {describe_counts(change)}  {change.says}"


def summarise(since: SinceLast) -> str:
    """Return how many problems are new, resolved and persisting."""
    if not since.changes:
        return f"Since the last export of this source ({since.name}): no problem then, none now."
    return (
        f"Since the last export of this source ({since.name}): {len(since.new)} new, "
        f"{len(since.resolved)} resolved, {len(since.persisting)} persisting."
    )


def describe_counts(change: Change) -> str:
    """Return how often a rule was broken then and now."""
    return f"{change.before} then, {change.now} now"


def _to_dos(to_dos: Iterable[ToDo]) -> Iterator[str]:
    severity = None
    for to_do in to_dos:
        if to_do.severity != severity:
            severity = to_do.severity
            yield f"\n{HEADINGS[severity]}"
        yield f"  {to_do.fix}"
        for problem in to_do.problems:
            yield f"    {problem.count:>6} x  {problem.says} [{problem.code}]"
            if where := describe_places(problem):
                yield f"              {where}"


def describe_places(problem: Problem) -> str:
    """Return where a problem is: columns, and the first records of each."""
    if len(problem.places) > MOST_PLACES:
        return f"in {len(problem.places)} columns or forms"
    return "; ".join(filter(None, map(describe_place, problem.places)))


def describe_place(place: Place) -> str:
    """Return one place in words: its column or form, and its first records."""
    left = place.count - len(place.records)
    records = ", ".join(map(str, place.records)) + (f" and {left} more" if left > 0 else "")
    word = "row" if place.count == 1 else "rows"
    if place.where is None:
        return f"{word} {records}" if place.records else ""
    return f"{place.where} ({word} {records})" if place.records else place.where
