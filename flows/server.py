"""The Prefect server that a run starts for itself where none is configured."""

from __future__ import annotations

import psutil

from flows.study import Study
from flows.takeover import remember_server

SERVER_MARK = "prefect.server.api.server:create_app"


def remember_own_server(study: Study) -> None:
    """Note the server among this process's children, so that a later run can end it."""
    for child in psutil.Process().children(recursive=True):
        if SERVER_MARK in _command_line(child):
            remember_server(study, child.pid, child.create_time())


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
