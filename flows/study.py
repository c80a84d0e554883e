"""The study: a folder that the clinic owns, and the file in it that says what is to be done.

The sections belong to the packages that use them; this module composes them, and turns every
fault of the file into one sentence with its line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.declarations import Source, StudyFacts
from flows.study_checks import check_declarations
from flows.toml_places import TomlFile
from instruments.catalog import Catalog, load_catalog
from instruments.checks import MisfitError
from instruments.errors import StudyError
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.disclosure.policy import DisclosurePolicy

STUDY_FILE = "study.toml"
STUDY_TOML = TomlFile(
    STUDY_FILE,
    "study",
    "study file",
    StudyError,
    "See the comments in a file made by: interdep init",
)
LATEST = "latest"  # in runs/: the id of the newest run


class StudyFile(BaseModel):
    """The sections of `study.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    study: StudyFacts
    source: tuple[Source, ...] = Field(min_length=1)
    presentation: PresentationRule
    outcome: tuple[Outcome, ...] = ()
    comparison: Comparison = Comparison()
    disclosure: DisclosurePolicy = DisclosurePolicy()

    @model_validator(mode="after")
    def _belongs_together(self) -> StudyFile:
        names = [source.id for source in self.source]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise MisfitError("two sources have the same id", "source", index, "id")
        _check_attributes(self.source)
        return self


def _check_attributes(sources: Iterable[Source]) -> None:
    kinds: dict[str, str] = {}
    for index, source in enumerate(sources):
        for name, attribute in source.attributes.items():
            if kinds.setdefault(name, attribute.type) != attribute.type:
                raise MisfitError(
                    f'the attribute "{name}" is a number in one source, a code in another',
                    *("source", index, "attributes", name, "type"),
                )


@dataclass(frozen=True)
class Study:
    """A loaded study: its folder, its file, and the instruments that it may use."""

    folder: Path
    file: StudyFile
    catalog: Catalog
    text: str

    @property
    def sources(self) -> tuple[Source, ...]:
        """The declared sources, in the order of the file."""
        return self.file.source

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the study file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def exports(self) -> Path:
        """The inbox; its files stay the clinic's."""
        return self.folder / "exports"

    @property
    def store(self) -> Path:
        """The DuckDB file; derived, it can be rebuilt."""
        return self.folder / "store.duckdb"

    @property
    def archive(self) -> Path:
        """The admitted columns of every accepted file, as text."""
        return self.folder / "archive"

    @property
    def ledger(self) -> Path:
        """What was done and decided, a line each."""
        return self.folder / "ledger.jsonl"

    @property
    def quarantine(self) -> Path:
        """Lists of rows that were held back, without values."""
        return self.folder / "quarantine"

    @property
    def runs(self) -> Path:
        """What passed the gate."""
        return self.folder / "runs"

    @property
    def lock(self) -> Path:
        """The lock that one writer holds."""
        return self.folder / ".interdep.lock"


def load_study(folder: Path) -> Study:
    """Load and check the study in a folder.

    Raises
    ------
    StudyError
        With the line, the offending key and the nearest valid one.
    """
    path = folder / STUDY_FILE
    _check_folder(folder)
    text = _read(path)
    file = STUDY_TOML.load(text, StudyFile)
    study = Study(folder, file, load_catalog(_own_instruments(folder)), text)
    check_declarations(study)
    return study


def _check_folder(folder: Path) -> None:
    # DuckDB takes what follows a question mark in a path for settings.
    if "?" in str(folder.resolve()):
        raise StudyError(
            "E_STUDY_FOLDER",
            "A study cannot lie under a folder whose name holds a question mark",
            where=str(folder),
            fix="Rename that folder.",
        )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        fix = f"Make one with: interdep init {path.parent}"
        raise StudyError(
            "E_STUDY_MISSING", "There is no study.toml here", where=str(path.parent), fix=fix
        ) from None
    except (OSError, UnicodeDecodeError):
        raise StudyError(
            "E_STUDY_UNREADABLE",
            "The study file cannot be read as UTF-8 text",
            where=str(path),
            fix="Check its permissions and encoding.",
        ) from None


def _own_instruments(folder: Path) -> Path | None:
    own = folder / "instruments"
    return own if own.is_dir() else None
