"""What the mixed-model adapter refuses, warns of, and hides."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from reports.methods._mixed_engines import Engine
from reports.methods.mixed_model import fit_discrete_hazard, fit_mixed_model, linear_contrast
from reports.methods.model_comparison import compare_mixed_models, variance_shares

ENGINES: list[Engine] = ["glmm", "mixedlm"]
NESTED = "score ~ x + week + (1 | client_id) + (1 | therapist_id)"


def study(
    *, therapists: int = 10, caseload: int = 6, weeks: int = 4, seed: int = 1
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    clients = therapists * caseload
    therapist = np.repeat(np.arange(therapists), caseload)
    level = rng.normal(0, 1, therapists)[therapist] + rng.normal(0, 1, clients)
    row = np.repeat(np.arange(clients), weeks)
    return pd.DataFrame(
        {
            "client_id": [f"c{i:03d}" for i in row],
            "therapist_id": [f"t{i:02d}" for i in therapist[row]],
            "week": np.tile(np.arange(float(weeks)), clients),
            "x": (row % 2).astype(float),
            "experience": rng.normal(10, 3, therapists)[therapist[row]],
            "score": 20 + level[row] + rng.normal(0, 1, row.size),
        }
    )


def test_complete_rows_give_every_term_and_no_note() -> None:
    model = fit_mixed_model(study(), NESTED)
    assert (model.status, model.note, model.n, model.n_missing) == ("ok", "", 240, 0)
    assert [term.name for term in model.terms] == ["(Intercept)", "x", "week"]
    assert model.group_levels == (("client_id", 60), ("therapist_id", 10))
    week = model.term("week")
    assert week.interval.low < week.estimate < week.interval.high
    assert week.statistic == pytest.approx(week.estimate / week.se)


def test_rows_with_a_missing_value_are_dropped_and_counted() -> None:
    rows = study()
    holes = rows.assign(score=rows["score"].mask(rows.index < 5), x=rows["x"].mask(rows.index == 7))
    model = fit_mixed_model(holes, NESTED)
    assert (model.n, model.n_missing) == (234, 6)
    kept = fit_mixed_model(holes.dropna(), NESTED)
    assert model.term("x").estimate == pytest.approx(kept.term("x").estimate, rel=1e-12)


def test_a_missing_value_elsewhere_costs_no_row() -> None:
    model = fit_mixed_model(study().assign(age=np.nan), NESTED)
    assert model.n_missing == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_all_missing_is_refused(engine: Engine) -> None:
    model = fit_mixed_model(study().assign(score=np.nan), NESTED, engine=engine)
    assert (model.status, model.note, model.terms) == ("refused", "no row is complete", ())
    assert model.n_missing == 240


@pytest.mark.parametrize("engine", ENGINES)
def test_an_outcome_without_variance_is_refused(engine: Engine) -> None:
    model = fit_mixed_model(study().assign(score=3.0), NESTED, engine=engine)
    assert (model.status, model.note) == ("refused", "the outcome does not vary")


@pytest.mark.parametrize("engine", ENGINES)
def test_an_outcome_that_a_predictor_explains_exactly_is_refused(engine: Engine) -> None:
    rows = study()
    model = fit_mixed_model(rows.assign(score=2 * rows["x"]), NESTED, engine=engine)
    assert model.status == "refused"
    assert model.terms == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_separation_is_refused(engine: Engine) -> None:
    rows = study().assign(ended=lambda frame: frame["x"])
    with_x = "ended ~ x + (1 | therapist_id)"
    model = fit_mixed_model(rows, with_x, family="binomial", engine=engine)
    assert model.status == "refused"


def test_no_event_at_all_is_refused() -> None:
    model = fit_discrete_hazard(study().assign(ended=0), "ended ~ x + (1 | therapist_id)")
    assert (model.status, model.note) == ("refused", "the outcome does not vary")


def test_one_client_per_therapist_cannot_tell_them_apart() -> None:
    model = fit_mixed_model(study(therapists=30, caseload=1), NESTED)
    assert model.status == "caution"
    assert "cannot be told apart" in model.note
    assert math.isfinite(model.term("week").p_value)


def test_one_row_per_client_is_refused() -> None:
    model = fit_mixed_model(study(weeks=1), "score ~ x + (1 | client_id)")
    assert model.status == "refused"
    assert "one row per level of client_id" in model.note


def test_a_single_client_is_refused() -> None:
    rows = study().query("client_id == 'c000'")
    model = fit_mixed_model(rows, "score ~ week + (1 | client_id)")
    assert (model.status, model.note) == ("refused", "only one level of client_id")


def test_few_therapists_become_fixed_and_stay_unnamed() -> None:
    model = fit_mixed_model(study(therapists=5), NESTED)
    assert [term.name for term in model.terms] == ["(Intercept)", "x", "week"]
    assert [block.group for block in model.blocks] == ["client_id"]
    assert "5 levels of therapist_id: modelled as fixed" in model.note
    assert model.status == "caution"


def test_with_therapists_fixed_the_intercept_is_their_mean() -> None:
    rows = study(therapists=5)
    model = fit_mixed_model(rows, "score ~ 1 + (1 | client_id) + (1 | therapist_id)")
    means = rows.groupby("therapist_id")["score"].mean()
    assert model.term("(Intercept)").estimate == pytest.approx(means.mean(), abs=1e-6)


def test_a_single_therapist_is_left_out_with_a_note() -> None:
    model = fit_mixed_model(study(therapists=1, caseload=30), NESTED)
    assert "one level of therapist_id" in model.note
    assert [term.name for term in model.terms] == ["(Intercept)", "x", "week"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_therapist_level_term_beside_fixed_therapists_is_refused(engine: Engine) -> None:
    formula = "score ~ experience + week + (1 | client_id) + (1 | therapist_id)"
    model = fit_mixed_model(study(therapists=5), formula, engine=engine)
    if engine == "mixedlm":  # it cannot say which term is redundant
        assert (model.status, model.terms) == ("refused", ())
    else:
        assert model.term("experience").status == "refused"
        assert math.isfinite(model.term("week").p_value)


def singular_study() -> pd.DataFrame:
    """Therapists whose means are made equal: their variance is zero."""
    rows = study(therapists=8)
    means = rows.groupby("therapist_id")["score"].transform("mean")
    return rows.assign(score=rows["score"] - means)


def test_a_singular_fit_caps_the_df_of_therapist_level_terms_only() -> None:
    formula = "score ~ experience + week + (1 | client_id) + (1 | therapist_id)"
    rows = singular_study()
    free = fit_mixed_model(rows, formula)
    held = fit_mixed_model(rows, formula, therapist_terms=["experience"])
    assert free.is_singular
    assert free.term("experience").df > 30
    assert held.term("experience").df == 8 - 2
    assert held.term("week").df == free.term("week").df
    assert held.term("experience").interval.low < free.term("experience").interval.low
    assert (held.status, held.term("week").status) == ("caution", "caution")
    assert "singular fit" in held.note


def test_the_cap_holds_for_contrasts_and_for_interactions_of_therapist_terms() -> None:
    rows = singular_study().assign(older=lambda frame: frame["experience"] ** 2)
    formula = "score ~ experience * older + week + (1 | client_id) + (1 | therapist_id)"
    model = fit_mixed_model(rows, formula, therapist_terms=["experience", "older"])
    assert model.df_cap == 8 - 4
    assert model.term("experience:older").df == 4
    mixed = linear_contrast(model, {"week": 1, "experience": 1}, name="both")
    assert mixed.df == 4
    assert linear_contrast(model, {"week": 1}, name="week").df > 100


def test_the_cap_counts_the_levels_of_a_therapist_level_factor() -> None:
    rows = singular_study()
    school = rows["therapist_id"].map(lambda name: "abc"[int(name[1:]) % 3])
    formula = "score ~ school + week + (1 | client_id) + (1 | therapist_id)"
    model = fit_mixed_model(rows.assign(school=school), formula, therapist_terms=["school"])
    assert model.df_cap == 8 - 3


def test_therapist_terms_without_therapists_are_a_mistake() -> None:
    rows = singular_study().assign(clinic_id=lambda frame: frame["therapist_id"])
    formula = "score ~ experience + (1 | client_id) + (1 | clinic_id)"
    with pytest.raises(ValueError, match="n_therapists"):
        fit_mixed_model(rows, formula, therapist_terms=["experience"])
    held = fit_mixed_model(rows, formula, therapist_terms=["experience"], n_therapists=8)
    assert held.term("experience").df == 6


def test_a_redundant_term_is_refused_and_the_others_stand() -> None:
    rows = study().assign(twice=lambda frame: 2 * frame["x"])
    model = fit_mixed_model(rows, "score ~ x + twice + (1 | client_id)")
    assert model.term("twice").status == "refused"
    assert math.isnan(model.term("twice").estimate)
    assert math.isfinite(model.term("x").p_value)
    assert linear_contrast(model, {"x": 1, "twice": 1}, name="sum").status == "refused"
    assert linear_contrast(model, {"x": 1}, name="x").status == "ok"


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("score ~ nothing + (1 | client_id)", "not a column of the frame: nothing"),
        ("score + x", "one '~'"),
    ],
)
def test_a_wrong_formula_is_named(formula: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_mixed_model(study(), formula)


def test_an_outcome_that_is_not_binary_is_named_without_its_values() -> None:
    with pytest.raises(ValueError, match="score is not 0 or 1") as caught:
        fit_mixed_model(study(), "score ~ x + (1 | client_id)", family="binomial")
    assert "20" not in str(caught.value)


def test_a_text_outcome_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="not a number"):
        fit_mixed_model(study().assign(score="a"), NESTED)


def test_a_refused_model_has_nothing_to_combine() -> None:
    model = fit_mixed_model(study().assign(score=3.0), NESTED)
    with pytest.raises(ValueError, match="refused"):
        linear_contrast(model, {"x": 1}, name="x")
    with pytest.raises(ValueError, match="refused"):
        variance_shares(model)


def test_a_contrast_of_an_unknown_term_is_named() -> None:
    with pytest.raises(ValueError, match="nothing"):
        linear_contrast(fit_mixed_model(study(), NESTED), {"nothing": 1}, name="x")


def test_shares_of_variance_sum_to_one_and_find_the_therapists() -> None:
    shares = variance_shares(fit_mixed_model(study(therapists=40), NESTED))
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["therapist_id"] == pytest.approx(1 / 3, abs=0.12)


def test_the_residual_of_a_binary_model_is_that_of_its_link() -> None:
    rows = study(therapists=40).assign(high=lambda frame: (frame["score"] > 20).astype(int))
    model = fit_mixed_model(rows, "high ~ 1 + (1 | client_id)", family="binomial")
    variance = model.block("client_id").variance()
    expected = variance / (variance + math.pi**2 / 3)
    assert variance_shares(model)["client_id"] == pytest.approx(expected)


def test_models_are_compared_on_the_same_rows() -> None:
    rows = study()
    holes = rows.assign(x=rows["x"].mask(rows.index % 10 == 0))
    test = compare_mixed_models(
        holes, "score ~ week + (1 | client_id)", "score ~ week + x + (1 | client_id)"
    )
    assert (test.n, test.n_missing, test.df) == (216, 24, 1)
    assert not test.is_reml


def test_an_added_therapist_variance_is_tested_on_the_boundary() -> None:
    test = compare_mixed_models(
        study(), "score ~ x + (1 | client_id)", "score ~ x + (1 | client_id) + (1 | therapist_id)"
    )
    assert test.is_reml
    assert test.p_value == pytest.approx(math.erfc(math.sqrt(test.chi_square / 2)) / 2)


def test_comparing_a_model_with_itself_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no more parameters"):
        compare_mixed_models(study(), "score ~ x + (1 | client_id)", "score ~ x + (1 | client_id)")


def test_a_refused_model_makes_the_comparison_refused() -> None:
    test = compare_mixed_models(study().assign(score=3.0), "score ~ week + (1 | client_id)", NESTED)
    assert (test.status, test.note) == ("refused", "the outcome does not vary")
