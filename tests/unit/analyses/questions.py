"""What tests of several questions ask of a study."""

from __future__ import annotations

import pandas as pd

from reports.analyses import Analysis, analyse
from reports.analyses._inquiry import Inquiry
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.exclusions import present_clients
from reports.plan_standing import NO_PLAN
from reports.study_data import StudyData


def run(data: StudyData, rule: PresentationRule, *outcomes: Outcome) -> Analysis:
    return analyse(data, rule, outcomes, Comparison(), 1)


def inquire(data: StudyData, rule: PresentationRule) -> Inquiry:
    return Inquiry(data, rule, present_clients(data, rule, NO_PLAN), Comparison(), 1)


def rows_of(found: Analysis, analysis: str) -> pd.DataFrame:
    return found.estimates[found.estimates["analysis"] == analysis]
