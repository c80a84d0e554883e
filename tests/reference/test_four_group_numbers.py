"""More than two groups, and agreement, against R 4.2 and psych."""

from __future__ import annotations

import pytest

from reports.methods.agreement import intraclass_correlations
from reports.methods.four_groups import (
    dunn_holm,
    games_howell,
    kruskal_wallis,
    noncentral_f_interval,
    welch_anova,
)

R_DIGITS = 1e-8  # relative: R printed ten to twelve digits

# R's airquality: ozone by month, May to September, complete days (unequal sizes and variances).
OZONE = {
    "5": [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45,
          115, 37],
    "6": [29, 71, 39, 23, 21, 37, 20, 12, 13],
    "7": [135, 49, 32, 64, 40, 77, 97, 97, 85, 10, 27, 7, 48, 35, 61, 79, 63, 16, 80, 108, 20, 52,
          82, 50, 64, 59],
    "8": [39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73,
          76, 118, 84, 85],
    "9": [96, 78, 73, 91, 47, 32, 20, 23, 21, 24, 44, 21, 28, 9, 13, 46, 18, 13, 24, 16, 13, 23, 36,
          7, 14, 30, 14, 18, 20],
}  # fmt: skip


def test_welchs_analysis_of_variance_is_that_of_r() -> None:
    # Source: R, oneway.test(Ozone ~ Month).
    result = welch_anova(OZONE)
    assert result.f == pytest.approx(8.026676184, rel=R_DIGITS)
    assert (result.df_between, result.n) == (4, 116)
    assert result.df_within == pytest.approx(42.66820105, rel=R_DIGITS)
    assert result.p_value == pytest.approx(6.4390842e-05, rel=1e-7)
    surplus = 4 * (8.026676184 - 1)
    assert result.omega_squared == pytest.approx(surplus / (surplus + 116), rel=R_DIGITS)
    assert result.omega_squared in result.interval


def test_games_and_howell_is_that_of_rs_studentized_range() -> None:
    # Source: R, Welch's t of each pair and ptukey(sqrt(2) |t|, 5, df, lower.tail = FALSE).
    expected = {
        ("5", "6"): (-5.82905982906, 16.9376429049, 0.932915992629),
        ("5", "7"): (-35.5, 44.8429611806, 0.000246705459256),
        ("5", "8"): (-36.3461538462, 39.2791593028, 0.00192071793338),
        ("5", "9"): (-7.83289124668, 52.9569740418, 0.720697043697),
        ("6", "7"): (-29.6709401709, 24.7922658621, 0.0169274140637),
        ("6", "8"): (-30.5170940171, 29.989449338, 0.0321759872059),
        ("6", "9"): (-2.00383141762, 17.6128096863, 0.99879454172),
        ("7", "8"): (-0.846153846154, 47.6356406009, 0.999987711302),
        ("7", "9"): (27.6671087533, 46.5824732255, 0.00630814637749),
        ("8", "9"): (28.5132625995, 40.3757716294, 0.0226891012843),
    }
    pairs = games_howell(OZONE)
    assert [(pair.group_a, pair.group_b) for pair in pairs] == list(expected)
    for pair in pairs:
        difference, df, p_value = expected[pair.group_a, pair.group_b]
        assert pair.difference == pytest.approx(difference, rel=R_DIGITS)
        assert pair.df == pytest.approx(df, rel=R_DIGITS)
        assert pair.p_adjusted == pytest.approx(p_value, rel=1e-6)
        # A simultaneous interval leaves 0 out exactly where the pair is significant.
        assert (0 not in pair.interval) == (p_value < 0.05)


def test_kruskal_and_wallis_is_that_of_r() -> None:
    # Source: R, kruskal.test(Ozone ~ Month).
    result = kruskal_wallis(OZONE)
    assert result.h == pytest.approx(29.26657631, rel=R_DIGITS)
    assert result.p_value == pytest.approx(6.90071412e-06, rel=1e-7)
    assert result.df == 4


def test_dunns_tests_with_holm_are_those_of_r() -> None:
    # Source: R, z of the mean ranks with the correction for ties, p.adjust("holm").
    expected = [
        1, 0.000098942961500, 0.000322514652898, 0.745735701851181, 0.148914116822533,
        0.207432103625249, 1, 1, 0.010355897731607, 0.024280782128046,
    ]  # fmt: skip
    pairs = dunn_holm(OZONE)
    assert [pair.p_adjusted for pair in pairs] == pytest.approx(expected, rel=1e-8)
    assert (pairs[0].group_a, pairs[-1].group_b) == ("5", "9")


def test_the_limits_of_the_noncentrality_of_f_are_those_of_steiger() -> None:
    # Source: R, uniroot on pf(f, df1, df2, ncp) = .975 and .025, as Steiger (2004) defines them.
    interval = noncentral_f_interval(8.026676184, 4, 42.66820105)
    assert interval.low == pytest.approx(8.72941559392, rel=1e-7)
    assert interval.high == pytest.approx(59.6443997732, rel=1e-7)


# Source: Shrout and Fleiss (1979), table 2; limits as psych's ICC prints them.
def test_the_six_intraclass_correlations_are_those_of_shrout_and_fleiss() -> None:
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    result = intraclass_correlations(ratings)
    assert [icc.value for icc in result] == pytest.approx(
        [0.17, 0.29, 0.71, 0.44, 0.62, 0.91], abs=5e-3
    )
    assert [icc.interval.low for icc in result] == pytest.approx(
        [-0.133, 0.019, 0.342, -0.884, 0.071, 0.676], abs=5e-4
    )
    assert [icc.interval.high for icc in result] == pytest.approx(
        [0.72, 0.76, 0.95, 0.91, 0.93, 0.99], abs=5e-3
    )
    assert [(icc.df_targets, icc.df_error) for icc in result[:3]] == [(5, 18), (5, 15), (5, 15)]
    assert [icc.p_value for icc in result[:2]] == pytest.approx([0.16477, 0.00013], abs=1e-5)
