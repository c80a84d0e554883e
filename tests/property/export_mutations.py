"""Good exports of every kind, and seeded ways of spoiling them."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat

from flows.declarations import Source
from flows.sources.redcap_dictionary import read_dictionary
from tests.unit.nasty.redcap_writers import as_labels, as_lines, read_table, write_table
from tests.unit.nasty.survey_writers import as_limesurvey, as_qualtrics
from tests.unit.test_reading_redcap import HEADER as DICTIONARY_HEADER

Mutation = Callable[[bytes, random.Random], bytes]
ITEMS = [f"core_{n}" for n in range(1, 11)]
NAMES = ["client_id", "day", "sex", *ITEMS, "remark"]
ANSWERS = '"0, Not at all | 1, Only occasionally | 2, Sometimes | 3, Often | 4, Most of the time"'
FIELDS = (
    "client_id,base,,text,Client code,,,,",
    "day,base,,text,Days since intake,,,integer,",
    'sex,base,,radio,Sex,"1, Woman | 2, Man",,,',
    'help,base,,checkbox,Helped by,"1, Friends | 2, Books",,,',
    *(f"{name},core,,radio,Item {name},{ANSWERS},,," for name in ITEMS),
    "remark,core,,notes,Remark,,,,",
)
# What stands in a cell after a mutation; nothing of it may end the program or be told again.
NASTY = (
    "", " ", "-99", "7", "99999", "-32001", "3.5", "1e400", "NaN", "-inf", "007", "٣", "３", "=1+1",
    "a,b", 'a"b', "Ünï", "x" * 300, "2024-13-40", "03/04/2024", "A1", "Often", "TRUE", "\u200b4",
    "Kx01q", "\x07", "N/A", "NASK", "'; DROP TABLE stage.rows; --", "<script>", "1" * 40,
)  # fmt: skip


@dataclass(frozen=True)
class GoodExport:
    """A good export: the files beside each other, by name, of which the first is the export."""

    source: Source
    files: Mapping[str, bytes]
    mutations: Sequence[Mutation]

    @property
    def name(self) -> str:
        """The name of the export."""
        return next(iter(self.files))


def rows(count: int = 12) -> list[list[str]]:
    """Return the rows of all good exports."""
    return [
        [
            f"Kx{n:02d}q",
            str(10 * n),
            str(1 + n % 2),
            *(str((n * k) % 4) for k in range(1, 11)),
            "ok",
        ]
        for n in range(count)
    ]


def declare(kind: str, **more: Any) -> Source:
    """Return the source of a kind of export."""
    attributes = {"sex": {"column": "sex", "type": "code", "values": {"1": "woman", "2": "man"}}}
    given: dict[str, Any] = {
        "id": "mutated",
        "kind": kind,
        "files": "*",
        "occasion": "intake",
        "columns": {"client": "client_id", "day": "day"},
        "attributes": attributes,
        "missing": {"-99": "refused", "NASK": "not asked"},
        "form": [{"instrument": "core_10", "columns": "core_{n}"}],
    }
    return Source.model_validate(given | more)


@cache
def good_exports() -> Mapping[str, GoodExport]:
    """Return a good export of every kind."""
    text = write_table(NAMES, rows()).encode()
    return {
        "csv": GoodExport(declare("csv"), {"a.csv": text}, TEXT),
        **_redcap_exports(),
        "qualtrics": GoodExport(
            declare("qualtrics"), {"a.csv": as_qualtrics(*_with_status()).encode()}, TEXT
        ),
        "limesurvey": GoodExport(
            declare("limesurvey", codes={f"A{n}": n for n in range(5)}),
            {"a.csv": as_limesurvey(*_with_progress())},
            TEXT,
        ),
        **_binary_exports(),
    }


def _with_progress() -> tuple[list[str], list[list[str]]]:
    own = ["2026-01-01", "3", "en"]
    return ["submitdate", "lastpage", "startlanguage", *NAMES], [[*own, *row] for row in rows()]


def _with_status() -> tuple[list[str], list[list[str]]]:
    return ["Status", "Finished", *NAMES], [["0", "1", *row] for row in rows()]


def _redcap_exports() -> dict[str, GoodExport]:
    folder = Path(__file__).with_name("redcap_dictionary.csv")
    written = ("\n".join((DICTIONARY_HEADER, *FIELDS)) + "\n").encode()
    boxes = [[*row[:3], str(k % 2), "0", *row[3:]] for k, row in enumerate(rows())]
    raw = write_table([*NAMES[:3], "help___1", "help___2", *NAMES[3:]], boxes)
    dictionary = _read(written, folder.name)
    table = read_table(raw)
    box = {"column": "help___1", "type": "code", "values": {"0": "no", "1": "yes"}}
    texts = {
        "redcap": raw,
        "redcap_labels": as_labels(table, dictionary),
        "redcap_eav": as_lines(table, dictionary),
    }
    return {
        kind: GoodExport(
            declare(kind, dictionary="d.csv", attributes={"friends": box}),
            {"a.csv": text.encode(), "d.csv": written},
            TEXT,
        )
        for kind, text in texts.items()
    }


def _read(written: bytes, name: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(written)
        return read_dictionary(path, "utf-8")


def _binary_exports() -> dict[str, GoodExport]:
    frame = pd.DataFrame(rows(), columns=NAMES).astype(dict.fromkeys(["day", *ITEMS], float))
    made = openpyxl.Workbook()
    made.active.append(NAMES)
    for row in frame.itertuples(index=False):
        made.active.append(list(row))
    workbook = io.BytesIO()
    made.save(workbook)
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for ending in ("sav", "zsav"):
            path = Path(folder) / f"a.{ending}"
            pyreadstat.write_sav(frame, str(path), compress=ending == "zsav",
                                 missing_ranges={"core_1": [{"lo": 90, "hi": 99}]})  # fmt: skip
            found[ending] = path.read_bytes()
    return {
        "sav": GoodExport(declare("spss"), {"a.sav": found["sav"]}, SPSS),
        "zsav": GoodExport(declare("spss"), {"a.zsav": found["zsav"]}, SPSS),
        "excel": GoodExport(declare("excel"), {"a.xlsx": workbook.getvalue()}, WORKBOOK),
    }


def flip_bytes(content: bytes, draw: random.Random) -> bytes:
    """Change one to three bytes."""
    changed = bytearray(content)
    for _ in range(draw.randint(1, 3)):
        if changed:
            changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def cut_end(content: bytes, draw: random.Random) -> bytes:
    """Cut the end off."""
    return content[: draw.randrange(len(content) + 1)]


def cut_middle(content: bytes, draw: random.Random) -> bytes:
    """Take a piece out."""
    at = draw.randrange(len(content) + 1)
    return content[:at] + content[at + draw.randint(1, 40) :]


def repeat_piece(content: bytes, draw: random.Random) -> bytes:
    """Write a piece twice."""
    at = draw.randrange(len(content) + 1)
    return content[:at] + content[max(0, at - draw.randint(1, 80)) :]


def insert_bytes(content: bytes, draw: random.Random) -> bytes:
    """Put bytes in that mean something to a reader."""
    pieces = (b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n\r\n", b"\0", b"\xef\xbb\xbf",
              b"\xff\xfe", b"\x1a", "é".encode(), "\u2028".encode(), b"'", b"\\")  # fmt: skip
    at = draw.randrange(len(content) + 1)
    return content[:at] + draw.choice(pieces) + content[at:]


def encode_otherwise(content: bytes, draw: random.Random) -> bytes:
    """Write the text in another encoding, or with other line ends or delimiters."""
    text = content.decode("utf-8", "replace")
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: text.encode("utf-16"),
        lambda: text.encode("cp1252", "replace"),
        lambda: text.replace("\n", "\r\n").encode(),
        lambda: text.replace(",", ";").encode(),
        ("\ufeff" + text).encode,
        lambda: text.replace("q", "\u0444", 1).encode(),
    )
    return draw.choice(ways)()


def change_lines(content: bytes, draw: random.Random) -> bytes:
    """Drop, repeat, move or join lines."""
    lines = content.splitlines(keepends=True) or [b""]
    at, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    what = draw.randrange(5)
    if what == 0:
        del lines[at]
    elif what == 1:
        lines.insert(other, lines[at])
    elif what == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif what == 3:
        lines[at] = lines[at].rstrip(b"\r\n")
    else:
        lines = [lines[0]] * draw.randint(1, 3) + lines[at:]
    return b"".join(lines)


def change_cells(content: bytes, draw: random.Random) -> bytes:
    """Put something else into one to three cells."""
    lines = content.split(b"\n")
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(lines))
        cells = lines[at].split(b",")
        cells[draw.randrange(len(cells))] = draw.choice(NASTY).encode()
        lines[at] = b",".join(cells)
    return b"\n".join(lines)


def change_columns(content: bytes, draw: random.Random) -> bytes:
    """Drop, repeat or swap a column throughout, or the cells of a row only."""
    rows_ = [line.split(b",") for line in content.split(b"\n")]
    at, other = draw.randrange(16), draw.randrange(16)
    only = draw.choice((None, draw.randrange(len(rows_))))
    what = draw.randrange(3)
    for number, row in enumerate(rows_):
        if len(row) > max(at, other) and only in (None, number):
            if what == 0:
                del row[at]
            elif what == 1:
                row.insert(other, row[at])
            else:
                row[at], row[other] = row[other], row[at]
    return b"\n".join(b",".join(row) for row in rows_)


def change_parts(content: bytes, draw: random.Random) -> bytes:
    """Spoil the XML inside a workbook, and pack it again."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice(["xl/worksheets/sheet1.xml"] * 6 + sorted(parts))
    parts[name] = draw.choice((flip_bytes, cut_end, cut_middle, change_sheet, change_sheet))(
        parts[name], draw
    )
    if draw.random() < 0.05:
        del parts[draw.choice(sorted(parts))]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, written in parts.items():
            archive.writestr(part, written)
    return packed.getvalue()


