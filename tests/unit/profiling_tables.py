"""Exports that nobody declared, and what is proposed for them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from flows.profiling import propose_study
from flows.study import Study, load_study
from instruments.catalog import load_catalog

CATALOG = load_catalog()
CORE = [f"core_{n}" for n in range(1, 11)]
Table = dict[str, list[str]]


def propose(*paths: Path, folder: Path) -> tuple[Study, str]:
    """Return the proposal as a study that was loaded, and its text."""
    text = propose_study(paths, CATALOG)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return load_study(folder), text


def answers(columns: list[str], low: int, high: int, count: int = 60, seed: int = 1) -> Table:
    """Return answers that go together, as an honest scale's do."""
    draw = np.random.default_rng(seed)
    trait = draw.normal(size=(count, 1))
    raw = trait + draw.normal(scale=0.8, size=(count, len(columns)))
    cut = np.clip(np.rint((raw + 2) / 4 * (high - low) + low), low, high).astype(int)
    return {name: [str(n) for n in cut[:, k]] for k, name in enumerate(columns)}


def ids(count: int = 60) -> list[str]:
    return [f"Kx{n:03d}" for n in range(count)]


def write(path: Path, table: Table, *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as opened:
        writer = csv.writer(opened, delimiter=delimiter, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    return path


def forms_of(study: Study) -> list[tuple[str, Any, Any, bool]]:
    return [(f.instrument, f.columns, f.range, f.already_reversed)
            for source in study.sources for f in source.form]  # fmt: skip
