"""For a command that ends within seconds."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Do not search for cyclic garbage, here and when the interpreter ends.

    What a quick command makes is nearly all imports, and these stay: going through them again and
    again was a fifth of the time that a figure takes.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
