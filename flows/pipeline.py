"""The Prefect flow of a study: the steps of a run as tasks, each given ids only.

A connection or a frame as a parameter would be copied into Prefect's database; so the tasks share
a workbench in this process and receive its key. Only reading is retried: a file may still be
written, or its share be away for a moment. Everything else fails the same way twice.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.settings import apply_settings

apply_settings()  # before Prefect is imported: it reads its settings once

from prefect import flow, task  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402

from flows import file_steps  # noqa: E402
from flows.outcome import RunOutcome  # noqa: E402
from flows.run import Steps, run_on_bench  # noqa: E402
from flows.server import end_unnoted_servers, remember_own_server  # noqa: E402
from flows.shield import shielded  # noqa: E402
from flows.takeover import end_stray_server, forget_server  # noqa: E402
from flows.workbench import open_workbench, workbench  # noqa: E402

READING_RETRIES = 2


def _as_task(step: Callable[..., Any]) -> Callable[..., Any]:
    made: Callable[..., Any] = task(
        name=step.__name__,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=READING_RETRIES if step is file_steps.read else 0,
        retry_delay_seconds=1,
        retry_condition_fn=_is_passing,
    )(shielded(step))
    return made


def _is_passing(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a failed task may succeed when tried again: input and output may, rules may not."""
    return isinstance(state.result(raise_on_failure=False), OSError)


PLAIN = Steps()
TASKS = Steps(
    mend=_as_task(PLAIN.mend),
    find=_as_task(PLAIN.find),
    file=tuple(_as_task(step) for step in PLAIN.file),
    identify=_as_task(PLAIN.identify),
    compare=_as_task(PLAIN.compare),
    publish=_as_task(PLAIN.publish),
    finish=_as_task(PLAIN.finish),
)


def _tell(message: str) -> None:
    if not os.environ.get("INTERDEP_QUIET"):
        print(message, file=sys.stderr, flush=True)  # noqa: T201


@flow(name="interdep-study", persist_result=False)
def study(folder: str) -> RunOutcome:
    """Run one study: take in what is new, compare, publish."""
    with open_workbench(Path(folder), _tell) as key:
        loaded = workbench(key).study
        end_stray_server(loaded)
        end_unnoted_servers(loaded)
        remember_own_server(loaded)
        try:
            return run_on_bench(key, TASKS)
        finally:
            forget_server(loaded)
