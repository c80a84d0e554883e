"""Drawn figures as dots, for programs that print no SVG."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path


def rasterise(drawings: Sequence[bytes], *, width_mm: float, dpi: int) -> list[bytes]:
    """Return SVG drawings as PNG pictures of one width, in one go and the same bytes each time.

    They are made from the drawings that page and PDF show: drawing each figure once more costs
    several times as much.
    """
    import typst

    if not drawings:
        return []
    width = f"{width_mm}mm"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = [f"#set page(width: {width}, height: auto, margin: 0pt)"]
        for number, drawing in enumerate(drawings):
            (folder / f"{number}.svg").write_bytes(drawing)
            pages.append(f'#page(image("{number}.svg", width: {width}))')
        (folder / "pages.typ").write_text("\n".join(pages), encoding="utf-8")
        made = typst.compile(str(folder / "pages.typ"), root=name, format="png", ppi=dpi,
                             ignore_system_fonts=True)  # fmt: skip
    return made if isinstance(made, list) else [made]
