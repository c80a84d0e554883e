"""One file from the inbox to the store, step by step.

Read, stage, validate, then: archive, ledger, store, in that order. The ledger is the judge: what
it does not hold was not accepted, and what it holds can be published again from the archive.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flows.books import AcceptedFile, acknowledge, archive_path, require_archive
from flows.decisions import NONE, Decisions
from flows.declarations import Source
from flows.declared import source_digest
from flows.files import replaced
from flows.inbox import hash_file
from flows.layout import add_missing, lay_out
from flows.ledger import Ledger
from flows.quarantine import forget_refusal, write_held_rows
from flows.reading import (
    Reading,
    keep_faults,
    read_file,
    stage_archive,
    stage_file,
)
from flows.sources.export import Export, Fault, Note
from flows.sources.location import explain_busy
from flows.study import Study
from flows.taking_back import judge_against_earlier
from flows.tombstones import records_of, tombstones_of
from flows.toml_places import line_with
from flows.validation import Validation, validate
from flows.validation.telling import telling_records
from instruments.errors import ExportError, StoreError, StudyError
from instruments.layout import Layout
from sql.archiving import archive_text, archived_layout
from sql.gateway import Connection, open_stage, transaction
from sql.publishing import BatchFacts, RowCounts, StagedForm, count_rows, publish, stage_forms
from sql.setting_aside import set_aside

PSEUDONYMS = (
    "Ids that are written like numbers of persons were read, as study.toml declares them "
    "pseudonyms: {count}."
)


@dataclass
class Intake:
    """A file on its way: what the steps have found out so far."""

    study: Study
    connection: Connection
    reading: Reading
    validation: Validation | None = None
    decisions: Decisions = NONE


@contextmanager
def open_intake(
    study: Study,
    connection: Connection,
    reading: Reading,
    scratch: Path,
    decisions: Decisions = NONE,
) -> Iterator[Intake]:
    """Attach a stage of its own for one file."""
    with open_stage(connection, reading.export.size, scratch):
        yield Intake(study, connection, reading, decisions=decisions)


def read_step(study: Study, path: Path, source_id: str, scratch: Path) -> Reading:
    """Check bytes, dialect and header of a file.

    Raises
    ------
    ExportError
        Where the file is refused whole; of a missing column with the line that names it.
    """
    try:
        return read_file(path, source_of(study, source_id), study.catalog, scratch)
    except ExportError as refusal:
        line = line_with(study.text, re.findall(r'"([^"]+)"', refusal.what))
        if refusal.code != "E_COLUMN_MISSING" or line is None:
            raise
        where = f"{refusal.where}; study.toml, line {line}"
        raise ExportError(refusal.code, refusal.what, where=where, fix=refusal.fix) from None


def stage_step(intake: Intake, scratch: Path) -> None:
    """Fill the stage."""
    intake.reading = stage_file(intake.connection, intake.reading, scratch)
    keep_faults(intake.connection, intake.reading.export.faults)
    _leave_out_withdrawn(intake)
    _leave_out_telling(intake)
    set_aside(intake.connection, intake.decisions.rejected, "E_REJECTED")


def _leave_out_withdrawn(intake: Intake) -> None:
    """Take out of the stage the rows of clients who withdrew, before anything of them is kept."""
    reading, connection = intake.reading, intake.connection
    export, layout = reading.export, reading.layout
    tombstones = tombstones_of(Ledger(intake.study.ledger).entries())
    records = records_of(connection, "stage.text", layout, export.sha256, tombstones)
    column = layout.roles["client"].source if "client" in layout.roles else None
    _leave_out(intake, records, "E_WITHDRAWN", column)


def _leave_out_telling(intake: Intake) -> None:
    """Take out rows whose ids point to persons; pseudonyms that are declared so are told of."""
    connection, layout = intake.connection, intake.reading.layout
    telling = telling_records(connection, layout)
    if telling and intake.reading.source.ids_are_pseudonyms:
        others = telling_records(connection, layout, but_of_shape=True)
        count = sum(map(len, telling.values())) - sum(map(len, others.values()))
        _note(intake, Note("N_PSEUDONYMS", PSEUDONYMS.format(count=count)))
        telling = others
    for column, records in telling.items():
        _leave_out(intake, records, "E_IDENTIFIER", column)


def _note(intake: Intake, note: Note) -> None:
    export = intake.reading.export
    intake.reading = replace(intake.reading, export=replace(export, notes=(*export.notes, note)))


def _leave_out(intake: Intake, records: Collection[int], code: str, column: str | None) -> None:
    """Make faults of rows, of which nothing is archived."""
    reading = intake.reading
    export = reading.export
    found = set_aside(intake.connection, records, code, column, is_archived=False)
    faults = tuple(Fault(record, code, column) for record in found)
    if faults:
        intake.reading = replace(reading, export=replace(export, faults=(*export.faults, *faults)))


def validate_step(intake: Intake, *, must_pass: bool = True) -> Validation:
    """Judge the stage; raise the refusal where the file must not be published, if it must pass.

    Raises
    ------
    ExportError
        Where the file is refused whole.
    """
    reading = intake.reading
    intake.validation = validate(
        intake.connection,
        reading.layout,
        reading.export,
        reading.left_out,
        intake.decisions.released,
    )
    if must_pass:
        intake.validation.require_accepted()
    return intake.validation


def admit_step(intake: Intake, ledger: Ledger, batch: int) -> AcceptedFile:
    """Archive a file that was accepted, list its held rows, acknowledge it, publish it."""
    reading, connection = intake.reading, intake.connection
    with _archiving(intake):
        forms = stage_forms(connection, reading.layout, reading.export.sha256)
        counts = count_rows(connection, reading.layout, forms)
        compare_with_earlier(intake, forms, counts)
    write_held_rows(intake.study, connection, reading.export.sha256)
    findings = intake.validation.findings if intake.validation else ()
    accepted = acknowledge(intake.study, ledger, reading, counts, batch, findings)
    forget_refusal(intake.study, accepted.sha256, accepted.name)
    with transaction(connection):
        publish(connection, reading.layout, forms, batch_facts(accepted, counts))
    return accepted


@contextmanager
def _archiving(intake: Intake) -> Iterator[None]:
    """Archive a file beside what is done with its stage meanwhile, and wait for it."""
    with ThreadPoolExecutor(max_workers=1) as beside, intake.connection.cursor() as cursor:
        archive = beside.submit(_archive, intake.study, cursor, intake.reading)
        try:
            yield
        finally:
            archive.result()


def _archive(study: Study, connection: Connection, reading: Reading) -> None:
    with replaced(archive_path(study, reading.export.sha256)) as part:
        archive_text(connection, reading.layout, part)
        _require_same_bytes(reading)


def compare_with_earlier(intake: Intake, forms: Sequence[StagedForm], counts: RowCounts) -> None:
    """Add to what was found in a file what it takes back of what the store holds."""
    if intake.validation is None:
        raise RuntimeError("a file is compared with earlier ones after it was judged")
    layout, source = intake.reading.layout, intake.reading.source.id
    found = judge_against_earlier(intake.study, intake.connection, layout, source, forms, counts)
    findings = (*intake.validation.findings, *found)
    intake.validation = replace(intake.validation, findings=findings)


def _require_same_bytes(reading: Reading) -> None:
    """Refuse a file that changed since its bytes were checked."""
    if hash_file(reading.export.path) != reading.export.sha256:
        raise explain_busy(reading.export.path)


def replay(study: Study, connection: Connection, accepted: AcceptedFile, scratch: Path) -> None:
    """Publish an accepted file again from its archive.

    Raises
    ------
    StoreError
        ``E_NOW_REFUSED`` where most of its rows break what the study file has come to say.
    """
    with judge_archive(study, connection, accepted, scratch) as (layout, validation):
        _require_still_accepted(study, accepted, validation)
        forms = stage_forms(connection, layout, accepted.sha256)
        counts = count_rows(connection, layout, forms)
        with transaction(connection):
            publish(connection, layout, forms, batch_facts(accepted, counts))
        write_held_rows(study, connection, accepted.sha256)


def _require_still_accepted(study: Study, accepted: AcceptedFile, validation: Validation) -> None:
    """Stop before an edit of the study file empties the store of a file without a word."""
    refusal = validation.refusal
    if refusal is None or _is_declared_alike(study, accepted):
        return
    raise StoreError(
        "E_NOW_REFUSED",
        f"With study.toml as it is now an accepted file would be refused: {refusal.what}",
        where=", ".join(filter(None, (accepted.name, refusal.where))),
        fix=f"{refusal.fix} Correct study.toml; the store was left as it is.",
    )


def _is_declared_alike(study: Study, accepted: AcceptedFile) -> bool:
    """Whether the study file says of a file what it said when the file was accepted."""
    source = source_of(study, accepted.source_id)
    return accepted.declared_sha256 == source_digest(study, source)


@contextmanager
def judge_archive(
    study: Study, connection: Connection, accepted: AcceptedFile, scratch: Path
) -> Iterator[tuple[Layout, Validation]]:
    """Stage an accepted file from its archive and judge it, under what was decided about it."""
    path = require_archive(study, accepted)
    source, layout = source_of(study, accepted.source_id), archived_layout_of(study, accepted)
    with open_stage(connection, path.stat().st_size, scratch):
        stage_archive(connection, layout, path, source.decimal_signs)
        keep_faults(connection, accepted.faults)
        set_aside(connection, accepted.decisions.rejected, "E_REJECTED")
        export = _archived_export(path, accepted)
        released = accepted.decisions.released
        yield layout, validate(connection, layout, export, accepted.left_out, released)


def archived_layout_of(study: Study, accepted: AcceptedFile) -> Layout:
    """Return the layout of the archive of an accepted file.

    Raises
    ------
    StoreError
        ``E_ARCHIVE_COLUMNS`` where the study file names a column that was not admitted then.
    """
    source = source_of(study, accepted.source_id)
    try:
        laid_out = lay_out(source, accepted.header, study.catalog)
    except ExportError as missing:
        raise StoreError(
            "E_ARCHIVE_COLUMNS",
            f"study.toml now names a column that the archive of a file lacks: {missing.what}",
            where=accepted.name,
            fix="Put the original file back into exports/; it is read again then.",
        ) from None
    return archived_layout(add_missing(laid_out, accepted.missing))


def source_of(study: Study, source_id: str) -> Source:
    """Return a declared source by its id.

    Raises
    ------
    StudyError
        ``E_STUDY_SOURCE`` where the study file no longer has it.
    """
    for source in study.sources:
        if source.id == source_id:
            return source
    raise StudyError(
        "E_STUDY_SOURCE",
        f'Files were accepted from the source "{source_id}", which study.toml no longer has',
        fix="Bring the [[source]] section back.",
    )


def _archived_export(path: Path, accepted: AcceptedFile) -> Export:
    return Export(
        path=path,
        sha256=accepted.sha256,
        size=path.stat().st_size,
        readable=path,
        is_plain=False,
        header=accepted.header,
        delimiter=",",
        quote='"',
        rows=accepted.counts.rows_in,
        faults=accepted.faults,
        notes=accepted.notes,
    )


def batch_facts(accepted: AcceptedFile, counts: RowCounts) -> BatchFacts:
    """Return what the book-keeping says of an accepted file."""
    return BatchFacts(
        sha256=accepted.sha256,
        name=accepted.name,
        source_id=accepted.source_id,
        kind=accepted.kind,
        batch=accepted.batch,
        counts=counts,
    )
