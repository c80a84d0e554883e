"""`make bench-truth`: do the headline estimates of many simulated studies find what is true?

Every study of every setting is kept in ``bench/truth``, so that an interrupted run goes on where
it stopped; another version of the code starts anew. The table is kept beside this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from tests.bench.truth_estimates import HEADLINES, Seen, large_values, look_at_study
from tests.bench.truth_judgement import judge
from tests.bench.truth_settings import LARGE, SETTINGS, TARGETS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TABLE, TARGET_FILE = HERE / "truth_table.csv", HERE / "truth_targets.json"
KEPT = ROOT / "bench" / "truth"
SEED = 20_260_000
COLUMNS = ("setting", "seed", *(field.name for field in fields(Seen)))
# What a study's numbers depend on.
CODE = ("reports/analyses", "reports/methods", "reports/presentation.py", "reports/study_data.py",
        "flows/simulation", "tests/bench/simulated_data.py", "tests/bench/truth_estimates.py",
        "tests/bench/truth_settings.py")  # fmt: skip
Task = tuple[str, int]


def main() -> int:
    """Run what is missing, print the table, and return how many estimates fail unwarned."""
    asked = _parser().parse_args()
    chosen = {name: one for name, one in SETTINGS.items() if not asked.setting or
              name in asked.setting}  # fmt: skip
    targets = _targets(anew=asked.targets)
    tasks = [(name, SEED + k) for k in range(asked.studies) for name in chosen]
    started = time.perf_counter()
    seen = run_studies(tasks, asked.processes)
    table = judge(seen, chosen, targets)
    seconds = time.perf_counter() - started
    _write(table, asked.studies, is_whole=len(chosen) == len(SETTINGS))
    sys.stdout.write(f"{_print(table)}\n{asked.studies} studies each, {seconds:.0f} s, seeds from "
                     f"{SEED}\n")  # fmt: skip
    return int(table["verdict"].str.endswith("not warned").sum())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench-truth", description=__doc__)
    parser.add_argument("--studies", type=int, default=200, help="of each setting; 2,000 in full")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--setting", action="append", choices=list(SETTINGS), help="only this one")
    parser.add_argument("--targets", action="store_true", help="compute the true values anew")
    return parser


def _targets(*, anew: bool) -> dict[str, dict[str, float]]:
    """Return what estimators reach on large worlds; kept, since it takes minutes."""
    digest = _digest(("flows/simulation",))
    if TARGET_FILE.exists() and not anew:
        kept = json.loads(TARGET_FILE.read_text(encoding="utf-8"))
        if kept["simulation"] == digest and set(kept["values"]) == set(TARGETS):
            return dict(kept["values"])
    values = {name: _rounded(large_values(world, LARGE)) for name, world in TARGETS.items()}
    content = {"clients": LARGE, "simulation": digest, "values": values}
    TARGET_FILE.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return values


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.6g}") for name, value in values.items()}


def _digest(names: tuple[str, ...]) -> str:
    """Return a hash of files and of the files in folders."""
    found = hashlib.sha256()
    paths = (ROOT / name for name in names)
    files = {file for path in paths for file in (path.glob("*.py") if path.is_dir() else [path])}
    for file in sorted(files):
        found.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    return found.hexdigest()[:16]


def run_studies(tasks: list[Task], processes: int) -> pd.DataFrame:
    """Run the studies that are not kept yet, and return all that were asked for."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{_digest(CODE)}.jsonl"
    done = _read(path)
    left = [task for task in tasks if task not in done]
    # A line that was cut off is taken away before the next one is written behind it.
    path.write_text("".join(done.values()), encoding="utf-8")
    context = multiprocessing.get_context("spawn")
    with path.open("a", encoding="utf-8") as file, context.Pool(processes) as pool:
        for task, line in pool.imap_unordered(_look, left, chunksize=2):
            file.write(line)
            file.flush()
            done[task] = line
    return _in_order(pd.DataFrame([row for task in tasks for row in _rows(done[task])],
                                  columns=list(COLUMNS)))  # fmt: skip


def _look(task: Task) -> tuple[Task, str]:
    """Return one study as a line: it is there as a whole or not at all."""
    name, seed = task
    # Two processes share two cores; texts are those of a study's analyses.
    with threadpool_limits(1), pd.option_context("mode.string_storage", "python"):
        seen = look_at_study(SETTINGS[name], seed)
    content = {"setting": name, "seed": seed, "seen": [asdict(one) for one in seen]}
    return task, json.dumps(content) + "\n"


def _read(path: Path) -> dict[Task, str]:
    """Return the line of each kept study; a last one that was cut off does not count."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return {_task_of(line): line for line in lines if line.endswith("\n")}


def _task_of(line: str) -> Task:
    content = json.loads(line)
    return content["setting"], content["seed"]


def _rows(line: str) -> list[list[object]]:
    content = json.loads(line)
    return [[content["setting"], content["seed"], *one.values()] for one in content["seen"]]


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    order = {name: place for place, name in enumerate(HEADLINES)}
    place = frame["headline"].map(order).fillna(len(order))
    ordered = frame.assign(_place=place).sort_values(["setting", "_place", "headline", "seed"])
    return ordered.drop(columns="_place").reset_index(drop=True)


def _write(table: pd.DataFrame, studies: int, *, is_whole: bool) -> None:
    """Keep the table of a whole run of at least 200 studies."""
    if not is_whole or studies < 200:
        return
    table.to_csv(TABLE, index=False, float_format="%.4g", lineterminator="\n")


def _print(table: pd.DataFrame) -> str:
    return "\n".join([*_lines(table), *_faults(table)])


def _lines(table: pd.DataFrame) -> Iterator[str]:
    head = ("estimate", "truth", "mean", "bias", "(latent)", "±", "covers", "±", "false +", "±",
            "warned", "verdict")  # fmt: skip
    columns = ("headline", "true_score", "mean", "bias", "bias_latent", "bias_mc", "coverage",
               "coverage_mc", "false_positives", "false_positives_mc", "warned",
               "verdict")  # fmt: skip
    for setting, rows in table.groupby("setting", sort=False):
        yield f"\n{setting} ({rows['studies'].max()} studies)"
        yield f"  {head[0]:42}" + "".join(f"{word:>9}" for word in head[1:-1]) + f"  {head[-1]}"
        for row in rows[list(columns)].itertuples(index=False):
            numbers = "".join(f"{_number(value):>9}" for value in row[1:-1])
            yield f"  {row[0]:42}{numbers}  {row[-1]}"


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.3f}"


def _faults(table: pd.DataFrame) -> Iterator[str]:
    yield "\nWhere a method fails:"
    for row in table[~table["verdict"].isin(["ok", "power", "share"])].itertuples():
        yield f"  {row.setting}: {row.headline}: {row.verdict}"


if __name__ == "__main__":
    sys.exit(main())
