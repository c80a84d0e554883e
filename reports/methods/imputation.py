"""Multiple imputation of missing scores, with therapists in the model.

The main analysis is the likelihood-based mixed model on all available data; this is beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
from threadpoolctl import ThreadpoolController

from reports.methods.result import FloatArray

# Sweeps of the sampler before the first draw and between draws. Successive sweeps correlate
# about .3 at a quarter missing, so ten apart they are independent.
_BURN_IN, _THIN = 100, 10


@dataclass(frozen=True)
class ImputedScores:
    """Completed scores: what all draws share, and each draw's scores of the same rows.

    Attributes
    ----------
    outcome, occasion : str
        Columns of the score and of the occasion.
    rows : DataFrame
        One row per client and occasion, with `is_imputed` and `is_dropout`, without the score.
    scores : ndarray, shape (draws, rows)
        The completed scores of these rows, in scale points.
    n_clients, n_left_out, n_imputed : int
        Clients in the imputation and left out of it, and scores filled in.
    """

    outcome: str
    occasion: str
    rows: pd.DataFrame = field(repr=False, compare=False)
    scores: FloatArray = field(repr=False, compare=False)
    n_clients: int
    n_left_out: int
    n_imputed: int

    @property
    def frames(self) -> Iterator[pd.DataFrame]:
        """Each draw as a complete frame."""
        return (self.rows.assign(**{self.outcome: values}) for values in self.scores)


def impute_scores(
    frame: pd.DataFrame,
    outcome: str,
    *,
    client: str = "client_id",
    occasion: str = "occasion",
    occasions: Sequence[object],
    therapist: str | None = "therapist_id",
    predictors: Sequence[str] = (),
    draws: int = 20,
    seed: int,
) -> ImputedScores:
    """Impute a score at its missing occasions, given the client's others and the therapist.

    Scores of a client over the J occasions are multivariate normal with an unstructured
    covariance; each occasion has its own intercept, therapist effects (indicators) and
    coefficients of the predictors, so that groups may follow different courses. Draws come from
    the posterior under Jeffreys' prior by data augmentation. Without therapist indicators,
    imputed clients of one therapist are as unlike as clients of different ones, and a therapist
    correlation of .33 comes back as .15.

    Parameters
    ----------
    frame : DataFrame
        One row per client and occasion; absent rows are missing scores.
    outcome, client, occasion : str
        Columns of the score, the client, and the occasion.
    occasions : sequence
        The planned occasions in order.
    therapist : str, optional
        Column of the therapist; that of the client's first row counts. None: no therapists.
    predictors : sequence of str
        Columns that are constant within clients, such as the presentation; text becomes
        indicators. The terms of the later analysis belong here.
    draws : int
        Number of imputations.
    seed : int
        Seed of the draws; the same seed gives the same frames.

    Returns
    -------
    ImputedScores
        With client, occasion, therapist and predictors, in order of client and occasion, and
        the scores of each draw; ``is_dropout`` marks scores after the client's last observed
        one. Clients without any score, therapist or predictor are left out and counted.

    Raises
    ------
    ValueError
        If a client has two rows at one occasion.
    NotEstimableError
        If there are too few clients for the therapists and predictors, or an occasion has too
        few scores.

    Notes
    -----
    Assumes that scores are missing at random given the other scores, the therapist and the
    predictors. No data can show that; `find_tipping_point` asks how wrong it would have to be.

    References
    ----------
    Schafer (1997), Analysis of Incomplete Multivariate Data, chapter 5.
    https://doi.org/10.1201/9780367803025

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> level = rng.normal(20, 3, 40)
    >>> rows = pd.DataFrame({
    ...     "client_id": np.repeat(np.arange(40), 2), "occasion": ["intake", "end"] * 40,
    ...     "score": np.column_stack([level, level - 5 + rng.normal(0, 1, 40)]).ravel()})
    >>> rows.loc[[1, 9, 33], "score"] = np.nan
    >>> imputed = impute_scores(
    ...     rows, "score", occasions=["intake", "end"], therapist=None, draws=5, seed=1)
    >>> imputed.n_imputed, imputed.scores.shape, np.isnan(imputed.scores).sum()
    (3, (5, 80), np.int64(0))
    """
    if frame.duplicated([client, occasion]).any():
        raise ValueError("a client has two rows at one occasion")
    constant = [*([therapist] if therapist else []), *predictors]
    people = frame.sort_values([client, occasion]).groupby(client, observed=True)[constant].first()
    scores = frame.pivot(index=client, columns=occasion, values=outcome).reindex(
        columns=list(occasions)
    )
    usable = scores.notna().any(axis=1) & people.notna().all(axis=1)
    scores, people = scores[usable].astype(np.float64), people[usable]
    design = _indicators(people, therapist)
    completed = _draw(scores, design, draws, seed)
    return ImputedScores(
        outcome=outcome,
        occasion=occasion,
        rows=_grid(scores, people, client, occasion),
        scores=np.stack([values.ravel() for values in completed]),
        n_clients=len(scores),
        n_left_out=int((~usable).sum()),
        n_imputed=int(scores.isna().to_numpy().sum()),
    )


def _indicators(people: pd.DataFrame, therapist: str | None) -> FloatArray:
    """Return predictors as columns: numbers as they are, one for each further level of the rest."""
    text = [c for c in people if c == therapist or not pd.api.types.is_numeric_dtype(people[c])]
    numbers = [people[name].to_numpy(np.float64) for name in people if name not in text]
    levels = [column for name in text for column in _further_levels(people[name])]
    return np.column_stack([np.empty((len(people), 0)), *numbers, *levels])


def _further_levels(values: pd.Series) -> list[FloatArray]:
    codes, levels = pd.factorize(values, sort=True)
    return [(codes == place).astype(np.float64) for place in range(1, len(levels))]


def _draw(scores: pd.DataFrame, design: FloatArray, draws: int, seed: int) -> list[FloatArray]:
    values = scores.to_numpy()
    if not np.isnan(values).any():
        return [values] * draws
    from reports.methods._longmi import draw_completed

    with _threads().limit(limits=1):  # matrices of a few occasions: threads wait for each other
        return draw_completed(values, design, draws=draws, seed=seed, burn_in=_BURN_IN, thin=_THIN)


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()  # it searches the process for libraries


def _grid(scores: pd.DataFrame, people: pd.DataFrame, client: str, occasion: str) -> pd.DataFrame:
    missing = scores.isna().to_numpy()
    # After the last observed score: no score from here to the end.
    dropout = np.logical_and.accumulate(missing[:, ::-1], axis=1)[:, ::-1]
    rows = people.loc[people.index.repeat(missing.shape[1])].reset_index()
    return rows.rename(columns={"index": client}).assign(
        **{
            occasion: np.tile(np.array(scores.columns), len(scores)),
            "is_imputed": missing.ravel(),
            "is_dropout": dropout.ravel(),
        }
    )
