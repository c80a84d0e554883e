"""How a scale is called in a study: ``ecr.anxiety``, ``ecr_rs.anxiety:mother``."""

from __future__ import annotations


def scale_name(form: str, scale: str, perspective: str = "") -> str:
    """Return the name of a scale in a study."""
    return f"{form}.{scale}" + (f":{perspective}" if perspective else "")


def scale_id_of(name: str) -> str:
    """Return the id that a scale has within its form.

    >>> scale_id_of("ecr_rs.anxiety:mother")
    'anxiety'
    """
    return name.partition(":")[0].rpartition(".")[2]
