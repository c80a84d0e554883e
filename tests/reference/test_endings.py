"""Endings against survival 3.5-3 and cmprsk 2.2-11 (R 4.2.2), on 60 clients made by formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports.methods.ending_hazard import fit_cause_specific_hazard, fit_subdistribution_hazard
from reports.methods.endings import compare_incidence, cumulative_incidence, expand_to_sessions
from reports.methods.mixed_model import fit_discrete_hazard

I = np.arange(60)  # noqa: E741
TIMES = (1 + (I * 7) % 23 + I % 3).astype(float)
KINDS = np.array(["in_treatment", "dropout", "planned", "transfer"])
ENDINGS = KINDS[np.array([1, 2, 0, 1, 2, 2, 0, 3, 1, 2])[I % 10]].tolist()
GROUPS = ((I // 2) % 2).astype(str).tolist()
X = pd.DataFrame({"x": ((I * 13) % 17) / 8 - 1, "group": (I // 2) % 2})


def test_cumulative_incidence_matches_survfit_and_cuminc() -> None:
    # survfit(Surv(time, factor(event)) ~ 1)$pstate at 5, 10, 15, 20, 25; cuminc()$var
    expected = {
        "dropout": (
            [0.118454790823, 0.170310391363, 0.239451192083, 0.274844697213, 0.351913643082],
            [0.00180072299, 0.00245543780, 0.00318562667, 0.00350869736, 0.00604380445],
        ),
        "planned": (
            [0.0, 0.103711201080, 0.241992802519, 0.357960526087, 0.544375155838],
            [0.0, 0.00164020942, 0.00323377880, 0.00428131407, 0.01539221088],
        ),
        "transfer": (
            [0.0172852001799, *[0.1037112010796] * 4],
            [0.00029935559, *[0.00163684816] * 4],
        ),
    }
    curves = cumulative_incidence(TIMES, ENDINGS, at=[5, 10, 15, 20, 25])
    for curve in curves:
        shares, variances = expected[curve.ending]
        assert [point.share for point in curve.points] == pytest.approx(shares, abs=1e-11)
        for point, variance in zip(curve.points, variances, strict=True):
            if point.interval is None:
                assert variance == 0.0
                continue
            half = 1.959964 * np.sqrt(variance) / (point.share * abs(np.log(point.share)))
            low = point.share ** np.exp(half)
            assert point.interval.low == pytest.approx(low, rel=3e-3)


def test_intervals_are_near_those_of_survfit() -> None:
    # survfit(conf.type = "log-log"), infinitesimal jackknife, at 10 and 15
    dropout = cumulative_incidence(TIMES, ENDINGS, at=[10, 15])[0]
    ends = [(p.interval.low, p.interval.high) for p in dropout.points if p.interval]
    assert ends[0] == pytest.approx((0.0875366, 0.2762536), abs=0.002)
    assert ends[1] == pytest.approx((0.1396982, 0.3541379), abs=0.002)


@pytest.mark.parametrize(
    ("ending", "statistic", "p_value"),
    [
        # cuminc(time, event, group)$Tests
        ("dropout", 0.007345588440, 0.931699807712),
        ("planned", 0.046412472774, 0.829427761970),
        ("transfer", 0.000335829230, 0.985379069907),
    ],
)
def test_grays_test_matches(ending: str, statistic: float, p_value: float) -> None:
    found = compare_incidence(TIMES, ENDINGS, GROUPS, ending=ending)
    assert found.statistic == pytest.approx(statistic, abs=1e-11)
    assert found.p_value == pytest.approx(p_value, abs=1e-9)
    assert found.df == 1


def test_fine_and_grays_model_matches_crr() -> None:
    # crr(time, event, cbind(x, group), failcode = 1); its sandwich differs in the third digit
    model = fit_subdistribution_hazard(TIMES, ENDINGS, X, ending="dropout")
    assert [t.estimate for t in model.terms] == pytest.approx(
        [0.1086783264725, -0.0117560430021], abs=1e-6
    )
    assert [t.se for t in model.terms] == pytest.approx([0.36923682, 0.45519215], rel=5e-3)
    assert (model.n, model.n_events, model.status) == (60, 18, "caution")


def test_the_cause_specific_model_matches_coxph() -> None:
    # coxph(Surv(time, event == 1) ~ x + group, ties = "efron")
    model = fit_cause_specific_hazard(TIMES, ENDINGS, X, ending="dropout")
    assert [t.estimate for t in model.terms] == pytest.approx(
        [0.000104496305, -0.016342271919], abs=1e-7
    )
    assert [t.se for t in model.terms] == pytest.approx([0.381765912, 0.474390501], rel=1e-6)


def test_clustered_errors_are_near_those_of_coxph() -> None:
    # coxph(... + cluster(i %% 12)): .4412725, .2289357 (Efron's score residuals)
    model = fit_cause_specific_hazard(TIMES, ENDINGS, X, ending="dropout", therapists=list(I % 12))
    assert [t.se for t in model.terms] == pytest.approx([0.4412725, 0.2289357], rel=0.01)
    assert model.n_therapists == 12
    assert "fewer than 20 therapists" in model.note


def simulated(seed: int, n: int) -> tuple[np.ndarray, list[str], np.ndarray, np.ndarray]:
    """Weekly hazards: dropout log ratio .5 per SD of x, planned end -.4; last seen at 30."""
    rng = np.random.default_rng(seed)
    x, therapist = rng.normal(size=n), rng.integers(0, 30, n)
    dropout = rng.exponential(1 / (0.03 * np.exp(0.5 * x)))
    planned = rng.exponential(1 / (0.05 * np.exp(-0.4 * x)))
    time = np.minimum(dropout, planned)
    kind = np.where(dropout < planned, "dropout", "planned")
    kind = np.where(time > 30, "in_treatment", kind)
    return np.minimum(time, 30), kind.tolist(), x, therapist


def test_known_hazard_ratios_are_recovered_in_three_ways() -> None:
    times, kinds, x, therapist = simulated(1, 3000)
    frame = pd.DataFrame({"x": x})
    dropout = fit_cause_specific_hazard(times, kinds, frame, ending="dropout").terms[0]
    planned = fit_cause_specific_hazard(times, kinds, frame, ending="planned").terms[0]
    assert 0.5 in dropout.interval
    assert -0.4 in planned.interval
    clients = pd.DataFrame(
        {
            "therapist_id": therapist,
            "x": x,
            "sessions": np.maximum(1, np.ceil(times)),
            "kind": kinds,
        }
    )
    sessions = expand_to_sessions(
        clients, last_session="sessions", ending="kind", of_kind="dropout"
    )
    discrete = fit_discrete_hazard(sessions, "has_ended ~ x + (1 | therapist_id)").term("x")
    assert 0.5 in discrete.interval
    assert discrete.estimate == pytest.approx(dropout.estimate, abs=0.05)
    sub = fit_subdistribution_hazard(times, kinds, frame, ending="dropout").terms[0]
    assert sub.estimate > dropout.estimate  # planned ends are rarer where dropout is likelier


def test_incidence_recovers_the_true_shares_where_kaplan_meier_would_not() -> None:
    times, kinds, x, _ = simulated(2, 4000)
    curve = cumulative_incidence(times, kinds, at=[29.9])[0]
    drop, plan = 0.03 * np.exp(0.5 * x), 0.05 * np.exp(-0.4 * x)
    true = np.mean(drop / (drop + plan) * (1 - np.exp(-(drop + plan) * 29.9)))
    assert curve.points[0].interval is not None
    assert true in curve.points[0].interval
    naive = 1 - np.mean(np.exp(-drop * 29.9))
    assert naive > curve.points[0].interval.high
