"""Mixed models against lme4 1.1-31 and lmerTest 3.1-3 (R 4.2.2), both engines.

Sleepstudy has no therapists, so six are made of every three people in order of their number;
`x` is 0 and 1 in turn. The R calls stand beside the numbers.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.methods._mixed_engines import Engine
from reports.methods._mixed_result import Link
from reports.methods.mixed_model import (
    MixedModel,
    fit_discrete_hazard,
    fit_mixed_model,
    linear_contrast,
)
from reports.methods.model_comparison import compare_mixed_models, variance_shares
from reports.methods.within_client import center_within

pytestmark = pytest.mark.shared
ENGINES: list[Engine] = ["glmm", "mixedlm"]


@pytest.fixture(scope="session")
def sleepstudy(shared_data: Path) -> pd.DataFrame:
    frame = pd.read_csv(shared_data / "oracles" / "lme4__sleepstudy.csv")
    order = frame["Subject"].rank(method="dense").astype(int) - 1
    return frame.assign(
        therapist_id=order // 3, x=order % 2, slow=(frame["Reaction"] > 300).astype(int)
    )


@pytest.fixture(scope="session")
def work_groups(shared_data: Path) -> pd.DataFrame:
    frame = pd.read_csv(shared_data / "oracles" / "multilevel__bh1996.csv")
    return center_within(frame, "HRS", by="GRP")


def row(model: MixedModel, name: str) -> tuple[float, float, float, float]:
    term = model.term(name)
    return term.estimate, term.se, term.df, term.p_value


@pytest.mark.parametrize("engine", ENGINES)
def test_random_slopes_match_lmertest(sleepstudy: pd.DataFrame, engine: Engine) -> None:
    # lmer(Reaction ~ Days + (Days | Subject))
    model = fit_mixed_model(sleepstudy, "Reaction ~ Days + (Days | Subject)", engine=engine)
    expected_level = (251.405104848485, 6.8245966949549, 16.999726288493, 1.1715581112083e-17)
    expected_slope = (10.467285959596, 1.5457896439060, 16.999983725592, 3.2638244699274e-06)
    assert row(model, "(Intercept)") == pytest.approx(expected_level, rel=1e-3)
    assert model.term("(Intercept)").estimate == pytest.approx(251.405104848485, abs=1e-9)
    assert model.term("Days").estimate == pytest.approx(10.467285959595, abs=1e-9)
    assert row(model, "Days") == pytest.approx(expected_slope, rel=2e-5)
    assert model.status == "ok"
    assert model.engine == engine


@pytest.mark.parametrize("engine", ENGINES)
def test_variances_and_criterion_match_lme4(sleepstudy: pd.DataFrame, engine: Engine) -> None:
    # VarCorr() and REMLcrit() of the same fit
    model = fit_mixed_model(sleepstudy, "Reaction ~ Days + (Days | Subject)", engine=engine)
    block = model.block("Subject")
    assert block.sd() == pytest.approx(24.741, abs=1e-3)
    assert block.sd("Days") == pytest.approx(5.922, abs=1e-3)
    assert block.correlation("(Intercept)", "Days") == pytest.approx(0.07, abs=0.005)
    assert math.sqrt(model.residual_variance) == pytest.approx(25.592, abs=1e-3)
    assert -2 * model.log_likelihood == pytest.approx(1743.6282722424, abs=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
def test_client_slopes_beside_therapists_match_lmertest(
    sleepstudy: pd.DataFrame, engine: Engine
) -> None:
    # lmer(Reaction ~ Days * x + (Days | Subject) + (1 | therapist))
    formula = "Reaction ~ Days * x + (Days | Subject) + (1 | therapist_id)"
    model = fit_mixed_model(sleepstudy, formula, few_as_fixed=(), engine=engine)
    expected = {
        "(Intercept)": (251.46449131697651, 10.6975570438854, 9.4354081323727, 1.07718274757e-09),
        "Days": (8.87451286195255, 2.1818139794431, 16.0007721122053, 8.9552062266e-04),
        "x": (-0.11877293698648, 12.6140461840573, 11.5432204444441, 0.99264805932),
        "Days:x": (3.18554619528678, 3.0855509203037, 16.0007721096911, 0.31723448843),
    }
    for name, numbers in expected.items():
        assert row(model, name) == pytest.approx(numbers, rel=3e-3), name
        assert model.term(name).estimate == pytest.approx(numbers[0], abs=1e-4), name
    assert model.block("therapist_id").variance() == pytest.approx(222.4367469, rel=5e-4)
    assert model.block("Subject").variance() == pytest.approx(450.3035415, rel=5e-4)


def test_a_simple_slope_matches_lmertest(sleepstudy: pd.DataFrame) -> None:
    # contest1D(fit, c(0, 1, 0, 1)); and c(1, 5) of the model without x
    formula = "Reaction ~ Days * x + (Days | Subject) + (1 | therapist_id)"
    model = fit_mixed_model(sleepstudy, formula, few_as_fixed=())
    slope = linear_contrast(model, {"Days": 1, "Days:x": 1}, name="slope")
    assert slope.estimate == pytest.approx(12.0600590572, abs=1e-7)
    assert slope.se == pytest.approx(2.18181397944, rel=1e-4)
    assert slope.df == pytest.approx(16.0007721012, abs=1e-2)
    assert slope.p_value == pytest.approx(4.59081305463e-05, rel=1e-3)
    plain = fit_mixed_model(sleepstudy, "Reaction ~ Days + (Days | Subject)")
    fifth = linear_contrast(plain, {"(Intercept)": 1, "Days": 5}, name="day 5")
    assert (fifth.estimate, fifth.se) == pytest.approx((303.741534646, 9.58127739201), rel=1e-5)
    assert fifth.df == pytest.approx(16.9997993903, abs=1e-2)


def test_the_fallback_never_gives_a_contrast_more_df(sleepstudy: pd.DataFrame) -> None:
    formula = "Reaction ~ Days * x + (Days | Subject) + (1 | therapist_id)"
    weights = {"(Intercept)": 1.0, "x": 1.0}
    exact, fallback = (
        linear_contrast(
            fit_mixed_model(sleepstudy, formula, few_as_fixed=(), engine=engine), weights, name="x"
        )
        for engine in ENGINES
    )
    assert fallback.estimate == pytest.approx(exact.estimate, rel=1e-6)
    assert fallback.df <= exact.df + 1e-3


@pytest.mark.parametrize("engine", ENGINES)
def test_added_random_slopes_are_tested_on_the_reml_criterion(
    sleepstudy: pd.DataFrame, engine: Engine
) -> None:
    # anova(m0, m1, refit = FALSE): 42.83681 on 2; p of the even mixture of 1 and 2 df
    test = compare_mixed_models(
        sleepstudy,
        "Reaction ~ Days + (1 | Subject)",
        "Reaction ~ Days + (Days | Subject)",
        engine=engine,
    )
    assert test.is_reml
    assert (test.chi_square, test.df) == pytest.approx((42.83681, 2), abs=1e-4)
    assert test.p_value == pytest.approx(2.79e-10, rel=2e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_added_predictor_is_tested_by_maximum_likelihood(
    sleepstudy: pd.DataFrame, engine: Engine
) -> None:
    # anova(mml0, mml), both with REML = FALSE
    test = compare_mixed_models(
        sleepstudy,
        "Reaction ~ 1 + (1 | Subject)",
        "Reaction ~ Days + (1 | Subject)",
        engine=engine,
    )
    assert not test.is_reml
    slope = fit_mixed_model(
        sleepstudy, "Reaction ~ Days + (Days | Subject)", reml=False, engine=engine
    )
    assert slope.aic == pytest.approx(1763.93934449, abs=1e-4)
    assert slope.bic == pytest.approx(1783.09708559, abs=1e-4)
    assert slope.log_likelihood == pytest.approx(-875.969672244, abs=1e-5)
    assert (test.chi_square, test.df) == pytest.approx((116.4624, 1), abs=1e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_raw_predictor_with_its_group_mean_gives_the_contextual_effect(
    work_groups: pd.DataFrame, engine: Engine
) -> None:
    # lmer(WBEING ~ HRS + mean(HRS by GRP) + (1 | GRP))
    model = fit_mixed_model(work_groups, "WBEING ~ HRS + HRS_between + (1 | GRP)", engine=engine)
    assert model.term("(Intercept)").estimate == pytest.approx(4.740830, abs=2e-6)
    assert row(model, "HRS")[:2] == pytest.approx((-0.046461, 0.004888), abs=1e-6)
    assert row(model, "HRS_between")[:2] == pytest.approx((-0.126926, 0.019404), abs=2e-6)
    assert model.term("HRS").df == pytest.approx(7283.09, rel=1e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_centred_predictor_with_its_group_mean_gives_within_and_between(
    work_groups: pd.DataFrame, engine: Engine
) -> None:
    # lmer(WBEING ~ (HRS - mean) + mean + (1 | GRP))
    formula = "WBEING ~ HRS_within + HRS_between + (1 | GRP)"
    model = fit_mixed_model(work_groups, formula, engine=engine)
    assert row(model, "HRS_within")[:2] == pytest.approx((-0.046461, 0.004888), abs=1e-6)
    assert row(model, "HRS_between")[:2] == pytest.approx((-0.173387, 0.018777), abs=1e-6)
    assert model.term("HRS_between").df == pytest.approx(86.4305, rel=1e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_share_of_groups_matches_lme4(work_groups: pd.DataFrame, engine: Engine) -> None:
    # lmer(WBEING ~ 1 + (1 | GRP)): .0358007750 and .7894972741
    model = fit_mixed_model(work_groups, "WBEING ~ 1 + (1 | GRP)", engine=engine)
    expected = 0.0358007750398 / (0.0358007750398 + 0.7894972740777)
    assert variance_shares(model)["GRP"] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("link", "level", "slope", "sd"),
    [
        # glmer(slow ~ Days + (1 | Subject), binomial(link), nAGQ = 9)
        ("logit", -3.1957917894, 0.5849189927, 1.759672208),
        ("cloglog", -2.6054908440, 0.3845536063, 1.100053625),
    ],
)
def test_binary_models_match_glmer(
    sleepstudy: pd.DataFrame, engine: Engine, link: Link, level: float, slope: float, sd: float
) -> None:
    model = fit_mixed_model(
        sleepstudy, "slow ~ Days + (1 | Subject)", family="binomial", link=link, engine=engine
    )
    assert model.term("(Intercept)").estimate == pytest.approx(level, rel=1e-4)
    assert model.term("Days").estimate == pytest.approx(slope, rel=1e-4)
    assert model.block("Subject").sd() == pytest.approx(sd, rel=1e-3)
    assert model.term("Days").df == math.inf


def test_standard_errors_of_binary_models_match_glmer(sleepstudy: pd.DataFrame) -> None:
    formula = "slow ~ Days + (1 | Subject)"
    logit = fit_mixed_model(sleepstudy, formula, family="binomial")
    assert logit.term("Days").se == pytest.approx(0.09817766198, rel=1e-5)
    hazard = fit_discrete_hazard(sleepstudy, formula)
    assert hazard.term("Days").se == pytest.approx(0.06116360131, rel=1e-3)


def test_the_fallback_owns_up_to_its_standard_errors(sleepstudy: pd.DataFrame) -> None:
    model = fit_mixed_model(
        sleepstudy, "slow ~ Days + (1 | Subject)", family="binomial", engine="mixedlm"
    )
    assert model.term("Days").se < 0.0935  # 0.0982 in glmer
    assert model.status == "caution"
    assert "too small" in model.note


def test_a_logistic_model_with_therapists_matches_glmer(sleepstudy: pd.DataFrame) -> None:
    # glmer(slow ~ Days + (1 | Subject) + (1 | therapist), binomial), Laplace
    model = fit_mixed_model(
        sleepstudy,
        "slow ~ Days + (1 | Subject) + (1 | therapist_id)",
        family="binomial",
        few_as_fixed=(),
    )
    assert row(model, "Days")[:2] == pytest.approx((0.5852802094, 0.09803993033), rel=1e-4)
    assert model.block("therapist_id").sd() == pytest.approx(0.3918922566, rel=1e-3)


def test_a_discrete_hazard_with_therapists_is_near_glmer(sleepstudy: pd.DataFrame) -> None:
    # With a link that is not canonical, glmer's Laplace approximation takes the expected
    # information (slope .39393, .06352) and glmm's the observed: .38558, nearer to the .38455 of
    # nine quadrature nodes without therapists.
    model = fit_mixed_model(
        sleepstudy,
        "slow ~ Days + (1 | Subject) + (1 | therapist_id)",
        family="binomial",
        link="cloglog",
        few_as_fixed=(),
    )
    assert row(model, "Days")[:2] == pytest.approx((0.3939294415, 0.06352123133), rel=0.035)
    assert model.block("therapist_id").sd() == pytest.approx(0.2487, abs=0.02)


def test_both_engines_agree_on_categories_and_their_order(sleepstudy: pd.DataFrame) -> None:
    kind = pd.Categorical(np.where(sleepstudy["x"] > 0, "b", "a"), categories=["b", "a"])
    frame = sleepstudy.assign(kind=kind)
    formula = "Reaction ~ Days * kind + (Days | Subject)"
    first, second = (fit_mixed_model(frame, formula, engine=engine) for engine in ENGINES)
    assert {t.name for t in first.terms} == {"(Intercept)", "Days", "kinda", "Days:kinda"}
    for term in first.terms:
        other = second.term(term.name)
        assert (other.estimate, other.p_value) == pytest.approx(
            (term.estimate, term.p_value), rel=1e-3
        )
