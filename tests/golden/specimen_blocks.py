"""The rows of the specimen that further analyses would give: change, course, missing, others."""

from __future__ import annotations

from collections.abc import Iterator

from reports.estimates import Estimate

A, B = "overdependent", "overindependent"
DISTRESS, BOND = "core_10.total@end", "wai_sr.bond@month_3"
PAIR = {"contrast": f"{A} - {B}", "group_a": A, "group_b": B, "n": 90, "n_a": 40, "n_b": 50}


def _row(analysis: str, outcome: str, term: str, estimand: str, **facts: object) -> Estimate:
    shared = {"plan_status": "exploratory", "status": "ok", "n_clusters": 12, "ci_level": 0.95,
              "n": 240, "method": "declared"}  # fmt: skip
    named = {"analysis": analysis, "outcome": outcome, "term": term, "estimand": estimand}
    return Estimate(**(shared | named | facts))  # type: ignore[arg-type]


def further_rows() -> Iterator[Estimate]:
    """Yield the rows, exact."""
    for outcome, unit in ((DISTRESS, 1.0), (BOND, 0.1)):
        yield from _course(outcome, unit)
        yield from _four(outcome, unit)
        yield from _missing(outcome, unit)
    yield from _change()
    yield from _summary()
    yield from _invariance()
    yield _row("u_shape", DISTRESS, "both ends", "points", method="two lines", estimate=1.4,
               ci_low=-0.8, ci_high=3.6, p_value=0.21)  # fmt: skip


def _course(outcome: str, unit: float) -> Iterator[Estimate]:
    growth = {"estimand": "points over 26 weeks", "method": "growth in logarithmic time"}
    slope = growth | {"estimand": "points per standard deviation over 26 weeks"}
    for part, points, p in (("dependence", -1.3, 0.01), ("independence", 0.4, 0.5)):
        yield _row("course", outcome, f"course by {part}", **slope, estimate=points * unit,
                   ci_low=(points - 1) * unit, ci_high=(points + 1) * unit, statistic=points / 0.5,
                   df=210.0, p_value=p)  # fmt: skip
    for group, points, n in ((A, -4.1, 40), (B, 1.2, 50)):
        yield _row("course", outcome, "course", **growth, group_a=group, n=n,
                   estimate=points * unit, ci_low=(points - 1) * unit,
                   ci_high=(points + 1) * unit)  # fmt: skip
    both = {"estimate": -5.3 * unit, "df": 85.0, **PAIR}
    yield _row("course", outcome, "difference in course", **growth, **both, statistic=-3.5,
               ci_low=-8.3 * unit, ci_high=-2.3 * unit, p_value=0.0006)  # fmt: skip
    yield _row("course", outcome, "equivalence in course", **growth, **both, p_value=0.93,
               ci_low=-7.8 * unit, ci_high=-2.8 * unit)  # fmt: skip
    yield _row("course", outcome, "verdict", "verdict", note="different", **PAIR)


def _four(outcome: str, unit: float) -> Iterator[Estimate]:
    name = "difference between presentations"
    yield _row("four_presentations", outcome, name, "omega squared", estimate=0.12, statistic=8.4,
               df=90.0, p_value=0.0002, ci_low=0.04, ci_high=0.2,
               method="Welch's analysis of variance")  # fmt: skip
    yield _row("four_presentations", outcome, f"{name}, by ranks", "epsilon squared",
               statistic=21.3, df=3.0, p_value=0.0001, method="Kruskal-Wallis")  # fmt: skip
    pairs = (("mixed", "neither", 5.5), (A, "neither", 7.2), (A, B, 7.9))
    for first, second, points in pairs:
        yield _row("four_presentations", outcome, "pair", "mean difference", n=110, n_a=45, n_b=65,
                   contrast=f"{first} - {second}", group_a=first, group_b=second, p_adjusted=0.004,
                   method="Games-Howell, simultaneous", estimate=points * unit,
                   ci_low=(points - 3) * unit, ci_high=(points + 3) * unit)  # fmt: skip


def _missing(outcome: str, unit: float) -> Iterator[Estimate]:
    for group, share, n in ((A, 0.3, 50), (B, 0.4, 60)):
        yield _row("missing", outcome, "missing", "share", group_a=group, n=n, estimate=share,
                   method="Wilson's interval", ci_low=share - 0.1, ci_high=share + 0.1)  # fmt: skip
    for term, points in (("all available data", 6.4), ("imputed", 6.1),
                         ("missing clients worse", 5.2)):  # fmt: skip
        yield _row("missing", outcome, f"difference, {term}", "mean difference", p_value=0.002,
                   method="multiple imputation", estimate=points * unit, ci_low=(points - 4) * unit,
                   ci_high=(points + 4) * unit, **PAIR)  # fmt: skip
    yield _row("missing", outcome, f"tipping point, {A}", "shift of missing scores in points",
               method="until the answer turns", estimate=-9.5 * unit, **PAIR)  # fmt: skip
    yield _row("missing", outcome, f"tipping point, {B}", "shift of missing scores in points",
               method="until the answer turns", note="the answer stands up to a shift of 12 points",
               **PAIR)  # fmt: skip


def _change() -> Iterator[Estimate]:
    method = "Wilson's interval, Jacobson and Truax, published reference"
    for group, share, n in ((A, 0.4, 40), (B, 0.6, 50)):
        yield _row("change", DISTRESS, "reliably better", "share", group_a=group, n=n,
                   estimate=share, method=method, ci_low=share - 0.15,
                   ci_high=share + 0.15)  # fmt: skip


def _summary() -> Iterator[Estimate]:
    known = {"usable": 8.0, "median": 6.6, "lowest": 4.7, "highest": 8.6,
             "same sign as the median": 1.0, "beyond zero on its side": 0.75}  # fmt: skip
    for term, value in known.items():
        yield _row("specification", DISTRESS, term, "over all", estimate=value, **PAIR,
                   method="over all usable specifications")  # fmt: skip


def _invariance() -> Iterator[Estimate]:
    what = {"analysis": "measurement_invariance", "outcome": DISTRESS}
    step = "highest step that holds across groups"
    yield _row(**what, term=step, estimand="step", method="one factor",
               note="partial scalar; item_6 was let go", **PAIR)  # fmt: skip
    for level, change in (("metric", -0.004), ("scalar", -0.008)):
        yield _row(**what, term=f"{level} across groups", estimand="change of CFI",
                   method="one factor", estimate=change, **PAIR)  # fmt: skip
