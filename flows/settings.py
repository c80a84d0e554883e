"""How Prefect and Great Expectations are to behave, said before either is imported."""

from __future__ import annotations

import os

SETTINGS = {
    # Nothing about a clinic's runs goes to anybody.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    # A server of its own takes about ten seconds to start the first time, more on a busy machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    # Progress is told by the command line; Prefect speaks up when something is wrong.
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_CLI_COLORS": "false",
}


def apply_settings() -> None:
    """Set what the user has not set otherwise."""
    for name, content in SETTINGS.items():
        os.environ.setdefault(name, content)
