"""The steps that take one file in. Each returns whether the next one may follow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from flows.books import accepted_files
from flows.inbox import hash_export
from flows.intake import admit_step, open_intake, read_step, stage_step, validate_step
from flows.quarantine import write_refusal
from flows.sources.names import show_file
from flows.workbench import FileOnBench, FileReport, Workbench, workbench
from instruments.errors import ExportError

FileStep = Callable[[str, int], bool]


def _refusable(step: Callable[[Workbench], None]) -> FileStep:
    """Let a refusal end the file and not the run; it is reported and leaves no trace elsewhere."""

    def stepped(key: str, position: int) -> bool:
        bench = workbench(key)
        bench.tell(f"{step.__name__} {show_file(bench.files[position].path.name)}")
        try:
            step(bench)
        except ExportError as refusal:
            _report_refusal(bench, refusal)
            return False
        return True

    # Not functools.wraps: Prefect would take the parameters of the inner step for those of this.
    stepped.__name__, stepped.__doc__ = step.__name__, step.__doc__
    return stepped


def open_file(key: str, position: int) -> None:
    """Put a file of the inbox on the bench."""
    bench = workbench(key)
    bench.current = FileOnBench(bench.files[position], ExitStack())


def close_file(key: str) -> None:
    """Take the file off the bench and drop its stage."""
    bench = workbench(key)
    bench.require_current().stack.close()
    bench.current = None


@_refusable
def read(bench: Workbench) -> None:
    """Check the file's bytes, dialect and header."""
    current = bench.require_current()
    source = current.file.source
    current.reading = read_step(bench.study, current.file.path, source.id, bench.scratch)


@_refusable
def stage(bench: Workbench) -> None:
    """Load the file into a stage of its own."""
    current = bench.require_current()
    if current.reading is None:
        raise RuntimeError("a file is staged after it was read")
    opened = open_intake(bench.study, bench.connection, current.reading, bench.scratch)
    current.intake = current.stack.enter_context(opened)
    stage_step(current.intake, bench.scratch)


@_refusable
def check(bench: Workbench) -> None:
    """Run the rules on the stage."""
    current = bench.require_current()
    if current.intake is None:
        raise RuntimeError("a file is checked after it was staged")
    validate_step(current.intake)


@_refusable
def store(bench: Workbench) -> None:
    """Archive, acknowledge and publish the file; score its forms."""
    current = bench.require_current()
    intake = current.intake
    if intake is None:
        raise RuntimeError("a file is stored after it was checked")
    bench.begin()
    batch = len(accepted_files(bench.ledger)) + 1
    accepted = admit_step(intake, bench.ledger, batch)
    bench.reports.append(
        FileReport(accepted.name, accepted.source_id, accepted.counts, intake.validation)
    )


STEPS: tuple[FileStep, ...] = (read, stage, check, store)


def _report_refusal(bench: Workbench, refusal: ExportError) -> None:
    current = bench.require_current()
    file = current.file
    write_refusal(bench.study, hash_export(file.path), file, refusal)
    validation = current.intake.validation if current.intake else None
    bench.reports.append(
        FileReport(
            show_file(file.path.name), file.source.id, validation=validation, refusal=refusal
        )
    )
