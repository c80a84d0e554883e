"""One writer at a time, and what to do after one that was killed.

The kernel releases the lock of a dead process. What it leaves behind is a ledger whose last run
has no end, perhaps half-written files, and the Prefect server that it had started, which lives on.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from flows.files import unwritable
from flows.ledger import Ledger
from flows.study import Study
from instruments.errors import RunError

if TYPE_CHECKING:
    import psutil


@contextmanager
def hold_study(study: Study) -> Iterator[None]:
    """Hold the study's lock.

    Raises
    ------
    RunError
        ``E_STUDY_BUSY`` while another process holds it.
    """
    lock = filelock.FileLock(study.lock)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise RunError(
            "E_STUDY_BUSY",
            "Another run of this study is under way",
            where=str(study.folder),
            fix="Wait for it to end; status, figure and table work meanwhile.",
        ) from None
    except OSError:
        raise unwritable(study.folder) from None
    try:
        yield
    finally:
        lock.release()


def is_interrupted(ledger: Ledger) -> bool:
    """Whether the last run that began has no end in the ledger."""
    marks = [e.kind for e in ledger.entries() if e.kind in ("run_started", "run_finished")]
    return bool(marks) and marks[-1] == "run_started"


def clear_leftovers(study: Study) -> None:
    """Remove what a killed run may have left half-written."""
    for folder in (study.folder, study.archive, study.runs, study.quarantine):
        for part in folder.glob(".*.part"):
            shutil.rmtree(part) if part.is_dir() else part.unlink()
    shutil.rmtree(scratch_of(study), ignore_errors=True)


def scratch_of(study: Study) -> Path:
    """Return the folder of temporary files of the one run that may write."""
    return study.folder / ".scratch"


def _server_note(study: Study) -> Path:
    return study.folder / ".server.json"


def remember_server(study: Study, pid: int, started: float) -> None:
    """Note the process of the Prefect server that this run started."""
    _server_note(study).write_text(json.dumps({"pid": pid, "started": started}))


def forget_server(study: Study) -> None:
    """Forget the server once it has ended by itself."""
    _server_note(study).unlink(missing_ok=True)


def end_stray_server(study: Study) -> bool:
    """End the server that a killed run left behind; return whether there was one.

    A process id can be given to another process, so its start time must match too.
    """
    import psutil

    try:
        note = json.loads(_server_note(study).read_text())
        process = psutil.Process(note["pid"])
        if abs(process.create_time() - note["started"]) > 1:
            return False
        end_family(process)
    except (OSError, ValueError, KeyError, psutil.Error):
        return False
    finally:
        forget_server(study)
    return True


def end_family(process: psutil.Process) -> None:
    """End a process and its children, gently first; one that is gone already is no error."""
    import psutil

    try:
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.terminate()
    _, alive = psutil.wait_procs(family, timeout=5)
    for member in alive:
        with suppress(psutil.NoSuchProcess):
            member.kill()


def clear_scratch(study: Study) -> Path:
    """Return an empty folder for the temporary files of this run."""
    scratch = scratch_of(study)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    return scratch
