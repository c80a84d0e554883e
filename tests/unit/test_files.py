"""A file is replaced whole, and lasts."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from flows.files import replaced


@pytest.mark.skipif(os.name == "nt", reason="Windows flushes no folders")
def test_a_replaced_file_is_flushed_and_then_the_folder_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = []

    def note(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        flushed.append(("folder" if is_folder else "file", (tmp_path / "a").exists()))

    monkeypatch.setattr(os, "fsync", note)
    with replaced(tmp_path / "a") as part:
        part.write_text("x")
    assert flushed == [("file", False), ("folder", True)]


def test_a_file_whose_writing_fails_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), replaced(path) as part:
        part.with_name("nowhere").rename(part)
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["a"]
