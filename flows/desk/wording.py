"""A scorecard as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flows.desk.against_store import AgainstStore
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
    for line in describe_held(card):
        yield f"  {line}"


def count_rows(card: Scorecard) -> str:
    """Return what becomes of the rows as one sentence."""
    counts = card.counts
    if counts is None:
        return "Its rows were not read."
    if card.held is not None and card.refusal is None:
        return (
            f"{counts.rows_in} rows: {card.held.new} new, {_corrected(card.held)}, "
            f"{counts.known} known already, {counts.quarantined} held back."
        )
    can = "could" if card.refusal else "can"
    repeated = f" ({card.repeated} of them stand in the file twice)" if card.repeated else ""
    return (
        f"{counts.rows_in} rows: {counts.loaded} {can} be loaded{repeated}, "
        f"{counts.quarantined} held back."
    )


def _corrected(held: AgainstStore) -> str:
    if not held.corrected:
        return "none corrects what is held"
    named = describe_records(held.corrected_rows, held.corrected)
    verb = "corrects" if held.corrected == 1 else "correct"
    return f"{held.corrected} {verb} what is held ({named})"


def describe_held(card: Scorecard) -> Iterator[str]:
    """Yield what else the clients and files that are held already have to do with an export."""
    if card.is_accepted:
        yield "This very file was accepted before; a run passes it over."
    held = card.held
    if held is not None and held.new_clients:
        yield f"{_count(held.new_clients, 'client')} not held before."
    if held is not None and held.moved_clients:
        yield f"{_count(held.moved_clients, 'client')} held under another clinic."
    if held is not None and held.withdrawn:
        yield f"{_count(held.withdrawn, 'row')} of clients who withdrew; nothing was read of them."
    if card.caveat:
        yield card.caveat


def _count(count: int, noun: str) -> str:
    return f"{count} {noun} is" if count == 1 else f"{count} {noun}s are"


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
    """Return where a problem is: columns, and the first records of each where they are few."""
    if len(problem.places) <= MOST_PLACES:
        return "; ".join(filter(None, map(describe_place, problem.places)))
    named = [place.where for place in problem.places[:MOST_PLACES] if place.where]
    left = len(problem.places) - len(named)
    return f"{', '.join(named)} and {left} more columns or forms"


def describe_place(place: Place) -> str:
    """Return one place in words: its column or form, and its first records."""
    named = describe_records(place.records, place.count) if place.records else ""
    if place.where is None:
        return named
    return f"{place.where} ({named})" if named else place.where


def describe_records(records: Sequence[int], count: int) -> str:
    """Return the first of so many records in words."""
    left = count - len(records)
    listed = ", ".join(map(str, records)) + (f" and {left} more" if left > 0 else "")
    return f"{'row' if count == 1 else 'rows'} {listed}"
