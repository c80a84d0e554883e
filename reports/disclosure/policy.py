"""What a data owner allows to leave the store: the ``[disclosure]`` section of the study file."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from instruments.checks import MisfitError

SMALLEST_THRESHOLD = 3


class DisclosurePolicy(BaseModel):
    """The rules of the gate; stricter is always allowed, looser only down to the stated limits."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    threshold: int = Field(
        default=10,
        ge=SMALLEST_THRESHOLD,
        le=1000,
        description=(
            "Smallest number of clients that may be published. A count below it, zero included, is "
            "left out, together with the other cells from which it could be calculated."
        ),
    )
    therapist_threshold: int = Field(
        default=3,
        ge=SMALLEST_THRESHOLD,
        le=100,
        description=(
            "Smallest number of therapists who must stand behind a published number, so that no "
            "result describes one therapist, and no two can work out each other's."
        ),
    )
    round_to: int = Field(
        default=5,
        ge=1,
        le=100,
        description=(
            "Counts are published as multiples of this number, and percentages are calculated from "
            "the rounded counts. It hides the one or two clients by which two tables differ. "
            "1 switches rounding off: many more numbers are left out, and still two tables that "
            "are each safe may tell more together. Not above `threshold`."
        ),
    )
    min_group_for_statistics: int = Field(
        default=10,
        ge=SMALLEST_THRESHOLD,
        le=1000,
        description=(
            "Smallest group whose means, effects, intervals and tests may be published. Not below "
            "`threshold`; where it is not given it is 10, or `threshold` if that is larger."
        ),
    )
    min_bin: int = Field(
        default=10,
        ge=SMALLEST_THRESHOLD,
        le=1000,
        description=(
            "Smallest number of clients in one bar of a histogram, beyond a quantile, or at the "
            "end of a curve. Not below `threshold`, which it is where it is not given."
        ),
    )
    se_digits: int = Field(
        default=2,
        ge=1,
        le=10,
        description=(
            "Significant digits of a published standard error; the estimate and its interval keep "
            "the same decimal place. More digits than the sampling error supports say nothing "
            "about clients in general, and let the number of clients be calculated backwards."
        ),
    )
    show_points: bool = Field(
        default=False,
        description=(
            "Whether figures may show one dot or line per client, in groups of at least "
            "`threshold`. A dot is one client's exact answer: leave it off unless clients agreed."
        ),
    )
    publish_zeros: bool = Field(
        default=False,
        description=(
            "Whether an empty cell may be shown as 0. Even then it is left out where it would tell "
            "that all clients of a group share one trait. Off: empty looks the same as few."
        ),
    )
    note: str = Field(
        default="",
        max_length=500,
        description="Who set these rules, for whom and when; printed with every report.",
    )

    @model_validator(mode="before")
    @classmethod
    def _follow_the_threshold(cls, given: Any) -> Any:
        """Let limits that were not given follow a given threshold upwards."""
        if not isinstance(given, dict) or not isinstance(given.get("threshold"), int):
            return given
        threshold = given["threshold"]
        return {
            "min_group_for_statistics": max(10, threshold),
            "min_bin": threshold,
            "round_to": min(5, max(threshold, 1)),
            **given,
        }

    @model_validator(mode="after")
    def _limits_agree(self) -> DisclosurePolicy:
        if self.round_to > self.threshold:
            raise MisfitError(
                "it must not be above threshold: small counts would round to 0", "round_to"
            )
        if self.min_group_for_statistics < self.threshold:
            raise MisfitError("it must not be below threshold", "min_group_for_statistics")
        if self.min_bin < self.threshold:
            raise MisfitError(
                "it must not be below threshold: a bar is a count of clients", "min_bin"
            )
        return self

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the rules, by which sealed files name their policy."""
        text = json.dumps(self.model_dump(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
