"""What holds of every simulated study, whatever its seed, size and world."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.simulation.clinic_files import intake_table
from flows.simulation.forms import measure
from flows.simulation.measurement import shipped_catalog
from flows.simulation.missing import MISSING
from flows.simulation.people import draw_people
from flows.simulation.questionnaires import QUESTIONNAIRES
from flows.simulation.study import simulate
from flows.simulation.thresholds import ScaleModel, calibrate, scale_moments
from flows.simulation.worlds import WORLDS
from tests.conftest import examples

worlds = st.sampled_from(sorted(WORLDS)).map(WORLDS.__getitem__)
seeds = st.integers(min_value=0, max_value=2**32)
sizes = st.integers(min_value=3, max_value=60)


@given(worlds, seeds, sizes)
@settings(max_examples=examples(60), deadline=None)
def test_a_study_is_whole(world, seed, n_clients):
    study = simulate(world, seed, n_clients)
    clients, sessions = study.clients, study.sessions
    assert len(clients) == n_clients
    assert clients["client_id"].is_unique
    assert set(clients["ending"]) <= {"planned", "dropout", "ongoing"}
    assert clients["session_count"].between(1, world.max_sessions).all()
    assert not sessions.isna().any(axis=None)
    assert np.isfinite(sessions.select_dtypes("number")).all(axis=None)
    first = sessions.groupby("client")["session"].first()
    assert (first == 1).all()
    assert (sessions.groupby("client")["week"].diff().dropna() >= 1).all()


@given(worlds, seeds)
@settings(max_examples=examples(15), deadline=None)
def test_the_same_world_and_seed_give_the_same_answers(world, seed):
    one, two = (measure(simulate(world, seed, 20)) for _ in range(2))
    for key, filled in one.items():
        pd.testing.assert_frame_equal(filled.frame(), two[key].frame())


@given(worlds, seeds, sizes)
@settings(max_examples=examples(30), deadline=None)
def test_answers_are_within_the_range_of_the_form_or_missing(world, seed, n_clients):
    for (_, instrument), filled in measure(simulate(world, seed, n_clients)).items():
        definition = shipped_catalog()[instrument]
        models = QUESTIONNAIRES[instrument].scales.values()
        low, high = min(m.low for m in models), max(m.high for m in models)
        given_answers = filled.answers[filled.answers != MISSING]
        assert given_answers.size == 0 or low <= given_answers.min() <= given_answers.max() <= high
        if definition.response.min is not None:
            assert (low, high) == (definition.response.min, definition.response.max)


@given(seeds, sizes)
@settings(max_examples=examples(20), deadline=None)
def test_an_export_reads_back_as_it_was_made(seed, n_clients):
    study = simulate(seed=seed, n_clients=n_clients)
    forms = measure(study, ("intake",))
    table = intake_table(study, draw_people(study), forms)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([table.header, *table.rows])
    frame = pd.read_csv(io.StringIO(text.getvalue()))
    filled = forms["intake", "ecr"]
    assert frame["client_id"].tolist() == study.client_ids[filled.client].tolist()
    np.testing.assert_array_equal(
        frame[table.forms["ecr"]].fillna(MISSING).to_numpy(), filled.answers
    )


@given(
    n_items=st.integers(4, 30),
    answers=st.integers(4, 9),
    place=st.floats(0.35, 0.65),
    spread=st.floats(0.13, 0.2),
    alpha=st.floats(0.75, 0.92),
)
@settings(max_examples=examples(30), deadline=None)
def test_any_plausible_scale_can_be_calibrated(n_items, answers, place, spread, alpha):
    high = answers - 1
    model = ScaleModel(n_items, 0, high, place * high, spread * high, alpha)
    # With few strongly tied items a loading would have to exceed 1.
    if alpha / (n_items - alpha * (n_items - 1)) > 0.5:
        return
    items = calibrate(model)
    mean, _, reached = scale_moments(items.loadings, items.thresholds, model)
    assert abs(mean - model.mean) < 0.01 * high
    assert abs(reached - alpha) < 0.01
    assert (np.diff(items.thresholds, axis=1) > 0).all()
    assert (items.loadings > 0).all()
    assert (items.loadings < 1).all()
