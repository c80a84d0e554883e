"""From error-free values to answers: keys, published figures, missing answers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from flows.simulation.forms import MONTH_3_SESSION, measure
from flows.simulation.latents import standard_scores
from flows.simulation.measurement import shipped_catalog
from flows.simulation.missing import MISSING, draw_returned, draw_therapist_returned
from flows.simulation.questionnaires import QUESTIONNAIRES, SHIFTED_CORE_ITEM
from flows.simulation.streams import stream
from flows.simulation.study import simulate
from flows.simulation.thresholds import calibrate, scale_moments
from flows.simulation.worlds import BASE, WORLDS

SCALES = [
    pytest.param(form, name, model, id=f"{form.instrument}.{name}")
    for form in QUESTIONNAIRES.values()
    for name, model in form.scales.items()
]


@pytest.fixture(scope="module")
def complete():
    """A study whose every form came back with every answer."""
    world = dataclasses.replace(
        BASE, item_missing=0.0, intake_missing_intercept=-50.0, form_missing_intercept=-50.0
    )
    study = simulate(world, seed=21, n_clients=6000)
    return study, measure(study, ("intake", "month_3", "end"))


def keyed(answers, form, name):
    """Return the answers to a scale in its direction."""
    definition = shipped_catalog()[form.instrument]
    scale, model = definition.get_scale(name), form.scales[name]
    place = list(definition.positions(scale, form.counts))
    found = answers[:, place].astype(float)
    flipped = scale.reversed_items(definition)
    for k, position in enumerate(place):
        if position + 1 in flipped:
            found[:, k] = model.low + model.high - found[:, k]
    return found


def alpha(answers):
    k = answers.shape[1]
    return k / (k - 1) * (1 - answers.var(axis=0).sum() / answers.sum(axis=1).var())


@pytest.mark.parametrize(("form", "name", "model"), SCALES)
def test_thresholds_give_the_published_mean_sd_and_alpha(form, name, model):
    items = calibrate(model)
    rng = np.random.default_rng(3)
    people = 20_000
    noise = rng.standard_normal((people, model.n_items))
    trait = rng.standard_normal(people)[:, None]
    wished = items.loadings * trait + np.sqrt(1 - items.loadings**2) * noise
    answers = model.low + model.step * (wished[:, :, None] > items.thresholds).sum(axis=2)
    scores = answers.mean(axis=1)
    assert scores.mean() == pytest.approx(model.mean, abs=4 * model.sd / np.sqrt(people))
    assert scores.std() == pytest.approx(model.sd, rel=0.03)
    assert alpha(answers) == pytest.approx(model.alpha, abs=0.008)
    mean, _, exact = scale_moments(items.loadings, items.thresholds, model)
    assert (mean, exact) == pytest.approx((model.mean, model.alpha), abs=1e-5)


def test_forms_at_intake_have_the_published_figures(complete):
    _, forms = complete
    for (occasion, instrument), filled in forms.items():
        if occasion != "intake":
            continue
        form = QUESTIONNAIRES[instrument]
        for name, model in form.scales.items():
            answers = keyed(filled.answers, form, name)
            assert answers.mean() == pytest.approx(model.mean, abs=0.05 * model.sd)
            assert answers.mean(axis=1).std() == pytest.approx(model.sd, rel=0.05)


@pytest.mark.parametrize("instrument", ["ecr", "core_10", "scs_sf"])
def test_reversed_items_are_written_as_clients_tick_them(complete, instrument):
    _, forms = complete
    form = QUESTIONNAIRES[instrument]
    definition = shipped_catalog()[instrument]
    filled = forms["intake", instrument].answers
    for name in form.scales:
        scale = definition.get_scale(name)
        place = list(definition.positions(scale, form.counts))
        rest = keyed(filled, form, name).sum(axis=1)
        for position in place:
            tie = np.corrcoef(filled[:, position], rest)[0, 1]
            assert (tie < -0.3) == (position + 1 in scale.reversed_items(definition))


def test_every_answer_is_one_that_the_form_has(complete):
    _, forms = complete
    for (_, instrument), filled in forms.items():
        for model in QUESTIONNAIRES[instrument].scales.values():
            allowed = np.arange(model.low, model.high + 1, model.step)
            assert np.isin(filled.answers, allowed).all()


def test_scores_follow_the_error_free_values(complete):
    study, forms = complete
    scores = standard_scores(study)
    for (occasion, instrument), filled in forms.items():
        form = QUESTIONNAIRES[instrument]
        for name, model in form.scales.items():
            truth = scores[f"{instrument}.{name}"][filled.session, filled.client]
            found = keyed(filled.answers, form, name).mean(axis=1)
            assert np.corrcoef(truth, found)[0, 1] > np.sqrt(model.alpha) - 0.06, occasion


def test_levels_have_unit_variance_at_the_occasions_of_their_forms(complete):
    study, _ = complete
    scores = standard_scores(study)
    for name, grid in scores.items():
        instrument = name.split(".")[0]
        session = MONTH_3_SESSION if instrument in ("wai_sr", "cdq") else 0
        assert grid[session].std() == pytest.approx(1.0, abs=0.08)
        assert grid[session].mean() == pytest.approx(0.0, abs=0.12)


def test_one_item_is_shifted_for_avoidant_clients_in_one_world_only():
    def gap(world, item):
        study = simulate(dataclasses.replace(world, item_missing=0.0), seed=5, n_clients=12_000)
        filled = measure(study, ("intake",))["intake", "core_10"]
        avoidant = study.traits.avoidance[filled.client] > 0
        # Alike in severity, which avoidance goes with.
        alike = np.abs(study.traits.severity[filled.client]) < 0.5
        answer = filled.answers[:, item - 1]
        return answer[avoidant & alike].mean() - answer[~avoidant & alike].mean()

    moved = WORLDS["not_invariant"]
    other = 5
    assert gap(moved, SHIFTED_CORE_ITEM) - gap(BASE, SHIFTED_CORE_ITEM) > 0.25
    assert abs(gap(moved, other) - gap(BASE, other)) < 1e-12


def test_two_percent_of_answers_are_left_out_at_random():
    filled = measure(simulate(seed=4, n_clients=1500), ("intake",))["intake", "ecr"]
    missing = filled.answers == MISSING
    assert missing.mean() == pytest.approx(0.02, abs=0.003)
    assert missing.mean(axis=0).max() < 0.035
    assert np.isnan(filled.frame().to_numpy()).sum() == missing.sum()


def test_forms_stay_out_more_often_when_symptoms_were_high_and_clients_avoidant():
    study = simulate(seed=4, n_clients=6000)
    client, session = np.nonzero(study.attended)
    rows = session + 1, client
    missing = ~draw_returned(study, rows, stream(4, "test"))
    before = study.states["symptoms"][session, client]
    avoidance = study.traits.avoidance[client]
    dissociation = study.states["dissociation"][rows]
    assert missing.mean() == pytest.approx(0.09, abs=0.015)
    assert before[missing].mean() - before[~missing].mean() > 0.12
    assert avoidance[missing].mean() - avoidance[~missing].mean() > 0.12
    assert abs(dissociation[missing].mean() - dissociation[~missing].mean()) < 0.05


def test_forms_stay_out_when_clients_dissociate_only_where_not_at_random():
    study = simulate(WORLDS["not_at_random"], seed=4, n_clients=3000)
    client, session = np.nonzero(study.attended)
    rows = session + 1, client
    missing = ~draw_returned(study, rows, stream(4, "test"))
    dissociation = study.states["dissociation"][rows]
    assert dissociation[missing].mean() - dissociation[~missing].mean() > 0.25


def test_therapists_forms_are_missing_in_clusters():
    shares = []
    for seed in range(30):
        study = simulate(seed=seed, n_clients=400)
        missing = ~draw_therapist_returned(study)
        by_therapist = [
            missing[:, study.design.therapist == t].mean()
            for t in np.unique(study.design.therapist)
        ]
        shares.append((missing.mean(), np.std(by_therapist)))
    share, spread = np.mean(shares, axis=0)
    assert share == pytest.approx(0.15, abs=0.03)
    # Beta(.45, 2.55) has an SD of .18; without clusters it would be below .02.
    assert 0.12 < spread < 0.22


def test_who_left_early_has_no_later_form():
    study = simulate(seed=9, n_clients=800)
    forms = measure(study)
    month_3 = forms["month_3", "core_10"]
    assert study.endings.sessions[month_3.client].min() >= MONTH_3_SESSION
    end = forms["end", "core_10"]
    assert "dropout" not in set(study.endings.reason[end.client])
    session = forms["session", "wai_sr"]
    assert (session.session <= study.endings.sessions[session.client]).all()


def test_measuring_one_occasion_alone_changes_nothing_in_it():
    study = simulate(seed=9, n_clients=100)
    alone, together = measure(study, ("end",)), measure(study)
    for key, filled in alone.items():
        np.testing.assert_array_equal(filled.answers, together[key].answers)
