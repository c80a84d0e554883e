"""The mistakes that real exports hold, planted where the manifest says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from flows.simulation.manifest import MissingReason, Mistake
from flows.simulation.measurement import shipped_catalog
from flows.simulation.tables import ExportTable

CYRILLIC_C = "\u0421"


@dataclass
class Planter:
    """Plants mistakes into one table, each in a row of its own, and remembers them."""

    table: ExportTable
    rng: np.random.Generator
    mistakes: list[Mistake] = field(default_factory=list)
    reasons: list[MissingReason] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def pick(self, suits: Callable[[list[str]], bool] = lambda row: True) -> int:
        """Return the place of a row that no mistake is in yet."""
        free = [k for k, row in enumerate(self.table.rows) if k not in self.used and suits(row)]
        chosen = int(self.rng.choice(free))
        self.used.add(chosen)
        return chosen

    def note(
        self, place: int | None, column: str, code: str, severity: str, what: str, form: str = ""
    ) -> None:
        """Remember a mistake in the row at a place; None for the whole file."""
        record = 0 if place is None else place + 1
        mistake = Mistake(self.table.file, record, column, form, code, severity, what)
        self.mistakes.append(mistake)

    def change_cell(self, column: str, text: str, code: str, severity: str, what: str) -> None:
        """Write something else into one cell that is not empty."""
        at = self.table.place(column)
        place = self.pick(lambda row: row[at] != "")
        self.table.rows[place][at] = text
        self.note(place, column, code, severity, what)

    def shorten_row(self) -> None:
        """Leave out the last two cells of a row."""
        place = self.pick()
        del self.table.rows[place][-2:]
        self.note(place, "", "E_RAGGED", "error", "a row lacks its last two cells")

    def spoil_id(self, column: str) -> None:
        """Write a Cyrillic letter that looks like the Latin one."""
        place = self.pick()
        at = self.table.place(column)
        self.table.rows[place][at] = CYRILLIC_C + self.table.rows[place][at][1:]
        self.note(place, column, "E_ID_FORMAT", "error", "a Cyrillic letter in a client id")

    def draw_straight_line(self, form: str, answer: str) -> None:
        """Give every item of a form the same answer."""
        place = self.pick()
        for column in self.table.forms[form]:
            self.table.rows[place][self.table.place(column)] = answer
        self.note(place, "", "E_STRAIGHT_LINE", "warning", "one answer throughout a form", form)

    def repeat_row(self) -> None:
        """Add the same submission again at the end of the file."""
        place = self.pick()
        self.table.rows.append(list(self.table.rows[place]))
        last = len(self.table.rows) - 1
        self.used.add(last)
        self.note(last, "", "E_DUP_ROW", "note", "the same submission twice")

    def contradict_row(self, form: str, column: str, answers: tuple[str, str]) -> None:
        """Add the same form of the same client and time again, with one other answer."""
        at = self.table.place(column)
        place = self.pick(lambda row: row[at] == answers[0])
        changed = list(self.table.rows[place])
        changed[at] = answers[1]
        self.table.rows.append(changed)
        last = len(self.table.rows) - 1
        self.used.add(last)
        for row in (place, last):
            what = "the same key with other answers"
            self.note(row, "", "E_DUP_CONFLICT", "error", what, form)

    def code_missing(self, column: str, code: str, reason: str) -> None:
        """Write a missing code that the study file declares; it is no mistake."""
        place = self.pick()
        self.table.rows[place][self.table.place(column)] = code
        self.reasons.append(MissingReason(self.table.file, place + 1, column, reason))

    def add_unknown_column(self, column: str, cells: list[str], code: str, what: str) -> None:
        """Add a column that the study file does not name."""
        self.table.add_column(column, cells)
        self.note(None, column, code, "warning", what)


def flip_reversed(table: ExportTable, form: str, low_and_high: int) -> None:
    """Flip the reverse-keyed items of a form, as systems do that store them ready to add up."""
    for number in shipped_catalog()[form].reverse:
        at = table.place(table.forms[form][number - 1])
        for row in table.rows:
            if row[at].isdigit():
                row[at] = str(low_and_high - int(row[at]))


def plant_in_intake(planter: Planter) -> None:
    """Plant what the clinics' own system lets through at intake."""
    rows = planter.table.rows
    emails = [f"{row[0].lower()}@example.org" for row in rows]
    planter.add_unknown_column("contact_email", emails, "E_IDENTIFIER", "e-mail addresses")
    planter.change_cell("ecr_8", "9", "E_RANGE", "error", "an answer out of range")
    planter.change_cell("core_4", "often", "E_TYPE", "error", "text instead of an answer")
    planter.change_cell("age", "420", "E_BOUNDS", "warning", "an age of 420")
    planter.spoil_id("client_id")
    planter.draw_straight_line("ecr", "4")
    planter.code_missing("ecr_12", "NASK", "not asked")
    planter.shorten_row()


def plant_in_month_3(planter: Planter) -> None:
    """Plant what happens when forms are entered by hand at month 3."""
    rows = planter.table.rows
    remarks = [REMARKS[k % len(REMARKS)] for k in range(len(rows))]
    planter.add_unknown_column("remarks", remarks, "E_FREE_TEXT", "remarks in free text")
    planter.change_cell("day", "-3", "E_DAY", "warning", "a day before intake")
    planter.code_missing("wai_5", "NASK", "not asked")
    planter.repeat_row()
    planter.contradict_row("core_10", "core_5", ("1", "3"))


def plant_in_redcap(planter: Planter) -> None:
    """Plant what a REDCap project without field limits lets through."""
    planter.change_cell("wai_3", "8", "E_RANGE", "error", "an answer out of range")
    contact = "cdq_need_for_contact_2"
    planter.change_cell(contact, "yes", "E_TYPE", "error", "text instead of an answer")
    planter.change_cell("ending", "9", "E_CODE", "warning", "a code that stands for nothing")


REMARKS = (
    "came late and seemed tired, asked to reschedule the next appointment",
    "brought a letter and talked about the holidays with her sister",
    "",
    "form filled in at home and handed in a week later than agreed",
)
