"""How alike the clients of one therapist are in something."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.methods.mixed_model import fit_mixed_model
from reports.methods.model_comparison import variance_shares
from reports.methods.result import FloatArray

# Several analyses of one outcome ask for the shares of the same few columns.
SHARES_KEPT = 256


def therapist_share(frame: pd.DataFrame, column: str) -> float | None:
    """Return the intraclass correlation of a column over therapists, None where there is none.

    It is 1 where the clients of each therapist are alike in it, as groups that whole therapists
    form: there no model has a residual to fit. Clients without a value or a known therapist do not
    count.
    """
    codes, _ = pd.factorize(frame["therapist_id"], sort=True)
    values = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    is_known = (codes >= 0) & ~np.isnan(values)
    return _share(values[is_known].tobytes(), codes[is_known].astype(np.int64).tobytes())


@lru_cache(maxsize=SHARES_KEPT)
def _share(values: bytes, therapists: bytes) -> float | None:
    value, therapist = np.frombuffer(values), np.frombuffer(therapists, dtype=np.int64)
    if not len(value):
        return None
    if _is_of_therapists(value, therapist):
        return 1.0
    # Names that are in the order of their numbers.
    names = pd.Index([f"{k:09}" for k in range(therapist.max() + 1)], dtype="str")
    frame = pd.DataFrame(
        {"value": value, "therapist_id": pd.Categorical.from_codes(therapist, names)}
    )
    model = fit_mixed_model(frame, "value ~ 1 + (1 | therapist_id)", few_as_fixed=())
    return None if model.status == "refused" else variance_shares(model)["therapist_id"]


def _is_of_therapists(value: FloatArray, therapist: npt.NDArray[np.int64]) -> bool:
    """Tell whether a variable differs between therapists and never between clients of one."""
    _, firsts, own, counts = np.unique(
        therapist, return_index=True, return_inverse=True, return_counts=True
    )
    is_alike_within = (value == value[firsts][own]).all()
    return bool((counts > 1).any() and value.min() != value.max() and is_alike_within)
