"""Builds the nasty files: one small export for each way in which a text file can be bad."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.declarations import Source

HEADER = "client_id,day,ecr_1,ecr_2,ecr_3"
ROWS = tuple(f"Kx{n:02d}q,{70 + n},1,7,{n % 7 + 1}" for n in range(1, 9))
GOOD = "\n".join((HEADER, *ROWS)) + "\n"

# Names that the program or a study file gave may be shown; whatever else a file holds may not.
DECLARED = {"client_id", "ecr_1", "ecr_2", "ecr_3", "_record", "date_of_birth"}


def csv_source(**changes: Any) -> Source:
    """Return the source that the nasty files claim to be exports of."""
    declared: dict[str, Any] = {
        "id": "intake",
        "kind": "csv",
        "files": "intake*.csv",
        "occasion": "intake",
        "columns": {"client": "client_id", "day": "day"},
        "form": [{"instrument": "ecr", "columns": "ecr_{n}"}],
    }
    return Source.model_validate(declared | changes)


@dataclass(frozen=True)
class Refused:
    """A file that must be refused: the one code, and a part of the place that is named."""

    name: str
    content: bytes
    code: str
    place: str
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """A file that must be read: its rows, and what is said of it."""

    name: str
    content: bytes
    rows: int = len(ROWS)
    notes: tuple[str, ...] = ()
    faults: tuple[tuple[int, str, str | None], ...] = ()
    is_plain: bool = False
    source: Mapping[str, Any] = field(default_factory=dict)


def with_header(header: str, rows: tuple[str, ...] = ROWS) -> bytes:
    """Return the good rows under another header."""
    return ("\n".join((header, *rows)) + "\n").encode()


def with_row(number: int, row: str) -> bytes:
    """Return the good file with one row replaced; rows count from 1."""
    rows = list(ROWS)
    rows[number - 1] = row
    return with_header(HEADER, tuple(rows))


def cells_of(content: bytes) -> set[str]:
    """Return every cell below the header that could give a client away."""
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1")
    cells = re.split(r"[,;\t|\n\r\"\0]", text)
    return {cell for cell in cells if len(cell) > 3} - DECLARED


def zipped(*names: str) -> bytes:
    """Return a zip archive that holds the good file under these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return buffer.getvalue()


def semicolons(text: str) -> bytes:
    """Return a text with semicolons for commas and a decimal comma in it."""
    return text.replace(",", ";").replace(";7;", ";7,5;").encode()


_SWALLOWING = with_row(3, 'Kx03q,73,1,"7,4')[:-1] + b'\nKx09q,79,1,7,"2"\n'
_CP1252 = with_row(5, "Kx05é,75,1,7,6").decode().encode("cp1252")
_CUT_IN_QUOTE = GOOD.encode() + b'Kx09q,79,1,"7'
_LONG = "Zw" * 2_500_000

