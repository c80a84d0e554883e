"""The one door to pingouin, which is imported only once something asks for it.

Its traps, and what is done about each: it drops missing values silently (they are refused here);
its two-sample test chooses Welch only where sizes differ (not used: `mean_difference` is Welch
always); a Bayes factor beyond floating point ends in a division by zero (infinity here). Its ICC
is not used at all: it averages repeated ratings silently, knows only 95 % intervals, and calls
what pandas 3.1 deprecates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from reports.methods.result import FloatArray


def welch_anova_row(groups: Mapping[str, FloatArray]) -> dict[str, Any]:
    """Return pingouin's row of Welch's analysis of variance."""
    import pingouin

    row = pingouin.welch_anova(data=_long(groups), dv="score", between="group").iloc[0]
    return {str(name): value for name, value in row.items()}


def games_howell_rows(groups: Mapping[str, FloatArray]) -> list[dict[str, Any]]:
    """Return pingouin's rows of the Games-Howell test, one per pair of groups."""
    import pingouin

    table = pingouin.pairwise_gameshowell(data=_long(groups), dv="score", between="group")
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def adjust_p_values(p_values: FloatArray, method: Literal["holm", "fdr_bh"]) -> FloatArray:
    """Return complete p-values adjusted as one family."""
    import pingouin

    # Not statsmodels': its Holm has Python collect garbage in every call, .03 to .08 s.
    adjusted: FloatArray = pingouin.multicomp(p_values, method=method)[1]
    return adjusted


def jzs_bayes_factor(t: float, n_a: int, n_b: int | None, scale: float) -> float:
    """Return the JZS Bayes factor of a t-test against no difference."""
    import pingouin

    try:
        return float(pingouin.bayesfactor_ttest(t, n_a, n_b, r=scale))
    except ZeroDivisionError:
        # The likelihood of no difference is below the smallest float.
        return math.inf


def _long(groups: Mapping[str, FloatArray]) -> pd.DataFrame:
    """Return one row per score, groups as ordered categories so that pairs keep their order."""
    samples = list(groups.values())
    codes = np.repeat(np.arange(len(samples)), [len(sample) for sample in samples])
    names = pd.Categorical.from_codes(codes, pd.Index(list(groups)))
    return pd.DataFrame({"group": names, "score": np.concatenate(samples)})
