"""The analyses of the demonstration study, and what of their time the libraries' fits take.

The blocks go from clients and scores to the table of estimates, and read the answers to items when
they need them; the whole step reads clients and scores and keeps the results in the store, too.

Run it with: python -m tests.bench.analyses
"""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from flows import run_steps
from flows.run import Steps, run_study
from flows.simulation.demonstration import write_demonstration

FITTING = ("glmm", "mixedlm", "pingouin", "statsmodels", "scipy", "stepmix", "comprisk", "sksurv",
           "scikit_posthocs", "sklearn", "longmi")  # fmt: skip
# What no library does rightly and is fitted here: factor models, and imputations by pattern.
OWN = ("reports.methods._factor_fit", "reports.methods._factor_indices",
       "reports.methods._longmi")  # fmt: skip
BLOCKS = "reports.analyses"
STEP_S = 0.002
# The processor's pace changes within seconds, and with it whether fits or the rest seem slow.
RUNS = 3


class Shares:
    """Seconds of the main thread, and how many of them were in the blocks and in what fits."""

    def __init__(self) -> None:
        self.all = self.blocks = self.fitting = 0.0
        self._last = 0.0

    def begin(self) -> None:
        """Count from now."""
        self._last = time.perf_counter()

    def look(self, _signal: int, frame: FrameType | None) -> None:
        """Give the time since the last look to whoever works now."""
        now = time.perf_counter()
        passed = now - self._last
        modules = {caller.f_globals.get("__name__", "") for caller in _callers(frame)}
        self.all += passed
        self.blocks += passed if BLOCKS in modules else 0.0
        self.fitting += passed if any(map(_is_fitting, modules)) else 0.0
        self._last = time.perf_counter()  # looking takes time, too


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_fitting(module: str) -> bool:
    return module in OWN or module.partition(".")[0] in FITTING


@contextmanager
def looking(shares: Shares) -> Iterator[None]:
    """Look every two milliseconds at what runs."""
    signal.signal(signal.SIGALRM, shares.look)
    shares.begin()
    signal.setitimer(signal.ITIMER_REAL, STEP_S, STEP_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def measure() -> dict[str, float]:
    """Return the seconds of the analyses, after imports, and those of the fits within them."""
    seconds: list[float] = []
    shares = Shares()

    def compare(key: str) -> None:
        run_steps.compute(key)  # imports what it needs
        began = time.perf_counter()
        run_steps.compute(key)
        seconds.append(time.perf_counter() - began)
        with looking(shares):
            for _ in range(RUNS):
                run_steps.compute(key)
        run_steps.compare(key)

    with tempfile.TemporaryDirectory() as name:
        write_demonstration(Path(name) / "demo")
        run_study(Path(name) / "demo", lambda _: None, replace(Steps(), compare=compare))
    return {
        "analyses_s": seconds[0],
        "ratio": shares.blocks / shares.fitting,
        "ratio_of_step": shares.all / shares.fitting,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()) + "\n")
