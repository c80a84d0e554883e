"""Reading tables of facts back; apart from their gate, which a figure drawn again does not need."""

from __future__ import annotations

import pandas as pd


def read_fact_table(texts: pd.DataFrame) -> pd.DataFrame:
    """Return the table that was written as texts; every cell is a text."""
    if texts.empty:
        return pd.DataFrame()
    keys = texts["key"].str.split(".", n=1, expand=True)
    long = pd.DataFrame({"row": keys[0], "column": keys[1], "text": texts["text"].fillna("")})
    columns = list(dict.fromkeys(long["column"]))
    return long.pivot(index="row", columns="column", values="text")[columns].reset_index(drop=True)
