"""Growth models against lmerTest 3.1-3 on sleepstudy; `x` is 0 and 1 in turn over people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.methods.growth import fit_growth

pytestmark = pytest.mark.shared


@pytest.fixture(scope="session")
def sleepstudy(shared_data: Path) -> pd.DataFrame:
    frame = pd.read_csv(shared_data / "oracles" / "lme4__sleepstudy.csv")
    order = frame["Subject"].rank(method="dense").astype(int) - 1
    presentation = np.where(order % 2, "overdependent", "overindependent")
    return frame.assign(client_id=frame["Subject"], presentation=presentation)


GROUPS = ("presentation", "overdependent", "overindependent")


def test_log_time_growth_matches_lmertest(sleepstudy: pd.DataFrame) -> None:
    # lmer(Reaction ~ log(1 + Days) * x + (log(1 + Days) | Subject))
    growth = fit_growth(
        sleepstudy, "Reaction", time="Days", shape="log", therapist=None, groups=GROUPS
    )
    (difference,) = growth.differences
    assert difference.estimate == pytest.approx(12.89894051322, abs=1e-6)
    assert difference.se == pytest.approx(12.14387523977, rel=1e-4)
    assert difference.df == pytest.approx(16.0010442164, abs=0.02)
    assert difference.p_value == pytest.approx(0.303924567131, abs=1e-4)
    dependent, independent = growth.slopes
    assert independent.estimate == pytest.approx(33.57435527452, abs=1e-6)
    assert independent.se == pytest.approx(8.58701653192, rel=1e-4)
    assert independent.p_value == pytest.approx(1.24735291681e-03, rel=1e-3)
    assert dependent.estimate == pytest.approx(33.57435527452 + 12.89894051322, abs=1e-6)


def test_piecewise_growth_matches_lmertest(sleepstudy: pd.DataFrame) -> None:
    # lmer(Reaction ~ a * x + p * x + (a + p | Subject)), a = pmin(Days, 4), p = pmax(Days - 4, 0)
    growth = fit_growth(
        sleepstudy,
        "Reaction",
        time="Days",
        shape="piecewise",
        knot=4.0,
        therapist=None,
        groups=GROUPS,
    )
    before, after = growth.differences
    assert (before.estimate, before.se) == pytest.approx((4.310232549, 5.50547743172), rel=1e-3)
    assert (after.estimate, after.se) == pytest.approx((2.35682993464, 4.46335283199), rel=1e-3)
    assert [term.name for term in growth.slopes] == [
        "Days_before | overdependent",
        "Days_after | overdependent",
        "Days_before | overindependent",
        "Days_after | overindependent",
    ]
    assert growth.slopes[2].estimate == pytest.approx(6.626043529416, rel=1e-3)
    assert growth.slopes[3].estimate == pytest.approx(10.531279738562, rel=1e-3)
    assert growth.slopes[3].p_value == pytest.approx(4.18177673707e-03, rel=5e-3)
