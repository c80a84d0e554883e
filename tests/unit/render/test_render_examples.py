"""The examples in docstrings hold."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name",
    [
        "reports._block_differences",
        "reports._block_parts",
        "reports.publishing.estimate_csv",
        "reports.answers",
        "reports.render.citations",
        "reports.render.numbers",
        "reports.render.table",
        "reports.render.views.table_latex",
    ],
)
def test_the_examples_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
