"""A withdrawal that dies at its n-th step, in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.ledger import Ledger
from tests.flows.crashing import KILLED


def withdraw_and_die(folder: Path, client: str, step: int) -> int:
    """Withdraw a client; die before the n-th write; return the exit code, 0 if it got through."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.flows.preloaded"])
    process = context.Process(target=_withdraw, args=(str(folder), client, step))
    process.start()
    process.join(120)
    return process.exitcode if process.exitcode is not None else -1


def _withdraw(folder: str, client: str, step: int) -> None:
    from flows.commands.withdraw import withdraw_client

    left = [step]
    for owner, name in ((Ledger, "append"), (Path, "replace"), (os, "fsync"), (Path, "unlink")):
        setattr(owner, name, _dying(getattr(owner, name), left))
    withdraw_client(Path(folder), client, "Anna", anyway=False)


def _dying(function: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    def counted(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            os._exit(KILLED)
        return function(*args, **kwargs)

    return counted
