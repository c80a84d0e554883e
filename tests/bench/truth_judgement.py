"""From many studies to one line per headline estimate: bias, coverage, false positives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy import stats

from flows.simulation.worlds import BASE
from tests.bench.truth_settings import Setting

COVERAGE, FALSE_POSITIVES = (0.935, 0.965), (0.035, 0.065)
ALPHA = 0.05
# A true value inside its band passes with this probability.
PASSES = 0.998
# A failure is a warned one where the code cautions or refuses at least so often.
WARNED = 0.90
# Refused where a share rests on fewer than ten clients, which leaves the far estimates out.
COVERS_MORE = ("difference in reliably better",)
# Where errors may only be rare, not frequent: the upper limit alone counts.
ONE_SIDED = ("equivalence at its bound", "any of a family, Holm", "difference, ranks",
             "harm told at the end, without a caution", "harm told by the course",
             "all presentations, Welch's F", "invariance across groups flagged")  # fmt: skip
HARM = ("harm told at the end, without a caution", "harm told by the course")
INVARIANCE, UNDECIDED = "invariance across groups flagged", "invariance across groups undecided"
COLUMNS = ("setting", "headline", "studies", "answered", "true_score", "true_latent", "mean",
           "bias", "bias_latent", "bias_mc", "coverage", "coverage_mc", "false_positives",
           "false_positives_mc", "error_ratio", "warned", "verdict")  # fmt: skip


def judge(
    seen: pd.DataFrame, settings: Mapping[str, Setting], targets: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """Return one line per setting and headline, in the order of the settings.

    ``seen`` has one row per study and headline: setting, seed, headline, estimate, low, high, p,
    status.
    """
    lines = [
        line for setting in settings.values() for line in _judge_setting(seen, setting, targets)
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _judge_setting(
    seen: pd.DataFrame, setting: Setting, targets: Mapping[str, Mapping[str, float]]
) -> Iterator[dict[str, object]]:
    own = seen[seen["setting"] == setting.name]
    for headline in dict.fromkeys(own["headline"]):
        rows = own[own["headline"] == headline]
        yield {"setting": setting.name, "headline": headline} | _judge_headline(
            rows, str(headline), setting, targets
        )


def true_values(
    headline: str, setting: Setting, targets: Mapping[str, Mapping[str, float]]
) -> tuple[float | None, float | None]:
    """Return what an estimator reaches on a large world, and the parameter; None where unknown."""
    if setting.target is None:
        null = 0.5 if headline == "superiority" else 0.0
        return null, null
    values = targets[setting.target]
    return values.get(headline), values.get(f"latent {headline}")


def _judge_headline(
    rows: pd.DataFrame,
    headline: str,
    setting: Setting,
    targets: Mapping[str, Mapping[str, float]],
) -> dict[str, object]:
    answered = rows[rows["status"] != "refused"]
    truth, latent = true_values(headline, setting, targets)
    line: dict[str, object] = {
        "studies": len(rows),
        "answered": len(answered),
        "warned": float((rows["status"] != "ok").mean()),
    }
    if answered["estimate"].notna().any() and truth is not None:
        line |= _bias(answered, truth, latent)
    has_interval = answered["low"].notna()
    covered = None
    if has_interval.any() and truth is not None:
        within = answered[has_interval]
        covered = (within["low"] <= truth) & (truth <= within["high"])
        line |= {"coverage": covered.mean(), "coverage_mc": _mc_error(covered)}
    false = _false_positives(answered, headline, setting, truth, latent)
    if false is not None:
        line |= {"false_positives": false.mean(), "false_positives_mc": _mc_error(false)}
    if headline == UNDECIDED:
        return line | {
            "verdict": "share"
        }  # neither right nor wrong: said to be open, and cautioned
    if headline == INVARIANCE and setting.world != BASE:
        return line | {"verdict": "power"}  # an item is shifted, so a flag is no false one
    return line | {"verdict": _verdict(headline, covered, false, float(str(line["warned"])))}


def _bias(answered: pd.DataFrame, truth: float, latent: float | None) -> dict[str, object]:
    estimates = answered["estimate"].dropna()
    half = (answered["high"] - answered["low"]).mean() / (2 * stats.norm.ppf(0.975))
    return {
        "true_score": truth,
        "true_latent": np.nan if latent is None else latent,
        "mean": estimates.mean(),
        "bias": estimates.mean() - truth,
        "bias_latent": np.nan if latent is None else estimates.mean() - latent,
        "bias_mc": estimates.std() / np.sqrt(len(estimates)),
        "error_ratio": half / estimates.std(),
    }


def _mc_error(is_so: pd.Series) -> float:
    share = float(is_so.mean())
    return float(np.sqrt(share * (1 - share) / len(is_so)))


def _false_positives(
    answered: pd.DataFrame,
    headline: str,
    setting: Setting,
    truth: float | None,
    latent: float | None,
) -> pd.Series | None:
    """Return in which studies a true null was rejected, None where nothing is null here."""
    is_null = setting.target is None or headline in HARM or latent == 0.0
    tested = answered["p"].notna()
    if not is_null or not tested.any():
        return None
    return answered.loc[tested, "p"] < ALPHA


def _verdict(
    headline: str, covered: pd.Series | None, false: pd.Series | None, warned: float
) -> str:
    faults = []
    most = 1.0 if headline in COVERS_MORE else COVERAGE[1]
    if covered is not None and not _may_lie_in(covered, COVERAGE[0], most):
        faults.append("covers too rarely" if covered.mean() < COVERAGE[0] else "covers too often")
    if false is not None:
        low = 0.0 if headline in ONE_SIDED else FALSE_POSITIVES[0]
        if not _may_lie_in(false, low, FALSE_POSITIVES[1]):
            is_liberal = false.mean() > FALSE_POSITIVES[1]
            faults.append("too many false positives" if is_liberal else "too few positives")
    if not faults:
        return "ok"
    said = " and ".join(faults)
    return f"{said}, warned" if warned >= WARNED else f"{said}, not warned"


def _may_lie_in(is_so: pd.Series, low: float, high: float) -> bool:
    """Tell whether a true share inside the band could have given this many, at `PASSES`."""
    n, hits = len(is_so), int(is_so.sum())
    tail = (1 - PASSES) / 2
    could_be_lower = stats.binom.cdf(hits, n, low) >= tail or hits / n >= low
    could_be_higher = stats.binom.sf(hits - 1, n, high) >= tail or hits / n <= high
    return bool(could_be_lower and could_be_higher)
