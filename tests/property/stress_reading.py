"""Spoil good exports of every kind in seeded ways, and take each as far as `interdep check` does.

For ten thousand of each kind: python -m tests.bench.mutations --each 10000

Every spoilt export must be refused with one code, or be judged with every row accounted for. The
rule engine, which takes most of the time, runs on every tenth; else each rule is asked for its
offending rows, which gives the same findings.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from flows.validation.statements import STAGED_ROWS, joint_query
from instruments.errors import ExportError
from instruments.rule import Rule
from sql.gateway import Connection, rows
from tests.property.export_mutations import NASTY, GoodExport, good_exports, mutate
from tests.unit.nasty.desk import Checked, check

CODE = re.compile(r"E_[A-Z_]+")
ENGINE_EVERY = 10
# What a message may never repeat: the parts of the mutations that no other text has.
TELLING = [text for text in NASTY if len(text) > 9 and text.isprintable()]


@contextmanager
def rules_alone() -> Iterator[None]:
    """Ask every rule for its offending rows instead of asking the rule engine first."""
    with patch("flows.validation.engine.find_broken", _perhaps_broken):
        yield


def _perhaps_broken(connection: Connection, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return all rules, without those on single answers where one statement says that all hold."""
    items = [r for r in rules if r.check.name == "in_set" and r.columns[0].kind == "item"]
    if not items or rows(connection, joint_query(items).format(batch=STAGED_ROWS)):
        return tuple(rules)
    return tuple(rule for rule in rules if rule not in items)


def spoil_and_check(export: GoodExport, seed: int, *, with_engine: bool) -> str:
    """Spoil an export and judge it; return its code, or "accepted" or "set aside".

    Raises
    ------
    AssertionError
        A row is not accounted for, a file lies about, or a message says too much.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in mutate(export, seed).items():
            (folder / file).write_bytes(content)
        scratch = folder / "scratch"
        try:
            if with_engine:
                checked = check(folder / export.name, export.source, scratch)
            else:
                with rules_alone():
                    checked = check(folder / export.name, export.source, scratch)
        except ExportError as refusal:
            require_refusal(refusal, scratch)
            return refusal.code
    require_all_rows(checked)
    return "set aside" if checked.counts.quarantined else "accepted"


def require_all_rows(checked: Checked) -> None:
    """Require that every row is loaded, quarantined or known."""
    counts, export = checked.counts, checked.reading.export
    assert counts.rows_in == counts.loaded + counts.quarantined + counts.known
    assert counts.rows_in == export.rows == checked.validation.rows
    records = {row["_record"] for row in checked.staged}
    faults = {fault.record for fault in export.faults}
    assert records | faults == set(range(1, counts.rows_in + 1))
    assert not records & faults
    assert faults <= set(checked.quarantined) <= records | faults


def require_refusal(refusal: ExportError, scratch: Path) -> None:
    """Require one code, a place, advice, no value of the file, and no copy left behind."""
    assert CODE.fullmatch(refusal.code), refusal.code
    assert refusal.where
    assert refusal.fix
    assert not [text for text in TELLING if text in str(refusal)]
    assert "\n" not in str(refusal)
    left = [path.name for path in scratch.iterdir()] if scratch.exists() else []
    # The stage may refuse what was read already; its folder is thrown away with the copy.
    assert not left or refusal.code in ("E_COLUMN_MISSING", "E_RAGGED", "E_BUSY"), left


def stress(kind: str, seeds: Iterable[int]) -> Counter[str]:
    """Return how often each outcome was met."""
    export = good_exports()[kind]
    outcomes: Counter[str] = Counter()
    for seed in seeds:
        with_engine = seed % ENGINE_EVERY == 0
        try:
            outcomes[spoil_and_check(export, seed, with_engine=with_engine)] += 1
        except BaseException as error:
            error.add_note(f"{kind}, seed {seed}")
            raise
    return outcomes
