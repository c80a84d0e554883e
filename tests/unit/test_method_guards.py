"""No method lets a missing value, a text or a wrong level slip through."""

from __future__ import annotations

import math
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import reports.methods
from reports.methods.agreement import intraclass_correlations
from reports.methods.ancova import adjusted_difference
from reports.methods.balance import standardized_difference, standardized_difference_of_shares
from reports.methods.bayes_factor import jzs_bayes_factor
from reports.methods.correlation import curvature, pearson
from reports.methods.effect_size import (
    cohen_d,
    glass_delta,
    hedges_g,
    probability_of_superiority,
    rank_biserial,
)
from reports.methods.equivalence import verdict, welch_tost
from reports.methods.four_groups import dunn_holm, games_howell, kruskal_wallis, welch_anova
from reports.methods.mean_difference import welch_difference
from reports.methods.norms import check_norms
from reports.methods.rank_test import mann_whitney
from reports.methods.regression import dependency_regression, robust_regression
from reports.methods.reliability import alpha_from_covariance, cronbach_alpha, omega_total
from reports.methods.response_surface import response_surface
from reports.methods.result import as_sample, require_complete
from reports.methods.trimmed import yuen_difference

WHOLE = [1.0, 2.0, 4.0, 3.0, 5.0, 7.0, 6.0, 9.0]
OTHER = [2.0, 1.0, 3.0, 5.0, 4.0, 8.0, 6.0, 6.5]

Method = Callable[[list[float], list[float]], Any]
TWO_SAMPLES: dict[str, Method] = {
    "welch_difference": welch_difference,
    "cohen_d": cohen_d,
    "hedges_g": hedges_g,
    "glass_delta": glass_delta,
    "probability_of_superiority": probability_of_superiority,
    "rank_biserial": rank_biserial,
    "mann_whitney": mann_whitney,
    "yuen_difference": yuen_difference,
    "welch_tost": lambda a, b: welch_tost(a, b, low=-1, high=1),
    "standardized_difference": standardized_difference,
    "pearson": pearson,
    "curvature": curvature,
    "welch_anova": lambda a, b: welch_anova({"a": a, "b": b, "c": WHOLE}),
    "games_howell": lambda a, b: games_howell({"a": a, "b": b, "c": WHOLE}),
    "kruskal_wallis": lambda a, b: kruskal_wallis({"a": a, "b": b}),
    "dunn_holm": lambda a, b: dunn_holm({"a": a, "b": b}),
    "cronbach_alpha": lambda a, b: cronbach_alpha(np.column_stack([a, b])),
    "intraclass_correlations": lambda a, b: intraclass_correlations(np.column_stack([a, b])),
    "robust_regression": lambda a, b: robust_regression(a, pd.DataFrame({"x": b})),
    "dependency_regression": lambda a, b: dependency_regression(a, b, WHOLE[::-1]),
    "adjusted_difference": lambda a, b: adjusted_difference(
        a, b, pd.DataFrame({"x": OTHER}), pd.DataFrame({"x": [*WHOLE[1:], 1.0]})
    ),
    "response_surface": lambda a, b: response_surface(a, b, [*WHOLE[1:], 1.0]),
}


@pytest.mark.parametrize("name", TWO_SAMPLES)
@pytest.mark.parametrize("hole", [math.nan, math.inf, -math.inf], ids=["nan", "inf", "-inf"])
def test_a_hole_in_either_sample_is_refused(name: str, hole: float) -> None:
    method = TWO_SAMPLES[name]
    method(WHOLE, OTHER)
    with pytest.raises(ValueError, match="missing or infinite"):
        method([*WHOLE[:-1], hole], OTHER)
    with pytest.raises(ValueError, match="missing or infinite"):
        method(WHOLE, [hole, *OTHER[1:]])


