"""Factor models and invariance against lavaan 0.6-14 (R 4.2.2), ML and MLM."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.methods._factor_pattern import INTERCEPT, LOADING, RESIDUAL, Equality, build_pattern
from reports.methods._invariance_step import compare_fits, score_tests
from reports.methods.factor_model import (
    Answers,
    FactorFit,
    check_structure,
    collect_answers,
    fit_factor_model,
    fit_pattern,
)
from reports.methods.invariance import (
    InvarianceReport,
    check_group_invariance,
    check_occasion_invariance,
)

MODEL = {
    "visual": ["x1", "x2", "x3"],
    "textual": ["x4", "x5", "x6"],
    "speed": ["x7", "x8", "x9"],
}
SCHOOLS = ("Pasteur", "Grant-White")
SCALAR = frozenset({LOADING, INTERCEPT})
PARTIAL = frozenset({(INTERCEPT, "x3"), (INTERCEPT, "x7")})


@pytest.fixture(scope="session")
def tests_of_ability(shared_data: Path) -> pd.DataFrame:
    return pd.read_csv(shared_data / "oracles" / "lavaan__HolzingerSwineford1939.csv")


@pytest.fixture(scope="session")
def schools(tests_of_ability: pd.DataFrame) -> Answers:
    return collect_answers(tests_of_ability, [f"x{i}" for i in range(1, 10)], "school", SCHOOLS)


def fit(frame: pd.DataFrame, answers: Answers, equality: Equality, robust: bool) -> FactorFit:
    structure = check_structure(frame, MODEL)
    pattern = build_pattern(structure, [[name] for name in answers.names], equality)
    return fit_pattern(pattern, answers, robust=robust)


@pytest.mark.shared
def test_a_single_group_matches(tests_of_ability: pd.DataFrame) -> None:
    # cfa(model, data); srmr with meanstructure = TRUE
    one = fit_factor_model(tests_of_ability, MODEL)
    assert (one.chi_square, one.df) == pytest.approx((85.3055218, 24), abs=1e-6)
    assert (one.cfi, one.rmsea) == pytest.approx((0.9305597, 0.0921215), abs=1e-7)
    low, high = one.rmsea_interval.low, one.rmsea_interval.high
    assert (low, high) == pytest.approx((0.0714185, 0.1136780), abs=1e-6)
    assert one.srmr == pytest.approx(0.060, abs=5e-4)
    assert one.status == "ok"


@pytest.mark.shared
def test_standardized_loadings_match(tests_of_ability: pd.DataFrame) -> None:
    # parameterEstimates(standardized = TRUE), column std.all
    one = fit_factor_model(tests_of_ability, MODEL)
    sd = tests_of_ability.std(numeric_only=True, ddof=0)
    found = [one.estimate(LOADING, f"x{i}", "all").estimate / sd[f"x{i}"] for i in range(1, 10)]
    expected = [0.772, 0.424, 0.581, 0.852, 0.855, 0.838, 0.570, 0.723, 0.665]
    assert found == pytest.approx(expected, abs=6e-4)
    visual = one.estimate(RESIDUAL, "x1", "all")
    assert visual.estimate == pytest.approx(0.549, abs=6e-4)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("kinds", "freed", "chi_square", "df", "cfi", "rmsea", "low", "high", "srmr"),
    [
        # group.equal = nothing; "loadings"; and "intercepts"; less x3 and x7; and "residuals"
        ((), (), 115.8513439, 48, 0.9233984, 0.0969149, 0.0745053, 0.1195828, 0.0678640),
        ((LOADING,), (), 124.0435442, 54, 0.9209235, 0.0928365, 0.0713961, 0.1144111, 0.0716516),
        (SCALAR, (), 164.1028309, 60, 0.8824718, 0.1073711, 0.0879039, 0.1271944, 0.0824471),
        (SCALAR, PARTIAL, 129.4224803, 58, 0.9193667, 0.0904555, 0.0695747, 0.1113989, 0.0729888),
        (
            (*SCALAR, RESIDUAL),
            (),
            181.5113452,
            69,
            0.8729789,
            0.1040891,
            0.0857750,
            0.1226814,
            0.0882626,
        ),
    ],
)
def test_the_ladder_across_schools_matches(
    tests_of_ability: pd.DataFrame,
    schools: Answers,
    kinds: tuple[str, ...],
    freed: tuple[tuple[str, str], ...],
    chi_square: float,
    df: int,
    cfi: float,
    rmsea: float,
    low: float,
    high: float,
    srmr: float,
) -> None:
    equality = Equality(frozenset(kinds), frozenset(freed))
    found = fit(tests_of_ability, schools, equality, robust=False)
    assert (found.chi_square, found.df) == pytest.approx((chi_square, df), abs=1e-6)
    assert (found.cfi, found.rmsea, found.srmr) == pytest.approx((cfi, rmsea, srmr), abs=5e-7)
    interval = found.rmsea_interval
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("kinds", "freed", "chi_square", "scaling", "cfi", "rmsea"),
    [
        # the same with estimator = "MLM": chisq.scaled, its factor, cfi.robust, rmsea.robust
        ((), (), 111.7279342, 1.0369058, 0.9242865, 0.0956414),
        ((LOADING,), (), 118.2208926, 1.0492523, 0.9227923, 0.0910569),
        (SCALAR, (), 161.3201120, 1.0172497, 0.8819061, 0.1068360),
        (SCALAR, PARTIAL, 123.7523813, 1.0458181, 0.9212099, 0.0887568),
    ],
)
def test_satorra_bentler_statistics_match(
    tests_of_ability: pd.DataFrame,
    schools: Answers,
    kinds: tuple[str, ...],
    freed: tuple[tuple[str, str], ...],
    chi_square: float,
    scaling: float,
    cfi: float,
    rmsea: float,
) -> None:
    equality = Equality(frozenset(kinds), frozenset(freed))
    found = fit(tests_of_ability, schools, equality, robust=True)
    assert found.chi_square == pytest.approx(chi_square, abs=2e-4)
    assert found.scaling == pytest.approx(scaling, abs=2e-6)
    assert (found.cfi, found.rmsea) == pytest.approx((cfi, rmsea), abs=2e-7)


@pytest.mark.shared
def test_differences_of_fits_match(tests_of_ability: pd.DataFrame, schools: Answers) -> None:
    # anova(f1, f2, f3), with ML and with MLM (satorra.bentler.2001)
    equalities = [Equality(), Equality(frozenset({LOADING})), Equality(SCALAR)]
    for robust, first, second in [
        (False, (8.19220030, 6, 0.22436), (40.05928675, 6, 4.4346e-07)),
        (True, (7.13591201, 6, 0.30846), (54.93398347, 6, 4.78e-10)),
    ]:
        fits = [fit(tests_of_ability, schools, equality, robust) for equality in equalities]
        assert compare_fits(fits[1], fits[0]) == pytest.approx(first, rel=3e-5)
        assert compare_fits(fits[2], fits[1]) == pytest.approx(second, rel=1e-3)


@pytest.mark.shared
def test_score_tests_of_equal_parameters_match(
    tests_of_ability: pd.DataFrame, schools: Answers
) -> None:
    # lavTestScore(scalar)$uni
    structure = check_structure(tests_of_ability, MODEL)
    blocks = [[name] for name in SCHOOLS]
    tight = build_pattern(structure, blocks, Equality(SCALAR))
    found = fit_pattern(tight, schools, robust=False)
    expected = {"x1": 5.847, "x2": 6.863, "x3": 19.193, "x6": 0.032, "x7": 15.021, "x9": 1.498}
    for item, statistic in expected.items():
        loose = build_pattern(structure, blocks, Equality(SCALAR, frozenset({(INTERCEPT, item)})))
        assert score_tests(tight, loose, schools, found) == pytest.approx(statistic, abs=6e-4)


@pytest.fixture(scope="session")
def report(tests_of_ability: pd.DataFrame) -> InvarianceReport:
    return check_group_invariance(tests_of_ability, MODEL, group="school", groups=SCHOOLS)


@pytest.mark.shared
def test_partial_invariance_frees_the_two_known_intercepts(report: InvarianceReport) -> None:
    assert report.holds == "partial scalar"
    assert set(report.freed) == set(PARTIAL)
    assert [step.is_flagged for step in report.steps] == [False, False, True, True, False]
    assert report.status == "caution"


@pytest.mark.shared
def test_latent_means_match(report: InvarianceReport) -> None:
    # cfa(..., std.lv = TRUE), group 2
    means = {mean.factor: (mean.estimate, mean.se) for mean in report.latent_means}
    assert means["visual"] == pytest.approx((0.057, 0.145), abs=6e-4)
    assert means["textual"] == pytest.approx((0.615, 0.129), abs=6e-4)
    assert means["speed"] == pytest.approx((-0.130, 0.162), abs=6e-4)


@pytest.fixture(scope="session")
def anxiety_twice(shared_data: Path) -> pd.DataFrame:
    waves = [
        pd.read_csv(shared_data / "bggm" / f"depression_anxiety_t{wave}.csv").assign(
            client_id=range(403), occasion=f"wave_{wave}"
        )
        for wave in (1, 2)
    ]
    return pd.concat(waves)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("robust", "scaling", "cfi", "rmsea", "se"),
    [
        (False, (1, 1, 1), (0.9582515, 0.9574055, 0.9542960), 0.0736786, 0.037),
        (
            True,
            (1.2702673, 1.2663297, 1.2396497),
            (0.9625297, 0.9620186, 0.9587170),
            0.0695260,
            0.035,
        ),
    ],
)
def test_invariance_over_occasions_matches(
    anxiety_twice: pd.DataFrame,
    robust: bool,
    scaling: tuple[float, ...],
    cfi: tuple[float, ...],
    rmsea: float,
    se: float,
) -> None:
    # lavaan on GAD-7 at both waves: equal l1..l7, n1..n7, residuals of an item correlated
    found = check_occasion_invariance(
        anxiety_twice,
        {"anxiety": [f"GAD{i}" for i in range(1, 8)]},
        client="client_id",
        occasion="occasion",
        occasions=["wave_1", "wave_2"],
        robust=robust,
    )
    raw = [step.fit.unscaled_chi_square for step in found.steps]
    assert raw == pytest.approx([230.8671906, 240.1472885, 258.2036236], abs=1e-5)
    assert [step.fit.df for step in found.steps] == [69, 75, 81]
    assert [step.fit.scaling for step in found.steps] == pytest.approx(list(scaling), abs=2e-6)
    assert [step.fit.cfi for step in found.steps] == pytest.approx(list(cfi), abs=3e-7)
    assert found.steps[-1].fit.rmsea == pytest.approx(rmsea, abs=3e-7)
    assert found.steps[-1].fit.srmr == pytest.approx(0.0465427, abs=1e-7)
    (change,) = found.latent_means
    assert (change.estimate, change.se) == pytest.approx((-0.212, se), abs=6e-4)
    assert found.holds == "scalar"


def biased_study(shift: float, weak: float) -> pd.DataFrame:
    """1,200 people, four groups, 12 items; in the last group one item shifts, one loads less."""
    rng = np.random.default_rng(7)
    group = np.repeat(["a", "b", "c", "d"], 300)
    trait = rng.normal(size=(4, 300))
    # Exact means and spread, so that only the items add error: .3 SD in the last group, else 0.
    trait = (trait - trait.mean(axis=1, keepdims=True)) / trait.std(axis=1, keepdims=True)
    trait = (trait + np.array([[0.0], [0.0], [0.0], [0.3]])).reshape(1200, 1)
    loading = np.full((1200, 12), 0.7)
    loading[group == "d", 4] -= weak
    answers = loading * trait + 0.7 * rng.normal(size=(1200, 12))
    answers[group == "d", 9] += shift
    return pd.DataFrame(answers, columns=[f"i{j}" for j in range(12)]).assign(group=group)


SCALE = {"trait": [f"i{j}" for j in range(12)]}


def test_a_scale_that_is_invariant_is_found_so_and_its_means_recovered() -> None:
    found = check_group_invariance(biased_study(0, 0), SCALE, group="group")
    assert (found.holds, found.freed) == ("scalar", ())
    means = {mean.block: mean for mean in found.latent_means}
    assert 0.3 in means["d"].interval
    assert 0.0 in means["b"].interval


def test_a_planted_shift_is_found_and_freed() -> None:
    found = check_group_invariance(biased_study(0.8, 0), SCALE, group="group")
    assert found.holds == "partial scalar"
    assert found.freed == ((INTERCEPT, "i9"),)
    means = {mean.block: mean for mean in found.latent_means}
    assert 0.3 in means["d"].interval


def test_a_planted_loading_is_freed_with_its_intercept() -> None:
    found = check_group_invariance(biased_study(0, 0.7), SCALE, group="group")
    assert (LOADING, "i4") in found.freed
    assert (INTERCEPT, "i4") in found.freed
    assert found.holds == "partial scalar"


def equal_study(seed: int) -> pd.DataFrame:
    """Two hundred people, six items that are equal in both groups, whole answers from 0 to 4."""
    rng = np.random.default_rng(seed)
    trait = np.repeat([0.0, 0.3], 100)[:, None] + rng.normal(size=(200, 1))
    answers = np.clip(np.round(2 + 0.7 * trait + 0.7 * rng.normal(size=(200, 6))), 0, 4)
    group = np.repeat(["a", "b"], 100)
    return pd.DataFrame(answers, columns=list("abcdef")).assign(group=group)


@pytest.mark.parametrize("seed", [10, 14, 22])
def test_a_fall_in_fit_that_chance_can_make_is_undecided(seed: int) -> None:
    found = check_group_invariance(
        equal_study(seed), {"trait": list("abcdef")}, group="group", robust=True
    )
    assert (found.holds, found.freed, found.is_undecided) == ("scalar", (), True)
    assert any(step.is_undecided for step in found.steps)
    assert found.status == "caution"
    assert "by chance" in found.note


def test_a_scaling_factor_below_one_makes_no_finding_of_chance() -> None:
    # The robust difference alone, p = .021, would flag the intercepts of this study.
    found = check_group_invariance(
        equal_study(7), {"trait": list("abcdef")}, group="group", robust=True
    )
    assert found.steps[-1].p_value < 0.025
    assert not any(step.is_flagged for step in found.steps)
    assert found.is_undecided
