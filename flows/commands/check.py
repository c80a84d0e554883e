"""`interdep check`: read, stage and validate exports; nothing is stored."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import typer

from flows.books import accepted_files
from flows.declarations import Source
from flows.desk.row_lists import write_rows
from flows.desk.scorecard import EXIT_CODES, Scorecard, fill_scorecard
from flows.desk.store_copy import open_store_copy
from flows.desk.values import describe_values
from flows.desk.wording import describe
from flows.intake import open_intake, read_step, source_of, stage_step, validate_step
from flows.ledger import Ledger
from flows.outcome import DONE, REFUSED, WARNINGS
from flows.plans import require_fitting_rule
from flows.settings import apply_settings
from flows.sources.location import check_location
from flows.sources.names import show_file
from flows.sources.structure_file import refuse_structure
from flows.study import Study, load_study
from instruments.errors import ExportError, StudyError, suggest


@dataclass(frozen=True)
class Wanted:
    """What is asked for beside the verdict on the screen."""

    as_json: bool = False
    html: Path | None = None
    rows: Path | None = None
    show_values: bool = False


def check_files(files: list[Path], folder: Path, source: str | None, wanted: Wanted) -> int:
    """Judge every file and print what is wrong with it."""
    apply_settings()
    study = load_study(folder)
    cards = [
        _refused(file, source or "none", structure, wanted)
        if (structure := refuse_structure(file))
        else _check(study, file, _source(study, file, source), wanted)
        for file in files
    ]
    if wanted.as_json:
        typer.echo(json.dumps([_as_facts(card) for card in cards], indent=2))
    _write_files(study, cards, wanted)
    _tell_rule(study)
    return max((EXIT_CODES[card.verdict] for card in cards), key=(DONE, WARNINGS, REFUSED).index)


def _tell_rule(study: Study) -> None:
    """Tell what a run of this study would stop at, whatever its exports hold."""
    try:
        require_fitting_rule(study)
    except StudyError as error:
        typer.echo(f"A run would take no file in yet: {error}", err=True)


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
    check_location(file)  # of a file that is not there nobody should be asked for its source
    raise StudyError(
        "E_USAGE",
        "It cannot be told to which source this file belongs",
        where=show_file(file.name),
        fix=f"Name one of them with --source: {', '.join(known)}.",
    )


def _check(study: Study, file: Path, source: Source, wanted: Wanted) -> Scorecard:
    """Judge one file; tell it, and the values if they are asked for, while they are at hand."""
    with tempfile.TemporaryDirectory(prefix="interdep-") as name:
        scratch = Path(name)
        try:
            reading = read_step(study, file, source.id, scratch)
            with (
                open_store_copy(study, scratch) as store,
                open_intake(study, store.connection, reading, scratch) as intake,
            ):
                stage_step(intake, scratch)
                validate_step(intake, must_pass=False)
                with_rows = wanted.html is not None or wanted.rows is not None
                accepted = accepted_files(Ledger(study.ledger))
                card = fill_scorecard(
                    intake,
                    accepted,
                    with_offences=with_rows,
                    has_store=store.has_store,
                    caveat=store.caveat,
                )
                _tell(
                    card,
                    wanted,
                    describe_values(store.connection, intake.reading.layout)
                    if wanted.show_values
                    else (),
                )
        except ExportError as refusal:
            return _refused(file, source.id, refusal, wanted)
    return card


def _refused(file: Path, source_id: str, refusal: ExportError, wanted: Wanted) -> Scorecard:
    """Tell that a file is refused whole."""
    card = Scorecard(show_file(file.name), source_id, refusal=refusal)
    _tell(card, wanted)
    return card


def _tell(card: Scorecard, wanted: Wanted, values: Sequence[str] = ()) -> None:
    if not wanted.as_json:
        typer.echo("\n".join([describe(card), *values, ""]))


def _write_files(study: Study, cards: Sequence[Scorecard], wanted: Wanted) -> None:
    if wanted.rows is not None:
        write_rows(wanted.rows, tuple(one for card in cards for one in card.offences))
        typer.echo(f"wrote {wanted.rows}", err=True)
    if wanted.html is not None:
        from flows.desk.page import write_page

        write_page(wanted.html, study, cards)
        typer.echo(f"wrote {wanted.html}", err=True)


def _as_facts(card: Scorecard) -> dict[str, Any]:
    refusal = card.refusal
    return {
        "file": card.name,
        "source": card.source_id,
        "verdict": card.verdict,
        "refusal": None
        if refusal is None
        else {name: getattr(refusal, name) for name in ("code", "what", "where", "fix")},
        "rows": None if card.counts is None else asdict(card.counts),
        "findings": [
            asdict(finding) for finding in (card.validation.findings if card.validation else ())
        ],
        "since_last": None if card.since is None else asdict(card.since),
        "held": None if card.held is None else asdict(card.held),
        "caveat": card.caveat or None,
    }
