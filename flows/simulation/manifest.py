"""What is wrong with a demonstration on purpose, so that what is found can be compared with it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST_FILE = "mistakes.json"


@dataclass(frozen=True, order=True)
class Mistake:
    """One finding that validation must have.

    ``record`` counts the data rows of the file from 1, 0 for the whole file; ``column`` is the
    header in the file, empty where the finding is about the row or a form; ``form`` names the form
    that a finding is about. ``is_planted`` is False for what the simulated answers hold by
    themselves.
    """

    file: str
    record: int
    column: str
    form: str
    code: str
    severity: str
    what: str
    is_planted: bool = True


@dataclass(frozen=True, order=True)
class MissingReason:
    """One unanswered item and the reason that its code gives."""

    file: str
    record: int
    column: str
    reason: str


@dataclass(frozen=True, order=True)
class EmptyForms:
    """In how many rows of a file a form has no answer (most of them: it was not due there)."""

    file: str
    form: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """Everything that validation of a demonstration must find, and nothing else.

    ``reversed_forms`` are pairs of a file and a form that were exported with the reverse-keyed
    items already flipped, against what the study file says: no row shows it, an alarm does.
    ``E_FORM_EMPTY`` notes are counted in ``empty_forms``; all other findings are ``mistakes``.
    """

    seed: int
    mistakes: tuple[Mistake, ...]
    reasons: tuple[MissingReason, ...]
    empty_forms: tuple[EmptyForms, ...]
    reversed_forms: tuple[tuple[str, str], ...] = ()

    def write(self, folder: Path) -> None:
        """Write the manifest beside the study file; it is no export."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=True)
        (folder / MANIFEST_FILE).write_bytes(text.encode() + b"\n")
