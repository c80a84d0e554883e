"""A predictor within clients and between them, and without each client's own trend."""

from __future__ import annotations

import pandas as pd


def center_within(frame: pd.DataFrame, column: str, *, by: str) -> pd.DataFrame:
    """Return the frame with a predictor split into its within and between parts.

    ``<column>_between`` is the mean of the client's available values and ``<column>_within`` the
    deviation from it. Beside each other in a mixed model they estimate the within-client and the
    between-client effect; the raw column beside the mean gives the within effect and the
    contextual effect (between minus within).

    Parameters
    ----------
    frame : DataFrame
        One row per client and time.
    column : str
        A numeric predictor.
    by : str
        Column of the client (or group).

    Returns
    -------
    DataFrame
        A copy with the two columns. A missing value stays missing in ``_within``; ``_between``
        is missing only for clients without any value. A trend within the client is still in
        ``_within``: see `detrend_within`.

    References
    ----------
    Enders & Tofighi (2007), Psychol Methods 12(2), 121-138.
    https://doi.org/10.1037/1082-989X.12.2.121

    Examples
    --------
    >>> rows = pd.DataFrame({"client_id": ["a", "a", "b"], "need": [2.0, 4.0, 5.0]})
    >>> center_within(rows, "need", by="client_id")
      client_id  need  need_between  need_within
    0         a   2.0           3.0         -1.0
    1         a   4.0           3.0          1.0
    2         b   5.0           5.0          0.0
    """
    between = frame.groupby(by, observed=True)[column].transform("mean")
    return frame.assign(
        **{f"{column}_between": between, f"{column}_within": frame[column] - between}
    )


def detrend_within(
    frame: pd.DataFrame, column: str, *, by: str, time: str, min_waves: int = 8
) -> pd.DataFrame:
    """Return the frame with a column's deviations from each client's own straight line.

    Two series that both rise go together although neither moves the other, so lagged models
    within clients take deviations from the client's own trend, not from the mean.

    Parameters
    ----------
    frame : DataFrame
        One row per client and time.
    column, by, time : str
        Columns of the predictor, of the client and of time.
    min_waves : int
        Fewest complete rows of a client; with fewer, a line would swallow the signal.

    Returns
    -------
    DataFrame
        A copy with ``<column>_detrended``, missing where the value or time is missing, where the
        client has fewer than `min_waves` values, and where their time does not vary.

    References
    ----------
    Curran & Bauer (2011), Annu Rev Psychol 62, 583-619.
    https://doi.org/10.1146/annurev.psych.093008.100356

    Examples
    --------
    >>> rows = pd.DataFrame({"client_id": "a", "day": [0.0, 7, 14, 21], "need": [1.0, 3, 2, 4]})
    >>> detrended = detrend_within(rows, "need", by="client_id", time="day", min_waves=4)
    >>> detrended["need_detrended"].round(2).tolist()
    [-0.3, 0.9, -0.9, 0.3]
    """
    known = frame[[column, time]].dropna().groupby(frame[by], observed=True)
    centred = frame[[column, time]].dropna() - known.transform("mean")
    keys = frame.loc[centred.index, by]
    products = (centred[column] * centred[time]).groupby(keys, observed=True).transform("sum")
    squares = (centred[time] ** 2).groupby(keys, observed=True).transform("sum")
    residual = centred[column] - products / squares.where(squares > 0) * centred[time]
    enough = known[column].transform("size") >= min_waves
    return frame.assign(**{f"{column}_detrended": residual.where(enough).reindex(frame.index)})
