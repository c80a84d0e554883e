"""`interdep instruments list` and `show`."""

from __future__ import annotations

from pathlib import Path

import typer

from instruments.catalog import Catalog, load_catalog
from instruments.definition import Definition
from instruments.items import written_items
from instruments.scale import Scale


def _catalog(study: Path) -> Catalog:
    own = study / "instruments"
    return load_catalog(own if (study / "study.toml").exists() and own.is_dir() else None)


def list_forms(study: Path) -> int:
    """Print one line per form."""
    for form in _catalog(study).values():
        typer.echo(f"{form.id:10} {form.abbreviation:10} {form.domain:15} "
                   f"key {form.key_confidence:2} {form.name}")  # fmt: skip
    return 0


def show_form(name: str, study: Path) -> int:
    """Print everything a definition says."""
    typer.echo("\n".join(describe_form(_catalog(study).get_form(name))))
    return 0


def describe_form(form: Definition) -> list[str]:
    """Return a form's key, range, scales and sources as lines."""
    return [*_facts(form), *(_scale(form, scale) for scale in form.scales)]


def _facts(form: Definition) -> list[str]:
    verified = "verified" if form.key_verified else "unverified"
    low, high = form.response.min, form.response.max
    answers = "declared by the study" if low is None else f"{low} to {high}"
    recall = "in general" if form.recall_days is None else f"past {form.recall_days} days"
    return [
        f"{form.name} ({form.abbreviation}), form {form.form}",
        f"  citation   {form.citation}",
        f"  answers    {answers}, {recall}",
        f"  key        {form.key_confidence} ({verified}): {form.key_source}",
        f"  missing    {form.missing_source}",
        f"  licence    {form.licence}",
        *(f"  note       {note}" for note in form.notes),
    ]


def _scale(form: Definition, scale: Scale) -> str:
    reversed_items = written_items(scale.reversed_items(form))
    items = written_items(scale.items) if scale.items else "addressed by name"
    turned = f"; reversed {reversed_items}" if reversed_items else ""
    return f"  scale      {scale.id}: {scale.method} of {items}{turned}; higher is {scale.higher}"
