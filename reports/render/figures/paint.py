"""From a drawing to bytes: the same ones every time."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from reports.render.figures.drawing import Drawing

STYLE = Path(__file__).resolve().parent.parent / "interdep.mplstyle"
MM_PER_INCH = 25.4
# Times and versions would differ between two drawings of the same figure.
_KEEP: dict[str, dict[str, Any]] = {
    "svg": {"metadata": {"Date": None}},
    "pdf": {"metadata": {"CreationDate": None, "ModDate": None}},
    "png": {"metadata": {"Software": None}},
    "tiff": {"pil_kwargs": {"compression": "tiff_lzw"}},
}
FORMATS = tuple(_KEEP)


def read_style() -> dict[Any, Any]:
    """Return every drawing setting: ours, and the library's own for all others.

    The settings of the user's machine play no part, and choosing a backend would load pyplot.
    """
    import matplotlib as mpl

    settings: dict[Any, Any] = dict(mpl.rc_params_from_file(STYLE, use_default_template=True))
    del settings["backend"]
    return settings


def paint(drawing: Drawing, fmt: str, *, width_mm: float, dpi: int = 300) -> bytes:
    """Return a drawing as the bytes of a picture file."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(rc=read_style() | {"svg.hashsalt": drawing.name}):
        size = (width_mm / MM_PER_INCH, drawing.height(width_mm) / MM_PER_INCH)
        figure = Figure(figsize=size, layout="constrained")
        drawing.draw(figure)
        picture = io.BytesIO()
        figure.savefig(picture, format=fmt, dpi=dpi, **_KEEP[fmt])
    return picture.getvalue()