REFUSED = (
    Refused("empty", b"", "E_EMPTY", "intake.csv"),
    Refused("only a mark", b"\xef\xbb\xbf", "E_EMPTY", "intake.csv"),
    Refused("only blank lines", b"\n \n\r\n", "E_EMPTY", "intake.csv"),
    Refused("header only", (HEADER + "\n").encode(), "E_NO_ROWS", "line 1"),
    Refused("header only, quoted", b'"client_id","day","ecr_1"\n', "E_NO_ROWS", "line 1"),
    Refused("utf-16 without mark", GOOD.encode("utf-16-le"), "E_ENCODING", "byte 1"),
    Refused("utf-32", GOOD.encode("utf-32"), "E_ENCODING", "byte 0"),
    Refused("windows-1252 undeclared", _CP1252, "E_ENCODING", f"byte {_CP1252.index(0xE9)}"),
    Refused(
        "not what is declared",
        with_row(5, "Kx05q,75,1,7,6").replace(b"Kx05q", b"Kx05\x81"),
        "E_ENCODING",
        f"byte {GOOD.index('Kx05q') + 4}",
        {"encoding": "cp1252"},
    ),
    Refused("unknown encoding", GOOD.encode(), "E_ENCODING", "encoding", {"encoding": "utf-9"}),
    Refused("semicolons", semicolons(GOOD), "E_DIALECT", "line 1"),
    Refused("tabs", GOOD.replace(",", "\t").encode(), "E_DIALECT", "line 1"),
    Refused("commas, declared semicolon", GOOD.encode(), "E_DIALECT", "line 1", {"delimiter": ";"}),
    Refused(
        "no header and semicolons",
        "\n".join(ROWS).replace(",", ";").encode(),
        "E_DIALECT",
        "line 1",
    ),
    Refused(
        "duplicate header",
        with_header("client_id,day,ecr_1,ecr_1,ecr_3"),
        "E_DUP_HEADER",
        "3 and 4",
    ),
    Refused(
        "duplicate by case",
        with_header("client_id,day,ecr_1,ecr_2,Ecr_1"),
        "E_DUP_HEADER",
        "3 and 5",
    ),
    Refused(
        "duplicate by spaces",
        with_header("client_id,day,ecr_1, Day ,ecr_3"),
        "E_DUP_HEADER",
        "2 and 4",
    ),
    Refused(
        "duplicate by composed letters",
        with_header("client_id,day,ecr_1,größe,gro\u0308ße"),
        "E_DUP_HEADER",
        "4 and 5",
    ),
    Refused(
        "duplicate by an unseen letter",
        with_header("client_id,day,ecr_1,ecr_2,ecr\u200b_1"),
        "E_DUP_HEADER",
        "3 and 5",
    ),
    Refused(
        "nul byte",
        with_row(4, "Kx04\0q,74,1,7,5"),
        "E_NUL",
        f"line 5, byte {GOOD.index('Kx04q') + 4}",
    ),
    Refused(
        "nul in utf-16",
        with_row(4, "Kx04\0q,74,1,7,5").decode().encode("utf-16"),
        "E_NUL",
        "line 5",
    ),
    Refused("quote never closed", with_row(3, 'Kx03q,73,1,"7,4'), "E_QUOTE", "line 4"),
    Refused("quote closed by a later row", _SWALLOWING, "E_QUOTE", "line 4"),
    Refused(
        "quote that swallows whole rows",
        with_row(3, 'Kx03q,73,"1,7,4').replace(b"Kx06q,76,1", b'Kx06q,76",1,7'),
        "E_QUOTE",
        "line 4",
    ),
    Refused("letters after a closed quote", with_row(2, 'Kx02q,"72"x,1,7,3'), "E_QUOTE", "line 3"),
    Refused("preamble", b"Kx clinic\nmade 2026\n\n" + GOOD.encode(), "E_HEADER", "line 1"),
    Refused("preamble with semicolons", b"Kx clinic\n" + semicolons(GOOD), "E_HEADER", "line 1"),
    Refused("no header", "\n".join(ROWS).encode(), "E_HEADER", "line 1"),
    Refused("no header, one column", b"Kx01q\nKx02q\n", "E_HEADER", "line 1"),
    Refused("blank header", with_header(",,,,"), "E_HEADER", "line 1"),
    Refused("only delimiters", b"\t\t\n\t\t\n", "E_HEADER", "line 1", {"delimiter": "\t"}),
    Refused(
        "reserved name", with_header("client_id,day,ecr_1,_record,ecr_3"), "E_HEADER", "column 4"
    ),
    Refused(
        "values without a name", with_header("client_id,day,ecr_1,ecr_2,"), "E_HEADER", "column 5"
    ),
    Refused(
        "column missing",
        with_header("client_id,dya,ecr_1,ecr_2,ecr_3"),
        "E_COLUMN_MISSING",
        "line 1",
    ),
    Refused("items missing", with_header("client_id,day,a1,a2,a3"), "E_COLUMN_MISSING", "line 1"),
    Refused(
        "name of a book's length",
        with_header("x" * 200_000 + "," + HEADER),
        "E_FIELD_SIZE",
        "line 1",
    ),
    Refused("tail cut off", GOOD.encode()[:-6], "E_TRUNCATED", "line 9"),
    Refused(
        "tail cut off, quoted",
        GOOD.replace("Kx01q", '"Kx01q"').encode()[:-6],
        "E_TRUNCATED",
        "line 9",
    ),
    Refused("tail cut off within a quote", _CUT_IN_QUOTE, "E_TRUNCATED", "line 10"),
    Refused(
        "most rows ragged",
        b"\xef\xbb\xbf" + with_header("client_id,day,ecr_1,ecr_2"),
        "E_RAGGED",
        "line 2",
    ),
    Refused("gzip", gzip.compress(GOOD.encode(), mtime=0), "E_ARCHIVE", "byte 0"),
    Refused("bzip2", b"BZh91AY&SY" + bytes(40), "E_ARCHIVE", "byte 0"),
    Refused("zip", zipped("intake.csv"), "E_ARCHIVE", "byte 0"),
    Refused("workbook", zipped("[Content_Types].xml", "xl/workbook.xml"), "E_NOT_TEXT", "byte 0"),
    Refused("open document", zipped("mimetype", "content.xml"), "E_NOT_TEXT", "byte 0"),
    Refused(
        "old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "E_NOT_TEXT", "byte 0"
    ),
    Refused("pdf", b"%PDF-1.7\n" + GOOD.encode(), "E_NOT_TEXT", "byte 0"),
    Refused("spss", b"$FL2@(#) SPSS DATA FILE" + bytes(90), "E_NOT_TEXT", "byte 0"),
    Refused("web page", b"\xef\xbb\xbf\n<!DOCTYPE HTML><p>Kx01q</p>", "E_NOT_TEXT", "byte 0"),
    Refused(
        "identifier declared as a fact",
        with_header("client_id,day,ecr_1,date_of_birth,ecr_3"),
        "E_IDENTIFIER",
        "column 4",
        {"attributes": {"born": {"column": "date_of_birth", "type": "code", "shape": "[0-9]{4}"}}},
    ),
)

