"""P-values adjusted within a family of questions."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from reports.methods import _pingouin
from reports.methods.result import FloatArray


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """Return Holm's adjusted p-values, which hold the family-wise error rate.

    With the m p-values in ascending order, the i-th becomes the largest so far of
    (m - i + 1) p_i, at most 1. No assumption about dependence between the tests.

    Parameters
    ----------
    p_values : array_like, shape (m,)
        One family. NaN stands for a test that was refused: it stays NaN and does not count, so
        the family is the tests that were made.

    Returns
    -------
    ndarray, shape (m,)
        Adjusted p-values in the order given.

    Raises
    ------
    ValueError
        If a p-value is outside [0, 1].

    References
    ----------
    Holm (1979), Scand J Stat 6(2), 65-70. https://www.jstor.org/stable/4615733

    Examples
    --------
    >>> holm([0.52, 0.12, 0.0001, 0.03, 0.14]).round(4).tolist()
    [0.52, 0.36, 0.0005, 0.12, 0.36]
    """
    return _adjust(p_values, "holm")


def benjamini_hochberg(p_values: npt.ArrayLike) -> FloatArray:
    """Return Benjamini and Hochberg's adjusted p-values, which hold the false discovery rate.

    With the m p-values in ascending order, the i-th becomes the smallest from there on of
    (m / i) p_i. Assumes independent or positively dependent tests.

    Parameters
    ----------
    p_values : array_like, shape (m,)
        One family; NaN stays NaN and does not count, as in `holm`.

    Returns
    -------
    ndarray, shape (m,)
        Adjusted p-values in the order given.

    Raises
    ------
    ValueError
        If a p-value is outside [0, 1].

    References
    ----------
    Benjamini & Hochberg (1995), J R Stat Soc B 57(1), 289-300.
    https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> benjamini_hochberg([0.52, 0.12, 0.0001, 0.03, 0.14]).round(4).tolist()
    [0.52, 0.175, 0.0005, 0.075, 0.175]
    """
    return _adjust(p_values, "fdr_bh")


def _adjust(p_values: npt.ArrayLike, method: Literal["holm", "fdr_bh"]) -> FloatArray:
    adjusted = np.array(p_values, dtype=np.float64, ndmin=1)
    made = ~np.isnan(adjusted)
    if ((adjusted[made] < 0) | (adjusted[made] > 1)).any():
        raise ValueError("a p-value lies between 0 and 1")
    if made.any():
        adjusted[made] = _pingouin.adjust_p_values(adjusted[made], method)
    return adjusted
