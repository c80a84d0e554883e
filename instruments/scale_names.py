"""How a scale is called in a study: ``ecr.anxiety``, ``ecr_rs.anxiety:mother``."""

from __future__ import annotations

from typing import NamedTuple


class ScaleParts(NamedTuple):
    """Form, scale and perspective: by whom or about whom it is, where a study has several."""

    form: str
    scale: str
    perspective: str = ""


def scale_name(form: str, scale: str, perspective: str = "") -> str:
    """Return the name of a scale in a study."""
    return f"{form}.{scale}" + (f":{perspective}" if perspective else "")


def scale_parts(name: str) -> ScaleParts:
    """Return what the name of a scale is made of.

    >>> scale_parts("ecr_rs.anxiety:mother")
    ScaleParts(form='ecr_rs', scale='anxiety', perspective='mother')
    """
    of_form, _, perspective = name.partition(":")
    form, _, scale = of_form.partition(".")
    return ScaleParts(form, scale, perspective)


def without_perspective(name: str) -> str:
    """Return the name that a scale has whoever it is by or about."""
    form, scale, _ = scale_parts(name)
    return scale_name(form, scale)
