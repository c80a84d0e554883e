"""The worlds that studies can be drawn from: every true parameter, by name.

Where the model's description left something open, this was chosen:

- a session state of "the session before" starts, before session 1, from its own stationary
  distribution; the intake forms are filled in then (l = 0 at intake);
- sessions are numbered 1 to 40; in weeks in which the therapist is absent there is no session, so
  40 sessions take 45 weeks, and ``absent`` is 1 in the first session after an absence;
- a rupture opens only where none is open, repair is possible from the session after, an impasse is
  a rupture that stays open for four sessions;
- forms of intake are a condition of treatment and nearly always there; those of the end are missing
  for who dropped out, since nobody knew that the session was the last;
- a transfer changes the therapist inside the episode and ends nothing; from there on the change in
  symptoms follows the new therapist;
- "all cross-lags zero" includes those that lead to ruptures;
- the item of the CORE-10 that is shifted for avoidant clients is the world ``not_invariant``; in
  the others every item means the same to everyone;
- three classes lie in the plane of anxiety and avoidance, at the corners of a triangle with sides
  of 1.5 standard deviations within classes; both traits keep mean 0 and a total variance of 1;
- what was proposed for the other themes and moves states or levels (clients' own dependency
  slopes, need in trauma work) is 0 in the base world and on in ``every_theme``; what follows from
  a study without changing it is in ``flows.simulation.themes``;
- a therapist intraclass correlation of .20 is the therapists' share of the variance of change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class World:
    """The true parameters of one world; the defaults are the base world.

    States are in units of their own innovations, traits and levels in standard deviations of
    traits. A field called ``x_to_y`` is the coefficient of x in the session before on y.
    """

    name: str = "base"
    # Design
    n_therapists: int = 24
    n_clinics: int = 3
    n_in_two_clinics: int = 2
    transfer_share: float = 0.08
    max_sessions: int = 40
    absence_weeks: tuple[tuple[int, int], ...] = ((12, 13), (27, 29))
    classes: int = 0
    class_distance: float = 1.5
    # Therapists: SD of their influence on change, on their reactions, on repair
    therapist_slope_sd: float = 0.15
    therapist_reaction_sd: float = 0.45
    therapist_repair_sd: float = 0.50
    # States from session to session
    need_inertia: float = 0.35
    open_to_need: float = 0.25
    absence_to_need: float = 0.40
    dissociation_inertia: float = 0.35
    need_to_dissociation: float = 0.15
    dissociation_to_need: float = 0.0
    shame_inertia: float = 0.30
    need_to_shame: float = 0.20
    compassion_on_need_to_shame: float = -0.08
    rage_inertia: float = 0.25
    shame_to_rage: float = 0.20
    compassion_on_need_to_rage: float = 0.0
    reaction_inertia: float = 0.25
    alliance_inertia: float = 0.30
    alliance_shared: float = 0.48
    symptom_inertia: float = 0.40
    goal_to_symptoms: float = -0.12
    bond_to_symptoms: float = -0.03
    dependency_to_symptoms: float = 0.0
    open_to_symptoms: float = 0.10
    dependency_inertia: float = 0.40
    symptoms_to_dependency: float = 0.08
    # Ruptures and their repair
    rupture_intercept: float = -2.7
    rupture_avoidance: float = 0.25
    reaction_to_rupture: float = 0.30
    rage_to_rupture: float = 0.25
    repair_intercept: float = -0.2
    repair_avoidance: float = -0.30
    impasse_sessions: int = 4
    # Levels
    severity_on_symptoms: float = 0.715
    symptom_change: float = -0.90
    symptom_change_sd: float = 0.45
    dependency_curve: tuple[float, float] = (0.9, -1.1)
    # Endings
    dropout_intercept: float = -5.0
    planned_intercept: float = -4.2
    # Security as an outcome
    closeness_mean: float = 0.35
    closeness_sd: float = 0.30
    closeness_with_change: float = -0.30
    anxiety_change: float = -0.20
    # Dependency growing apart between clients, and with closeness; need in phases of trauma work
    dependency_slope_sd: float = 0.0
    dependency_slope_with_closeness: float = 0.25
    trauma_work_to_need: float = 0.0
    # Measurement
    core_item_shift: float = 0.0
    # Missing answers and forms
    item_missing: float = 0.02
    form_missing_intercept: float = -2.4
    form_missing_symptoms: float = 0.25
    form_missing_avoidance: float = 0.25
    form_missing_dissociation: float = 0.0
    intake_missing_intercept: float = -4.0
    therapist_form_missing: float = 0.15


BASE = World()
WORLDS: Mapping[str, World] = {
    world.name: world
    for world in (
        BASE,
        replace(
            BASE,
            name="zero_lags",
            need_to_dissociation=0.0,
            need_to_shame=0.0,
            compassion_on_need_to_shame=0.0,
            shame_to_rage=0.0,
            goal_to_symptoms=0.0,
            bond_to_symptoms=0.0,
            symptoms_to_dependency=0.0,
            reaction_to_rupture=0.0,
            rage_to_rupture=0.0,
        ),
        replace(BASE, name="not_at_random", form_missing_dissociation=0.4),
        replace(BASE, name="three_classes", classes=3),
        replace(BASE, name="ten_therapists", n_therapists=10),
        replace(BASE, name="six_sessions", max_sessions=6),
        replace(BASE, name="not_invariant", core_item_shift=0.4),
        replace(BASE, name="every_theme", dependency_slope_sd=0.4, trauma_work_to_need=0.3),
        # .225^2 / (.225^2 + .45^2) = .20
        replace(BASE, name="therapist_icc_20", therapist_slope_sd=0.225),
    )
}
