"""A server that does not come up is told of in one sentence, and its run does not wait for ever."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.server import Server, free_port, serving
from instruments.errors import RunError


@contextmanager
def silent(code: str) -> Iterator[Server]:
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        yield Server(process, f"http://127.0.0.1:{free_port()}/api")
        process.kill()


def test_a_server_that_ended_is_not_waited_for() -> None:
    with silent("") as server:
        server.process.wait()
        with pytest.raises(RunError) as caught:
            server.await_health()
    assert caught.value.code == "E_SERVER"


def test_a_server_that_never_answers_is_given_up() -> None:
    from prefect.settings import temporary_settings

    patience = {"server.ephemeral.startup_timeout_seconds": 1}
    with (
        silent("import time; time.sleep(60)") as server,
        temporary_settings(updates=patience),
        pytest.raises(RunError) as caught,
    ):
        server.await_health()
    assert caught.value.code == "E_SERVER"


def test_a_server_that_ended_by_itself_is_no_error_when_its_run_ends(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server is not None
        server.process.kill()
        server.process.wait()
