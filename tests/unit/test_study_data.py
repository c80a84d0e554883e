"""What the analyses know of measures and of who filled in what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from instruments.catalog import load_catalog
from instruments.layout import Placement, StageColumn
from reports.study_data import StudyData, measure_of, one_per_client, score_range

CATALOG = load_catalog()


def placed(form: str, low: int, high: int, counts: dict[str, int] | None = None) -> Placement:
    """A form as an export holds it."""
    definition = CATALOG[form]
    names = definition.item_names(counts)
    columns = {name: StageColumn(name, name, "item", low, high) for name in names}
    return Placement(definition, form, columns, low, high, False, "client", "", None)


def test_a_mean_keeps_the_range_of_the_answers() -> None:
    ecr = placed("ecr", 1, 5)
    measure = measure_of(ecr, ecr.definition.get_scale("anxiety"))
    assert (measure.low, measure.high, measure.midpoint) == (1, 5, 3)
    assert (measure.scale, measure.instrument, measure.scale_id) == (
        "ecr.anxiety", "ecr", "anxiety",
    )  # fmt: skip
    assert len(measure.items) == 18


def test_a_sum_has_the_range_of_all_its_items() -> None:
    core = placed("core_10", 0, 4)
    measure = measure_of(core, core.definition.get_scale("total"))
    assert (measure.low, measure.high) == (0, 40)
    assert measure.recall_days == 7


def test_the_published_range_is_told_from_another_one() -> None:
    for high, published in [(7, True), (5, False)]:
        ecr = placed("ecr", 1, high)
        measure = measure_of(ecr, ecr.definition.get_scale("anxiety"))
        assert measure.has_published_range is published


def test_a_scale_addressed_by_name_counts_the_items_of_the_study() -> None:
    counts = {"submissive_dependency": 3, "need_for_contact": 4}
    cdq = placed("cdq", 1, 7, counts)
    measure = measure_of(cdq, cdq.definition.get_scale("need_for_contact"))
    assert measure.items == tuple(f"need_for_contact_{k}" for k in range(1, 5))
    assert not measure.is_verified


def test_a_scale_made_of_others_takes_the_range_from_their_weights() -> None:
    core = placed("core_10", 0, 4)
    made = core.definition.scales[0].model_copy(
        update={"id": "made", "items": (), "terms": {"total": -1.0}}
    )
    assert score_range(core, made) == (-40, 0)


def administrations(*rows: tuple[str, float | None, object, object, object]) -> pd.DataFrame:
    columns = ["client_id", "value", "day", "rater", "target"]
    return pd.DataFrame(rows, columns=columns).assign(session=1, scale="s.s", occasion="end")


def test_the_first_scored_administration_counts() -> None:
    rows = administrations(
        ("c1", None, 1, "client", ""), ("c1", 4, 9, "client", ""), ("c1", 3, 5, "client", "")
    )
    assert one_per_client(rows)["value"].to_dict() == {"c1": 3}


def test_a_client_without_any_score_keeps_its_row() -> None:
    rows = administrations(("c1", None, 1, "client", ""), ("c1", None, 2, "client", ""))
    assert one_per_client(rows)["value"].isna().tolist() == [True]


def test_the_clients_own_view_goes_before_others() -> None:
    rows = administrations(("c1", 1, 1, "therapist", ""), ("c1", 5, 2, "client", ""))
    assert one_per_client(rows)["value"].item() == 5


def test_raters_and_targets_are_not_mixed_between_clients() -> None:
    rows = administrations(
        ("c1", 1, 1, "therapist", "partner"),
        ("c2", 2, 1, "therapist", "mother"),
        ("c3", 3, 1, "observer", "mother"),
    )
    assert one_per_client(rows)["value"].to_dict() == {"c3": 3}


@pytest.mark.parametrize("nothing", [None, np.nan, ""])
def test_a_target_that_is_not_given_is_none_in_particular(nothing: object) -> None:
    rows = administrations(("c1", 1, 1, "client", nothing), ("c2", 2, 1, "client", nothing))
    assert one_per_client(rows)["value"].to_dict() == {"c1": 1, "c2": 2}


@pytest.fixture
def data() -> StudyData:
    """Two clients, one scale, three occasions; the third is not among the declared ones."""
    rows = [
        {"client_id": client, "scale": "s.s", "occasion": occasion, "day": day, "session": day,
         "rater": "client", "target": "", "value": float(day)}
        for client in ("c2", "c1")
        for occasion, day in [("end", 90), ("week_9", 63), ("intake", 0)]
    ]  # fmt: skip
    clients = pd.DataFrame(
        {"clinic": "north", "therapist_id": ["t1", None], "ending": None, "age": 30.0},
        index=pd.Index(["c1", "c2"], name="client_id"),
    )
    return StudyData(clients, pd.DataFrame(rows), lambda scale, occasion: pd.DataFrame(), {})


def test_occasions_come_in_the_order_of_time(data: StudyData) -> None:
    assert data.occasions_of("s.s") == ("intake", "end", "week_9")
    declared = replace(data, occasions=("intake", "week_9", "end"))
    assert declared.occasions_of("s.s") == ("intake", "week_9", "end")


def test_values_are_found_by_client_and_occasion(data: StudyData) -> None:
    assert data.values_at("s.s", "week_9").to_dict() == {"c1": 63.0, "c2": 63.0}
    assert data.values_at("s.s", "follow_up").empty
    assert data.values_at("x.x", "end").empty


def test_clients_of_an_occasion_are_those_who_filled_in_any_form(data: StudyData) -> None:
    gone = (data.scores["client_id"] == "c2") & (data.scores["occasion"] == "end")
    left = replace(data, scores=data.scores[~gone])
    assert set(left.clients_at("intake")) == {"c1", "c2"}
    assert set(left.clients_at("end")) == {"c1"}
    assert left.clients_at("follow_up").empty


def test_a_course_has_one_form_per_client_and_day_the_first_in_the_order_of_occasions(
    data: StudyData,
) -> None:
    again = data.scores.assign(
        occasion=data.scores["occasion"].replace({"end": "month_3", "week_9": "end"}), value=99.0
    )
    unscored = again[again["occasion"] == "intake"].assign(day=200, value=np.nan)
    both = replace(data, scores=pd.concat([again, data.scores, unscored], ignore_index=True))
    course = both.course_of("s.s")
    assert course["client_id"].tolist() == ["c1"] * 3 + ["c2"] * 3
    assert course["day"].tolist() == [0, 63, 90] * 2
    # On day 63 "end" comes before the undeclared "week_9", on day 90 "month_3" before "end".
    assert course["value"].tolist() == [0.0, 99.0, 99.0] * 2
    assert both.course_of("x.x").empty


def test_attributes_are_what_a_study_declared(data: StudyData) -> None:
    assert data.attributes == ("age",)


def test_unknown_therapists_are_not_counted(data: StudyData) -> None:
    assert data.count_therapists(pd.Index(["c1", "c2"])) == 1
    assert data.count_therapists(pd.Index(["c2"])) is None
