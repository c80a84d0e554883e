"""Between an unexpected error and everything that would write its message down.

A message of DuckDB or pandas can hold the cell that it choked on. Prefect keeps messages in its
database, and a terminal's text ends up in mails; so what is unknown goes on as its kind and its
place in the code.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from instruments.errors import InterdepError

P = ParamSpec("P")
T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent


def shielded(step: Callable[P, T]) -> Callable[P, T]:
    """Return a step whose unexpected errors say where they happened and nothing else."""

    @wraps(step)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return step(*args, **kwargs)
        except (InterdepError, OSError):
            raise
        except Exception as error:
            if was_interrupted(error):
                raise KeyboardInterrupt from None
            raise internal_error(error) from None

    return guarded


def was_interrupted(error: BaseException) -> bool:
    """Whether Ctrl-C met a statement: DuckDB swallows it and raises an error of its own."""
    return type(error) is RuntimeError and str(error) == "Query interrupted"


def explain_unexpected(error: Exception) -> InterdepError:
    """Return what the command line says of an error that no part of the program foresaw."""
    if isinstance(error, OSError) and error.strerror:
        return InterdepError(
            "E_SYSTEM",
            f"The system said: {error.strerror}",
            where=str(error.filename or ""),
            fix="Check permissions and free space, then run again: nothing is left half done.",
        )
    return internal_error(error)


def internal_error(error: BaseException) -> InterdepError:
    """Return an unexpected error without its message: its kind and the last place of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]
    place = f"{Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno}" if ours else ""
    return InterdepError(
        "E_INTERNAL",
        f"{type(error).__name__} inside the program; its message is left out, as it may hold data",
        where=place,
        fix="Please report this code and place.",
    )
