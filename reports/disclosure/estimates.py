"""The gate of the estimate table: which rows may show their statistics, and which counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from instruments.errors import GateError
from reports.disclosure.cleared import ClearedTable, _issue_table
from reports.disclosure.estimate_counts import (
    count_values,
    gate_count_rows,
    gate_share_rows,
)
from reports.disclosure.estimate_groups import nearly_all, withhold_rows
from reports.disclosure.estimate_parts import INCIDENCE, untold_incidence
from reports.disclosure.estimate_table import (
    COUNTS,
    GROUP_SIZES,
    HARMLESS_AT_ZERO,
    STATISTICS,
    TEXTS,
    admit_estimates,
    is_declared,
)
from reports.disclosure.linked import Flags
from reports.disclosure.notes import publishable_note
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.precision import coarsen_statistics
from reports.disclosure.rounding import round_counts

UNCERTAINTY = [column for column in STATISTICS if column != "estimate"]


def gate_estimates(frame: pd.DataFrame, policy: DisclosurePolicy) -> ClearedTable:
    """Return the publishable form of the tidy estimate table, row by row in the same order.

    Parameters
    ----------
    frame : DataFrame
        The exact table, with exactly the columns of ``out.estimate``.
    policy : DisclosurePolicy
        The rules of the study.

    Returns
    -------
    ClearedTable
        The same rows. A row that describes a small group, or a group that would give a small one
        away, keeps its labels and loses its numbers: ``status`` is ``refused``, and ``note`` says
        why (the same words in both cases, or they would tell which). Counts are rounded; a count
        of 1 to ``threshold - 1`` clients is missing.

    Notes
    -----
    - Statistics need ``min_group_for_statistics`` clients in each group and ``therapist_threshold``
      therapists, and are published at the precision that `precision` explains.
    - Rows that differ only in their group are parts of one total, which counts as known: where
      one is withheld, others are too until its size stays uncertain (see `cells`).
    - Estimands ``count`` and ``share`` are cells of tables, with complementary suppression;
      a share is recalculated from rounded counts. A fraction of few clients under another name
      is noticed and withheld.
    - ``n`` is the sum of the published ``n_a`` and ``n_b`` where it is their sum, so that the
      difference tells nothing new. With ``round_to = 1`` a row with a small ``n_missing`` loses
      its counts, since ``n`` and a known total would give it away, and so does one that names a
      group short of a few clients of another row; its degrees of freedom are blurred.
    - The number of therapists is published as it is, from ``therapist_threshold`` on: how many a
      clinic has is public.
    - A row without any number of clients is withheld, unless it repeats a number of the
      study file (method ``declared``).
    """
    # Arrow's texts are made for long columns: with so few rows, each call costs more.
    with pd.option_context("mode.string_storage", "python"):
        exact = admit_estimates(frame)
        published = exact if exact.empty else _publish(exact, policy)
    return _issue_table(published.astype(dict.fromkeys(TEXTS, "str")), "estimates", policy.digest)


def _publish(exact: pd.DataFrame, policy: DisclosurePolicy) -> pd.DataFrame:
    published = _publish_statistics(exact, policy)
    hidden = withhold_rows(exact, policy, policy.threshold)
    told = _told_by_difference(exact, policy)
    _publish_counts(published, exact, hidden | told, policy)
    _blank(published, hidden, ["n_clusters"])
    if told.any():
        published.loc[told, "df"] = _blurred(published.loc[told, "df"], policy)
    _publish_tables(published, exact, hidden | told, policy)
    untold = untold_incidence(exact, policy)
    _blank(published, untold, [*STATISTICS, *COUNTS, "n_clusters"])
    _refuse(published, untold, policy)
    notes = published["note"].map(lambda note: publishable_note(note, policy), na_action="ignore")
    published["note"] = notes.astype("str")
    check_published(published, policy)
    return published


def _publish_statistics(exact: pd.DataFrame, policy: DisclosurePolicy) -> pd.DataFrame:
    published = coarsen_statistics(exact, policy)
    declared = is_declared(exact)
    if declared.any():
        published.loc[declared, list(STATISTICS)] = exact.loc[declared, list(STATISTICS)]
    silent = withhold_rows(exact, policy, policy.min_group_for_statistics)
    silent &= count_values(exact).isna().to_numpy(dtype=bool)
    refused = (exact["status"] == "refused").to_numpy(dtype=bool)
    _blank(published, silent | refused, STATISTICS)
    _refuse(published, silent, policy)
    return published


def _publish_counts(
    published: pd.DataFrame, exact: pd.DataFrame, hidden: Flags, policy: DisclosurePolicy
) -> None:
    for column in COUNTS:
        published[column] = _rounded(exact[column], policy)
    both = (exact["n_a"] + exact["n_b"] == exact["n"]) & exact["n"].notna()
    # Who has ended so and who has not are no groups: their clients stay one number in all rows.
    both &= exact["estimand"] != INCIDENCE
    published["n"] = (published["n_a"] + published["n_b"]).where(both, published["n"])
    _blank(published, _few_missing(exact, policy), ["n_missing"])
    _blank(published, hidden, COUNTS)


def _blank(published: pd.DataFrame, rows: Flags, columns: Sequence[str]) -> None:
    """Empty cells of some rows; most tables have no such rows, and pandas takes long to see it."""
    if rows.any():
        published.loc[rows, list(columns)] = np.nan


def _few_missing(exact: pd.DataFrame, policy: DisclosurePolicy) -> Flags:
    missing = exact["n_missing"]
    return ((missing > 0) & (missing < policy.threshold)).to_numpy(dtype=bool)


def _told_by_difference(exact: pd.DataFrame, policy: DisclosurePolicy) -> Flags:
    """Return rows whose exact counts, less those of other rows, are small; rounded ones are not."""
    if policy.round_to > 1:
        return np.zeros(len(exact), dtype=bool)
    return _few_missing(exact, policy) | nearly_all(exact, policy)


def _blurred(df: pd.Series, policy: DisclosurePolicy) -> pd.Series:
    """Return degrees of freedom, which a count follows from, in steps wider than a small count."""
    step = 2 * policy.threshold
    steps = np.floor(df.to_numpy(dtype=float) / step + 0.5)
    return pd.Series(step * steps, index=df.index).where(df >= step, df)


def _publish_tables(
    published: pd.DataFrame, exact: pd.DataFrame, hidden: Flags, policy: DisclosurePolicy
) -> None:
    """Put the gated counts and shares in place; those that were left out are refused."""
    for gated, stated in (
        (gate_count_rows(exact, policy), "n"),
        (gate_share_rows(exact, policy), "estimate"),
    ):
        rows = gated.index
        if rows.empty:
            continue
        newly_refused = (published["status"] != exact["status"]).to_numpy(dtype=bool)
        gated.loc[(hidden | newly_refused)[rows]] = np.nan
        published.loc[rows, gated.columns] = gated
        lost = np.zeros(len(exact), dtype=bool)
        lost[rows] = gated[stated].isna()
        _blank(published, lost, [*STATISTICS, "n_missing", "n_clusters"])
        _refuse(published, lost, policy)
    _blank(published, count_values(exact).notna().to_numpy(dtype=bool), UNCERTAINTY)


def _rounded(counts: pd.Series, policy: DisclosurePolicy) -> pd.Series:
    rounded = round_counts(counts.fillna(0).astype("int64"), policy.round_to)
    return pd.Series(rounded, index=counts.index, dtype=float).where(counts.notna())


def _refuse(published: pd.DataFrame, rows: Flags, policy: DisclosurePolicy) -> None:
    """Say why rows are silent; what an analysis refused by itself keeps its own reason."""
    newly = rows & (published["status"] != "refused").to_numpy(dtype=bool)
    if not newly.any():
        return
    published.loc[newly, "status"] = "refused"
    published.loc[newly, "note"] = withheld_note(policy)


def withheld_note(policy: DisclosurePolicy) -> str:
    """Return the note of a row that the gate silenced, the same for every reason."""
    return (
        f"withheld, since fewer than {policy.min_group_for_statistics} clients or "
        f"{policy.therapist_threshold} therapists stand behind it, or since the numbers of such a "
        "small group could be worked out from it"
    )


def check_published(published: pd.DataFrame, policy: DisclosurePolicy) -> None:
    """Check the finished table once more, against the rules and not against how they were applied.

    Raises
    ------
    GateError
        ``E_GATE_ESTIMATES``: a small count or a statistic of a small group is left.
    """
    least = int(round_counts(policy.threshold, policy.round_to))
    sizes = published[list(GROUP_SIZES)]
    may_be_empty = policy.publish_zeros | published["term"].isin(HARMLESS_AT_ZERO)
    small = (sizes < least) & ~(sizes == 0).mul(may_be_empty, axis=0)
    missing = published["n_missing"]
    few = (missing > 0) & (missing < least)
    uneven = published[list(COUNTS)] % policy.round_to > 0
    therapists = published["n_clusters"] < policy.therapist_threshold
    told = published[list(STATISTICS)].notna().any(axis=1) & (published["status"] == "refused")
    if small.any(axis=None) or few.any() or uneven.any(axis=None) or therapists.any() or told.any():
        raise GateError(
            "E_GATE_ESTIMATES",
            "The gate would have let a small number of clients pass, so nothing passes.",
            fix="Report this with the version of the program; it is a mistake in the program.",
        )
