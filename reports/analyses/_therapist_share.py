"""How many clients a therapist has, and how alike they are in something."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from reports.methods.mixed_model import fit_mixed_model
from reports.methods.model_comparison import variance_shares
from reports.methods.result import FloatArray
from reports.study_data import Places, count_known

# Several analyses of one outcome ask for the shares of the same few columns.
SHARES_KEPT = 256


def caseload_of(therapists: Places) -> float:
    """Return how many clients a therapist has on average, at least one.

    ``therapists`` are numbers as of `StudyData.therapists_of`, one for each client.
    """
    return max(1.0, np.count_nonzero(therapists >= 0) / (count_known(therapists) or 1))


def therapist_share(values: FloatArray, therapists: Places) -> float | None:
    """Return the intraclass correlation of values over therapists, None where there is none.

    It is 1 where the clients of each therapist are alike in them, as groups that whole therapists
    form: there no model has a residual to fit. Clients without a value (NaN) or a known therapist
    (-1) do not count.
    """
    is_known = (therapists >= 0) & ~np.isnan(values)
    return _share(values[is_known].tobytes(), therapists[is_known].astype(np.int64).tobytes())


@lru_cache(maxsize=SHARES_KEPT)
def _share(values: bytes, therapists: bytes) -> float | None:
    value, therapist = np.frombuffer(values), np.frombuffer(therapists, dtype=np.int64)
    if not len(value):
        return None
    _, firsts, own, counts = np.unique(
        therapist, return_index=True, return_inverse=True, return_counts=True
    )
    is_alike_within = (value == value[firsts][own]).all()
    if is_alike_within and (counts > 1).any() and value.min() != value.max():
        return 1.0
    # Names that are in the order of their numbers.
    names = pd.Index([f"{k:09}" for k in range(len(counts))], dtype="str")
    frame = pd.DataFrame({"value": value, "therapist_id": pd.Categorical.from_codes(own, names)})
    model = fit_mixed_model(frame, "value ~ 1 + (1 | therapist_id)", few_as_fixed=())
    return None if model.status == "refused" else variance_shares(model)["therapist_id"]
