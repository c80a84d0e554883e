"""`interdep check`: read, stage and validate exports; nothing is stored."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import typer

from flows.commands.wording import describe_file
from flows.declarations import Source
from flows.intake import open_intake, read_step, source_of, stage_step, validate_step
from flows.outcome import DONE, REFUSED, WARNINGS
from flows.settings import apply_settings
from flows.study import Study, load_study
from flows.workbench import FileReport
from instruments.errors import ExportError, StudyError, suggest
from sql.gateway import open_gateway
from sql.publishing import count_staged


def check_files(files: list[Path], folder: Path, source: str | None, *, as_json: bool) -> int:
    """Judge every file and print what is wrong with it."""
    apply_settings()
    study = load_study(folder)
    reports = [_check(study, file, _source(study, file, source)) for file in files]
    if as_json:
        typer.echo(json.dumps([_as_facts(report) for report in reports], indent=2))
    else:
        typer.echo("\n".join(describe_file(report) for report in reports))
    return max(map(_exit_code, reports), key=(DONE, WARNINGS, REFUSED).index)


def _source(study: Study, file: Path, named: str | None) -> Source:
    """Return the source that a file belongs to: the one named, or the one whose pattern fits."""
    known = [source.id for source in study.sources]
    if named is not None:
        if named not in known:
            raise StudyError("E_USAGE", f'The study has no source "{named}"',
                             fix=suggest(named, known))  # fmt: skip
        return source_of(study, named)
    fitting = [source for source in study.sources if fnmatch(file.name, source.files)]
    if len(fitting) == 1:
        return fitting[0]
    raise StudyError(
        "E_USAGE",
        "It cannot be told to which source this file belongs",
        where=file.name,
        fix=f"Name one of them with --source: {', '.join(known)}.",
    )


def _check(study: Study, file: Path, source: Source) -> FileReport:
    with tempfile.TemporaryDirectory(prefix="interdep-") as name:
        scratch = Path(name)
        try:
            reading = read_step(study, file, source.id, scratch)
            with (
                open_gateway(scratch=scratch) as connection,
                open_intake(study, connection, reading, scratch) as intake,
            ):
                stage_step(intake, scratch)
                validation = validate_step(intake)
                counts = count_staged(connection)
        except ExportError as refusal:
            return FileReport(file.name, source.id, refusal=refusal)
    return FileReport(file.name, source.id, counts, validation)


def _exit_code(report: FileReport) -> int:
    if report.refusal is not None:
        return REFUSED
    return WARNINGS if report.validation and report.validation.has_warnings else DONE


def _as_facts(report: FileReport) -> dict[str, Any]:
    refusal = report.refusal
    return {
        "file": report.name,
        "source": report.source_id,
        "verdict": ("accepted", "accepted with warnings", "refused")[
            (DONE, WARNINGS, REFUSED).index(_exit_code(report))
        ],
        "refusal": None
        if refusal is None
        else {name: getattr(refusal, name) for name in ("code", "what", "where", "fix")},
        "rows": None if report.counts is None else asdict(report.counts),
        "findings": [
            asdict(finding) for finding in (report.validation.findings if report.validation else ())
        ],
    }
