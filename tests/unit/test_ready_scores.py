"""Ready-made scores: which units they may be kept in, and what a study file must say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.declarations import Source
from flows.layout import check_form, lay_out
from flows.study import load_study
from instruments.catalog import load_catalog
from instruments.errors import StudyError
from instruments.layout import Placement
from instruments.score_range import units_of
from instruments.scoring import score
from reports.study_data import measure_of
from tests.conftest import examples
from tests.flows.small_study import STUDY, WITHOUT_OUTCOME

CATALOG = load_catalog()
FORM = '[[source.form]]\ninstrument = "dar_5"\ncolumns = "dar_{n}"'


def placed(
    instrument: str, scores: dict[str, Any], codes: dict[str, str] | None = None, **form: Any
) -> Placement:
    block = {"instrument": instrument, "scores": scores, **form}
    base = {"id": "s", "kind": "csv", "files": "*.csv", "columns": {"client": "id"}}
    source = Source.model_validate(base | {"form": [block], "missing": codes or {}})
    check_form(source, source.form[0], CATALOG[instrument])
    return lay_out(source, ["id", "a", "b"], CATALOG).placements[0]


def refusal_of(instrument: str, scores: dict[str, Any], **form: Any) -> StudyError:
    with pytest.raises(StudyError) as caught:
        placed(instrument, scores, **form)
    return caught.value


def test_scores_are_taken_in_the_unit_of_the_key_where_nothing_else_is_said() -> None:
    placement = placed("core_10", {"total": "a"})
    assert placement.scores["total"].factor == 1
    assert placement.scores["total"].ends == (0, 40)


@pytest.mark.parametrize(
    ("instrument", "scale", "ends", "factor"),
    [
        ("core_10", "total", (0, 4), 10),
        ("wai_sr", "total", (12, 60), 1 / 12),
        ("wai_sr", "bond", (4, 20), 1 / 4),
        ("dar_5", "total", (1, 5), 5),
        ("rpt", "destructive_overdependence", (1, 5), 10),
    ],
)
def test_means_kept_as_sums_and_sums_kept_as_means_come_in_the_unit_of_the_key(
    instrument: str, scale: str, ends: tuple[float, float], factor: float
) -> None:
    told = {scale: {"column": "a", "min": ends[0], "max": ends[1]}}
    assert placed(instrument, told).scores[scale].factor == pytest.approx(factor)


def test_scores_of_another_range_of_the_form_come_in_its_own() -> None:
    told = {"total": {"column": "a", "min": 0, "max": 10}}
    placement = placed("des_ii", told, range=[0, 10])
    assert placement.scores["total"].factor == 10
    assert measure_of(placement, placement.definition.get_scale("total")).high == 100


def test_scores_of_which_the_key_says_nothing_are_kept_as_they_are() -> None:
    told = {"need_for_contact": {"column": "a", "min": 5, "max": 35}}
    placement = placed("cdq", told)
    (measure,) = [measure_of(placement, scale) for scale in placement.scales]
    assert (measure.low, measure.high, measure.scale) == (5, 35, "cdq.need_for_contact")
    assert measure.is_ready_made


@given(
    form=st.sampled_from(["core_10", "wai_sr", "des_ii", "phq_9", "ecr", "scs_sf", "pcl_5"]),
    seed=st.randoms(use_true_random=False),
)
@settings(max_examples=examples(60))
def test_every_unit_leads_back_to_the_score_of_the_reference_scorer(form: str, seed: Any) -> None:
    definition = CATALOG[form]
    low, high = definition.response.min or 0, definition.response.max or 0
    answers = [seed.randint(low, high) for _ in definition.item_names()]
    for scale in definition.scales:
        own = score(definition, scale, answers, low=low, high=high).value
        assert own is not None
        for factor, ends in units_of(definition, scale, (low, high)).items():
            kept = own / factor
            assert ends[0] - 1e-9 <= kept <= ends[1] + 1e-9


def test_a_scale_that_is_not_in_the_form_is_told_with_the_nearest() -> None:
    fault = refusal_of("cdq", {"need_for_contacts": "a"}, range=[1, 5])
    assert fault.code == "E_STUDY_SCORE"
    assert fault.fix == 'Did you mean "need_for_contact"?'


def test_scores_whose_reach_is_not_known_must_be_declared_with_it() -> None:
    fault = refusal_of("cdq", {"need_for_contact": "a"})
    assert fault.code == "E_STUDY_SCORE"
    assert "min = ..., max = ..." in (fault.fix or "")


def test_ends_that_the_key_cannot_give_are_refused_with_those_that_it_can() -> None:
    fault = refusal_of("core_10", {"total": {"column": "a", "min": 1, "max": 50}})
    assert fault.code == "E_STUDY_SCORE"
    assert "0 to 40 or 0 to 4" in (fault.fix or "")


def test_a_code_that_is_also_a_score_is_refused() -> None:
    fault = refusal_of("core_10", {"total": "a"}, codes={"9": "skipped"})
    assert fault.code == "E_STUDY_MISSING_CODE"


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        (f'{FORM}\nscores.total = "dar"', "scores"),
        ('[[source.form]]\ninstrument = "dar_5"', "[[source.form]]"),
        (FORM.replace("columns =", "already_reversed = true\nscores.total ="), "already_reversed"),
        (FORM.replace('columns = "dar_{n}"', 'scores.totl = "dar"'), "scores"),
        (FORM.replace('columns = "dar_{n}"', 'scores.total = { column = "d", min = 9, max = 8 }'),
         "scores"),
    ],
)  # fmt: skip
def test_a_fault_of_scores_is_told_with_its_line(tmp_path: Path, block: str, wrong: str) -> None:
    text = STUDY.replace(FORM, block, 1)
    (tmp_path / "study.toml").write_text(text)
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path)
    first = text.index(block)
    line = text[: text.index(wrong, first)].count("\n") + 1
    assert caught.value.where == f"study.toml, line {line}"


def test_one_scale_that_reaches_further_in_one_source_than_in_another_is_refused(
    tmp_path: Path,
) -> None:
    cdq = (
        '[[source.form]]\ninstrument = "cdq"\nscores.total = {{ column = "c", min = 1, max = {} }}'
    )
    text = WITHOUT_OUTCOME.replace(FORM, cdq.format(5), 1).replace(FORM, cdq.format(7), 1)
    (tmp_path / "study.toml").write_text(text)
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path)
    assert caught.value.code == "E_STUDY_RANGES"
    assert "1 to 5" in caught.value.what


def test_a_rule_on_a_scale_that_has_no_score_is_refused(tmp_path: Path) -> None:
    text = WITHOUT_OUTCOME.replace('columns = "ecr_{n}"', 'scores.anxiety = "anx"', 1)
    (tmp_path / "study.toml").write_text(text)
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path)
    assert caught.value.code == "E_STUDY_SCALE"
    assert "ecr_rs.avoidance" in caught.value.what


def test_a_total_shares_what_it_is_made_of_with_its_subscales_though_no_item_is_there() -> None:
    cdq, oq = CATALOG["cdq"], CATALOG["oq_45"]
    assert cdq.made_of(cdq.get_scale("total")) >= cdq.made_of(cdq.get_scale("need_for_contact"))
    composite = next(scale for scale in oq.scales if scale.is_composite)
    part = oq.get_scale(next(iter(composite.terms)))
    assert oq.made_of(composite) >= oq.made_of(part)
