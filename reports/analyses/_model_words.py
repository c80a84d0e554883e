"""What a mixed model says of itself, in words that need no statistician."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reports.methods.growth import has_own_courses
from reports.methods.mixed_model import MixedModel, MixedTerm

# The first pattern that fits a remark decides; numbers of therapists are never repeated.
_SAID: Mapping[str, str] = {
    r"levels of therapist_id: modelled as fixed": (
        "few therapists: what is said holds for these, not for therapists in general"
    ),
    r"one level of therapist_id": "one therapist: nothing can be said of therapists",
    r"modelled as fixed|one level of \w+": "",
    r"group the rows alike": (
        "each therapist is a clinic of their own: what is whose cannot be told"
    ),
    r"singular": "therapists or clients hardly differ here, so by how much cannot be told",
    r"not converge": "the model found no stable answer",
    r"one row per level": "clients were measured once: their own level cannot be told apart",
    r"does not vary": "the outcome is the same for everyone",
    r"no row is complete": "nobody has everything that the model needs",
    r"fits exactly": "the model fits exactly, so that nothing is left to judge it by",
    r"not distinct": "what the model is to tell apart goes together completely",
    r"too few therapists": "too few therapists for a statement about them",
    r"degrees of freedom are few": (
        "only a handful of therapists tell this, so that it is much less sure than the number of "
        "clients suggests"
    ),
}
FEW_CLINICS = "few clinics: clients are compared within each, not within clinics in general"


def explain_model(note: str) -> str | None:
    """Return the remarks of a model in plain words, each once; None where there is nothing to say.

    >>> explain_model("3 levels of clinic: modelled as fixed; fit did not converge")
    'the model found no stable answer'
    """
    said = [_explain(part) for part in note.split("; ") if part]
    return "; ".join(dict.fromkeys(text for text in said if text)) or None


def _explain(part: str) -> str:
    for pattern, words in _SAID.items():
        if re.search(pattern, part):
            return words
    # Unknown remarks may hold counts, which stand in their own columns.
    return re.sub(r"\d+(\.\d+)?", "some", part)


def reason_of_model(model: MixedModel) -> str:
    """Return why a model was refused."""
    return explain_model(model.note) or "the model cannot be fitted"


def remark_of_clinics(model: MixedModel) -> str | None:
    """Say so where clinics are too few to be a sample of clinics."""
    return FEW_CLINICS if re.search(r"levels of clinic: modelled as fixed", model.note) else None


def remark_of(term: MixedTerm) -> str | None:
    """Return the caution that belongs to one fixed effect, None where there is none."""
    return explain_model(term.note) if term.status != "ok" else None


def therapists_in(model: MixedModel) -> str:
    """Return what therapists have of their own in a growth model, as the end of its name."""
    if has_own_courses(model):
        return ", therapists' own courses"
    has_levels = any(block.group == "therapist_id" for block in model.blocks)
    return ", therapists' own levels" if has_levels else ""
