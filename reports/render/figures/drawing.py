"""A figure is data plus a drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Drawing:
    """One figure: what it shows in words, the data that are drawn, and how to draw them.

    ``height`` gives the height in millimetres at a width in millimetres.
    """

    name: str
    kind: str
    title: str
    caption: str
    alt: str
    plan_status: str | None
    data: pd.DataFrame
    draw: Callable[[Figure], None]
    height: Callable[[float], float]
