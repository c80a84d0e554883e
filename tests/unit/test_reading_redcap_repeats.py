"""Repeating instruments beside others, data access groups, events and arms, missing-data codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.studies import ask, take_in, write_study
from tests.unit.test_reading_redcap import HEADER

FIELDS = (
    "record_id,base,,text,Record ID,,,,",
    *(f"core_{n},core,,text,Item {n},,,integer," for n in range(1, 11)),
    *(f"wai_{n},alliance,,text,Item {n},,,integer," for n in range(1, 13)),
)
SOURCE = """
[[source]]
id = "project"
kind = "redcap"
files = "data.csv"
dictionary = "dictionary.csv"
missing = {{ NASK = "not asked", "-999" = "unknown" }}

[source.columns]
client = "record_id"
occasion = "redcap_event_name"
session = "redcap_repeat_instance"
clinic = "redcap_data_access_group"

[source.occasions]
intake_arm_1 = "intake"
intake_arm_2 = "intake"
end_arm_1 = "end"

[[source.form]]
instrument = "core_10"
columns = "core_{n}"

[[source.form]]
instrument = "wai_sr"
columns = "wai_{n}"
""".replace("{{", "{").replace("}}", "}")
NAMES = [f"core_{n}" for n in range(1, 11)] + [f"wai_{n}" for n in range(1, 13)]
KEYS = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance",
        "redcap_data_access_group")  # fmt: skip


def row(record: str, event: str, group: str, *cells: str, repeat: str = "") -> str:
    instrument = "alliance" if repeat else ""
    filled = [*cells, *[""] * (22 - len(cells))] if not repeat else [*[""] * 10, *cells]
    return ",".join([record, event, instrument, repeat, group, *filled])


CORE = [str((n * n) % 4 if n != 6 else 0) for n in range(1, 11)]
WAI = [str(1 + n % 5) for n in range(12)]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = write_study(tmp_path, SOURCE)
    (folder / "exports" / "dictionary.csv").write_text("\n".join((HEADER, *FIELDS)) + "\n", "utf-8")
    rows = [
        row("R01", "intake_arm_1", "north", *CORE),
        row("R01", "intake_arm_1", "north", *WAI, repeat="1"),
        row("R01", "intake_arm_1", "north", *WAI[::-1], repeat="2"),
        row("R01", "end_arm_1", "north", "NASK", "-999", *CORE[2:]),
        row("R02", "intake_arm_2", "south", *CORE),
        row("R02", "intake_arm_2", "south", *WAI, repeat="1"),
    ]
    text = "\n".join([",".join([*KEYS, *NAMES]), *rows]) + "\n"
    (folder / "exports" / "data.csv").write_text(text, encoding="utf-8")
    return folder


def test_every_form_is_stored_once_with_its_place_in_time(study: Path) -> None:
    (report,) = take_in(study)
    assert report.refusal is None
    assert report.counts is not None
    assert (report.counts.rows_in, report.counts.loaded) == (6, 6)
    assert ask(
        study,
        "SELECT client_id, form_id, occasion, session FROM store.core.administration ORDER BY ALL",
    ) == [
        ("R01", "core_10", "end", 0),
        ("R01", "core_10", "intake", 0),
        ("R01", "wai_sr", "intake", 1),
        ("R01", "wai_sr", "intake", 2),
        ("R02", "core_10", "intake", 0),
        ("R02", "wai_sr", "intake", 1),
    ]


def test_the_data_access_group_is_the_clinic(study: Path) -> None:
    take_in(study)
    query = "SELECT DISTINCT client_id, clinic_id FROM store.core.administration ORDER BY ALL"
    assert ask(study, query) == [("R01", "north"), ("R02", "south")]


def test_missing_data_codes_keep_their_reasons(study: Path) -> None:
    take_in(study)
    query = "SELECT item, reason FROM store.core.missing ORDER BY ALL"
    assert ask(study, query) == [("item_1", "not asked"), ("item_2", "unknown")]
