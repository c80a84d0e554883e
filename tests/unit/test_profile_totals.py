"""What `profile` makes of columns that hold a form's score, and of forms that stand twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.unit.profiling_tables import CORE, answers, ids, propose, write


@pytest.mark.parametrize(
    "name", ["core_total", "CORE_sum", "core.Gesamtwert", "core_total_score", "core10_total"]
)
def test_a_column_named_as_the_score_of_a_form_is_compared_with_its_items(
    tmp_path: Path, name: str
) -> None:
    items = answers(CORE, 0, 4)
    sums = [str(sum(map(int, row))) for row in zip(*items.values(), strict=True)]
    path = write(tmp_path / "intake.csv", {"client_id": ids(), **items, name: sums})
    study, text = propose(path, folder=tmp_path)
    (form,) = study.sources[0].form
    assert form.total == {"total": name}
    assert f'"{name}" is taken for a score' in " ".join(text.replace("#", "").split())


def test_a_score_of_one_scale_is_told_from_the_whole(tmp_path: Path) -> None:
    items = answers([f"ecr_{n}" for n in range(1, 37)], 1, 7)
    table = {"client_id": ids(), **items, "ecr_anxiety_mean": ["3.5"] * 60, "ecr_total": ["9"] * 60}
    study, text = propose(write(tmp_path / "intake.csv", table), folder=tmp_path)
    (form,) = study.sources[0].form
    assert form.total == {"anxiety": "ecr_anxiety_mean"}
    assert "ecr_total" in text.partition("nothing is proposed for")[2]


@pytest.mark.parametrize(("name", "cell"), [("core_total", "high"), ("core_notes", "3"),
                                            ("total", "3")])  # fmt: skip
def test_a_column_that_says_no_score_or_holds_none_is_left_alone(
    tmp_path: Path, name: str, cell: str
) -> None:
    table = {"client_id": ids(), **answers(CORE, 0, 4), name: [cell] * 60}
    study, _ = propose(write(tmp_path / "intake.csv", table), folder=tmp_path)
    assert study.sources[0].form[0].total is None


def test_the_scores_of_two_occasions_go_to_their_own_forms(tmp_path: Path) -> None:
    blocks = {
        f"{when}_{name}": cells
        for when, seed in (("pre", 1), ("post", 2))
        for name, cells in answers(CORE, 0, 4, seed=seed).items()
    }
    totals = {"pre_core_total": ["9"] * 60, "post_core_total": ["8"] * 60}
    table = {"client_id": ids(), **blocks, **totals}
    study, _ = propose(write(tmp_path / "intake.csv", table), folder=tmp_path)
    assert {form.occasion: form.total for form in study.sources[0].form} == {
        "intake": {"total": "pre_core_total"},
        "end": {"total": "post_core_total"},
    }


@pytest.mark.parametrize("prefix", ["t{}_", "T{} ", "wave{}.", "w_{}_"])
def test_blocks_that_count_their_occasions_are_told_apart_with_a_doubt(
    tmp_path: Path, prefix: str
) -> None:
    blocks = {
        f"{prefix.format(wave)}{name}": cells
        for wave in (1, 2, 3)
        for name, cells in answers(CORE, 0, 4, seed=wave).items()
    }
    path = write(tmp_path / "wide.csv", {"client_id": ids(), **blocks})
    study, text = propose(path, folder=tmp_path)
    assert [(form.columns, form.occasion) for form in study.sources[0].form] == [
        (f"{prefix.format(1)}core_{{n}}", "intake"),
        (f"{prefix.format(2)}core_{{n}}", "wave_2"),
        (f"{prefix.format(3)}core_{{n}}", "wave_3"),
    ]
    assert "2 is taken for wave_2" in text


def test_a_single_block_is_of_no_numbered_occasion(tmp_path: Path) -> None:
    table = answers([f"t1_core_{n}" for n in range(1, 11)], 0, 4)
    path = write(tmp_path / "one.csv", {"client_id": ids(), **table})
    study, _ = propose(path, folder=tmp_path)
    assert study.sources[0].form[0].occasion is None


def test_answers_that_say_nothing_of_their_key_are_taken_as_they_were_given(
    tmp_path: Path,
) -> None:
    draw = random.Random(4)  # noqa: S311
    noise = {name: [str(draw.randint(0, 4)) for _ in range(60)] for name in CORE}
    path = write(tmp_path / "intake.csv", {"client_id": ids(), **noise})
    study, _ = propose(path, folder=tmp_path)
    assert not study.sources[0].form[0].already_reversed


def test_a_rule_that_no_run_can_take_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "intake.csv", {"client_id": ids(), **answers(CORE, 0, 4)})
    _, text = propose(path, folder=tmp_path)
    assert "a run refuses it" in " ".join(text.replace("#", "").split())
