"""The facts of a file's bytes are the same however the file is cut into pieces."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from flows.sources import bytes_check, encoding, read_export
from flows.sources.bytes_check import check_bytes
from flows.sources.export import FIELD_LIMIT
from instruments.errors import ExportError
from tests.unit.nasty.cases import GOOD, csv_source

TEXTS = (
    "a,b\n1,2\n",
    "a,b\r\n1,2\r\n3,4",
    "a,b\n\n1,2",
    "a,b\r\n\r\n1,2\r\n",
    "\na,b\n",
    "a\rb\r",
    'a,"b\n',
    "é,ü\n😀,ß\n" * 5,
    "\ufeffa,b\n1,2\r\n",
    GOOD,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "intake.csv"


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("piece", [1, 2, 3, 7])
def test_pieces_do_not_change_what_is_counted(
    text: str, piece: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = text.encode()
    path.write_bytes(content)
    monkeypatch.setattr(bytes_check, "PIECE", piece)
    facts = check_bytes(path, "utf-8")
    pairs = content.count(b"\r\n")
    assert (facts.newlines, facts.returns, facts.pairs) == (
        content.count(b"\n"),
        content.count(b"\r"),
        pairs,
    )
    assert facts.sha256 == hashlib.sha256(content).hexdigest()
    assert facts.has_quotes == ('"' in text)
    assert facts.has_blank_lines == (text.startswith("\n") or "\n\n" in text or "\n\r\n" in text)
    assert facts.ends_with_newline == text.endswith(("\n", "\r"))


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 64])
def test_the_first_byte_that_is_no_letter_is_named_whatever_the_pieces(
    piece: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = "é,ü\n😀,ß\n".encode()
    content = letters + b"\xe9,1\n\xff"
    path.write_bytes(content)
    monkeypatch.setattr(bytes_check, "PIECE", piece)
    with pytest.raises(ExportError, match=rf"E_ENCODING.*byte {len(letters)}\)"):
        check_bytes(path, "utf-8")


def test_a_letter_cut_off_at_the_end_is_no_letter(path: Path) -> None:
    path.write_bytes(b"a,b\n1," + "é".encode()[:1])
    with pytest.raises(ExportError, match=r"E_ENCODING.*byte 6\)"):
        check_bytes(path, "utf-8")


@pytest.mark.parametrize("piece", [2, 7, 1000])
def test_utf16_is_decoded_whatever_the_pieces(
    piece: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "PIECE", piece)
    path.write_bytes(("é,😀\n" * 9).encode("utf-16"))
    assert check_bytes(path, "utf-8").encoding == "utf-16"
    path.write_bytes("é,😀\n".encode("utf-16")[:-3])
    with pytest.raises(ExportError, match="E_ENCODING"):
        check_bytes(path, "utf-8")


@pytest.mark.parametrize(
    ("piece", "at"),
    [(1, 0), *((p, at) for p in (1000, 99_999, 100_001, 1 << 20) for at in (0, 1, 50, 3000))],
)
def test_a_line_over_the_limit_is_noticed_wherever_it_stands(
    piece: int, at: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bytes_check, "PIECE", piece)
    lines = [b"x" * 40] * at
    path.write_bytes(b"\n".join([*lines, b"y" * FIELD_LIMIT, b"z", b""]))
    assert not check_bytes(path, "utf-8").has_long_lines
    path.write_bytes(b"\n".join([*lines, b"y" * (FIELD_LIMIT + 1), b"z", b""]))
    assert check_bytes(path, "utf-8").has_long_lines
    path.write_bytes(b"\n".join([*lines, b"y" * (FIELD_LIMIT + 1)]))
    assert check_bytes(path, "utf-8").has_long_lines


def test_lines_of_all_lengths_are_measured_as_a_simple_count_does(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(20260101)  # noqa: S311
    monkeypatch.setattr(bytes_check, "FIELD_LIMIT", 20)
    for piece in (3, 8, 19, 50):
        monkeypatch.setattr(bytes_check, "PIECE", piece)
        for _ in range(100):
            lines = [b"x" * draw.randrange(23) for _ in range(draw.randrange(1, 12))]
            path.write_bytes(b"y" + b"\n".join(lines))
            longest = max(len(lines[0]) + 1, *map(len, lines))
            assert check_bytes(path, "utf-8").has_long_lines == (longest > 20)


def test_a_header_may_be_cells_that_only_look_like_other_files(tmp_path: Path) -> None:
    for start in ("PAR1_ecr,", "BZh,", "GIF8,", "html,", "PK,"):
        path = tmp_path / "intake.csv"
        path.write_text(start + GOOD.replace("\n", "\n1,")[:-2], encoding="utf-8")
        assert read_export(path, csv_source(), tmp_path).is_plain
