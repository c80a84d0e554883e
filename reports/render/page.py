"""The HTML view: templates that only print, and that cannot be given anything unsafe."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from instruments.errors import GateError
from reports.disclosure.cleared import require_cleared
from reports.render.run_view import Run, as_context

TEMPLATES = Path(__file__).resolve().parent / "templates"


def print_page(template: str, run: Run, **composed: object) -> str:
    """Return a page of one run.

    The context that a page is made from holds cleared tables and nothing else; what was composed
    from them (sections, facts) is given beside it.

    Raises
    ------
    GateError
        If anything of the run has not passed the gate, or a text claims to be safe as it is.
    """
    context = as_context(run.parts)
    require_cleared(context)
    return make_environment().get_template(template, globals=composed).render(context)


@cache
def make_environment() -> Environment:
    """Return the environment: everything is escaped, no filter can switch that off."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=refuse_markup,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Several filters mark text as safe; the templates need none of them.
    environment.filters.clear()
    environment.globals.clear()
    return environment


def refuse_markup(value: Any) -> Any:
    """Return a value to be printed, unless it says of itself that it needs no escaping."""
    if hasattr(value, "__html__"):
        raise GateError("E_GATE_MARKUP", "A text claims to be safe HTML; templates print none.")
    return value
