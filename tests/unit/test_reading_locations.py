"""Paths that lead to no finished, readable file of its own are refused in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.sources import bytes_check, read_export
from instruments.errors import ExportError
from tests.unit.nasty.cases import GOOD, csv_source


def refusal(path: Path, scratch: Path, **reading: bool) -> ExportError:
    with pytest.raises(ExportError) as caught:
        read_export(path, csv_source(), scratch, **reading)
    assert caught.value.fix
    assert not list(scratch.iterdir())
    return caught.value


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "intake.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_file_that_is_not_there(tmp_path: Path, scratch: Path) -> None:
    assert refusal(tmp_path / "intake_2.csv", scratch).code == "E_UNREADABLE"


def test_a_folder(tmp_path: Path, scratch: Path) -> None:
    assert refusal(tmp_path, scratch).code == "E_UNREADABLE"


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path, scratch: Path) -> None:
    pipe = tmp_path / "intake.csv"
    os.mkfifo(pipe)
    assert refusal(pipe, scratch).code == "E_UNREADABLE"


def test_a_file_that_may_not_be_read(
    good: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(good))

    monkeypatch.setattr(Path, "open", deny)
    error = refusal(good, scratch)
    assert error.code == "E_UNREADABLE"
    assert "may read it" in error.fix


def test_a_link(good: Path, scratch: Path) -> None:
    link = good.with_name("intake_2.csv")
    link.symlink_to(good)
    assert refusal(link, scratch).code == "E_LINK"


def test_a_link_to_nothing(tmp_path: Path, scratch: Path) -> None:
    link = tmp_path / "intake_2.csv"
    link.symlink_to(tmp_path / "gone.csv")
    assert refusal(link, scratch).code == "E_LINK"


@pytest.mark.parametrize(
    "name",
    [
        "intake\nKx01q.csv",
        "intake..csv",
        "intake\u202evsc.csv",
        "in\\take.csv",
        "\x1b[2Jintake.csv",
        "intake\udce9.csv",
    ],
)
def test_an_odd_name_is_refused_and_not_repeated(
    name: str, good: Path, tmp_path: Path, scratch: Path
) -> None:
    path = good.rename(tmp_path / name)
    error = refusal(path, scratch)
    assert error.code == "E_NAME"
    assert name not in str(error)
    assert str(error).isprintable()


@pytest.mark.parametrize("name", ["intake.csv.part", "intake.crdownload", "~$intake.csv"])
def test_a_download_that_is_not_finished(name: str, good: Path, scratch: Path) -> None:
    assert refusal(good.rename(good.with_name(name)), scratch).code == "E_BUSY"


def test_a_file_that_grows_while_it_is_read(
    good: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = os.read

    def read_while_written(descriptor: int, size: int) -> bytes:
        piece = read(descriptor, min(size, 50))
        with good.open("a", encoding="utf-8") as opened:
            opened.write("Kx" if good.stat().st_size < 10_000 else "")
        return piece

    monkeypatch.setattr(bytes_check.os, "read", read_while_written)
    assert refusal(good, scratch).code == "E_BUSY"


def test_a_copy_of_a_file_that_changed_meanwhile_does_not_stay(
    good: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = bytes_check.check_unchanged

    def check_then_append(path: Path, size: int, modified_ns: int) -> None:
        check(path, size, modified_ns)
        path.write_text(GOOD + GOOD.splitlines()[-1] + "\n", encoding="utf-8")

    monkeypatch.setattr(bytes_check, "check_unchanged", check_then_append)
    assert refusal(good, scratch, force_rewrite=True).code == "E_BUSY"


def test_a_file_that_is_replaced_before_its_rows_are_read(
    good: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = bytes_check.check_unchanged

    def check_then_replace(path: Path, size: int, modified_ns: int) -> None:
        check(path, size, modified_ns)
        path.write_bytes(GOOD.encode().replace(b"Kx04q", b"Kx\xe94q"))

    monkeypatch.setattr(bytes_check, "check_unchanged", check_then_replace)
    error = refusal(good, scratch, force_rewrite=True)
    assert error.code == "E_BUSY"
    assert "xe9" not in str(error)
