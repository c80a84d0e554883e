"""From a drawing to bytes: the same ones every time."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.render.figures.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
# Vector formats count in points, so a figure is laid out in them whatever it is saved as.
POINTS_PER_INCH = 72


@cache
def read_style() -> Mapping[Any, Any]:
    """Return every drawing setting: ours, and the library's own for all others.

    The settings of the user's machine play no part, and choosing a backend would load pyplot.
    """
    import matplotlib as mpl

    settings: dict[Any, Any] = dict(mpl.rc_params_from_file(STYLE, use_default_template=True))
    del settings["backend"]
    return settings


def paint(
    drawing: Drawing, formats: Sequence[str], *, width_mm: float, dpi: int = 300
) -> dict[str, bytes]:
    """Return a drawing as the bytes of a picture file in each format.

    It is drawn and laid out once, so it looks the same in all of them.
    """
    import matplotlib as mpl

    with mpl.rc_context(rc=dict(read_style()) | {"svg.hashsalt": drawing.name}):
        figure = _lay_out(drawing, width_mm)
        return {fmt: _save(figure, fmt, dpi) for fmt in dict.fromkeys(formats)}


def _lay_out(drawing: Drawing, width_mm: float) -> Figure:
    """Return a drawn figure whose axes have found their places.

    Saving a figure that still has a layout engine would draw it twice each time; the engine called
    "none" is a placeholder that counts as one.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    size = (width_mm / MM_PER_INCH, drawing.height(width_mm) / MM_PER_INCH)
    figure = Figure(figsize=size, dpi=POINTS_PER_INCH, layout="constrained")
    FigureCanvasSVG(figure)
    drawing.draw(figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine(None)
    return figure


def _save(figure: Figure, fmt: str, dpi: int) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format=fmt, dpi=dpi, **_KEEP[fmt])
    return picture.getvalue()
