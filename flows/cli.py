"""The command line. Commands are imported when used: `--help` and `figure` stay quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_desk import (
    amendments,
    check_definition,
    new_definition,
    profile,
    quarantine_app,
    withdraw,
)
from instruments.errors import InterdepError

app = typer.Typer(
    name="interdep",
    help="Outcome-measure exports of clinics in, checked data and reports on dependency out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="Exit codes: 0 done, 1 error, 2 usage, 3 refused, 4 done with warnings, 5 nothing new.",
)
instruments_app = typer.Typer(
    help="The measures that interdep knows.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(instruments_app, name="instruments")
instruments_app.command("check")(check_definition)
instruments_app.command("new")(new_definition)
plan_app = typer.Typer(
    help="What was decided before the outcomes were seen.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(plan_app, name="plan")
app.add_typer(quarantine_app, name="quarantine")
app.command()(profile)
app.command()(withdraw)
app.command()(amendments)

INTERRUPTED = 130  # as a shell has it for Ctrl-C
StudyFolder = Annotated[Path, typer.Argument(help="The folder of the study.")]
InStudy = Annotated[Path, typer.Option("--study", "-s", help="The folder of the study.")]


@app.command()
def init(folder: StudyFolder) -> None:
    """Make a study folder with a commented study.toml."""
    from flows.commands.init import init_study

    _end(init_study(folder))


@app.command()
def run(
    folder: StudyFolder,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Take in what is new, check, score, compare and publish."""
    from flows.commands.run import run_command

    _end(run_command(folder, quiet=quiet))


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Export files.")],
    study: InStudy = Path(),
    source: Annotated[str | None, typer.Option(help="The source they belong to.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the scorecard as a page.")] = None,
    rows: Annotated[Path | None, typer.Option(help="Write offending rows: .csv or .xlsx.")] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Print offending cells, on the screen only.")
    ] = False,
) -> None:
    """Tell whether an export is good, without storing it."""
    from flows.commands.check import Wanted, check_files

    _end(check_files(files, study, source, Wanted(json, html, rows, show_values)))


@app.command()
def status(
    folder: StudyFolder,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell what a study holds; works while a run is under way."""
    from flows.commands.status import show_status

    _end(show_status(folder, as_json=json))


@app.command()
def figure(
    name: Annotated[str, typer.Argument(help='Its name, or "list".')],
    study: InStudy = Path(),
    run: Annotated[str, typer.Option(help="A run's id.")] = "latest",
    out: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
    format: Annotated[str, typer.Option(help="svg, pdf, png, tiff, with commas.")] = "svg",
    width: Annotated[str, typer.Option(help="Such as 90mm.")] = "170mm",
    dpi: Annotated[int, typer.Option(help="For png and tiff.")] = 300,
) -> None:
    """Draw one figure of a published run again."""
    from flows.short_life import without_collection

    with without_collection():
        from flows.commands.figure import draw

        _end(draw(name, study, run, out, format, width, dpi))


@app.command()
def table(
    name: Annotated[str, typer.Argument(help='Its number or name, or "list".')],
    study: InStudy = Path(),
    run: Annotated[str, typer.Option(help="A run's id.")] = "latest",
    out: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
    format: Annotated[str, typer.Option(help="docx, html, latex, csv, with commas.")] = "docx",
) -> None:
    """Write one table of a published run again."""
    from flows.short_life import without_collection

    with without_collection():
        from flows.commands.table import write_table

        _end(write_table(name, study, run, out, format))


@app.command()
def document(
    study: InStudy = Path(),
    run: Annotated[str, typer.Option(help="A run's id.")] = "latest",
    format: Annotated[str, typer.Option(help="docx, pdf, html, with commas.")] = "docx,pdf",
) -> None:
    """Write the report of a published run as Word and PDF."""
    from flows.commands.document import write_documents

    _end(write_documents(study, run, format))


@instruments_app.command("list")
def list_instruments(study: InStudy = Path()) -> None:
    """List the forms that interdep and the study know."""
    from flows.commands.instruments import list_forms

    _end(list_forms(study))


@instruments_app.command("show")
def show_instrument(
    name: Annotated[str, typer.Argument(help="Its id, such as ecr.")], study: InStudy = Path()
) -> None:
    """Show one form: its key, range, scales and where they come from."""
    from flows.commands.instruments import show_form

    _end(show_form(name, study))


@plan_app.command("new")
def new_plan(folder: StudyFolder) -> None:
    """Begin plan.toml with what the study declares; what is expected is yours to write."""
    from flows.commands.plan import begin_plan

    _end(begin_plan(folder))


@plan_app.command("check")
def check_plan(folder: StudyFolder) -> None:
    """Say in words what plan.toml will do, and what it can detect."""
    from flows.commands.plan import tell_plan

    _end(tell_plan(folder))


@plan_app.command("lock")
def lock_plan(folder: StudyFolder) -> None:
    """Lock plan.toml in the ledger: only then are outcomes shown by group."""
    from flows.commands.plan import lock

    _end(lock(folder))


@app.command()
def rebuild(folder: StudyFolder) -> None:
    """Build the store again from archive and ledger alone."""
    from flows.commands.rebuild import rebuild_store

    _end(rebuild_store(folder))


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Of the simulated clients.")] = 20260101,
) -> None:
    """Write the demonstration study, run it and print the report's path."""
    from flows.commands.demo import run_demonstration

    _end(run_demonstration(folder, seed))


@app.command()
def serve(
    folder: StudyFolder,
    cron: Annotated[str, typer.Option(help='When to run, such as "0 6 * * 1".')],
    timezone: Annotated[str, typer.Option(help="Of the schedule.")] = "UTC",
) -> None:
    """Run a study on a schedule, on this machine, until it is stopped."""
    from flows.commands.serve import serve_study

    _end(serve_study(folder, cron, timezone))


@app.command()
def doctor(
    folder: Annotated[Path | None, typer.Argument(help="A study to look at too.")] = None,
) -> None:
    """Compare versions with the pins, try folders, show the server's settings."""
    from flows.commands.doctor import examine

    _end(examine(folder))


def _end(code: int) -> None:
    raise typer.Exit(code)


def main() -> None:
    """Run the command line; an error that a user can act on is one sentence and exit code 1."""
    try:
        app()
    except InterdepError as error:
        _say(error)
        sys.exit(2 if error.code == "E_USAGE" else 1)
    except Exception as error:
        from flows.shield import explain_unexpected, was_interrupted

        if was_interrupted(error):
            sys.exit(INTERRUPTED)
        _say(explain_unexpected(error))
        sys.exit(1)


def _say(error: InterdepError) -> None:
    typer.echo(f"interdep: {error}", err=True)
