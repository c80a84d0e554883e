"""The Prefect server that a run starts for itself where Prefect is told of none.

Prefect would start one too, but only when the flow begins, and wait for it. Ours comes up while
this process imports what the run needs, which takes as long.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from flows.settings import apply_settings
from flows.study import Study
from flows.takeover import end_family, remember_server
from instruments.errors import RunError

# Only our own servers carry it; so one whose run was killed before it could note it is found.
STUDY_MARK = "INTERDEP_SERVER_OF_STUDY"
ADDRESS = "PREFECT_API_URL"


@dataclass(frozen=True)
class Server:
    """A server that was started and may still be coming up."""

    process: subprocess.Popen[bytes]
    address: str

    def await_health(self) -> None:
        """Wait until it answers, as long as Prefect's settings allow.

        Raises
        ------
        RunError
            ``E_SERVER`` where it ended, or does not answer in time.
        """
        import httpx
        from prefect.settings import get_current_settings

        patience = get_current_settings().server.ephemeral.startup_timeout_seconds
        deadline = time.monotonic() + patience
        with httpx.Client(timeout=patience) as client:
            while self.process.poll() is None and time.monotonic() < deadline:
                try:
                    if client.get(f"{self.address}/health").is_success:
                        return
                except httpx.TransportError:
                    time.sleep(0.1)
        raise RunError(
            "E_SERVER",
            "Prefect's server did not start",
            fix="See why with: prefect server start; interdep doctor shows its settings.",
        )


@contextmanager
def serving(folder: Path) -> Iterator[Server | None]:
    """Run a server for a study while this holds; none where Prefect knows of one already."""
    apply_settings()  # before Prefect is imported: it reads its settings once
    from prefect.settings import get_current_settings

    if get_current_settings().api.url:
        yield None
        return
    server = _start(folder)
    started = psutil.Process(server.process.pid)
    try:
        with _known_to_prefect(server):
            yield server
    finally:
        end_family(started)
        server.process.wait()


def _start(folder: Path) -> Server:
    port = free_port()
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1",
               "--port", str(port), "--no-ui", "--no-scheduler", "--no-late-runs",
               "--analytics-off", "--log-level", "critical"]  # fmt: skip
    process = subprocess.Popen(  # noqa: S603 (every word of it is written here)
        command,
        env=os.environ | {STUDY_MARK: str(folder.resolve())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C ends the run first, which still tells the server so
    )
    return Server(process, f"http://127.0.0.1:{port}/api")


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def _known_to_prefect(server: Server) -> Iterator[None]:
    """Let Prefect use the server, in threads of its own too, which see no temporary settings."""
    from prefect.context import refresh_global_settings_context

    os.environ[ADDRESS] = server.address
    refresh_global_settings_context()
    try:
        yield
    finally:
        del os.environ[ADDRESS]
        refresh_global_settings_context()


def remember_own_server(study: Study) -> None:
    """Note the server among this process's children, so that a later run can end it."""
    for server in _own_servers(study):
        remember_server(study, server.pid, server.create_time())


def end_unnoted_servers(study: Study) -> int:
    """End servers of this study that are not ours; whoever holds the study's lock may do so."""
    own = {server.pid for server in _own_servers(study)}
    strays = [p for p in psutil.process_iter() if p.pid not in own and serves(p, study.folder)]
    for stray in strays:
        end_family(stray)
    return len(strays)


def _own_servers(study: Study) -> Iterator[psutil.Process]:
    for child in psutil.Process().children(recursive=True):
        if serves(child, study.folder):
            yield child


def serves(process: psutil.Process, folder: Path) -> bool:
    """Whether a process is a server that a run of a study started."""
    return mark_of(process) == str(folder.resolve())


def mark_of(process: psutil.Process) -> str | None:
    """Return the study that a process serves, or nothing where it is no server of a run."""
    try:
        return process.environ().get(STUDY_MARK)
    except (psutil.Error, OSError):  # it has ended, or belongs to somebody else
        return None
