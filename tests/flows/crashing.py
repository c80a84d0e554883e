"""A run that dies at a chosen point, in a process of its own.

The processes are forked from a server that has imported everything, so each costs little.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

KILLED = 137
# The point by its name: module, function, and whether the run dies before or after it.
POINTS: Mapping[str, tuple[str, str, str]] = {
    "archive written": ("flows.intake", "stage_forms", "before"),
    "before the ledger": ("flows.intake", "acknowledge", "before"),
    "after the ledger": ("flows.intake", "acknowledge", "after"),
    "inside the transaction": ("sql.publishing", "publish_clients", "before"),
    "before the commit": ("flows.intake", "publish", "after"),
    "after the commit": ("flows.intake", "transaction", "after"),
    "before the list of held rows": ("flows.intake", "write_held_rows", "before"),
    "between two files": ("flows.file_steps", "close_file", "after"),
    "first file replayed": ("flows.reconcile", "replay", "after"),
    "before the results": ("flows.run_steps", "keep_results", "before"),
    "after the results": ("flows.run_steps", "keep_results", "after"),
    "run half written": ("flows.run_steps", "render_report", "before"),
    "run written": ("flows.run_steps", "render_report", "after"),
    "run in its place": ("flows.run_steps", "_take_place", "after"),
    "latest named": ("flows.ledger", "_now", "before"),
    "ledger line torn": ("flows.ledger", "_now", "before"),
}


def die() -> NoReturn:
    """End the process as a signal would: nothing is cleaned up."""
    os._exit(KILLED)


def crash(folder: Path, point: str, *, whole: bool) -> int:
    """Run a study, or only take its files in, in a process that dies; return its exit code."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.flows.preloaded"])
    process = context.Process(target=_run, args=(str(folder), point, whole))
    process.start()
    process.join(120)
    return process.exitcode if process.exitcode is not None else -1


def _run(folder: str, point: str, whole: bool) -> None:
    from tests.flows.small_study import run, take_in

    _arm(point)
    run(Path(folder)) if whole else take_in(Path(folder))


def _arm(point: str) -> None:
    if point == "latest named":
        _arm_ledger("run_finished", torn=False)
    elif point == "ledger line torn":
        _arm_ledger("file_accepted", torn=True)
    else:
        name, function, when = POINTS[point]
        module = importlib.import_module(name)
        wrap = _context_dying if function == "transaction" else _dying
        setattr(module, function, wrap(getattr(module, function), when))


def _dying(function: Callable[..., Any], when: str) -> Callable[..., Any]:
    def dying(*args: Any, **kwargs: Any) -> NoReturn:
        if when == "after":
            function(*args, **kwargs)
        die()

    return dying


def _context_dying(function: Callable[..., Any], _when: str) -> Callable[..., Any]:
    @contextmanager
    def dying(*args: Any) -> Iterator[None]:
        with function(*args):
            yield
        die()

    return dying


def _arm_ledger(kind: str, *, torn: bool) -> None:
    from flows.ledger import Ledger

    append = Ledger.append

    def dying(self: Ledger, written: str, /, **facts: Any) -> Any:
        if written != kind:
            return append(self, written, **facts)
        if torn:
            with self.path.open("ab") as opened:
                opened.write(json.dumps({"kind": kind, "facts": facts})[:60].encode())
        die()

    Ledger.append = dying  # type: ignore[method-assign]
