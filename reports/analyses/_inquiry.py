"""What every analysis of a study receives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from reports.analyses._question import GROUP_A, GROUP_B
from reports.declarations import Comparison, PresentationRule
from reports.plan_standing import NO_PLAN, Standing
from reports.study_data import StudyData


@dataclass(frozen=True)
class Inquiry:
    """A study's data and groups, and what was declared or planned for all of its questions."""

    data: StudyData
    rule: PresentationRule
    presentations: pd.DataFrame
    comparison: Comparison
    seed: int
    standing: Standing = NO_PLAN

    @property
    def level(self) -> float:
        """The confidence level of intervals."""
        return self.comparison.ci_level

    def members_of(self, group: str) -> pd.Index:
        """Return the clients of one presentation."""
        if group in self._members:
            return self._members[group]
        nobody: pd.Index = pd.Index(self.presentations["client_id"].iloc[:0], name="client_id")
        return nobody

    @cached_property
    def _members(self) -> dict[str, pd.Index]:
        grouped = self.presentations.groupby("presentation", observed=True)["client_id"]
        return {str(name): pd.Index(clients, name="client_id") for name, clients in grouped}

    @cached_property
    def in_contrast(self) -> pd.Series:
        """The presentation of each client of the two extreme groups, by ``client_id``."""
        known = self.presentations.set_index("client_id")["presentation"]
        chosen: pd.Series = known[known.isin([GROUP_A, GROUP_B])].sort_index()
        return chosen

    @property
    def usable(self) -> pd.DataFrame:
        """The clients with both scores of the rule, by ``client_id``."""
        return self._usable.copy(deep=False)

    @cached_property
    def _usable(self) -> pd.DataFrame:
        is_usable = self.presentations["is_usable"].astype(bool)
        return self.presentations[is_usable].set_index("client_id").sort_index()
