"""Cleared values: the only things that rendering accepts, and only the gate makes them.

    Cleared
    ├── ClearedTable    a publishable table: estimates, counts, flow, figure data or texts
    ├── ClearedNumber   one number out of a cleared table, or its absence
    ├── ClearedText     one text out of a cleared table
    └── Withheld        what stands in place of a table that may not leave, with the reason

A cleared value knows the policy under which it passed. It cannot be built, copied, pickled or
forged by setting attributes: the gate keeps a register of what it issued, and
:func:`require_cleared` asks the register. Between processes and years a table travels as a
sealed file (:func:`write_cleared`, :func:`load_cleared`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args
from weakref import WeakSet

import pandas as pd

from instruments.errors import GateError, RunError
from reports.disclosure.seal import read_sealed, to_arrow, write_sealed

Kind = Literal["estimates", "counts", "flow", "figure", "texts"]
_TOKEN = object()
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)?")


@dataclass(frozen=True, eq=False, kw_only=True)
class Cleared:
    """A value that has passed the gate."""

    policy_digest: str
    token: InitVar[object] = None

    def __post_init__(self, token: object) -> None:
        if token is not _TOKEN:
            raise GateError(
                "E_GATE_BYPASS",
                f"{type(self).__name__} is made by the gate only.",
                fix="Pass the exact table through reports.disclosure, or load a sealed file.",
            )
        _ISSUED.add(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a cleared value does not travel: use write_cleared and load_cleared")


_ISSUED: WeakSet[Cleared] = WeakSet()


@dataclass(frozen=True, eq=False, kw_only=True)
class ClearedNumber(Cleared):
    """One publishable number; ``None`` where it is withheld or does not exist."""

    value: float | None


@dataclass(frozen=True, eq=False, kw_only=True)
class ClearedText(Cleared):
    """One publishable text."""

    text: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Withheld(Cleared):
    """What stands in place of a table that may not leave the store."""

    kind: Kind
    reason: str


@dataclass(frozen=True, eq=False, kw_only=True)
class ClearedTable(Cleared):
    """A publishable table; its frame is handed out as a copy."""

    kind: Kind
    content: InitVar[pd.DataFrame]
    _frame: pd.DataFrame = field(init=False, repr=False)

    def __post_init__(self, token: object, content: pd.DataFrame) -> None:
        super().__post_init__(token)
        object.__setattr__(self, "_frame", content.reset_index(drop=True).copy(deep=True))

    @property
    def frame(self) -> pd.DataFrame:
        """Return a copy of the table, so that no reader can change what was cleared."""
        return self._frame.copy(deep=True)

    def number(self, column: str, /, **where: str) -> ClearedNumber:
        """Return the number in the one row whose columns equal ``where``."""
        cell = self._cell(column, where)
        value = None if pd.isna(cell) else float(cell)
        return ClearedNumber(policy_digest=self.policy_digest, value=value, token=_TOKEN)

    def text(self, column: str, /, **where: str) -> ClearedText:
        """Return the text in the one row whose columns equal ``where``."""
        cell = self._cell(column, where)
        text = "" if pd.isna(cell) else str(cell)
        return ClearedText(policy_digest=self.policy_digest, text=text, token=_TOKEN)

    def select(self, **where: str) -> ClearedTable:
        """Return the rows whose columns equal ``where``; a part of a cleared table is cleared."""
        return _issue_table(self._matching(where), self.kind, self.policy_digest)

    def _cell(self, column: str, where: Mapping[str, str]) -> Any:
        rows = self._matching(where)
        if len(rows) != 1 or column not in rows:
            raise GateError(
                "E_GATE_CELL",
                f"{len(rows)} rows of the cleared table match where one is needed.",
                where=f"column {column}",
                fix="Name columns until one row is left.",
            )
        return rows[column].iloc[0]

    def _matching(self, where: Mapping[str, str]) -> pd.DataFrame:
        keep = pd.Series(True, index=self._frame.index)
        for column, wanted in where.items():
            if column not in self._frame:
                raise GateError("E_GATE_CELL", "No such column.", where=f"column {column}")
            keep &= self._frame[column].eq(wanted).fillna(False).astype(bool)
        return self._frame[keep]


_ISSUED_TYPES = (ClearedTable, ClearedNumber, ClearedText, Withheld)


def _issue_table(frame: pd.DataFrame, kind: Kind, policy_digest: str) -> ClearedTable:
    """Make a cleared table; for the gate's own modules, a test forbids it to all others."""
    to_arrow(frame)  # refuses dates, lists and objects before they reach a file
    return _cleared_table(frame, kind, policy_digest)


