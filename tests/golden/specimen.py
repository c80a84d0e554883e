"""A small run with numbers written by hand: pages, tables and figures are held to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from reports.analyses import Analysis, FigureData
from reports.declarations import Outcome, PresentationRule
from reports.disclosure.policy import DisclosurePolicy
from reports.estimates import Estimate, to_frame
from reports.publication import RunContext, publish_run
from reports.publishing.context import FINDING_COLUMNS, MEASURE_COLUMNS, SOURCE_COLUMNS
from tests.golden.specimen_blocks import further_rows

RUN_ID = "5ec1000000000001"
A, B = "overdependent", "overindependent"
RULE = PresentationRule(
    rule="attachment", dependence="ecr.anxiety", independence="ecr.avoidance", grey_zone=(0.3, 0.3)
)
DISTRESS, BOND, ANXIETY = "core_10.total@end", "wai_sr.bond@month_3", "ecr.anxiety@end"
OUTCOMES = (
    Outcome(scale="core_10.total", occasion="end", smallest_effect=3.0),
    Outcome(scale="wai_sr.bond", occasion="month_3", smallest_effect=0.3),
    Outcome(scale="ecr.anxiety", occasion="end", smallest_effect=0.5, primary=False),
)
CIRCULAR = "circular: ecr.anxiety is part of the presentation rule"
GROUPS, CONTINUOUS = "overdependent_against_overindependent", "dependence_and_outcome"
MEANING = (
    "overdependent: high anxiety, low avoidance (self-report); "
    "overindependent: high avoidance, low anxiety (self-report)"
)
SIZES = {A: 40, B: 50, "mixed": 45, "neither": 75, "indeterminate": 30}
# Its address is longer than a phone is wide.
CITATION = "Somebody (2001). https://example.org/a-very-long-address/without-a-space/at-all"
MARKUP_NAME = "<script>alert(1)</script>"


def _row(**facts: object) -> Estimate:
    shared = {"plan_status": "exploratory", "status": "ok", "n_clusters": 12}
    return Estimate(**(shared | facts))  # type: ignore[arg-type]


def _contrast(outcome: str, points: float, half: float, g: float, word: str) -> Iterator[Estimate]:
    both = {
        "analysis": GROUPS,
        "outcome": outcome,
        "contrast": f"{A} - {B}",
        "group_a": A,
        "group_b": B,
        "n": 90,
        "n_a": 40,
        "n_b": 50,
        "n_missing": 0,
    }
    tested = {"se": half / 2, "df": 85.0, "ci_level": 0.95, "family": "primary outcomes, groups"}
    bound = next(o.smallest_effect for o in OUTCOMES if o.name == outcome)
    yield _row(**both, **tested, term="difference", estimand="mean difference", method="Welch",
               estimate=points, statistic=points / (half / 2), p_value=0.0004, p_adjusted=0.0008,
               ci_low=points - half, ci_high=points + half, note=MEANING)  # fmt: skip
    yield _row(**both, **tested, term="equivalence", estimand="mean difference",
               method="two one-sided Welch tests", estimate=points, p_value=0.91, p_adjusted=0.98,
               ci_low=points - 0.84 * half, ci_high=points + 0.84 * half)  # fmt: skip
    yield _row(**both, term="standardized difference", estimand="Hedges' g",
               method="exact interval", estimate=g, ci_low=g - 0.42, ci_high=g + 0.42,
               ci_level=0.95)  # fmt: skip
    yield _row(**both, term="superiority", estimand="probability of superiority",
               method="Brunner and Munzel", estimate=0.71, ci_low=0.6, ci_high=0.8,
               ci_level=0.95)  # fmt: skip
    yield _row(**both, term="difference with therapists", estimand="mean difference",
               method="mixed model, therapists and clinics", estimate=points - 0.01, se=half / 2,
               statistic=points / (half / 2), df=11.0, p_value=0.002, ci_low=points - 1.1 * half,
               ci_high=points + 1.1 * half, ci_level=0.95, status="caution",
               note="therapists hardly differ here")  # fmt: skip
    yield _row(**both, term="verdict", estimand="verdict", method="Holm-adjusted tests", note=word)
    yield _row(analysis=GROUPS, outcome=outcome, term="smallest effect of interest",
               estimand="mean difference", method="declared", contrast=f"{A} - {B}",
               estimate=bound)  # fmt: skip


def _slopes(outcome: str, dependence: float, independence: float) -> Iterator[Estimate]:
    for term, beta in (("dependence", dependence), ("independence", independence)):
        shared = {"analysis": CONTINUOUS, "outcome": outcome, "term": term, "n": 240,
                  "n_missing": 20, "method": "least squares, HC3 errors"}  # fmt: skip
        yield _row(**shared, estimand="points per standard deviation", estimate=7 * beta, se=0.4,
                   statistic=17.5 * beta, df=236.0, p_value=0.0001 if beta > 0.3 else 0.4,
                   family="primary outcomes, continuous", p_adjusted=0.0002 if beta > 0.3 else 0.8,
                   ci_low=7 * beta - 0.8, ci_high=7 * beta + 0.8, ci_level=0.95)  # fmt: skip
        yield _row(**shared, estimand="standardized coefficient", estimate=beta,
                   ci_low=beta - 0.12, ci_high=beta + 0.12, ci_level=0.95)  # fmt: skip
        yield _row(**shared, estimand="partial R2", estimate=beta**2)


def _described(outcome: str, means: dict[str, float], sd: float) -> Iterator[Estimate]:
    for group, mean in means.items():
        shared = {"analysis": "four_presentations", "outcome": outcome, "group_a": group,
                  "n": SIZES[group], "n_missing": 0}  # fmt: skip
        yield _row(**shared, term="mean", estimand="mean", method="t interval", estimate=mean,
                   se=0.9, ci_low=mean - 1.8, ci_high=mean + 1.8, ci_level=0.95)  # fmt: skip
        yield _row(**shared, term="sd", estimand="standard deviation", method="n - 1", estimate=sd)


def _measured(outcome: str, mean: float, sd: float, alpha: float) -> Iterator[Estimate]:
    shared = {"analysis": "measures", "outcome": outcome, "n": 260, "n_missing": 0}
    yield _row(**shared, term="mean", estimand="mean", method="t interval", estimate=mean)
    yield _row(**shared, term="sd", estimand="standard deviation", method="n - 1", estimate=sd)
    yield _row(**shared | {"n": 240}, term="alpha", estimand="alpha", estimate=alpha,
               ci_low=alpha - 0.02, ci_high=alpha + 0.02, ci_level=0.95,
               method="Cronbach's alpha, Feldt's interval")  # fmt: skip
    yield _row(**shared | {"n": 240}, term="omega", estimand="omega total", estimate=alpha + 0.01,
               ci_low=alpha - 0.02, ci_high=alpha + 0.03, ci_level=0.95,
               method="McDonald's omega, one factor by maximum likelihood")  # fmt: skip
    yield _row(**shared, term="norm check: alpha", estimand="alpha", estimate=alpha,
               method="published norms", note="published samples, widened: .8 to .95")  # fmt: skip


def _page() -> Iterator[Estimate]:
    shares = {"improved": 0.4, "unchanged": 0.4, "deteriorated": 0.2}
    across = {"lower": 0.3, "same": 0.5, "higher": 0.2}
    shared = {"analysis": "answer_page", "outcome": DISTRESS, "estimand": "count",
              "method": "answer page: cdq.total", "n_clusters": 12}  # fmt: skip
    for symptoms, share in shares.items():
        for dependency, part in across.items():
            yield _row(**shared, term=symptoms, contrast=f"dependency {dependency}",
                       n=round(500 * share * part))  # fmt: skip
        yield _row(**shared, term=symptoms, n=round(500 * share))
    for dependency, part in across.items():
        yield _row(**shared, term="all", contrast=f"dependency {dependency}", n=round(500 * part))
    yield _row(**shared, term="all", n=500)


def _endings() -> Iterator[Estimate]:
    shares = {"planned": (0.2, 0.6), "dropout": (0.1, 0.25)}
    for kind, (early, late) in shares.items():
        for group, n in ((None, 240), (A, 80), (B, 90)):
            shared = {"analysis": "endings", "outcome": "treatment", "term": kind, "group_a": group,
                      "estimand": "cumulative incidence", "method": "Aalen-Johansen",
                      "n": n}  # fmt: skip
            for session, share in ((20, early), (40, late)):
                if group and (session, kind) == (20, "dropout"):
                    continue
                yield _row(**shared, contrast=f"by session {session}", estimate=share,
                           n_a=round(n * share), n_b=n - round(n * share), ci_low=share - 0.06,
                           ci_high=share + 0.07, ci_level=0.95)  # fmt: skip
        yield _row(analysis="endings", outcome="treatment", term=kind, method="Gray's test",
                   estimand="difference in cumulative incidence", contrast=f"{A} - {B}", group_a=A,
                   group_b=B, n=170, n_a=80, n_b=90, statistic=1.2, df=1.0,
                   p_value=0.27)  # fmt: skip


def _specifications() -> Iterator[Estimate]:
    cuts = {"as declared": 7.9, "one SEM lower": 6.8, "one SEM higher": 8.6, "median": 5.1}
    for cut, points in cuts.items():
        for scoring, less in (("prorated scores too", 0.0), ("complete forms only", 0.4)):
            yield _row(analysis="specification", outcome=DISTRESS, term="specification",
                       estimand="mean difference", method=f"attachment; cut {cut}; {scoring}",
                       contrast=f"{A} - {B}", group_a=A, group_b=B, estimate=points - less,
                       ci_low=points - less - 2.3, ci_high=points - less + 2.3, ci_level=0.95,
                       n=90, n_a=40, n_b=50)  # fmt: skip


def specimen_rows() -> list[Estimate]:
    """The estimates of the specimen, exact."""
    distress = {A: 24.4, B: 16.5, "mixed": 22.7, "neither": 17.2, "indeterminate": 19.6}
    bond = {A: 3.4, B: 3.3, "mixed": 3.2, "neither": 3.5, "indeterminate": 3.4}
    rows = [
        *_contrast(DISTRESS, 7.9, 2.3, 1.13, "different"),
        *_contrast(BOND, 0.09, 0.25, 0.12, "undecided"),
        *_slopes(DISTRESS, 0.49, 0.02),
        *_slopes(BOND, -0.02, -0.1),
        *_described(DISTRESS, distress, 7.0),
        *_described(BOND, bond, 0.83),
        *_measured("core_10.total@end", 19.8, 7.8, 0.91),
        *_measured("ecr.anxiety@intake", 3.9, 1.1, 0.93),
        *_measured("ecr.avoidance@intake", 3.8, 1.2, 0.94),
        *_measured("wai_sr.bond@month_3", 3.4, 0.83, 0.88),
    ]
    rows += [*_page(), *_endings(), *_specifications(), *further_rows()]
    rows += [
        _row(analysis=analysis, outcome=ANXIETY, term=term, estimand="mean difference",
             method="Welch", status="refused", note=CIRCULAR)
        for analysis, term in ((GROUPS, "difference"), (CONTINUOUS, "dependence"))
    ]  # fmt: skip
    rows.append(
        _row(analysis="groups_at_intake", outcome="intake", term="age", estimate=-0.31,
             estimand="standardized difference", method="Austin", contrast=f"{A} - {B}",
             group_a=A, group_b=B, n=90, n_a=40, n_b=50, n_missing=0)
    )  # fmt: skip
    return rows


def _flow() -> pd.DataFrame:
    steps = [
        ("all clients", None, 260, None, None),
        ("with both scores", "no form at the landmark", 20, None, None),
        ("with both scores", None, 240, None, None),
        ("in the contrast", "mixed", 45, None, None),
        ("in the contrast", "neither", 75, None, None),
        ("in the contrast", "indeterminate", 30, None, None),
        ("in the contrast", None, 90, 40, 50),
        ("compared", "outcome missing", 0, 0, 0),
        ("compared", None, 90, 40, 50),
    ]
    columns = ["step", "reason", "n", "n_a", "n_b"]
    frames = [
        pd.DataFrame(steps, columns=columns).assign(outcome=name) for name in (DISTRESS, BOND)
    ]
    flow = pd.concat(frames, ignore_index=True)
    kinds = {"n": "int64", "n_a": "Int64", "n_b": "Int64", "reason": "str", "step": "str"}
    return flow[["outcome", *columns]].astype(kinds)


def _course() -> pd.DataFrame:
    rows = []
    for group, start, slope in ((A, 26.0, -0.4), (B, 18.0, -0.1)):
        for month in range(13):
            mean = start + slope * month
            rows.append((group, "model", float(month), mean, mean - 1.5, mean + 1.5, SIZES[group]))
        rows += [
            (group, "observed", month, start + slope * month + 0.3, None, None, 25)
            for month in (0.0, 3.0, 7.0)
        ]
        rows.append((group, "observed", 11.0, 99.0, None, None, 4))
    return pd.DataFrame(
        rows, columns=["presentation", "source", "time", "mean", "ci_low", "ci_high", "n"]
    )


def _figures() -> dict[str, FigureData]:
    middles = {A: 24.4, B: 16.5, "mixed": 22.7, "neither": 17.2, "indeterminate": 19.6}
    clouds = [
        pd.DataFrame({"presentation": group,
                      "value": np.clip(middle + 7 * np.linspace(-1.7, 1.7, SIZES[group]), 0, 40)})
        for group, middle in middles.items()
    ]  # fmt: skip
    spread = np.arange(240)
    plane = pd.DataFrame(
        {
            "dependence": 1 + 6 * ((spread * 0.618034) % 1),
            "independence": 1 + 6 * ((spread * 0.381966 + spread / 240) % 1),
            "presentation": A,
        }
    )
    ends = {"low": 0, "high": 40, "higher": "more distress"}
    facts: dict[str, float | str] = {"rule": "attachment", "landmark": "intake"}
    for part, label in (("dependence", "anxiety"), ("independence", "avoidance")):
        facts |= {f"{part}_label": label, f"{part}_low": 1, f"{part}_high": 7, f"{part}_cut": 4,
                  f"{part}_grey": 0.3}  # fmt: skip
    about = {"outcome": DISTRESS, "label": "Psychological distress"}
    return {
        "trajectory_core_10_total_at_end": FigureData(
            "trajectory", "Course of psychological distress", _course(),
            {**about, "unit": "months", "horizon": 12.0, "shape": "linear", "low": 0, "high": 40},
        ),
        "answer_page_core_10_total_at_end": FigureData(
            "answer_page", "Psychological distress and care dependency", pd.DataFrame(),
            {**about, "dependency": "cdq.total", "dependency_label": "Care dependency"},
        ),
        "specification_curve_core_10_total_at_end": FigureData(
            "specification_curve", "Psychological distress under every rule and cut",
            pd.DataFrame(), about,
        ),
        "plane": FigureData("plane", "Dependence and independence", plane, facts),
        "raincloud_core_10_total_at_end": FigureData(
            "raincloud", "Psychological distress", pd.concat(clouds, ignore_index=True),
            {"outcome": DISTRESS, "label": "Psychological distress", **ends},
        ),
    }  # fmt: skip


def _measures() -> pd.DataFrame:
    scales = [
        ("core_10.total", "core_10", "CORE-10", "Psychological distress", 0.0, 40.0, "worse"),
        ("ecr.anxiety", "ecr", "ECR", "Attachment anxiety", 1.0, 7.0, "worse"),
        ("ecr.avoidance", "ecr", "ECR", "Attachment avoidance", 1.0, 7.0, "worse"),
        ("wai_sr.bond", "wai_sr", "WAI-SR", "Bond", 1.0, 5.0, "better"),
    ]
    rows = [
        {
            "scale": scale, "instrument": form, "abbreviation": short, "instrument_name": short,
            "label": label, "form": "English", "language": "en", "low": low, "high": high,
            "higher": f"more {label.lower()}", "direction": direction, "recall_days": None,
            "citation": CITATION, "doi": "10.1000/1", "key_version": "1",
            "answers": "answers from 0 to 4", "key_source": "the manual",
            "missing_source": "none published; declared", "norm_sources": "Somebody & Else (2003)",
            "key_confidence": "A", "is_verified": form != "wai_sr", "licence": "free",
        }
        for scale, form, short, label, low, high, direction in scales
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(MEASURE_COLUMNS))


def specimen_analysis(rows: list[Estimate] | None = None) -> Analysis:
    """The analysis of the specimen, exact."""
    return Analysis(
        estimates=to_frame(specimen_rows() if rows is None else rows),
        presentations=pd.DataFrame(),
        figures=_figures(),
        flow=_flow(),
    )


def without_figures(rows: list[Estimate] | None = None) -> Analysis:
    """The analysis of the specimen for those who look at its estimates and tables alone."""
    return replace(specimen_analysis(rows), figures={})


def specimen_context(**changes: object) -> RunContext:
    """What the pipeline would say of the specimen."""
    sources = [("intake.csv", "intake", "csv", "ab" * 32, 260, 240, 20, 0, 0)]
    findings = [
        ("intake.csv", "intake", "ecr__item_1.in_set", "E_RANGE", "conformance", "error", "ecr_1",
         20, "An answer is outside 1 to 7.", "Correct it at its source."),
        ("intake.csv", "intake", "core_10__item_6.safety", "E_SAFETY", "safety", "warning",
         MARKUP_NAME, 4, "An answer asks for a look by a clinician.", "Tell the therapist."),
        ("intake.csv", "intake", "file.mark", "N_BOM", "conformance", "note", None, None,
         "The file begins with a byte order mark.", "Nothing to do."),
    ]  # fmt: skip
    facts: dict[str, object] = {
        "run_id": RUN_ID,
        "study_id": "specimen",
        "study_title": "Specimen <of> a study & its report",
        "seed": 7,
        "rule": RULE,
        "outcomes": OUTCOMES,
        "sources": pd.DataFrame(sources, columns=list(SOURCE_COLUMNS)),
        "findings": pd.DataFrame(findings, columns=list(FINDING_COLUMNS)),
        "measures": _measures(),
        "hashes": {"study file": "a" * 64, "definitions": "b" * 64, "code": "c" * 64},
        "versions": {"python": "3.11", "pandas": "3.1"},
    }
    return RunContext(**(facts | changes))  # type: ignore[arg-type]


def publish_specimen(
    folder: Path,
    *,
    policy: DisclosurePolicy | None = None,
    rows: list[Estimate] | None = None,
    analysis: Analysis | None = None,
    **changes: object,
) -> Path:
    """Publish the specimen into a folder, made here, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    answers = analysis or specimen_analysis(rows)
    publish_run(folder, answers, policy or DisclosurePolicy(), specimen_context(**changes))
    return folder