def change_sheet(content: bytes, draw: random.Random) -> bytes:
    """Change what cells are: their place, type, style, value or formula."""
    swaps = (
        (rb' t="n"', b' t="e"'), (rb' t="n"', b' t="s"'), (rb' t="inlineStr"', b' t="str"'),
        (rb"<v>\d", b"<f>A1</f><v>"), (rb"<v>[^<]*</v>", b"<f>1+1</f>"),
        (rb'r="B(\d)', rb'r="XFD\1'),
        (rb'r="C3"', b'r="C1048576"'), (rb'<row r="\d+"', b"<row"), (rb' s="\d+"', b' s="999"'),
        (rb"<v>\d+", b"<v>1e999"), (rb"<v>\d+", b"<v>"), (rb' r="[A-Z]+\d+"', b""),
        (rb"<v>\d+", b"<v>-32768"), (rb"<c ", b"<c s='1' "), (rb"</row>", b""),
        (rb"<v>\d+", b"<v>12345678901234567890"), (rb'r="D(\d)', rb'r="E\1'),
    )  # fmt: skip
    pattern, new = draw.choice(swaps)
    places = list(re.finditer(pattern, content))
    if not places:
        return content
    place = draw.choice(places)
    return content[: place.start()] + place.expand(new) + content[place.end() :]


