"""The examples in the docstrings of the methods run and print what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import reports.methods

MODULES = sorted(path.stem for path in Path(reports.methods.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("name", [stem for stem in MODULES if stem != "__init__"])
def test_the_examples_of_a_method_are_true(name: str) -> None:
    module = importlib.import_module(f"reports.methods.{name}")
    assert doctest.testmod(module).failed == 0
