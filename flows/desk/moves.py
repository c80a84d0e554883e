"""What corrected exports moved, in a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.amendments import (
    AmendedFile,
    MovedEstimates,
    MovedPresentation,
    amended_files,
    first_new_batch,
    moved_estimates,
    moved_presentations,
)
from flows.books import accepted_files
from flows.ledger import Ledger
from flows.study import Study
from instruments.errors import InterdepError
from sql.gateway import Connection

KINDS = (("answer", "answers"), ("fact", "facts"), ("score", "scores"), ("attribute", "attributes"),
         ("ending", "endings"), ("event", "facts of events"))  # fmt: skip


def describe_file(file: AmendedFile) -> str:
    """Return how much one corrected export changed."""
    counted = [(file.count(kind), word) for kind, word in KINDS]
    listed = ", ".join(f"{count} {word}" for count, word in counted if count)
    clients = "1 client" if file.clients == 1 else f"{file.clients} clients"
    return f"{file.file.name} changed {listed} of {clients}"


def describe_presentations(moved: Sequence[MovedPresentation]) -> str:
    """Return how many clients present otherwise since."""
    if not moved:
        return "no presentation moved"
    return f"{len(moved)} {'presentation' if len(moved) == 1 else 'presentations'} moved"


def describe_estimates(found: MovedEstimates) -> str:
    """Return how many published estimates moved."""
    return (
        f"{len(found.moved)} of {found.compared} published estimates moved "
        f"from run {found.before} to run {found.after}"
    )


def summarise(study: Study, ledger: Ledger, connection: Connection) -> tuple[str, ...]:
    """Return what the exports that came since the run before moved; nothing where none did."""
    batch = first_new_batch(ledger)
    if batch is None:
        return ()
    files = [f for f in amended_files(connection, accepted_files(ledger)) if f.file.batch >= batch]
    if not files:
        return ()
    return (
        *map(describe_file, files),
        describe_presentations(moved_presentations(study, ledger, connection, batch)),
        *_estimates(study, ledger),
        f"see: interdep amendments {study.folder}",
    )


def _estimates(study: Study, ledger: Ledger) -> Iterator[str]:
    """Yield how many estimates moved; an earlier run that cannot be read stops no new one."""
    try:
        found = moved_estimates(study, ledger)
    except InterdepError as error:
        yield f"published estimates cannot be compared: {error}"
    else:
        if found is not None:
            yield describe_estimates(found)