def change_table(content: bytes, draw: random.Random) -> bytes:
    """Write an SPSS file again with other values, labels and missing ranges."""
    frame = pd.DataFrame(rows(), columns=NAMES).astype(dict.fromkeys(["day", *ITEMS], float))
    numbers = (float("nan"), float("inf"), 98.5, -1e300, 97.0, 99999.0, -32001.0, 2.5, 1e15)
    for _ in range(draw.randint(1, 4)):
        name, row = draw.choice(NAMES), draw.randrange(len(frame))
        is_text = name in ("client_id", "sex", "remark")
        frame.loc[row, name] = draw.choice(NASTY if is_text else numbers)
    if draw.random() < 0.3:
        frame = frame.rename(columns={draw.choice(NAMES): draw.choice(["x", "core_1x", "Ünï"])})
    low = draw.choice((-1e5, 0.0, 2.0, 90.0))
    ranges = {name: [{"lo": low, "hi": low + draw.choice((0, 9, 1e5))}] for name in ITEMS[:3]
              if name in frame}  # fmt: skip
    labels = {name: {low: draw.choice(NASTY[1:12])} for name in ranges}
    compressed = content[:4] == b"$FL3"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sav"
        pyreadstat.write_sav(frame, str(path), compress=compressed, missing_ranges=ranges,
                             variable_value_labels=labels)  # fmt: skip
        return path.read_bytes()


def change_workbook(content: bytes, draw: random.Random) -> bytes:
    """Change cells, formats, rows, columns and sheets as a person would."""
    made = openpyxl.load_workbook(io.BytesIO(content))
    sheet = made.worksheets[0]
    values = (*(text for text in NASTY if text.isprintable()), 3.5, True, 98, -1e300,
              dt.date(2026, 1, 1), dt.time(3), dt.timedelta(hours=30), "=1/0", "#N/A")  # fmt: skip
    for _ in range(draw.randint(1, 4)):
        cell = sheet.cell(draw.randint(1, 15), draw.randint(1, 16))
        cell.value = draw.choice(values)
        cell.number_format = draw.choice(("General", "000", "0%", "dd/mm/yyyy", "@", '"K"00'))
    what = draw.randrange(6)
    if what == 0:
        sheet.insert_rows(draw.randint(1, 14), draw.randint(1, 3))
    elif what == 1:
        sheet.insert_cols(draw.randint(1, 14))
    elif what == 2:
        sheet.merge_cells(start_row=3, end_row=draw.randint(3, 6), start_column=1, end_column=2)
    elif what == 3:
        made.create_sheet("Other").append(["a", "b"])
    elif what == 4:
        sheet.delete_rows(draw.randint(1, 14))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


BYTES: tuple[Mutation, ...] = (flip_bytes, cut_end, cut_middle, repeat_piece, insert_bytes)
TEXT: tuple[Mutation, ...] = (*BYTES, encode_otherwise, change_lines, change_cells, change_cells,
                              change_columns)  # fmt: skip
SPSS: tuple[Mutation, ...] = (*BYTES, *[change_table] * 10)
WORKBOOK: tuple[Mutation, ...] = (*BYTES, *[change_parts] * 5, *[change_workbook] * 5)


def mutate(export: GoodExport, seed: int) -> dict[str, bytes]:
    """Return the files of an export after one to three mutations, mostly of the export itself."""
    draw = random.Random(seed)  # noqa: S311 -- repeatable on purpose
    files = dict(export.files)
    name = draw.choice([export.name] * 9 + list(files))
    mutations = export.mutations if name == export.name else TEXT
    # In compressed files a second change rarely finds anything that can still be read.
    for _ in range(1 if mutations is SPSS or mutations is WORKBOOK else draw.randint(1, 3)):
        files[name] = draw.choice(mutations)(files[name], draw)
    return files
