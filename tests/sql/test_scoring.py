"""The store scores every form as the reference scorer does."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from instruments.scoring import NO_ITEMS, TOO_FEW
from tests.sql.chain import CATALOG, open_chain, source_of
from tests.sql.filled_forms import (
    Form,
    counts_of,
    differences,
    random_answers,
    ranges_of,
    score_by_reference,
    score_in_store,
)


@pytest.mark.parametrize("form_id", CATALOG)
def test_every_shipped_form_is_scored_as_by_the_reference_and_its_test_vectors(
    form_id: str, tmp_path: Path
) -> None:
    definition = CATALOG[form_id]
    low, high = ranges_of(definition)[0]
    form = Form(form_id, low, high, counts=counts_of(definition, 3))
    has_range = definition.response.min is not None  # else the study declares it
    vectors = definition.vectors if has_range else ()
    rng = random.Random(form_id)  # noqa: S311
    filled = [[definition.response.filled(v.fill)] * len(form.item_names) for v in vectors]
    filled += [random_answers(form, rng, gap) for gap in (0, 0.05, 0.2, 0.5, 0.95, 1) * 5]
    stored = score_in_store(form, filled, tmp_path)
    assert len({client for client, _ in stored}) >= len(vectors) + 15
    assert differences(stored, score_by_reference(form, filled)) == []
    found = {
        (vector.fill, scale): stored[f"K{k:04d}", scale].value
        for k, vector in enumerate(vectors)
        for scale in vector.expect
    }
    wanted = {(v.fill, scale): value for v in vectors for scale, value in v.expect.items()}
    assert found == pytest.approx(wanted)


def test_reverse_keying_follows_the_range_that_the_study_declares(tmp_path: Path) -> None:
    one = score_in_store(Form("ecr", 1, 5), [[1] * 36], tmp_path)
    other = score_in_store(Form("ecr", 1, 7), [[1] * 36], tmp_path)
    # Nine items of avoidance and one of anxiety count backwards.
    assert one["K0000", "avoidance"].value == pytest.approx((9 * 1 + 9 * 5) / 18)
    assert other["K0000", "avoidance"].value == pytest.approx((9 * 1 + 9 * 7) / 18)


def test_items_that_arrive_reversed_are_not_reversed_again(tmp_path: Path) -> None:
    rng = random.Random(1)  # noqa: S311
    as_given = random_answers(Form("ecr", 1, 7), rng, 0)
    reverse = CATALOG["ecr"].reverse
    flipped = [
        8 - a if a is not None and n in reverse else a for n, a in enumerate(as_given, start=1)
    ]
    one = score_in_store(Form("ecr", 1, 7), [as_given], tmp_path)
    other = score_in_store(Form("ecr", 1, 7, already_reversed=True), [flipped], tmp_path)
    assert one == other


def test_the_study_may_ask_for_fewer_answers_than_the_definition(tmp_path: Path) -> None:
    gaps = [None] * 3 + [4] * 33
    usual = score_in_store(Form("ecr", 1, 7), [gaps], tmp_path)["K0000", "avoidance"]
    lenient = Form("ecr", 1, 7, min_answered=5)
    few: list[int | None] = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4] + [None] * 26
    assert usual.value == 4
    assert score_in_store(Form("ecr", 1, 7), [few], tmp_path)["K0000", "avoidance"].value is None
    assert score_in_store(lenient, [few], tmp_path)["K0000", "avoidance"].value == 4


def test_a_study_that_asks_for_more_answers_than_a_scale_has_asks_for_all(tmp_path: Path) -> None:
    form = Form("ders_18", 1, 5, min_answered=15)
    complete, gap = [[3] * 18, [None] + [3] * 17]
    stored = score_in_store(form, [complete, gap], tmp_path)
    reference = score_by_reference(form, [complete, gap])
    assert differences(stored, reference) == []
    short = [s.id for s in form.definition.scales if len(s.items) == 3]
    assert short
    assert all(stored["K0000", scale].value is not None for scale in short)


def test_a_scale_made_of_scales_keeps_the_rules_of_its_parts(tmp_path: Path) -> None:
    definition = CATALOG["oq_45"]
    low, high = ranges_of(definition)[0]
    form = Form("oq_45", low, high, min_answered=1)
    filled: list[list[int | None]] = [[high] * 45, [high] * 5 + [None] * 40]
    stored = score_in_store(form, filled, tmp_path)
    assert differences(stored, score_by_reference(form, filled)) == []
    composite = next(scale for scale in definition.scales if scale.is_composite)
    parts = [stored["K0001", part].value for part in composite.terms]
    assert any(value is not None for value in parts)
    assert stored["K0001", composite.id].reason == TOO_FEW
    assert stored["K0000", composite.id].value is not None


def test_a_subscale_without_items_in_the_study_is_not_scorable(tmp_path: Path) -> None:
    definition = CATALOG["cats"]
    first = definition.held_scales[0].id
    counts = tuple((s.id, 0 if s.id == first else s.n_items or 3) for s in definition.held_scales)
    low, high = ranges_of(definition)[0]
    form = Form("cats", low, high, counts=counts)
    filled = [[high] * len(form.item_names)]
    stored = score_in_store(form, filled, tmp_path)
    assert stored["K0000", first].reason == NO_ITEMS
    assert differences(stored, score_by_reference(form, filled)) == []


def test_every_score_names_the_version_of_its_key(tmp_path: Path) -> None:
    with open_chain(tmp_path) as chain:
        block = {"instrument": "dar_5", "columns": "d{n}"}
        header = ("client", *(f"d{n}" for n in range(1, 6)))
        chain.publish(source_of(form=[block]), header, [("K1", 1, 2, 3, 4, 5)])
        found = chain.rows("SELECT DISTINCT key_version FROM store.core.score")
    assert found == [(CATALOG["dar_5"].key_version,)]
