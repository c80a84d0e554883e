"""Whatever happens to a good file: it is read with every row counted, or refused with a code."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flows.sources import Export, read_export
from instruments.errors import ExportError
from tests.conftest import examples
from tests.unit.nasty.cases import GOOD, cells_of, csv_source

QUOTED = GOOD.replace("Kx02q", '"Kx,\n02"').replace("Kx06q", '"Kx ""06"""')
STARTS = (GOOD.encode(), QUOTED.encode(), GOOD.replace("\n", "\r\n").encode())
Mutation = Callable[[bytes, random.Random], bytes]


def flip_a_byte(content: bytes, draw: random.Random) -> bytes:
    if not content:
        return content
    at = draw.randrange(len(content))
    return content[:at] + bytes([draw.randrange(256)]) + content[at + 1 :]


def cut_the_end(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


def repeat_a_line(content: bytes, draw: random.Random) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    at = draw.randrange(len(lines))
    return b"".join([*lines[: at + 1], *lines[at:]])


def insert(*pieces: bytes) -> Mutation:
    def mutate(content: bytes, draw: random.Random) -> bytes:
        at = draw.randrange(len(content) + 1)
        return content[:at] + draw.choice(pieces) + content[at:]

    return mutate


MUTATIONS: tuple[Mutation, ...] = (
    flip_a_byte,
    cut_the_end,
    repeat_a_line,
    insert(b'"'),
    insert(b'""', b'","', b'\n"', b'"\n'),
    insert(b",", b";", b"\t", b",,"),
    insert(b"\n", b"\r", b"\r\n", b"\n\n"),
    insert(b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1a", "é".encode(), "\u2028".encode()),
)


def count_records(text: str) -> int:
    """Count rows that are not blank by walking over the letters, as RFC 4180 describes them."""
    records, cells, cell, is_quoted, is_start = 0, 1, "", False, True
    at = 0
    text = re.sub("\r\n?", "\n", text)
    while at < len(text):
        letter = text[at]
        if is_quoted:
            if letter == '"' and text[at + 1 : at + 2] == '"':
                at, cell = at + 1, cell + letter
            elif letter == '"':
                is_quoted = False
            else:
                cell += letter
        elif letter == '"' and is_start:
            is_quoted = True
        elif letter == "\n":
            records += cells > 1 or bool(cell.strip())
            cells, cell = 1, ""
        elif letter == ",":
            cells, cell = cells + 1, ""
        else:
            cell += letter
        is_start = not is_quoted and letter in ",\n" and not cell
        at += 1
    return records + (cells > 1 or bool(cell.strip()))


def decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")


def read_or_refuse(path: Path, scratch: Path, *, force: bool = False) -> Export | ExportError:
    try:
        return read_export(path, csv_source(), scratch, force_rewrite=force)
    except ExportError as error:
        return error


def check_nothing_is_lost(export: Export, content: bytes) -> None:
    in_file = count_records(decode(content)) - 1
    assert export.rows == in_file
    if not export.is_plain:
        with export.readable.open(encoding="utf-8", newline="") as opened:
            header, *rows = csv.reader(opened, strict=True)
        numbers = [int(row[0]) for row in rows]
        assert sorted([*numbers, *(fault.record for fault in export.faults)]) == list(
            range(1, in_file + 1)
        )
        assert {len(row) for row in rows} <= {len(header)}
    else:
        assert export.faults == ()


@settings(
    max_examples=examples(600),
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    start=st.sampled_from(STARTS),
    mutations=st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=3),
    seed=st.integers(0, 2**32),
    force=st.booleans(),
)
@example(start=STARTS[0], mutations=[], seed=0, force=True)
def test_every_row_is_counted_or_the_file_is_refused_with_a_code(
    start: bytes, mutations: list[Mutation], seed: int, force: bool, tmp_path: Path
) -> None:
    content, draw = start, random.Random(seed)  # noqa: S311
    for mutate in mutations:
        content = mutate(content, draw)
    path = tmp_path / "intake.csv"
    path.write_bytes(content)
    outcome = read_or_refuse(path, tmp_path, force=force)
    if isinstance(outcome, Export):
        check_nothing_is_lost(outcome, content)
    else:
        assert re.fullmatch(r"E_[A-Z_]+", outcome.code)
        assert outcome.where
        assert not [cell for cell in cells_of(start) if cell in str(outcome)]


@settings(max_examples=examples(200), derandomize=True, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(content=st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused_with_a_code(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "intake.csv"
    path.write_bytes(content)
    outcome = read_or_refuse(path, tmp_path)
    assert isinstance(outcome, ExportError)
    assert re.fullmatch(r"E_[A-Z_]+", outcome.code)


@settings(max_examples=examples(100), derandomize=True, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    cells=st.lists(
        st.tuples(
            *[st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))] * 3
        ),
        min_size=1,
        max_size=8,
    ),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_cells_come_through_the_copy_as_they_were(
    cells: list[tuple[str, str, str]], delimiter: str, line_end: str, tmp_path: Path
) -> None:
    path = tmp_path / "intake.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(
            opened, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL
        )
        writer.writerows([("client_id", "day", "ecr_1"), *cells])
    source = csv_source(delimiter=delimiter)
    export = read_export(path, source, tmp_path, force_rewrite=True)
    with export.readable.open(encoding="utf-8", newline="") as opened:
        found = [tuple(row[1:]) for row in list(csv.reader(opened, strict=True))[1:]]
    assert found == [tuple(re.sub("\r\n?", "\n", cell) for cell in row) for row in cells]