def _cleared_table(frame: pd.DataFrame, kind: Kind, policy_digest: str) -> ClearedTable:
    return ClearedTable(policy_digest=policy_digest, kind=kind, content=frame, token=_TOKEN)


def _issue_withheld(kind: Kind, reason: str, policy_digest: str) -> Withheld:
    """Make a withheld table; for the gate's own modules, a test forbids it to all others."""
    return Withheld(policy_digest=policy_digest, kind=kind, reason=reason, token=_TOKEN)


def require_cleared(context: Mapping[str, object]) -> None:
    """Refuse a render context that holds anything but cleared values.

    Mappings with text keys, lists and tuples are searched to their ends. Plain text is refused
    too: a constant belongs into the template, a declared text passes ``gate_texts``.

    Raises
    ------
    GateError
        ``E_GATE_CONTEXT`` with the path and type of the first value that has not passed.
    """
    for key, value in context.items():
        _require(value, _safe_key(key))


def _require(value: object, path: str) -> None:
    if isinstance(value, Cleared):
        if type(value) not in _ISSUED_TYPES or value not in _ISSUED:
            _refuse(value, path)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            _require(part, f"{path}.{_safe_key(key)}")
    elif isinstance(value, list | tuple):
        for position, part in enumerate(value):
            _require(part, f"{path}[{position}]")
    else:
        _refuse(value, path)


def _safe_key(key: object) -> str:
    """Return the key if it is a plain name: other keys are data, and data have not passed."""
    if isinstance(key, str) and key.isidentifier():
        return key
    raise GateError("E_GATE_CONTEXT", "A key of the render context is not a plain name.")


def _refuse(value: object, path: str) -> NoReturn:
    raise GateError(
        "E_GATE_CONTEXT",
        f"A value of type {type(value).__name__} has not passed the gate.",
        where=path,
        fix="Render only what reports.disclosure cleared or loaded.",
    )


def write_cleared(folder: Path, name: str, table: ClearedTable | Withheld) -> Path:
    """Write a cleared table (or the note of a withheld one) as a sealed file of a run.

    ``name`` is the path below ``folder`` without suffix, such as ``estimates`` or
    ``figures/figure_2``; it is part of the seal, so a renamed file is noticed.
    """
    require_cleared({"table": table})
    if not _NAME.fullmatch(name):
        raise GateError(
            "E_GATE_NAME", "A published file is named in lower case letters, digits, _."
        )
    reason = table.reason if isinstance(table, Withheld) else ""
    frame = pd.DataFrame() if isinstance(table, Withheld) else table.frame
    header = {"policy": table.policy_digest, "kind": table.kind, "reason": reason}
    return write_sealed(folder, name, header, frame)


def load_cleared(folder: Path) -> dict[str, ClearedTable | Withheld]:
    """Return every sealed table under ``folder`` by name, sorted; refuse the folder if one fails.

    Raises
    ------
    GateError
        ``E_GATE_SEAL``: a file has no seal, a broken one, or another policy than its neighbours.
    RunError
        ``E_RUN_DAMAGED``: a file is no readable Parquet. ``E_RUN_ABSENT``: there is no such folder.
    """
    if not folder.is_dir():
        raise RunError("E_RUN_ABSENT", "There is no such run.", where=folder.name)
    names = _names(folder)
    loaded = {name: _load_one(folder, name) for name in names}
    if len({table.policy_digest for table in loaded.values()}) > 1:
        raise GateError("E_GATE_SEAL", "Files of one run were cleared under different policies.")
    return loaded


def _names(folder: Path) -> list[str]:
    found = folder.rglob("*.parquet")
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in found)


def _load_one(folder: Path, name: str) -> ClearedTable | Withheld:
    header, frame = read_sealed(folder, name)
    if header["kind"] not in get_args(Kind):
        raise GateError("E_GATE_SEAL", "A sealed file is of no known kind.", where=name)
    kind: Kind = header["kind"]  # type: ignore[assignment]
    if header["reason"]:
        return _issue_withheld(kind, header["reason"], header["policy"])
    return _cleared_table(frame, kind, header["policy"])  # its types are those of a sealed file
