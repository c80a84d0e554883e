"""What estimates are called where each has a row of its own."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from reports.render.blocks.further import analyses
from reports.render.document import Fold
from reports.render.naming import name_estimate
from reports.render.run_view import Run
from reports.render.table import Table


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({}, "planned"),
        ({"contrast": "by session 25"}, "planned, by session 25"),
        (
            {"contrast": "by session 25", "group_a": "overindependent"},
            "planned, by session 25 (overly independent)",
        ),
        (
            {
                "contrast": "overdependent - overindependent",
                "group_a": "overdependent",
                "group_b": "overindependent",
            },
            "planned (both groups)",
        ),
    ],
)
def test_an_estimate_is_named_with_all_that_tells_it_apart(
    told: Mapping[str, str], name: str
) -> None:
    nothing = {"contrast": None, "group_a": None, "group_b": ""}
    assert name_estimate(pd.Series({"term": "planned", **nothing, **told})) == name


def test_no_two_rows_of_every_estimate_look_alike(run: Run) -> None:
    for block in analyses(run):
        for table in block.blocks if isinstance(block, Fold) else (block,):
            if isinstance(table, Table):
                named = [(row.group, *table.texts(row)[:3]) for row in table.rows]
                assert len(named) == len(set(named)), table.title


def test_notes_name_scales_as_people_do(run: Run) -> None:
    frame = run.frame("estimates").assign(note="circular: ecr.anxiety is part of the rule")
    named = Run(run.parts, {"estimates": frame}).estimates["note"].unique()
    assert list(named) == ["circular: Attachment anxiety (ECR) is part of the rule"]
