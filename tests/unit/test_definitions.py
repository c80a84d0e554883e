"""What the shipped definition files say, and how their forms are taken apart."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from instruments.catalog import SHIPPED, load_catalog
from instruments.decisions import DECISIONS
from instruments.definition import Definition, Domain, definition_digest
from instruments.errors import DefinitionError

REPOSITORY = Path(__file__).resolve().parents[2]
CATALOG = load_catalog()
NUMBERED = [d for d in CATALOG.values() if d.addressing == "number"]
BY_SUBSCALE = [d for d in CATALOG.values() if d.addressing == "subscale"]

# Names in the shared keys that are not names here.
SHARED_NAMES = {"iip_90_octants": "iip_90"}
SHARED_SCALES = {"B": "cluster_b", "C": "cluster_c", "D": "cluster_d", "E": "cluster_e"}
ITQ_ITEMS = {f"P{n}": n for n in range(1, 10)} | {f"C{n}": n + 9 for n in range(1, 10)}
SHARED_CONFIDENCE = {"A(rev)/B(subscales)": "B", "A(data)": "A", "A(code)": "A"}


@pytest.fixture(scope="session")
def shared_keys() -> dict[str, Any]:
    """The keys gathered beside the repository; their absence fails in CI and skips elsewhere."""
    path = REPOSITORY.parent / "shared" / "instruments_keys.json"
    if not path.is_file():
        reason = "../shared/instruments_keys.json is not beside the repository"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    keys: dict[str, Any] = json.loads(path.read_text())
    return keys


# The shipped definitions


def test_every_form_that_the_studies_need_is_shipped() -> None:
    needed = """aas_1990 bpnsfs cats cdq cdq_r12 core_10 dar_5 ders_16 ders_18 ders_36 des_ii dss_20
        ecr ecr_r ecr_rs ecr_s ess gad_7 haq_ii idi iip_90 iss itq oas oq_45 pcl_5 phq_9 pitq raas
        rpt rq rrq rse scs_sf sdq_20 srs wai_s wai_sr"""
    assert set(needed.split()) <= set(CATALOG)


def test_the_catalogue_is_in_the_order_of_ids_and_a_file_bears_its_id() -> None:
    assert list(CATALOG) == sorted(CATALOG)
    assert {path.stem for path in SHIPPED.glob("*.toml")} == set(CATALOG)


def test_every_domain_has_an_instrument() -> None:
    assert {d.domain for d in CATALOG.values()} == set(get_args(Domain))


@pytest.mark.parametrize("definition", NUMBERED, ids=lambda d: d.id)
def test_the_scales_hold_every_item_exactly_once(definition: Definition) -> None:
    held = [n for s in definition.scales if not s.overlaps for n in s.items]
    assert sorted([*held, *definition.unscored]) == list(range(1, (definition.n_items or 0) + 1))


@pytest.mark.parametrize("definition", NUMBERED, ids=lambda d: d.id)
def test_a_numbered_form_ships_floor_middle_and_ceiling_of_every_scale(
    definition: Definition,
) -> None:
    assert [v.fill for v in definition.vectors] == ["floor", "middle", "ceiling"]
    for vector in definition.vectors:
        assert set(vector.expect) == {scale.id for scale in definition.scales}


def test_only_the_iip_leaves_items_unscored() -> None:
    assert [d.id for d in NUMBERED if d.unscored] == ["iip_90"]


def test_the_keys_are_those_gathered_from_the_sources(shared_keys: dict[str, Any]) -> None:
    for name, key in shared_keys.items():
        definition = CATALOG.get_form(SHARED_NAMES.get(name, name))
        assert definition.n_items == key["n"], name
        assert (definition.response.min, definition.response.max) == (key["min"], key["max"]), name
        assert definition.response.step == key.get("step", 1), name
        assert sorted(definition.reverse) == key["rev"], name
        assert _own_scales(definition) >= _shared_scales(key), name


def _own_scales(definition: Definition) -> set[tuple[str, tuple[int, ...]]]:
    return {(scale.id, scale.items) for scale in definition.scales}


def _shared_scales(key: dict[str, Any]) -> set[tuple[str, tuple[int, ...]]]:
    named = {**key.get("sub", {}), **key.get("sub_overlap", {})}
    if "total" in key:
        named["total"] = key["total"]
    return {
        (SHARED_SCALES.get(name, name.lower()), tuple(ITQ_ITEMS.get(i, i) for i in items))
        for name, items in named.items()
    }


def test_the_confidence_is_that_of_the_sources(shared_keys: dict[str, Any]) -> None:
    for name, key in shared_keys.items():
        expected = SHARED_CONFIDENCE.get(key["conf"], key["conf"])
        assert CATALOG[SHARED_NAMES.get(name, name)].key_confidence == expected, name


def test_means_and_sums_are_those_of_the_sources(shared_keys: dict[str, Any]) -> None:
    for name, key in shared_keys.items():
        if key["agg"] in ("mean", "sum"):
            methods = {scale.method for scale in CATALOG[SHARED_NAMES.get(name, name)].scales}
            assert methods == {key["agg"]}, name


def test_the_short_ecr_is_the_same_items_of_the_long_one(shared_keys: dict[str, Any]) -> None:
    short, long = CATALOG["ecr_s"], CATALOG["ecr"]
    assert short.embedded_in is not None
    twin = dict(enumerate(short.embedded_in.items, start=1))
    assert {str(k): v for k, v in twin.items()} == shared_keys["ecr_s"]["map_to_ecr"]
    assert {twin[n] for n in short.reverse} == set(twin.values()) & set(long.reverse)
    for scale in short.scales:
        assert {twin[n] for n in scale.items} <= set(long.get_scale(scale.id).items)


def test_a_key_is_verified_only_where_it_was_seen_or_proven() -> None:
    verified = {d.key_confidence for d in CATALOG.values() if d.key_verified}
    assert verified == {"A", "A-"}
    assert not CATALOG["idi"].key_verified
    assert not CATALOG["cdq"].key_verified


@pytest.mark.parametrize("definition", BY_SUBSCALE, ids=lambda d: d.id)
def test_unnumbered_forms_are_those_whose_key_was_not_found(definition: Definition) -> None:
    # The Relationship Questionnaire is addressed by name because copies order it differently.
    assert (definition.key_confidence == "C") == (definition.id != "rq")


def test_a_range_that_no_source_states_is_left_to_the_study() -> None:
    unstated = {d.id for d in CATALOG.values() if d.response.min is None}
    assert unstated == {
        *("cats", "cdq", "cdq_r12", "fwc_24", "fwc_bv", "icb", "pitq", "pitq_t", "rrq"),
        *("three_vdi", "trq"),
    }


def test_recalled_figures_are_never_norms() -> None:
    for definition in CATALOG.values():
        for scale in definition.scales:
            for cutoff in scale.cutoffs:
                assert ("recalled" in cutoff.source) != cutoff.is_verified, definition.id
            for norm in scale.norms:
                assert norm.is_verified, definition.id
                assert "recalled" not in norm.source, definition.id


@pytest.mark.parametrize("definition", CATALOG.values(), ids=lambda d: d.id)
def test_bands_rise_and_digital_object_identifiers_look_like_it(definition: Definition) -> None:
    assert definition.doi is None or re.fullmatch(r"10\.\d{4,}/\S+", definition.doi)
    for scale in definition.scales:
        edges = [band.value for band in scale.bands]
        assert edges == sorted(set(edges))


def test_the_rules_that_definitions_name_exist() -> None:
    named = {rule for d in CATALOG.values() for rule in d.decisions}
    assert named == set(DECISIONS)


def test_the_items_that_ask_for_a_clinician_are_known() -> None:
    watched = {(d.id, s.item, s.op, s.value) for d in CATALOG.values() for s in d.safety}
    assert watched == {("phq_9", 9, ">", 0), ("core_10", 6, ">", 0)}
    safety = CATALOG["phq_9"].safety[0]
    assert not safety.is_reached(0)
    assert safety.is_reached(1)


def test_a_cut_off_knows_its_side() -> None:
    (concern,) = CATALOG["srs"].get_scale("total").cutoffs
    assert concern.is_reached(36)
    assert not concern.is_reached(36.1)


# Names, counts and digests


def test_items_of_a_numbered_form_are_named_by_number() -> None:
    names = CATALOG["ecr"].item_names()
    assert names[0] == "item_1"
    assert names[-1] == "item_36"
    assert len(names) == 36


def test_items_of_an_unnumbered_form_are_named_by_subscale() -> None:
    names = CATALOG["cdq"].item_names({"need_for_contact": 2, "submissive_dependency": 1})
    assert names == ("submissive_dependency_1", "need_for_contact_1", "need_for_contact_2")
    assert CATALOG["rq"].item_names() == (
        "secure_1",
        "fearful_1",
        "preoccupied_1",
        "dismissing_1",
    )


def test_positions_of_an_unnumbered_form_follow_its_names() -> None:
    cdq = CATALOG["cdq"]
    counts = {"submissive_dependency": 1, "need_for_contact": 2}
    names = cdq.item_names(counts)
    places = cdq.positions(cdq.get_scale("need_for_contact"), counts)
    assert [names[p] for p in places] == ["need_for_contact_1", "need_for_contact_2"]


def test_a_total_needs_every_subscale() -> None:
    cdq = CATALOG["cdq"]
    total = cdq.get_scale("total")
    counts = {
        "submissive_dependency": 1,
        "need_for_contact": 2,
        "lack_of_perceived_alternatives": 1,
    }
    assert cdq.positions(total, counts) == (0, 1, 2, 3)
    assert cdq.positions(total, counts | {"need_for_contact": 0}) == ()


@pytest.mark.parametrize(
    ("form", "counts", "said"),
    [
        ("cdq", None, "is not published"),
        ("cdq", {"need_for_contacts": 3}, 'Did you mean "need_for_contact"?'),
        ("rpt", {"healthy_dependency": 9}, "has 10 items, and 9 are declared"),
    ],
)
def test_counts_that_do_not_fit_are_refused(
    form: str, counts: dict[str, int] | None, said: str
) -> None:
    with pytest.raises(DefinitionError, match=re.escape(said)):
        CATALOG[form].item_names(counts)


def test_the_missing_rule_is_the_published_one_or_four_fifths() -> None:
    assert CATALOG["core_10"].get_scale("total").required(10) == 9
    avoidance = CATALOG["ecr"].get_scale("avoidance")
    assert [avoidance.required(n) for n in (1, 2, 4, 5, 6, 10, 18)] == [1, 2, 4, 4, 5, 8, 15]


def test_no_two_shipped_definitions_share_a_digest() -> None:
    assert len({definition_digest(d) for d in CATALOG.values()}) == len(CATALOG)
