"""The errors of interdep: one tree, every leaf with a code.

    InterdepError
    ├── DefinitionError   an instrument definition cannot be used
    ├── StudyError        the study file cannot be used
    ├── ExportError       an export is refused whole
    ├── StoreError        store, archive or ledger cannot be used
    ├── GateError         something may not leave the store
    ├── RunError          a run, or something asked of a run, cannot be had
    └── PlanError         the analysis plan cannot be used

A message says what is wrong, where, and what to do. It never holds a cell's value.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InterdepError(Exception):
    """An error that a user can act on.

    Parameters
    ----------
    code : str
        Stable code, such as ``E_ENCODING``.
    what : str
        One sentence: what is wrong.
    where : str
        File, line, key or column; empty where there is no place to name.
    fix : str
        One sentence: what to do.
    """

    def __init__(self, code: str, what: str, *, where: str = "", fix: str = "") -> None:
        self.code = code
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f" {self.fix}" if self.fix else ""
        return f"{self.code}: {self.what}{place}{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process and thread borders (Prefect pickles them).
        return (_restore, (type(self), self.code, self.what, self.where, self.fix))


def _restore(kind: type[InterdepError], code: str, what: str, where: str, fix: str) -> object:
    return kind(code, what, where=where, fix=fix)


class DefinitionError(InterdepError):
    """An instrument definition cannot be used."""


class StudyError(InterdepError):
    """The study file cannot be used."""


class ExportError(InterdepError):
    """An export is refused whole; store, ledger and archive stay as they were."""


class StoreError(InterdepError):
    """Store, archive or ledger cannot be used."""


class GateError(InterdepError):
    """Something may not leave the store."""


class RunError(InterdepError):
    """A run, or something asked of a run, cannot be had."""


class PlanError(InterdepError):
    """The analysis plan cannot be used."""


def suggest(wrong: str, known: Iterable[str]) -> str:
    """Return ' Did you mean "x"?' for the nearest known name, or an empty string."""
    near = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.5)
    return f'Did you mean "{near[0]}"?' if near else ""
