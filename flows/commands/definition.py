"""`interdep instruments check` and `new`: a definition of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from flows.commands.instruments import describe_form
from flows.desk.new_definition import TO_DO, draft_definition
from flows.outcome import DONE, REFUSED, WARNINGS
from instruments.catalog import SHIPPED, load_catalog, load_definition
from instruments.definition import Definition
from instruments.vector_check import missed_vectors, untested_scores


def check_definitions(files: list[Path]) -> int:
    """Check definition files: what they say, their test vectors, what is still to be filled in."""
    return max(_check(file) for file in files)


def _check(file: Path) -> int:
    definition = load_definition(file)
    wrong, doubts = list(_wrong(definition, file)), list(_doubts(definition))
    verdict = "WRONG" if wrong else "GOOD, with doubts" if doubts else "GOOD"
    typer.echo(f"{verdict}: {file.name}")
    for line in (*(f"wrong  {one}" for one in wrong), *(f"doubt  {one}" for one in doubts)):
        typer.echo(f"  {line}")
    typer.echo("\n".join(describe_form(definition)))
    return REFUSED if wrong else WARNINGS if doubts else DONE


def _wrong(definition: Definition, file: Path) -> Iterator[str]:
    shipped = load_catalog()
    if definition.id in shipped and not file.resolve().is_relative_to(SHIPPED):
        yield f'A form called "{definition.id}" ships with the program: give this another id.'
    yield from map(str, missed_vectors(definition))
    for key, value in _texts(definition.model_dump(), ""):
        if value == TO_DO:
            yield f"{key} is still to be filled in."


def _doubts(definition: Definition) -> Iterator[str]:
    untested = untested_scores(definition)
    if untested:
        yield f"No test vector tells of the {', '.join(untested)}."
    if definition.response.min is None:
        yield "It has no range of its own: every study must declare one, and no vector can be run."
    if not definition.key_verified:
        yield "Its key is unverified, and every table that shows its scores says so."


def _texts(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value, start=1):
            yield from _texts(inner, f"{key}[{place}]")
    elif isinstance(value, str):
        yield key, value


def new_definition(file: Path, study: Path, columns: str | None, out: Path | None) -> int:
    """Print, or write, a commented definition begun from the columns of an export."""
    own = study / "instruments"
    catalog = load_catalog(own if (study / "study.toml").exists() and own.is_dir() else None)
    text = draft_definition(file, columns, catalog)
    if out is None:
        typer.echo(text, nl=False)
        return DONE
    from flows.desk.new_file import write_new

    write_new(out, text)
    typer.echo(f"wrote {out}; fill it in, then: interdep instruments check {out}")
    return DONE
