"""What a definition file may say, and how a broken one is refused."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from instruments.catalog import SHIPPED, Catalog, load_catalog, load_definition
from instruments.definition import Definition, definition_digest
from instruments.errors import DefinitionError
from instruments.items import parse_items

REPOSITORY = Path(__file__).resolve().parents[2]
CATALOG = load_catalog()

GOOD = """\
id = "tiny"
name = "Tiny form"
abbreviation = "TINY"
domain = "outcome"
form = "first"
language = "en"
key_version = "1"
citation = "Nobody (2000)."
respondents = ["client"]
licence = "free"
key_source = "made up"
key_confidence = "C"
missing_source = "declared default of 80 %"
addressing = "number"
n_items = 4
reverse = [2]

[response]
min = 1
max = 5

[[scales]]
id = "warmth"
label = "Warmth"
items = "1-2"
method = "mean"
higher = "warmer"
direction = "better"

[[scales]]
id = "distance"
label = "Distance"
items = [3, 4]
method = "sum"
higher = "more distant"
direction = "worse"

[[vectors]]
fill = "floor"
expect = { warmth = 3, distance = 2 }
"""


def write(folder: Path, text: str, name: str = "tiny.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_digest_follows_the_content_and_not_the_writing(tmp_path: Path) -> None:
    tiny = load_definition(write(tmp_path, GOOD))
    rewritten = GOOD.replace('items = "1-2"', "items = [1, 2] # both")
    assert definition_digest(load_definition(write(tmp_path, rewritten))) == definition_digest(tiny)
    other = load_definition(write(tmp_path, GOOD.replace("reverse = [2]", "reverse = [1]")))
    assert definition_digest(other) != definition_digest(tiny)
    assert re.fullmatch(r"[0-9a-f]{64}", definition_digest(tiny))


@pytest.mark.parametrize(
    ("written", "items"),
    [("1-3", (1, 2, 3)), ("1, 3,5-7", (1, 3, 5, 6, 7)), ("9", (9,)), ([2, 4], [2, 4])],
)
def test_items_are_written_as_ranges_or_lists(written: object, items: object) -> None:
    assert parse_items(written) == items


@pytest.mark.parametrize("written", ["7-5", "1-", "", "a", "1;2", "1.5", "-3"])
def test_item_ranges_that_mean_nothing_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"range|item number"):
        parse_items(written)


def test_a_study_adds_its_own_forms(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    catalog = load_catalog(tmp_path)
    assert set(catalog) == {*CATALOG, "tiny"}
    assert list(catalog) == sorted(catalog)
    assert catalog.get_form("tiny").default_rater == "client"


def test_a_clash_of_ids_names_both_files(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace('id = "tiny"', 'id = "ecr"'))
    with pytest.raises(DefinitionError, match='called "ecr"') as caught:
        load_catalog(tmp_path)
    assert str(tmp_path / "tiny.toml") in caught.value.where
    assert str(SHIPPED / "ecr.toml") in caught.value.where


def test_an_unknown_form_gets_the_nearest_one() -> None:
    with pytest.raises(DefinitionError, match='Did you mean "core_10"') as caught:
        CATALOG.get_form("core10")
    assert caught.value.code == "E_INSTRUMENT"


def test_a_form_unlike_any_other_gets_the_list() -> None:
    with pytest.raises(DefinitionError, match="There are tiny"):
        Catalog([Definition.model_validate(_parsed())]).get_form("zzz")


def test_an_unknown_scale_gets_the_nearest_one() -> None:
    with pytest.raises(DefinitionError, match='Did you mean "avoidance"'):
        CATALOG["ecr"].get_scale("avoidanc")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="not there"):
        load_catalog(tmp_path / "absent")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="cannot be read"):
        load_definition(tmp_path / "absent.toml")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tiny.toml"
    path.write_bytes(GOOD.replace("Nobody", "Nöbody").encode("latin-1"))
    with pytest.raises(DefinitionError, match="not UTF-8"):
        load_definition(path)


def test_the_mark_that_windows_editors_put_before_a_text_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    marked = load_definition(path)
    path.write_text(GOOD, encoding="utf-8")
    assert marked == load_definition(path)


def test_a_file_that_is_not_toml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="line 3"):
        load_definition(write(tmp_path, GOOD.replace('abbreviation = "TINY"', "abbreviation TINY")))


def _parsed() -> dict[str, Any]:
    return tomllib.loads(GOOD)


def line_of(text: str, start: str) -> int:
    return next(i for i, line in enumerate(text.splitlines(), 1) if line.startswith(start))


@pytest.mark.parametrize(
    ("old", "new", "said", "key"),
    [
        ("licence =", "license =", 'Did you mean "licence"?', "license"),
        ('method = "sum"', 'metod = "sum"', 'Did you mean "method"?', "scales[2].metod"),
        ("max = 5", "maxx = 5", 'Did you mean "max"?', "response.maxx"),
        ('domain = "outcome"', 'domain = "outcomes"', 'Did you mean "outcome"?', "domain"),
        ('direction = "worse"', 'direction = "bad"', "'worse'", "scales[2].direction"),
        ('id = "distance"', 'id = "Distance"', "match pattern", "scales[2].id"),
        ('id = "distance"', 'id = "warmth"', 'Two scales are called "warmth"', "scales[2].id"),
        ("items = [3, 4]", "items = [3, 5]", "Item 5 is not one of 1 to 4", "scales[2].items"),
        ("items = [3, 4]", "items = [3]", "No scale holds item 4", "scales"),
        ("items = [3, 4]", "items = [2, 3, 4]", "Item 2 is in two scales", "scales"),
        ("items = [3, 4]", "items = [3, 3, 4]", "Item 3 is named twice", "scales[2].items"),
        ("items = [3, 4]", "", 'Scale "distance" has no items', "scales[2]"),
        ('items = "1-2"', 'items = "2-1"', "runs backwards", "scales[1].items"),
        ("reverse = [2]", "reverse = [9]", "Item 9 is not one of 1 to 4", "reverse"),
        ("reverse = [2]", "reverse = [2]\nunscored = [2]", "Item 2 is in two scales", "scales"),
        (
            'method = "sum"',
            'method = "sum"\nreverse = [1]',
            "Reversed item 1 is not",
            "scales[2].reverse",
        ),
        ('method = "mean"', 'method = "mean"\nreverse = []', "reversed in no scale", "reverse"),
        (
            'method = "sum"',
            'method = "sum"\nmin_answered = 3',
            "than the scale has items",
            "scales[2]",
        ),
        ('method = "sum"', 'method = "sum"\nn_items = 2', "one of items, n_items", "scales[2]"),
        ('method = "sum"', 'method = "sum"\nreliable_change = 2', "given together", "scales[2]"),
        ("distance = 2 }", "distanc = 2 }", 'Did you mean "distance"?', "vectors[1].expect"),
        ("min = 1", "min = 6", "Min 6 is not below max 5", "response.min"),
        ("min = 1", "", "Min and max are given together", "response"),
        ("max = 5", "max = 5\nstep = 3", "Step 3 does not lead", "response.step"),
        (
            "max = 5",
            "max = 5\naccept_ranges = [[0, 10]]",
            "in other units",
            "response.accept_ranges",
        ),
        ("n_items = 4", "", "needs n_items, its length", "n_items"),
        ('name = "Tiny form"', "", 'The key "name" is missing', "name"),
        ('addressing = "number"', 'addressing = "subscale"', "has no item numbers", "n_items"),
    ],
)
def test_a_broken_definition_gets_one_error_with_its_place(
    tmp_path: Path, old: str, new: str, said: str, key: str
) -> None:
    broken = GOOD.replace(old, new)
    assert broken != GOOD
    path = write(tmp_path, broken)
    with pytest.raises(DefinitionError, match=re.escape(said)) as caught:
        load_definition(path)
    assert caught.value.code == "E_DEFINITION"
    assert str(path) in caught.value.where
    assert caught.value.where.endswith(key)


@pytest.mark.parametrize(
    ("old", "new", "start"),
    [
        ("licence =", "license =", "license"),
        ("max = 5", "maxx = 5", "maxx"),
        ('method = "sum"', 'metod = "sum"', "metod"),
        ("items = [3, 4]", "items = [3, 3, 4]", "items = [3"),
        ("items = [3, 4]", "items = [3, 5]", "items = [3"),
        ("reverse = [2]", "reverse = [9]", "reverse"),
        ("min = 1", "min = 6", "min"),
        ("distance = 2 }", "distanc = 2 }", "expect"),
    ],
)
def test_the_error_names_the_line(tmp_path: Path, old: str, new: str, start: str) -> None:
    broken = GOOD.replace(old, new)
    with pytest.raises(DefinitionError, match=f"line {line_of(broken, start)},"):
        load_definition(write(tmp_path, broken))


def test_a_composite_names_scales_that_hold_items(tmp_path: Path) -> None:
    composite = """
[[scales]]
id = "both"
label = "Both"
terms = { warmth = 1, distanc = -1 }
method = "sum"
higher = "warmer"
direction = "better"
"""
    with pytest.raises(DefinitionError, match='Did you mean "distance"'):
        load_definition(write(tmp_path, GOOD + composite))


def test_a_definition_does_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        CATALOG["ecr"].n_items = 35


def test_loading_the_catalogue_needs_no_heavy_library() -> None:
    code = "import sys, instruments.catalog as c; c.load_catalog(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pandas", "numpy", "duckdb", "prefect", "scipy"} & set(run.stdout.split())
