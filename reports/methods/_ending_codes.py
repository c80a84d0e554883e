"""Endings as the libraries want them: numbers, with zero for who is still in treatment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.methods.result import FloatArray, NotEstimableError, as_sample


def code_endings(
    times: npt.ArrayLike, endings: Sequence[str], still_in: str
) -> tuple[FloatArray, npt.NDArray[np.int64], list[str]]:
    """Return complete times, endings as numbers (0: still in treatment), and their names."""
    # The library takes a missing time for zero and says nothing.
    time, labels = as_sample(times), pd.Series(list(endings), dtype=object)
    if len(labels) != len(time) or labels.isna().any():
        raise ValueError("every client has a time and an ending, or is still in treatment")
    if (time < 0).any():
        raise ValueError("a time in treatment is not negative")
    kinds = sorted({str(label) for label in labels} - {still_in})
    if not kinds:
        raise NotEstimableError("no treatment has ended")
    position = {still_in: 0} | {kind: code for code, kind in enumerate(kinds, start=1)}
    codes = np.array([position[str(label)] for label in labels], dtype=np.int64)
    return time, codes, kinds


def code_of(ending: str, kinds: Sequence[str]) -> int:
    """Return the number of one ending."""
    if ending not in kinds:
        raise NotEstimableError(f"no treatment ended by {ending}")
    return kinds.index(ending) + 1
