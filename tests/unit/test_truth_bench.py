"""The benchmark of known truth: what it counts, what it calls a failure, and what must not be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from flows.simulation.study import simulate
from reports.analyses._confounding import find_confounding
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import find_outcome
from reports.declarations import Comparison
from reports.estimates import to_frame
from reports.exclusions import present_clients
from reports.plan_standing import NO_PLAN
from reports.sentences import write_sentences
from tests.bench import truth
from tests.bench.simulated_data import study_data
from tests.bench.truth_estimates import HEADLINES, headline_rows, look_at_study
from tests.bench.truth_judgement import COLUMNS, HARM, judge
from tests.bench.truth_settings import OUTCOME, RULE, SETTINGS, Setting


def seen_of(estimates: np.ndarray, *, se: float, status: str = "ok") -> pd.DataFrame:
    """Studies of one headline, with normal intervals of this standard error."""
    p = np.where(np.abs(estimates) > 1.96 * se, 0.01, 0.5)
    return pd.DataFrame(
        {
            "setting": "null", "seed": np.arange(len(estimates)), "headline": "difference, Welch",
            "estimate": estimates, "low": estimates - 1.96 * se, "high": estimates + 1.96 * se,
            "p": p, "status": status,
        }
    )  # fmt: skip


def judged(seen: pd.DataFrame) -> pd.Series:
    table = judge(seen, {"null": Setting("null", shuffle="clients")}, {})
    assert list(table.columns) == list(COLUMNS)
    return table.iloc[0]


def test_an_honest_estimate_passes() -> None:
    line = judged(seen_of(np.random.default_rng(1).normal(0, 1, 2000), se=1.0))
    assert line["verdict"] == "ok"
    assert line["coverage"] == pytest.approx(0.95, abs=0.02)
    assert line["coverage_mc"] == pytest.approx(np.sqrt(0.95 * 0.05 / 2000), abs=0.001)
    assert line["error_ratio"] == pytest.approx(1, abs=0.05)


def test_too_sure_an_estimate_fails_and_a_warned_one_is_told_apart() -> None:
    estimates = np.random.default_rng(1).normal(0, 1, 2000)
    verdict = judged(seen_of(estimates, se=0.7))["verdict"]
    assert verdict == "covers too rarely and too many false positives, not warned"
    warned = judged(seen_of(estimates, se=0.7, status="caution"))
    assert warned["verdict"].endswith(", warned")
    assert warned["warned"] == 1.0


def test_chance_is_no_failure_in_few_studies() -> None:
    estimates = np.random.default_rng(3).normal(0, 1, 60)
    assert judged(seen_of(estimates, se=0.93))["verdict"] == "ok"


def test_what_stays_open_is_a_share_and_no_false_alarm() -> None:
    seen = seen_of(np.random.default_rng(1).normal(0, 1, 200), se=0.5, status="caution")
    open_ones = seen.assign(headline="invariance across groups undecided", estimate=np.nan,
                            low=np.nan, high=np.nan)  # fmt: skip
    assert judged(open_ones)["verdict"] == "share"
    flagged = open_ones.assign(headline="invariance across groups flagged")
    assert judged(flagged)["verdict"].startswith("too many false positives")


def test_refused_studies_are_counted_and_not_judged() -> None:
    good = seen_of(np.random.default_rng(1).normal(0, 1, 300), se=1.0)
    refused = seen_of(np.full(100, np.nan), se=1.0, status="refused")
    line = judged(pd.concat([good, refused], ignore_index=True))
    assert (line["studies"], line["answered"]) == (400, 300)
    assert line["warned"] == 0.25


def test_the_same_seed_gives_the_same_study() -> None:
    assert look_at_study(SETTINGS["null"], 5) == look_at_study(SETTINGS["null"], 5)
    assert look_at_study(SETTINGS["null"], 5) != look_at_study(SETTINGS["null"], 6)


def test_every_headline_is_in_some_setting() -> None:
    seen = {one.headline for name in ("base", "null") for one in look_at_study(SETTINGS[name], 5)}
    assert set(HEADLINES) <= seen


@pytest.mark.slow
def test_an_interrupted_run_goes_on_where_it_stopped(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(truth, "KEPT", tmp_path)
    first = truth.run_studies([("null, skewed", 1)], 1)
    path = next(truth.KEPT.glob("*.jsonl"))
    before = path.read_bytes()
    path.write_bytes(before + b'{"setting": "null, sk')
    again = truth.run_studies([("null, skewed", 1)], 1)
    pd.testing.assert_frame_equal(first, again)
    both = truth.run_studies([("null, skewed", 1), ("null, skewed", 2)], 1)
    assert set(both["seed"]) == {1, 2}


@pytest.mark.slow
def test_severity_is_never_told_as_harm_from_dependency() -> None:
    plain = replace(SETTINGS["base"], parts=frozenset({"course"}))
    told = [
        one
        for seed in range(12)
        for one in look_at_study(plain, 100 + seed)
        if one.headline in HARM
    ]
    at_the_end = [one for one in told if one.headline == HARM[0]]
    by_the_course = [one for one in told if one.headline == HARM[1]]
    assert len(at_the_end) == len(by_the_course) == 12
    assert not any(one.p < 0.05 for one in at_the_end)
    # One in forty by chance.
    assert sum(one.p < 0.05 for one in by_the_course) <= 2


def test_the_sentence_of_a_confounded_difference_says_where_it_comes_from() -> None:
    # With so many clients, the difference that severity makes is clear.
    data = study_data(simulate(seed=4, n_clients=1500))
    presented = present_clients(data, RULE, NO_PLAN)
    inquiry = Inquiry(data, RULE, presented, Comparison(), 1)
    outcome = find_outcome(data, RULE, OUTCOME)
    cautioned = outcome.with_caution(find_confounding(inquiry, outcome))
    found = to_frame(headline_rows(inquiry, outcome, cautioned))
    block = found[found["analysis"] == "overdependent_against_overindependent"]
    row = block[block["term"] == "difference"].iloc[0]
    assert row["p_value"] < 0.001
    assert row["estimate"] > 0
    said = write_sentences(found, OUTCOME.name).clinician
    assert "differed in this before treatment already" in said
    assert "says nothing of what dependence does" in said
    course = found[(found["analysis"] == "course") & (found["term"] == "difference in course")]
    assert course["p_value"].item() > 0.01
    assert "before treatment" not in str(course["note"].item())