ACCEPTED = (
    Accepted("plain", GOOD.encode(), is_plain=True),
    Accepted("plain crlf", GOOD.replace("\n", "\r\n").encode(), is_plain=True),
    Accepted("plain utf-8", with_row(5, "Kx05é,75,1,7,6"), is_plain=True),
    Accepted(
        "no final line end", GOOD.encode()[:-1], is_plain=True, notes=("N_NO_FINAL_LINE_END",)
    ),
    Accepted(
        "no final line end, quoted",
        GOOD.replace("Kx01q", '"Kx01q"').encode()[:-1],
        notes=("N_NO_FINAL_LINE_END",),
    ),
    Accepted("short row in a plain file", with_row(4, "Kx04q,74,1"), is_plain=True),
    Accepted("byte-order mark", b"\xef\xbb\xbf" + GOOD.encode(), notes=("N_BOM",)),
    Accepted(
        "mixed line ends", GOOD.replace("\n", "\r\n", 3).encode(), notes=("N_MIXED_LINE_ENDS",)
    ),
    Accepted("old line ends", GOOD.replace("\n", "\r").encode()),
    Accepted(
        "line breaks in cells only",
        GOOD.replace("\n", "\r\n").encode().replace(b"Kx05q", b'"Kx\n05q"'),
    ),
    Accepted("utf-16 little", b"\xff\xfe" + GOOD.encode("utf-16-le"), notes=("N_UTF16",)),
    Accepted("utf-16 big", b"\xfe\xff" + GOOD.encode("utf-16-be"), notes=("N_UTF16",)),
    Accepted(
        "utf-16 declared, no mark",
        GOOD.encode("utf-16-le"),
        notes=("N_UTF16",),
        source={"encoding": "utf-16-le"},
    ),
    Accepted(
        "windows-1252 declared", _CP1252, notes=("N_ENCODING",), source={"encoding": "cp1252"}
    ),
    Accepted(
        "utf-8 though declared otherwise",
        with_row(5, "Kx05é,75,1,7,6"),
        is_plain=True,
        source={"encoding": "cp1252"},
    ),
    Accepted(
        "semicolons declared",
        semicolons(GOOD),
        is_plain=True,
        source={"delimiter": ";", "decimal": ","},
    ),
    Accepted(
        "header in other case and spaces",
        with_header(" Client_ID,DAY ,Ecr_1,ecr_2,ecr_3"),
        is_plain=True,
    ),
    Accepted("quoted", GOOD.replace("Kx01q", '"Kx01q"').encode()),
    Accepted(
        "trailing delimiter", GOOD.replace("\n", ",\n").encode(), notes=("N_TRAILING_DELIMITER",)
    ),
    Accepted(
        "trailing delimiters",
        GOOD.replace("\n", ",, ,\n").encode(),
        notes=("N_TRAILING_DELIMITER",),
    ),
    Accepted(
        "trailing delimiter in rows",
        with_header(HEADER, tuple(f"{r}," for r in ROWS)),
        notes=("N_TRAILING_DELIMITER",),
    ),
    Accepted(
        "trailing delimiter in the header",
        with_header(HEADER + ","),
        notes=("N_TRAILING_DELIMITER",),
    ),
    Accepted("blank lines", GOOD.replace("\n", "\n\n", 4).encode(), notes=("N_BLANK_LINES",)),
    Accepted("blank lines first", b"\n\n" + GOOD.encode(), notes=("N_BLANK_LINES",)),
    Accepted(
        "column without a name",
        with_header("," + HEADER, tuple(f"1,{r}" for r in ROWS)),
        is_plain=True,
    ),
    Accepted(
        "short row",
        b"\xef\xbb\xbf" + with_row(4, "Kx04q,74,1"),
        notes=("N_BOM",),
        faults=((4, "E_RAGGED", None),),
    ),
    Accepted(
        "long row",
        b"\xef\xbb\xbf" + with_row(6, "Kx06q,76,1,7,6,5,4"),
        notes=("N_BOM",),
        faults=((6, "E_RAGGED", None),),
    ),
    Accepted(
        "5 MB field", with_row(2, f"Kx02q,72,1,{_LONG},3"), faults=((2, "E_FIELD_SIZE", "ecr_2"),)
    ),
    Accepted(
        "5 MB field, quoted, of many lines",
        with_row(2, f'Kx02q,72,1,"{_LONG[:2_000_000]}\n{_LONG[:999]}",3'),
        faults=((2, "E_FIELD_SIZE", "ecr_2"),),
    ),
)
