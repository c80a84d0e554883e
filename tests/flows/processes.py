"""`interdep` in processes of its own: started, watched, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from flows.server import mark_of
from tests.conftest import REPOSITORY

PATIENCE = 240
# A shell lets what runs in its background ignore Ctrl-C, and that is inherited.
CODE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from flows.cli import main
main()
"""


@dataclass(frozen=True)
class Process:
    """One started command and the files that hold what it says."""

    popen: subprocess.Popen[bytes]
    out: Path
    err: Path

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        return self.popen.wait(PATIENCE)

    def await_line(self, start: str) -> None:
        """Wait until a line of its progress begins so."""
        self.await_that(lambda: any(line.startswith(start) for line in self.lines()))

    def await_that(self, holds: object) -> None:
        """Wait until something holds; fail when the process ends before."""
        assert callable(holds)
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert self.popen.poll() is None, self.err.read_text()
            assert time.monotonic() < deadline, self.err.read_text()
            time.sleep(0.02)

    def lines(self) -> list[str]:
        """Return what it has told of its progress so far."""
        return self.err.read_text().splitlines()

    def interrupt(self) -> None:
        """End it as Ctrl-C does."""
        self.popen.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.popen.kill()
        self.popen.wait(PATIENCE)

    def servers(self) -> list[psutil.Process]:
        """Return the Prefect servers that it has started."""
        try:
            children = psutil.Process(self.popen.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [child for child in children if is_server(child)]


def is_server(process: psutil.Process) -> bool:
    """Whether a process is the Prefect server of a run."""
    return mark_of(process) is not None


def start(folder: Path, *words: str, settings: Mapping[str, str] | None = None) -> Process:
    """Start `interdep`; what it says goes to two files in a folder, as a killed run's server
    holds a pipe open.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = len(list(folder.glob("*.out")))
    out, err = folder / f"{count}.out", folder / f"{count}.err"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "INTERDEP"))}
    command = [sys.executable, "-c", CODE, *words]
    with out.open("wb") as to_out, err.open("wb") as to_err:
        popen = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment | dict(settings or {}), stdout=to_out,
            stderr=to_err, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    return Process(popen, out, err)


@contextmanager
def prefect_server(folder: Path, settings: Mapping[str, str], port: int) -> Iterator[str]:
    """Run a Prefect server on this machine and yield the address of its interface."""
    address = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1",
               "--port", str(port), "--no-ui"]  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    with (folder / "server.log").open("wb") as log:
        popen = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment | dict(settings), stdout=log, stderr=log
        )
        try:
            _await_health(address, popen)
            yield address
        finally:
            family = [
                *psutil.Process(popen.pid).children(recursive=True),
                psutil.Process(popen.pid),
            ]
            for member in family:
                member.terminate()
            popen.wait(PATIENCE)
            psutil.wait_procs(family, timeout=20)


def _await_health(address: str, popen: subprocess.Popen[bytes]) -> None:
    import httpx

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert popen.poll() is None
        try:
            if httpx.get(f"{address}/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")
