"""The Prefect server that a run starts for itself where none is configured."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil

from flows.study import Study
from flows.takeover import end_family, remember_server

SERVER_MARK = "prefect.server.api.server:create_app"
# A server inherits it; so one whose run was killed before it could note it is found all the same.
STUDY_MARK = "INTERDEP_SERVER_OF_STUDY"


def mark_servers(folder: Path) -> None:
    """Let every server that this process starts carry the study it is started for."""
    os.environ[STUDY_MARK] = str(folder.resolve())


def remember_own_server(study: Study) -> None:
    """Note the server among this process's children, so that a later run can end it."""
    for server in _own_servers():
        remember_server(study, server.pid, server.create_time())


def end_unnoted_servers(study: Study) -> int:
    """End servers of this study that are not ours; whoever holds the study's lock may do so."""
    own = {server.pid for server in _own_servers()}
    strays = [p for p in psutil.process_iter() if p.pid not in own and _serves(p, study)]
    for stray in strays:
        end_family(stray)
    return len(strays)


def _own_servers() -> Iterator[psutil.Process]:
    for child in psutil.Process().children(recursive=True):
        if _is_server(child):
            yield child


def _is_server(process: psutil.Process) -> bool:
    try:
        return SERVER_MARK in process.cmdline()
    except psutil.Error:
        return False


def _serves(process: psutil.Process, study: Study) -> bool:
    try:
        marked = _is_server(process) and process.environ().get(STUDY_MARK)
    except psutil.Error:  # it has ended, or belongs to somebody else
        return False
    return marked == str(study.folder.resolve())
