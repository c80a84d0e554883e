"""Growth of 2,000 clients x 40 sessions with 100 therapists, beside statsmodels' simpler model.

Run it with: python -m tests.bench.growth
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from reports.methods.growth import fit_growth

CLIENTS, SESSIONS, THERAPISTS = 2_000, 40, 100
GROUPS = ("presentation", "overdependent", "overindependent")


def make_courses() -> pd.DataFrame:
    """Return one row per client and session; groups differ in slope by -.3 per log session."""
    draw = np.random.default_rng(1)
    client = np.repeat(np.arange(CLIENTS), SESSIONS)
    session = np.tile(np.arange(float(SESSIONS)), CLIENTS)
    therapist, group = client % THERAPISTS, client // THERAPISTS % 2
    time_log = np.log1p(session)
    slope = -1.5 - 0.3 * group + draw.normal(0, 0.5, CLIENTS)[client]
    start = 20 + draw.normal(0, 4, CLIENTS)[client] + draw.normal(0, 1.5, THERAPISTS)[therapist]
    score = start + slope * time_log + draw.normal(0, 3, client.size)
    names = np.where(group == 1, GROUPS[1], GROUPS[2])
    return pd.DataFrame({"client_id": client, "therapist_id": therapist, "session": session,
                         "time_log": time_log, "half": group - 0.5, "presentation": names,
                         "score": score})  # fmt: skip


def measure() -> dict[str, float]:
    """Return seconds of both, the memory that ours adds, and how far the slopes differ."""
    rows = make_courses()
    few = rows[rows["client_id"] < 2 * THERAPISTS]
    fit_growth(few, "score", time="session", groups=GROUPS)  # imports what it needs
    before = _peak_mb()
    began = time.perf_counter()
    growth = fit_growth(rows, "score", time="session", shape="log", groups=GROUPS)
    ours = time.perf_counter() - began
    memory = _peak_mb() - before
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its convergence, which is not what is measured
        model = smf.mixedlm("score ~ time_log * half", rows, groups="client_id",
                            re_formula="~time_log").fit()  # fmt: skip
    theirs = time.perf_counter() - began
    apart = abs(growth.differences[0].estimate - float(model.params["time_log:half"]))
    return {"growth_s": ours, "statsmodels_s": theirs, "memory_mb": memory, "apart": apart}


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()) + "\n")