def test_holes_in_covariates_and_matrices_are_refused() -> None:
    gap = pd.DataFrame({"x": [math.nan, *OTHER[1:]]})
    whole = pd.DataFrame({"x": OTHER})
    for covariates in ((gap, whole), (whole, gap)):
        with pytest.raises(ValueError, match="missing or infinite"):
            adjusted_difference(WHOLE, OTHER, *covariates)
    with pytest.raises(ValueError, match="missing or infinite"):
        dependency_regression(WHOLE, OTHER, WHOLE[::-1], covariates=gap)
    for method in (omega_total, lambda m: alpha_from_covariance(m, 10)):
        with pytest.raises(ValueError, match="missing or infinite"):
            method([[1.0, math.nan], [math.nan, 1.0]])


def test_the_missing_values_of_pandas_are_refused() -> None:
    for values in (pd.Series([1, pd.NA], dtype="Int64"), pd.Series([1.0, None]), [1.0, None]):
        with pytest.raises(ValueError, match="missing"):
            as_sample(values)  # type: ignore[arg-type]


def test_a_text_is_refused_without_being_quoted() -> None:
    with pytest.raises(ValueError, match="non-numeric") as caught:
        require_complete(["secret"])
    assert "secret" not in "".join(traceback.format_exception(caught.value, chain=True)[-1:])
    assert caught.value.__suppress_context__


def test_heavy_libraries_wait_until_a_method_needs_them() -> None:
    names = [path.stem for path in Path(reports.methods.__file__).parent.glob("*.py")]
    imports = "; ".join(f"import reports.methods.{name}" for name in names if name != "__init__")
    heavy = {"pingouin", "statsmodels", "scikit_posthocs", "matplotlib"}
    code = f"import sys; {imports}; print(sorted({heavy!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_missing_category_is_refused() -> None:
    with pytest.raises(ValueError, match="categories are names"):
        standardized_difference_of_shares(["room", None], ["room", "remote"])  # type: ignore[list-item]


def test_missing_figures_are_refused() -> None:
    with pytest.raises(ValueError, match="p-value"):
        verdict(math.nan, 0.01)
    with pytest.raises(ValueError, match="finite t"):
        jzs_bayes_factor(math.nan, 10, 10)
    with pytest.raises(ValueError, match="missing or infinite"):
        check_norms([], mean=math.nan, sd=1.0)


LEVELLED: dict[str, Callable[[float], Any]] = {
    "welch_difference": lambda level: welch_difference(WHOLE, OTHER, level=level),
    "hedges_g": lambda level: hedges_g(WHOLE, OTHER, level=level),
    "glass_delta": lambda level: glass_delta(WHOLE, OTHER, level=level),
    "superiority": lambda level: probability_of_superiority(WHOLE, OTHER, level=level),
    "yuen": lambda level: yuen_difference(WHOLE, OTHER, level=level),
    "pearson": lambda level: pearson(WHOLE, OTHER, level=level),
    "alpha": lambda level: cronbach_alpha(np.column_stack([WHOLE, OTHER]), level=level),
    "welch_anova": lambda level: welch_anova({"a": WHOLE, "b": OTHER}, level=level),
    "games_howell": lambda level: games_howell({"a": WHOLE, "b": OTHER}, level=level),
    "icc": lambda level: intraclass_correlations(np.column_stack([WHOLE, OTHER]), level=level),
    "regression": lambda level: robust_regression(WHOLE, pd.DataFrame({"x": OTHER}), level=level),
}


@pytest.mark.parametrize("name", LEVELLED)
def test_a_level_outside_0_to_1_is_refused(name: str) -> None:
    for level in (0.0, 1.0, 95.0, math.nan):
        with pytest.raises(ValueError, match="confidence level"):
            LEVELLED[name](level)


@pytest.mark.parametrize("name", sorted({*TWO_SAMPLES} - {"pearson", "curvature"}))
def test_a_method_leaves_its_input_as_it_was(name: str) -> None:
    first, second = np.array(WHOLE), np.array(OTHER)
    TWO_SAMPLES[name](first, second)  # type: ignore[arg-type]
    assert first.tolist() == WHOLE
    assert second.tolist() == OTHER
