"""Reasons to doubt a difference of the two extreme groups, whichever analysis tells it."""

from __future__ import annotations

from reports.analyses._contrast import gather_contrast
from reports.analyses._inquiry import Inquiry
from reports.analyses._nesting import find_nesting
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import MIN_GROUP


def doubt_independence(inquiry: Inquiry, found: OutcomeValues) -> OutcomeValues:
    """Return the outcome with the caution of methods that take clients as independent.

    What was doubtful in it stays so.
    """
    contrast = gather_contrast(inquiry, found)
    nesting = find_nesting(inquiry, contrast) if contrast.smaller >= MIN_GROUP else None
    return found.with_caution(nesting.caution if nesting else None)
