"""One table of a run in any form: by its number in the report, or by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from instruments.errors import RunError, suggest
from reports.render import TableEntry
from reports.render.document import find_tables
from reports.render.run_view import Run, load_run
from reports.render.sections import compose_sections, outline_picture
from reports.render.table import Table
from reports.render.writing import write_together

Writer = Callable[[Run, Table], bytes]


def find_entries(folder: Path) -> tuple[TableEntry, ...]:
    """Return number, name and title of every table of a run's report."""
    return tuple(
        TableEntry(table.number or 0, table.name, table.title)
        for table in _tables(load_run(folder)).values()
    )


def write_table(
    folder: Path, wanted: str, *, formats: Sequence[str], out: Path | None = None
) -> tuple[Path, ...]:
    """Write one table of a run into files, all of them or none."""
    unknown = [fmt for fmt in formats if fmt not in WRITERS]
    if unknown or not formats:
        near = suggest(unknown[0], WRITERS) if unknown else ""
        raise RunError(
            "E_TABLE_FORMAT",
            "A table is written in one or more known formats.",
            fix=near or f"There are: {', '.join(WRITERS)}.",
        )
    run = load_run(folder)
    table = _choose(_tables(run), wanted)
    files = {
        f"{table.name}.{ENDINGS.get(fmt, fmt)}": WRITERS[fmt](run, table)
        for fmt in dict.fromkeys(formats)
    }
    return write_together(Path.cwd() if out is None else out, files)


def _tables(run: Run) -> dict[str, Table]:
    sections = compose_sections(run, outline_picture)
    return {table.name: table for table in find_tables(sections)}


def _choose(tables: Mapping[str, Table], wanted: str) -> Table:
    by_number = {str(table.number): table for table in tables.values()}
    found = tables.get(wanted) or by_number.get(wanted)
    if found is None:
        raise RunError(
            "E_TABLE_UNKNOWN",
            f'This run has no table "{wanted}".',
            fix=suggest(wanted, tables) or f"There are: {', '.join(tables)}, or a number.",
        )
    return found


def _html(run: Run, table: Table) -> bytes:
    from reports.render.page import print_page

    about = run.provenance("run")
    return print_page("table.html", run, block=table, about=about, has_estimates=False).encode()


def _csv(run: Run, table: Table) -> bytes:
    from reports.render.views.table_csv import table_to_csv

    return table_to_csv(table).encode()


def _latex(run: Run, table: Table) -> bytes:
    from reports.render.views.table_latex import table_to_latex

    return table_to_latex(table).encode()


def _word(run: Run, table: Table) -> bytes:
    from reports.render.views.word import table_to_word

    return table_to_word(table, run.provenance("run"))


WRITERS: Mapping[str, Writer] = {"docx": _word, "html": _html, "latex": _latex, "csv": _csv}
ENDINGS = {"latex": "tex"}
