"""Reliable change against the R packages clinicalsignificance and suddengains, and the paper."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.methods.change_tables import change_shares
from reports.methods.reliable_change import (
    classify_change,
    clinical_cutoffs,
    reliable_change_index,
    standard_error_of_difference,
)
from reports.methods.sudden_gains import find_sudden_changes


@pytest.fixture(scope="session")
def antidepressants(shared_data: Path) -> pd.DataFrame:
    frame = pd.read_csv(shared_data / "oracles" / "clinicalsignificance__antidepressants.csv")
    wide = frame.pivot(index="patient", columns="measurement", values="mom_di")
    return wide[["Before", "After"]].dropna()


@pytest.fixture(scope="session")
def weekly_bdi(shared_data: Path) -> pd.DataFrame:
    return pd.read_csv(shared_data / "oracles" / "suddengains__sgdata.csv")


@pytest.mark.shared
def test_jacobson_truax_counts_match(antidepressants: pd.DataFrame) -> None:
    # clinicalsignificance, individual approach: reliability .80, sample SD, lower is better
    before, after = antidepressants["Before"], antidepressants["After"]
    labels = classify_change(before, after, sd_before=before.std(), reliability=0.80)
    assert Counter(labels.tolist()) == {"improved": 274, "unchanged": 237, "deteriorated": 44}


@pytest.mark.shared
def test_clinically_significant_counts_match(antidepressants: pd.DataFrame) -> None:
    before, after = antidepressants["Before"], antidepressants["After"]
    cutoff = clinical_cutoffs((before.mean(), before.std()), (7, 7), better="lower").c
    assert cutoff == pytest.approx(19.72477, abs=5e-6)
    labels = classify_change(before, after, sd_before=before.std(), reliability=0.80, cutoff=cutoff)
    counts = {share.change: share.count for share in change_shares(labels)}
    assert counts == {
        "recovered": 159,
        "improved": 115,
        "unchanged": 237,
        "deteriorated": 34,
        "harmed": 10,
    }


def test_the_worked_example_of_the_paper() -> None:
    # Jacobson & Truax (1991), pages 13 to 14
    cutoffs = clinical_cutoffs((40, 7.5), (60, 7.5), better="higher")
    assert (cutoffs.a, cutoffs.b, cutoffs.c) == (55, 45, 50)
    (index,) = reliable_change_index([32.5], [47.5], sd_before=7.5, reliability=0.80)
    assert index == pytest.approx(3.162, abs=5e-4)


@pytest.mark.shared
def test_the_cut_off_from_the_reliable_change_index_matches(weekly_bdi: pd.DataFrame) -> None:
    # suddengains::define_crit1_cutoff(sd = sd(bdi_s0), reliability = .931)
    sd = weekly_bdi["bdi_s0"].std()
    error = standard_error_of_difference(sd, 0.931)
    assert sd == pytest.approx(6.396073, abs=5e-7)
    assert error == pytest.approx(2.376036, abs=5e-7)
    assert 1.96 * error == pytest.approx(4.65703, abs=5e-6)


@pytest.mark.shared
def test_sudden_gains_match(weekly_bdi: pd.DataFrame) -> None:
    # suddengains::identify_sg(sg_crit1_cutoff = 7) on bdi_s1 to bdi_s12
    sessions = weekly_bdi[[f"bdi_s{number}" for number in range(1, 13)]]
    gains = find_sudden_changes(sessions, cutoff=7)
    assert gains.n_clients == 43
    assert len(gains.changes) == 24
    assert (gains.n_with_any, gains.n_with_several) == (15, 8)


@pytest.mark.shared
def test_gains_of_the_mirrored_scale_are_the_same_where_only_its_level_changes(
    weekly_bdi: pd.DataFrame,
) -> None:
    sessions = weekly_bdi[[f"bdi_s{number}" for number in range(1, 13)]].to_numpy()
    falls = find_sudden_changes(sessions, cutoff=7, share=1e-9)
    rises = find_sudden_changes(100 - sessions, cutoff=7, share=1e-9, better="higher")
    assert [(c.client, c.session) for c in falls.changes] == [
        (c.client, c.session) for c in rises.changes
    ]


def test_the_second_criterion_binds_losses() -> None:
    # From 40 to 48 is 8 points and stable, but only a fifth of 40: the R package calls it a loss.
    rise = np.array([[40.0, 41, 40, 48, 49, 48]])
    assert len(find_sudden_changes(rise, cutoff=7, kind="loss").changes) == 0
    assert len(find_sudden_changes(rise, cutoff=7, kind="loss", share=0.2).changes) == 1
