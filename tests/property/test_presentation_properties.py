"""What holds of presentations whatever the scores and the rule."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.declarations import PRESENTATIONS, PresentationRule
from reports.presentation import assign_presentations
from reports.study_data import Measure
from tests.conftest import examples
from tests.studies.scores_alone import scores_alone

NAMES = ("ecr.anxiety", "ecr.avoidance")
MEASURES = {name: Measure(name, "ecr", name, 1, 7, "mean", "more", "worse") for name in NAMES}
# Each example makes and classifies a table of its own.
QUICK = settings(max_examples=examples(40), deadline=None)
P_COLUMNS = ["p_overdependent", "p_overindependent", "p_mixed", "p_neither"]
SCORE = st.one_of(st.none(), st.floats(1, 7).map(lambda x: round(x, 3)))
PAIRS = st.lists(st.tuples(SCORE, SCORE), min_size=1, max_size=12)
GREY = st.tuples(st.sampled_from([0.0, 0.2, 0.9]), st.sampled_from([0.0, 0.4]))
CUT = st.one_of(
    st.sampled_from(["midpoint", "median"]), st.tuples(st.floats(1.5, 6.5), st.floats(1.5, 6.5))
)

Pairs = list[tuple[float | None, float | None]]
Grey = tuple[float, float]


def a_rule(cut: object, grey: tuple[float, float]) -> PresentationRule:
    return PresentationRule(
        rule="attachment",
        dependence=NAMES[0],
        independence=NAMES[1],
        cut=cut,  # type: ignore[arg-type]
        grey_zone=grey,
    )


def as_scores(pairs: Pairs) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "client_id": f"c{i:02}", "scale": scale, "occasion": "intake", "session": 1,
            "day": 0, "rater": "client", "target": "", "value": value, "answered": 18,
            "item_count": 18,
        }
        for i, pair in enumerate(pairs)
        for scale, value in zip(NAMES, pair, strict=True)
    ).astype({"value": "float64"})  # fmt: skip


@QUICK
@given(PAIRS, CUT, GREY)
def test_every_client_has_a_presentation_or_a_reason(pairs: Pairs, cut: object, grey: Grey) -> None:
    frame = assign_presentations(scores_alone(as_scores(pairs), MEASURES), a_rule(cut, grey))
    assert frame["client_id"].tolist() == [f"c{i:02}" for i in range(len(pairs))]
    assert set(frame["presentation"].dropna()) <= set(PRESENTATIONS)
    assert (frame["presentation"].notna() == frame["is_usable"]).all()
    assert (frame["reason"].isna() == (frame["is_usable"] & (frame["presentation"] != (
        "indeterminate")))).all()  # fmt: skip


@QUICK
@given(PAIRS, CUT, GREY)
def test_probabilities_sum_to_one(pairs: Pairs, cut: object, grey: Grey) -> None:
    frame = assign_presentations(scores_alone(as_scores(pairs), MEASURES), a_rule(cut, grey))
    usable = frame.loc[frame["is_usable"], P_COLUMNS]
    assert usable.ge(0).all(axis=None)
    assert np.allclose(usable.sum(axis=1), 1)


@QUICK
@given(PAIRS, CUT, GREY)
def test_a_determined_presentation_is_the_likeliest(pairs: Pairs, cut: object, grey: Grey) -> None:
    frame = assign_presentations(scores_alone(as_scores(pairs), MEASURES), a_rule(cut, grey))
    determined = frame[frame["is_usable"] & (frame["presentation"] != "indeterminate")]
    for _, row in determined.iterrows():
        assert row[f"p_{row['presentation']}"] >= max(row[P_COLUMNS]) - 1e-9


@QUICK
@given(PAIRS, CUT, GREY, st.randoms())
def test_the_order_of_the_rows_does_not_matter(
    pairs: Pairs, cut: object, grey: Grey, random: Random
) -> None:
    scores = as_scores(pairs)
    order = list(range(len(scores)))
    random.shuffle(order)
    rule = a_rule(cut, grey)
    pd.testing.assert_frame_equal(
        assign_presentations(scores_alone(scores, MEASURES), rule),
        assign_presentations(scores_alone(scores.iloc[order], MEASURES), rule),
    )
