"""`interdep serve`: a study on a schedule, on this machine."""

from __future__ import annotations

from pathlib import Path

import typer

from flows.study import load_study
from instruments.errors import RunError


def serve_study(folder: Path, cron: str, timezone: str) -> int:
    """Serve the study's flow with a cron schedule until it is stopped.

    Raises
    ------
    RunError
        ``E_SCHEDULE`` where the schedule or the time zone is none.
    """
    loaded = load_study(folder)
    from prefect.schedules import Cron

    from flows.pipeline import study

    try:
        schedule = Cron(cron, timezone=timezone)
    except ValueError:
        raise RunError(
            "E_SCHEDULE",
            "The schedule or its time zone cannot be read",
            fix='Write it as --cron "0 6 * * 1" --timezone Europe/Amsterdam.',
        ) from None
    typer.echo(f'serving "{loaded.file.study.id}": {cron} ({timezone}); stop with Ctrl-C', err=True)
    study.serve(
        name=loaded.file.study.id,
        schedule=schedule,
        parameters={"folder": str(folder.resolve())},
        limit=1,
    )
    return 0
