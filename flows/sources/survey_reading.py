"""What exports of survey programs have in common: own columns, and responses in progress."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.sources.export import DictionaryField, Note
from flows.sources.shape import Verdict

PREVIEW = "E_PREVIEW"


def system_field(name: str, *, is_identifier: bool = False) -> DictionaryField:
    """Return the description of a column that the survey program itself adds."""
    return DictionaryField(name, "", "system", is_identifier=is_identifier)


@dataclass
class ResponseWatch:
    """Looks at every response: sets previews aside, counts unfinished and empty ones.

    ``finished`` and ``status`` are places in a row; ``unfinished`` holds the cells of a response
    that was not submitted, ``previews`` those of a try-out by the survey's makers.
    """

    finished: int | None
    unfinished: frozenset[str]
    status: int | None = None
    previews: frozenset[str] = frozenset()
    counts: dict[str, int] = field(default_factory=lambda: {"unfinished": 0, "empty": 0})

    def __call__(self, row: list[str]) -> Verdict:
        if self._cell(row, self.status) in self.previews:
            return PREVIEW, None
        self.counts["empty"] += not any(map(str.strip, row))
        is_open = self.finished is not None and self._cell(row, self.finished) in self.unfinished
        self.counts["unfinished"] += is_open
        return None

    def notes(self) -> Iterator[Note]:
        """Yield a note on responses that were not submitted; they are read as far as they go."""
        if count := self.counts["unfinished"]:
            yield Note("N_UNFINISHED", f"Responses that were not submitted: {count}.")

    @staticmethod
    def _cell(row: list[str], place: int | None) -> str | None:
        return None if place is None else row[place].strip().casefold()
