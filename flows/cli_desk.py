"""The commands of the data manager's desk; each is imported when it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StudyFolder = Annotated[Path, typer.Argument(help="The folder of the study.")]
FileName = Annotated[str, typer.Argument(help="Its name, or the beginning of its hash.")]
Records = Annotated[str, typer.Argument(help="Record numbers, such as 12 or 12,15-17.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it stays in the ledger.")]
By = Annotated[str, typer.Option("--by", help="Who decides; by default who is logged in.")]

quarantine_app = typer.Typer(
    help="Rows and files that are held back, and what is decided about them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def profile(
    files: Annotated[list[Path], typer.Argument(help="Export files, and data dictionaries.")],
    study: Annotated[
        Path, typer.Option("--study", "-s", help="A study whose own instruments count too.")
    ] = Path(),
) -> None:
    """Propose the study file for exports never seen before, with reasons and doubts."""
    from flows.commands.profile import profile_files

    raise typer.Exit(profile_files(files, study))


def withdraw(
    client: Annotated[str, typer.Argument(help="The client's id.")],
    folder: StudyFolder,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Keep a tombstone though no file holds the client.")
    ] = False,
    by: By = "",
) -> None:
    """Remove everything of a client who withdrew consent; it cannot be undone.

    The store is built again without the client: of a million forms in one or two minutes.
    """
    from flows.commands.withdraw import withdraw_client

    if not yes:
        typer.confirm("Everything of this client goes for good. Go on?", abort=True)
    raise typer.Exit(withdraw_client(folder, client, by, anyway=anyway))


def amendments(
    folder: StudyFolder,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Print what stood before and stands now.")
    ] = False,
) -> None:
    """Tell what corrected exports moved: answers, scores, presentations, published estimates."""
    from flows.commands.amendments import list_amendments

    raise typer.Exit(list_amendments(folder, show_values=show_values))


def check_definition(
    files: Annotated[list[Path], typer.Argument(help="Definition files (TOML).")],
) -> None:
    """Check a definition: what it says, its test vectors, what is still to be filled in."""
    from flows.commands.definition import check_definitions

    raise typer.Exit(check_definitions(files))


def new_definition(
    file: Annotated[Path, typer.Argument(help="An export that holds the form.")],
    study: Annotated[Path, typer.Option("--study", "-s", help="The folder of the study.")] = Path(),
    columns: Annotated[
        str | None, typer.Option(help='The columns of its items, such as "item_{n}".')
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it, else it is printed.")] = None,
) -> None:
    """Begin a commented definition of an unknown form from an export's columns."""
    from flows.commands.definition import new_definition as begin

    raise typer.Exit(begin(file, study, columns, out))


@quarantine_app.command("list")
def list_quarantine(folder: StudyFolder) -> None:
    """List files with rows that are held back, and files that were refused."""
    from flows.commands.quarantine import list_quarantine as listed

    raise typer.Exit(listed(folder))


@quarantine_app.command("show")
def show_quarantine(
    folder: StudyFolder,
    file: FileName,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Print the cells, on the screen only.")
    ] = False,
) -> None:
    """Show each row of a file that is held back: where, why, what was decided."""
    from flows.commands.quarantine import show_quarantine as shown

    raise typer.Exit(shown(folder, file, show_values=show_values))


@quarantine_app.command("release")
def release(
    folder: StudyFolder,
    file: FileName,
    records: Records,
    why: Why,
    by: By = "",
    despite: Annotated[
        list[str] | None, typer.Option(help="A warning to release them despite, such as E_JUMP.")
    ] = None,
) -> None:
    """Judge rows again, without the other held rows, and load them if they pass."""
    from flows.commands.quarantine import decide_rows
    from flows.desk.deciding import Request, parse_records

    known = parse_records(records)
    request = Request("rows_released", file, known, why, by, tuple(despite or ()))
    raise typer.Exit(decide_rows(folder, request))


@quarantine_app.command("reject")
def reject(folder: StudyFolder, file: FileName, records: Records, why: Why, by: By = "") -> None:
    """Keep rows out, held back or not: no other row is judged by them any more."""
    from flows.commands.quarantine import decide_rows
    from flows.desk.deciding import Request, parse_records

    request = Request("rows_rejected", file, parse_records(records), why, by)
    raise typer.Exit(decide_rows(folder, request))
