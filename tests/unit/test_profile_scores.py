"""What `profile` makes of columns that hold scores whose items the export does not have."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from flows.declarations import FormBlock
from flows.study import Study
from tests.unit.profiling_tables import CORE, answers, ids, propose, write


def numbers(low: float, high: float, *, digits: int = 2, seed: int = 3) -> list[str]:
    rng = random.Random(seed)  # noqa: S311
    return [f"{rng.uniform(low, high):.{digits}f}" for _ in range(60)]


def only_form(study: Study) -> FormBlock:
    (form,) = study.sources[0].form
    return form


def test_scores_of_a_known_form_are_proposed_as_ready_made(tmp_path: Path) -> None:
    table = {"client_id": ids(), "cdq_need_for_contact": numbers(1, 5),
             "CDQ Submissive Dependency mean": numbers(1, 5, seed=4)}  # fmt: skip
    study, text = propose(write(tmp_path / "intake.csv", table), folder=tmp_path)
    form = only_form(study)
    assert form.instrument == "cdq"
    assert form.score_columns == {
        "need_for_contact": "cdq_need_for_contact",
        "submissive_dependency": "CDQ Submissive Dependency mean",
    }
    assert form.scores["need_for_contact"].ends == (1, 5)
    assert "Nothing says how far scores" in " ".join(text.replace("#", "").split())


@pytest.mark.parametrize(
    ("name", "low", "high", "digits", "ends"),
    [
        ("core10_total", 0, 39, 0, None),
        ("CORE-10 score", 0.1, 3.9, 2, (0, 4)),
        ("core_10_sum", 0, 4, 0, None),
    ],
)
def test_means_are_told_from_sums_by_what_they_reach(
    tmp_path: Path, name: str, low: float, high: float, digits: int, ends: tuple[int, int] | None
) -> None:
    table = {"client_id": ids(), name: numbers(low, high, digits=digits)}
    study, text = propose(write(tmp_path / "intake.csv", table), folder=tmp_path)
    form = only_form(study)
    assert (form.instrument, form.score_columns) == ("core_10", {"total": name})
    assert form.scores["total"].ends == ends
    assert ("which they are brought to" in " ".join(text.replace("#", "").split())) == bool(ends)


def test_codes_beyond_every_reach_are_proposed_as_missing(tmp_path: Path) -> None:
    cells = ["-99", *["NA"] * 20, *numbers(0, 27, digits=0)[21:]]
    path = write(tmp_path / "intake.csv", {"client_id": ids(), "phq9_total": cells})
    form = only_form(propose(path, folder=tmp_path)[0])
    assert form.instrument == "phq_9"
    assert form.missing == {"-99": "reason not known", "NA": "not applicable"}


def test_scores_that_no_key_limits_reach_as_far_in_every_file(tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", {"client_id": ids(), "cdq_total": numbers(1, 4)})
    second = write(tmp_path / "b.csv", {"client_id": ids(), "cdq_total": numbers(2, 7, seed=5)})
    study, _ = propose(first, second, folder=tmp_path)
    assert [source.form[0].scores["total"].ends for source in study.sources] == [(1, 7), (1, 7)]


def test_a_rule_is_proposed_where_both_of_its_scales_are_there(tmp_path: Path) -> None:
    table = {"client_id": ids(), "ecr_anxiety": numbers(1, 7), "ecr_avoidance": numbers(1, 7)}
    study, _ = propose(write(tmp_path / "intake.csv", table), folder=tmp_path)
    rule = study.file.presentation
    assert (rule.rule, rule.dependence, rule.independence) == (
        "attachment", "ecr.anxiety", "ecr.avoidance")  # fmt: skip


@pytest.mark.parametrize("name", ["total", "core", "anxiety", "core_10_notes", "score"])
def test_a_name_that_says_no_score_of_a_form_is_left_alone(tmp_path: Path, name: str) -> None:
    table = {"client_id": ids(), **answers([f"dar_{n}" for n in range(1, 6)], 1, 5),
             name: numbers(0, 4)}  # fmt: skip
    study, _ = propose(write(tmp_path / "intake.csv", table), folder=tmp_path)
    assert only_form(study).instrument == "dar_5"


def test_a_score_beside_its_items_stays_a_total(tmp_path: Path) -> None:
    table = {"client_id": ids(), **answers(CORE, 0, 4), "core_total": numbers(0, 40, digits=0)}
    form = only_form(propose(write(tmp_path / "intake.csv", table), folder=tmp_path)[0])
    assert not form.scores
    assert form.total == {"total": "core_total"}
