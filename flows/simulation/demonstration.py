"""A whole study folder: study file, exports with planted mistakes, and the list of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flows.simulation.clinic_files import intake_table, month_3_table
from flows.simulation.forms import Forms, measure
from flows.simulation.manifest import Manifest, Mistake
from flows.simulation.mistakes import (
    Planter,
    flip_reversed,
    plant_in_intake,
    plant_in_month_3,
    plant_in_redcap,
)
from flows.simulation.natural import count_empty_forms, natural_findings
from flows.simulation.people import draw_people
from flows.simulation.redcap_dictionary_file import dictionary_table
from flows.simulation.redcap_files import redcap_table
from flows.simulation.streams import stream
from flows.simulation.study import SimulatedStudy, simulate
from flows.simulation.study_text import study_text
from flows.simulation.tables import ExportTable
from flows.simulation.worlds import BASE, World

# With this seed about fifty clients each present as overly dependent and overly independent.
DEMONSTRATION_SEED = 20260102
# The lowest and the highest answer of the ECR together.
ECR_LOW_AND_HIGH = 8
PLANTS = (plant_in_intake, plant_in_month_3, plant_in_redcap)


def write_demonstration(
    folder: Path,
    seed: int = DEMONSTRATION_SEED,
    *,
    world: World = BASE,
    n_clients: int = 240,
    with_mistakes: bool = True,
    is_ecr_reversed: bool = False,
) -> Manifest:
    """Write a study folder that the pipeline can run on.

    Parameters
    ----------
    folder : Path
        Made where it is missing; files of the same names in it are written over.
    seed : int
        The same seed gives the same bytes.
    world : World
        What is true in the study.
    n_clients : int
        How many clients were treated.
    with_mistakes : bool
        Whether mistakes are planted into the exports.
    is_ecr_reversed : bool
        Whether the ECR of intake is exported with its reverse-keyed items already flipped, which
        the study file denies.

    Returns
    -------
    Manifest
        Everything that validation must find, also written to ``mistakes.json``.
    """
    forms, tables = _make_tables(simulate(world, seed, n_clients))
    if is_ecr_reversed:
        flip_reversed(tables[0], "ecr", ECR_LOW_AND_HIGH)
    manifest = _plant(tables, seed, with_mistakes=with_mistakes)
    if is_ecr_reversed:
        manifest = replace(manifest, reversed_forms=((tables[0].file, "ecr"),))
    exports = folder / "exports"
    exports.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_bytes(study_text(seed).encode())
    for table in tables:
        table.write(exports)
    dictionary_table(forms).write(exports)
    manifest.write(folder)
    return manifest


def _make_tables(study: SimulatedStudy) -> tuple[Forms, tuple[ExportTable, ...]]:
    people, forms = draw_people(study), measure(study)
    return forms, (
        intake_table(study, people, forms),
        month_3_table(study, people, forms),
        redcap_table(study, people, forms),
    )


def _plant(tables: tuple[ExportTable, ...], seed: int, *, with_mistakes: bool) -> Manifest:
    planters = [Planter(table, stream(seed, f"mistakes in {table.file}")) for table in tables]
    if with_mistakes:
        for planter, plant in zip(planters, PLANTS, strict=True):
            plant(planter)
    planted = [mistake for planter in planters for mistake in planter.mistakes]
    reasons = [reason for planter in planters for reason in planter.reasons]
    empty = [count for table in tables for count in count_empty_forms(table)]
    return Manifest(
        seed=seed,
        mistakes=tuple(sorted(_with_natural(planted, tables))),
        reasons=tuple(sorted(reasons)),
        empty_forms=tuple(sorted(empty)),
    )


def _with_natural(planted: list[Mistake], tables: tuple[ExportTable, ...]) -> list[Mistake]:
    """Add what the answers hold by themselves and nobody planted."""
    found = {_place(mistake) for mistake in planted}
    natural = [mistake for table in tables for mistake in natural_findings(table)]
    return planted + [mistake for mistake in natural if _place(mistake) not in found]


def _place(mistake: Mistake) -> tuple[str, int, str, str, str]:
    return mistake.file, mistake.record, mistake.column, mistake.form, mistake.code
