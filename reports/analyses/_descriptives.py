"""Mean, standard deviation and their rows."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from reports.analyses._question import MIN_GROUP, TOO_FEW_AT_ALL, Question
from reports.estimates import Estimate
from reports.methods.result import FloatArray, summarize_group
from reports.methods.student import t_quantile


def describe_values(
    question: Question, values: pd.Series | FloatArray, *, level: float, **facts: Any
) -> list[Estimate]:
    """Return the mean with Student's interval, and the standard deviation, of complete values."""
    if len(values) < MIN_GROUP:
        return [question.refuse("mean", "mean", "t interval", TOO_FEW_AT_ALL,
                                n=len(values), **facts)]  # fmt: skip
    group = summarize_group(values)
    se = group.sd / math.sqrt(group.n)
    reach = se * t_quantile((1 + level) / 2, group.n - 1)
    mean = question.answer(
        "mean", "mean", "t interval", estimate=group.mean, se=se, df=group.n - 1,
        ci_low=group.mean - reach, ci_high=group.mean + reach, ci_level=level, n=group.n, **facts,
    )  # fmt: skip
    sd = question.answer("sd", "standard deviation", "n - 1", estimate=group.sd, n=group.n, **facts)
    return [mean, sd]
