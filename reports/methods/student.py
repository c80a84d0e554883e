"""Student's t: tails and quantiles.

scipy's distribution objects give the same numbers from the same functions; looking at their
arguments takes them thirty times as long, and the analyses ask thousands of times.
"""

from __future__ import annotations

from scipy import special


def t_below(t: float, df: float) -> float:
    """Return the probability of a value below t; ``df`` may be infinite.

    Examples
    --------
    >>> round(t_below(2.0, 10), 4)
    0.9633
    """
    return float(special.stdtr(df, t))


def t_above(t: float, df: float) -> float:
    """Return the probability of a value above t, exact where it is tiny.

    Examples
    --------
    >>> round(t_above(2.0, 10), 4)
    0.0367
    """
    return float(special.stdtr(df, -t))


def t_quantile(probability: float, df: float) -> float:
    """Return the value below which a share of all values lies.

    Examples
    --------
    >>> round(t_quantile(0.975, 10), 4)
    2.2281
    """
    return float(special.stdtrit(df, probability))
