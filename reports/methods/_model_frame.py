"""From a frame and a formula to complete, sorted rows that either engine reads the same way."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Flags = npt.NDArray[np.bool_]
# A column as it is fitted: numbers, or levels.
Plain: TypeAlias = "npt.NDArray[np.float64] | pd.Categorical[Any]"

_RANDOM = re.compile(r"\(([^()|]+)\|\s*(\w+)\s*\)")
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class ModelFrame:
    """Rows ready to be fitted, the formula to fit on them, and what was changed on the way."""

    frame: pd.DataFrame
    formula: str
    outcome: str
    group_levels: tuple[tuple[str, int], ...]
    fixed_columns: tuple[str, ...]
    fixed_groups: tuple[str, ...]
    n_missing: int
    notes: tuple[str, ...]
    refusal: str

    def level_count(self, group: str) -> int:
        """Return how many levels of a grouping have rows."""
        return dict(self.group_levels)[group]


def random_terms(formula: str) -> list[tuple[str, str]]:
    """Return the random terms of a formula as pairs of effects and grouping.

    Examples
    --------
    >>> random_terms("y ~ time + (time | client_id) + (1|therapist_id)")
    [('time', 'client_id'), ('1', 'therapist_id')]
    """
    return [(effects.strip(), group) for effects, group in _RANDOM.findall(formula)]


def column_names(formula: str) -> list[str]:
    """Return the columns that a formula names, in order of first use."""
    return list(dict.fromkeys(_NAME.findall(formula)))


def build_model_frame(
    frame: pd.DataFrame, formula: str, *, few_as_fixed: Collection[str], fixed_below: int
) -> ModelFrame:
    """Drop and count incomplete rows, sort the rest, and make scarce groupings fixed."""
    outcome = formula.split("~")[0].strip()
    columns = [frame[name] for name in _formula_columns(frame, formula)]
    groups = list(dict.fromkeys(group for _, group in random_terms(formula)))
    rows = _sorted_rows(columns, groups)
    n_complete = len(rows)
    levels = tuple((group, len(rows[group].array.categories)) for group in groups)
    scarce = [group for group, count in levels if group in few_as_fixed and count < fixed_below]
    rows, formula, made = _fix_groups(rows, formula, scarce)
    return ModelFrame(
        frame=rows,
        formula=formula,
        outcome=outcome,
        group_levels=levels,
        fixed_columns=made,
        fixed_groups=tuple(scarce),
        n_missing=len(frame) - n_complete,
        notes=_notes(rows, levels, scarce),
        refusal=_refusal(rows, outcome, levels, scarce),
    )


def _formula_columns(frame: pd.DataFrame, formula: str) -> list[str]:
    if formula.count("~") != 1:
        raise ValueError("a formula has one '~'")
    columns = column_names(formula)
    unknown = [name for name in columns if name not in frame.columns]
    if unknown:
        raise ValueError(f"not a column of the frame: {', '.join(unknown)}")
    return columns


def _sorted_rows(columns: list[pd.Series[Any]], groups: list[str]) -> pd.DataFrame:
    """Return the complete rows in a fixed order, numbers as floats and all else as categories."""
    is_missing = np.logical_or.reduce([column.array.isna() for column in columns])
    complete = ~is_missing if is_missing.any() else slice(None)
    plain = {
        str(column.name): _plain(column, complete, is_group=column.name in groups)
        for column in columns
    }
    # Row order moves estimates in the eighth digit; sorted by all columns, it cannot.
    others = [name for name in plain if name not in groups]
    order = np.lexsort([_sortable(plain[name]) for name in reversed([*groups, *others])])
    return pd.DataFrame({name: values[order] for name, values in plain.items()})


def _plain(column: pd.Series[Any], complete: Flags | slice, *, is_group: bool) -> Plain:
    values = column.array[complete]
    if not is_group and pd.api.types.is_numeric_dtype(column):
        return np.asarray(values, dtype=np.float64)
    if isinstance(values, pd.Categorical):
        # A level that no row has would become a coefficient.
        values = values.remove_unused_categories()
        if not is_group or _are_sorted_words(values.categories):
            return values
    # Distinct levels are put into words and order, not every row.
    codes, levels = pd.factorize(values)
    names, places = np.unique([str(level) for level in levels], return_inverse=True)
    return pd.Categorical.from_codes(places[codes], pd.Index(names, dtype="str"))


def _are_sorted_words(levels: pd.Index) -> bool:
    return levels.dtype == "str" and levels.is_monotonic_increasing


def _sortable(values: Plain) -> npt.NDArray[Any]:
    return values.codes if isinstance(values, pd.Categorical) else values


def _fix_groups(
    rows: pd.DataFrame, formula: str, scarce: list[str]
) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    made: list[str] = []
    for group in scarce:
        coded = _effect_codes(rows[group], group)
        rows = pd.concat([rows, coded], axis=1)
        made.extend(coded.columns)
        formula = re.sub(rf"\+?\s*\([^()|]+\|\s*{group}\s*\)", "", formula)
    # Fixed groups come first, so that what they explain cannot be credited to a later term.
    left, right = (side.strip() for side in formula.split("~"))
    right = " + ".join([*made, right.removeprefix("+").strip() or "1"])
    return rows, f"{left} ~ {right}", tuple(made)


def _effect_codes(levels: pd.Series[Any], group: str) -> pd.DataFrame:
    # Sum to zero over levels: the intercept is their mean, not whoever comes first.
    codes = levels.array.codes
    last = len(levels.array.categories) - 1
    return pd.DataFrame(
        {
            f"{group}_fixed_{k + 1}": (codes == k).astype(float) - (codes == last)
            for k in range(last)
        },
        index=levels.index,
    )


def _notes(
    rows: pd.DataFrame, levels: tuple[tuple[str, int], ...], scarce: list[str]
) -> tuple[str, ...]:
    notes = [
        f"{count} levels of {group}: modelled as fixed" if count > 1 else f"one level of {group}"
        for group, count in levels
        if group in scarce
    ]
    random = [group for group, _ in levels if group not in scarce]
    for position, first in enumerate(random):
        notes += [
            f"{first} and {second} group the rows alike: their variances cannot be told apart"
            for second in random[position + 1 :]
            if _group_alike(rows[first], rows[second])
        ]
    return tuple(notes)


def _group_alike(first: pd.Series[Any], second: pd.Series[Any]) -> bool:
    sizes = len(first.array.categories), len(second.array.categories)
    pairs = np.unique(first.array.codes.astype(np.int64) * sizes[1] + second.array.codes)
    return len(pairs) == sizes[0] == sizes[1]


def _refusal(
    rows: pd.DataFrame, outcome: str, levels: tuple[tuple[str, int], ...], scarce: list[str]
) -> str:
    if rows.empty:
        return "no row is complete"
    values = rows[outcome].to_numpy()
    if (values == values[0]).all():
        return "the outcome does not vary"
    for group, count in levels:
        if group not in scarce and count < 2:
            return f"only one level of {group}"
        if group not in scarce and count == len(rows):
            return f"one row per level of {group}: its variance cannot be told from the residual"
    return ""
