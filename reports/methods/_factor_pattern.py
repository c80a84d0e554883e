"""Which parameters a factor model has, and which of them are held equal.

A *block* is one set of the items with factors of its own: the answers of one group, or those of
one occasion beside another's in the same group. Equal parameters across blocks share a label,
and one label is one free parameter, so groups and occasions need no separate code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Label = tuple[str, ...]

LOADING, INTERCEPT, RESIDUAL = "loading", "intercept", "residual"
FACTOR_COVARIANCE, FACTOR_MEAN, SHARED_RESIDUAL = "factor covariance", "factor mean", "shared"


@dataclass(frozen=True)
class Equality:
    """What is held equal across blocks, except the (kind, item) pairs that are freed."""

    kinds: frozenset[str] = frozenset()
    freed: frozenset[tuple[str, str]] = frozenset()

    def holds(self, kind: str, item: str) -> bool:
        """Return whether that parameter of that item is held equal."""
        return kind in self.kinds and (kind, item) not in self.freed


@dataclass(frozen=True)
class Entries:
    """Places of one matrix that hold free parameters."""

    rows: IntArray
    columns: IntArray
    parameters: IntArray


@dataclass(frozen=True)
class GroupPattern:
    """Fixed values of one group's matrices, and the places of its free parameters."""

    loadings: FloatArray
    factor_covariance: FloatArray
    free: dict[str, Entries]


@dataclass(frozen=True)
class Pattern:
    """The parameters of a model over all groups."""

    labels: tuple[Label, ...]
    groups: tuple[GroupPattern, ...]


@dataclass
class _Draft:
    """One group's places while they are being collected."""

    rows: dict[str, list[int]] = field(default_factory=dict)
    columns: dict[str, list[int]] = field(default_factory=dict)
    labels: dict[str, list[Label]] = field(default_factory=dict)

    def add(self, kind: str, row: int, column: int, label: Label) -> None:
        self.rows.setdefault(kind, []).append(row)
        self.columns.setdefault(kind, []).append(column)
        self.labels.setdefault(kind, []).append(label)


def build_pattern(
    model: Sequence[tuple[str, Sequence[str]]],
    groups: Sequence[Sequence[str]],
    equality: Equality,
) -> Pattern:
    """Return the parameters of a simple-structure model.

    `model` names the items of each factor; `groups` names the blocks of each group, so
    ``[["a"], ["b"]]`` are two groups and ``[["intake", "end"]]`` one group at two occasions.
    The first block's factors have variance 1 and mean 0; those of the others are free once
    loadings, and then intercepts, are held equal.
    """
    reference = groups[0][0]
    drafts = [_draft_group(model, blocks, reference, equality) for blocks in groups]
    labels = list(dict.fromkeys(x for d in drafts for kind in d.labels.values() for x in kind))
    position = {label: index for index, label in enumerate(labels)}
    item_count = sum(len(items) for _, items in model)
    return Pattern(
        tuple(labels),
        tuple(
            _finish(draft, len(blocks) * item_count, len(blocks) * len(model), position)
            for draft, blocks in zip(drafts, groups, strict=True)
        ),
    )


def _draft_group(
    model: Sequence[tuple[str, Sequence[str]]],
    blocks: Sequence[str],
    reference: str,
    equality: Equality,
) -> _Draft:
    draft = _Draft()
    items = [(item, k) for k, (_, names) in enumerate(model) for item in names]
    for b, block in enumerate(blocks):
        for i, (item, k) in enumerate(items):
            row = b * len(items) + i
            for kind, column in ((LOADING, b * len(model) + k), (INTERCEPT, 0), (RESIDUAL, row)):
                shared = "" if equality.holds(kind, item) else block
                draft.add(kind, row, column, (kind, item, shared))
            for earlier in range(b):
                pair = (SHARED_RESIDUAL, item, f"{blocks[earlier]} {block}")
                draft.add(SHARED_RESIDUAL, row, earlier * len(items) + i, pair)
        if block != reference and INTERCEPT in equality.kinds:
            for k, (factor, _) in enumerate(model):
                draft.add(FACTOR_MEAN, b * len(model) + k, 0, (FACTOR_MEAN, factor, block))
    _add_factor_covariances(draft, [n for n, _ in model], blocks, reference, equality)
    return draft


def _add_factor_covariances(
    draft: _Draft,
    factors: Sequence[str],
    blocks: Sequence[str],
    reference: str,
    equality: Equality,
) -> None:
    names = [(factor, block) for block in blocks for factor in factors]
    for row, (factor, block) in enumerate(names):
        for column, (other, other_block) in enumerate(names[: row + 1]):
            is_variance = row == column
            is_fixed = block == reference or LOADING not in equality.kinds
            if not (is_variance and is_fixed):
                label = (FACTOR_COVARIANCE, factor, block, other, other_block)
                draft.add(FACTOR_COVARIANCE, row, column, label)


def _finish(
    draft: _Draft, item_count: int, factor_count: int, position: dict[Label, int]
) -> GroupPattern:
    free = {
        kind: Entries(
            np.array(draft.rows[kind]),
            np.array(draft.columns[kind]),
            np.array([position[label] for label in labels]),
        )
        for kind, labels in draft.labels.items()
    }
    return GroupPattern(np.zeros((item_count, factor_count)), np.eye(factor_count), free)
