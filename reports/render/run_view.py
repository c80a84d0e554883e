"""One run as rendering sees it: its cleared tables, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from instruments.errors import RunError
from reports.disclosure.cleared import ClearedTable, Withheld, load_cleared, require_cleared
from reports.publishing.fact_reading import read_fact_table

Part = ClearedTable | Withheld
# A run that compares something lists its figures, and has estimates.
CATALOGUE, ESTIMATES = "tables/figures", "estimates"


@dataclass(frozen=True)
class Run:
    """The cleared tables of one run, by their path below its folder (``tables/flow``)."""

    parts: Mapping[str, Part]
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table, without rows and columns where it is absent or withheld.

        It is asked for often and read only: everybody is given the same frame.
        """
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name]

    def _read(self, name: str) -> pd.DataFrame:
        part = self.parts.get(name)
        if not isinstance(part, ClearedTable):
            return pd.DataFrame()
        return read_fact_table(part.frame) if _is_fact_table(name, part) else _plain(part.frame)

    def why_withheld(self, name: str) -> str:
        """Return why a table was withheld, an empty text where it was not."""
        part = self.parts.get(name)
        return part.reason if isinstance(part, Withheld) else ""

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """The estimates, their notes with scales by name; the index numbers the rows."""
        frame = self.frame(ESTIMATES)
        if frame.empty or not self.scale_names:
            return frame
        names = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in self.scale_names))
        notes = {
            note: names.sub(lambda found: self.scale_names[found[0]], note)
            for note in frame["note"].dropna().unique()
        }
        return frame.assign(note=frame["note"].map(notes))

    def rows(self, analysis: str, **where: str) -> pd.DataFrame:
        """Return the estimates of one analysis whose columns equal ``where``."""
        if self.estimates.empty:
            return self.estimates
        found = self._by_analysis.get(analysis, self.estimates.iloc[:0])
        for column, wanted in where.items():
            found = found[found[column].eq(wanted)]
        return found

    @cached_property
    def _by_analysis(self) -> dict[str, pd.DataFrame]:
        return {str(name): rows for name, rows in self.estimates.groupby("analysis", sort=False)}

    def facts(self, name: str) -> dict[str, str]:
        """Return a table of names and values as a mapping."""
        frame = self.frame(name)
        return {} if frame.empty else dict(zip(frame["name"], frame["value"], strict=True))

    def figure_facts(self, name: str) -> dict[str, str]:
        """Return the facts beside a figure as texts."""
        frame = self.frame(f"figures/{name}-facts")
        return {
            str(row["key"]): f"{row['number']:g}" if pd.isna(row["text"]) else str(row["text"])
            for row in frame.to_dict("records")
        }

    def provenance(self, section: str) -> dict[str, str]:
        """Return one section of what the run was made of."""
        frame = self.frame("tables/provenance")
        if frame.empty:
            return {}
        rows = frame[frame["section"] == section]
        return dict(zip(rows["name"], rows["value"], strict=True))

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """The declared outcomes by name, in their order."""
        frame = self.frame("tables/outcomes")
        return frame if frame.empty else frame.set_index("outcome", drop=False)

    @cached_property
    def outcome_labels(self) -> dict[str, str]:
        """What each declared outcome is called, without its occasion."""
        labels = self.outcomes.get("label")
        return {} if labels is None else {str(name): str(text) for name, text in labels.items()}

    @cached_property
    def scale_names(self) -> dict[str, str]:
        """What each scale is called: "anxiety (ECR)"."""
        return {
            str(row["scale"]): f"{row['label']} ({row['abbreviation']})"
            for row in self.frame("tables/measures").to_dict("records")
        }

    @property
    def level_named(self) -> str:
        """The confidence level of the intervals as it stands in a text: "95%"."""
        return f"{100 * float(self.provenance('comparison').get('ci_level', '.95')):g}%"

    @property
    def plan_status(self) -> str:
        """Whether the run's results were planned before: exploratory unless said otherwise."""
        return self.provenance("run").get("plan_status", "exploratory")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts are plain objects.

    Reports take single cells and a few rows at a time; arrays of texts are made for long columns,
    and cost more than the cell each time one is taken.
    """
    texts = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.StringDtype)]
    return frame.astype(dict.fromkeys(texts, object)).copy()  # which joins the columns again


def _is_fact_table(name: str, part: ClearedTable) -> bool:
    return part.kind == "texts" and name.startswith("tables/")


def load_run(folder: Path) -> Run:
    """Load the cleared tables of a run.

    Raises
    ------
    RunError
        ``E_RUN_ABSENT`` where there is no run, ``E_RUN_DAMAGED`` where a file cannot be read.
    GateError
        ``E_GATE_SEAL`` where a file was changed or did not pass the gate.
    """
    if not (folder / "run.json").is_file():
        raise RunError(
            "E_RUN_ABSENT",
            "There is no run here.",
            where=folder.name,
            fix="Make one with: interdep run, or name a folder under runs/.",
        )
    parts = load_cleared(folder)
    if CATALOGUE in parts and ESTIMATES not in parts:
        raise RunError(
            "E_RUN_DAMAGED",
            "The estimates of this run are not there any more.",
            where=f"{folder.name}/{ESTIMATES}.parquet",
            fix="Write the run again, or ask for another one with --run.",
        )
    require_cleared(as_context(parts))
    return Run(parts)


def as_context(parts: Mapping[str, Part]) -> dict[str, object]:
    """Return the parts under names that a template context may have."""
    return {name.replace("/", "__").replace("-", "___"): part for name, part in parts.items()}
