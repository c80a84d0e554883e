"""Ctrl-C while a statement runs is an interruption, not an error to report."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

PATIENCE = 120
CODE = """
import os, signal, threading
import duckdb
import flows.cli
from flows.shield import shielded

# A shell lets what runs in its background ignore Ctrl-C, and that is inherited.
signal.signal(signal.SIGINT, signal.default_int_handler)

def ask(*_):
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    duckdb.sql("SELECT sum(a.range * b.range) FROM range(400000) a, range(400000) b").fetchall()

flows.cli.app = {app}
flows.cli.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is of another kind there")
@pytest.mark.parametrize("app", ["ask", "shielded(ask)"])
def test_an_interrupted_statement_is_no_internal_error(app: str) -> None:
    command = [sys.executable, "-c", CODE.format(app=app)]
    ended = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ended.returncode in (130, -2)
    assert "E_INTERNAL" not in ended.stderr
