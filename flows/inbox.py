"""Which files of the inbox belong to which source, and which of them are new."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from flows.declarations import Source
from flows.ledger import Ledger
from flows.sources.names import show_file
from flows.study import Study
from instruments.errors import StudyError


@dataclass(frozen=True)
class InboxFile:
    """One file of the inbox and the source that it belongs to."""

    path: Path
    source: Source


def list_inbox(study: Study) -> list[InboxFile]:
    """Return every export file that a source claims, in the order of sources and names.

    Raises
    ------
    StudyError
        ``E_STUDY_FILES`` where two sources claim the same file.
    """
    claimed: dict[Path, str] = {}
    found = []
    for source in study.sources:
        for path in _matching(study, source):
            if path in claimed:
                raise StudyError(
                    "E_STUDY_FILES",
                    f'The sources "{claimed[path]}" and "{source.id}" claim the same file',
                    where=show_file(path.name),
                    fix='Make their patterns under "files" narrower.',
                )
            claimed[path] = source.id
            found.append(InboxFile(path, source))
    return found


def _matching(study: Study, source: Source) -> Iterator[Path]:
    dictionaries = set(study.exports.glob(source.dictionary)) if source.dictionary else set()
    found = sorted(study.exports.glob(source.files), key=_in_order)
    return (path for path in found if path not in dictionaries)


def _in_order(path: Path) -> tuple[object, ...]:
    """Return what orders files by name as people number them: 9 before 10, "a" before "a (1)".

    Of two new exports the later one corrects the other, so the order decides which answers stand.
    """
    names = (*path.parts[:-1], path.stem)
    return tuple(tuple(_numbered(name)) for name in names), path.name


def _numbered(name: str) -> Iterator[str | int]:
    """Yield the texts of a name and the numbers between them."""
    for place, part in enumerate(re.split(r"(\d+)", name)):
        yield int(part) if place % 2 else part


def unclaimed_files(study: Study) -> dict[str, str]:
    """Return why no source claims a file of the inbox, by the file's name as it may be shown.

    Hidden files are passed over: systems put them there, and nobody looks for them.
    """
    claimed = {file.path for file in list_inbox(study)}
    for source in study.sources:
        claimed |= set(study.exports.glob(source.dictionary)) if source.dictionary else set()
    names = sorted(p.name for p in study.exports.glob("[!.]*") if p.is_file() and p not in claimed)
    return {show_file(name): _why_unclaimed(study, name) for name in names}


def _why_unclaimed(study: Study, name: str) -> str:
    for source in study.sources:
        if fnmatchcase(name.casefold(), source.files.casefold()):
            return (
                f'but for upper and lower case it matches "{source.files}" of the source '
                f'"{source.id}"'
            )
    return "no source's pattern matches it"


def new_files(study: Study, ledger: Ledger) -> list[InboxFile]:
    """Return the files whose bytes were not accepted before; of equal files the first."""
    known = {entry.facts["sha256"] for entry in ledger.entries("file_accepted")}
    found = []
    for file in list_inbox(study):
        sha256 = hash_export(file.path)
        if sha256 not in known:
            found.append(file)
        known.add(sha256 or str(file.path))
    return found


def hash_export(path: Path) -> str:
    """Return the SHA-256 of an export; empty for one that is no plain file, which is not opened."""
    try:
        is_plain = stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return ""
    return hash_file(path) if is_plain else ""


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file; empty for one that cannot be read, so that it is told of."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
