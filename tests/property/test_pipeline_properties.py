"""What holds for every form and every file on its way into the store."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.chain import CATALOG
from tests.sql.filled_forms import (
    Form,
    counts_of,
    differences,
    random_answers,
    ranges_of,
    score_by_reference,
    score_in_store,
)


@st.composite
def declared_forms(draw: st.DrawFn) -> Form:
    """Draw a form as some study declares it."""
    definition = CATALOG[draw(st.sampled_from(list(CATALOG)))]
    low, high = draw(st.sampled_from(ranges_of(definition)))
    counts = counts_of(definition, draw(st.integers(1, 4)))
    if counts is not None:
        # A study may use some of the subscales only.
        kept = draw(st.sets(st.sampled_from([name for name, _ in counts]), min_size=1))
        counts = tuple((name, n if name in kept else 0) for name, n in counts)
    return Form(
        definition.id,
        low,
        high,
        already_reversed=bool(definition.reverse) and draw(st.booleans()),
        min_answered=draw(st.one_of(st.none(), st.integers(1, 40))),
        counts=counts,
    )


@settings(max_examples=40, deadline=None)
@given(declared_forms(), st.integers(0, 2**32), st.sampled_from([0.0, 0.1, 0.3, 0.6]))
def test_the_store_scores_as_the_reference_does(form: Form, seed: int, gap: float) -> None:
    rng = random.Random(seed)  # noqa: S311
    filled = [random_answers(form, rng, gap) for _ in range(12)]
    with tempfile.TemporaryDirectory() as name:
        stored = score_in_store(form, filled, Path(name))
    assert differences(stored, score_by_reference(form, filled)) == []
