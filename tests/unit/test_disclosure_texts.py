"""Notes, texts and facts: what may be said in words."""

from __future__ import annotations

import pytest

from instruments.errors import GateError
from reports.disclosure.notes import holds_small_count
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.texts import gate_facts, gate_texts

POLICY = DisclosurePolicy()


@pytest.mark.parametrize(
    "note",
    [
        "3 clients were left out",
        "left out: 9 clients",
        "only 2 overly dependent clients remain",
        "Seven people dropped out",
        "two of the five participants",
        "n = 4 at the end",
        "n_a=9",
        "improved in 3 of 40",
        "improved in 3/40",
        "3 out of 40 improved",
        "seen by 2 therapists",
        "one therapist saw them all",
        "client C-0017 had no form",
        "a single client decides this",
    ],
)
def test_a_small_number_of_people_is_found(note: str) -> None:
    assert holds_small_count(note, POLICY)


@pytest.mark.parametrize(
    "note",
    [
        "fewer than 10 clients in a group",
        "fewer than 5 clients for each coefficient",
        "at least 8 therapists are needed",
        "below 8 therapists, therapists are fixed",
        "12 clients were left out",
        "bounds -3 and 3 in points of the outcome",
        "published samples, widened: 4.2 to 9.1",
        "n = 40 at the end",
        "Yuen, 20 % trimmed",
        "Holm over 6 tests",
        "recall of 7 days exceeds the lag",
        "seen by 3 therapists",
        "clients of the same therapist are taken as independent",
        "core_10 client form",
        "overdependent: high anxiety, low avoidance (self-report)",
        "different",
        "PHQ-9 of all clients",
        "",
    ],
)
def test_other_numbers_are_left_alone(note: str) -> None:
    assert not holds_small_count(note, POLICY)


def test_what_is_small_follows_the_policy() -> None:
    assert not holds_small_count("6 clients were left out", DisclosurePolicy(threshold=5))
    assert holds_small_count("6 clients were left out", DisclosurePolicy(threshold=7))


def test_the_notes_of_the_analyses_pass() -> None:
    from reports.analyses import _contrast, _question, _reliability_rows, measures
    from reports.analyses import dependence_and_outcome as continuous
    from reports.disclosure.estimates import withheld_note

    notes = [
        text
        for module in (_contrast, _question, _reliability_rows, measures, continuous)
        for name, text in vars(module).items()
        if name.isupper() and isinstance(text, str)
    ]
    assert len(notes) > 10
    for note in [*notes, withheld_note(POLICY)]:
        assert not holds_small_count(note, POLICY), note


def test_declared_texts_and_digests_pass() -> None:
    texts = {"title": "Dependency study", "run": "0f3a9c12", "version": "0.1.0", "empty": ""}
    cleared = gate_texts(texts, POLICY, declared={"Dependency study"})
    assert cleared.frame["text"].tolist() == list(texts.values())
    assert cleared.text("text", key="title").text == "Dependency study"


@pytest.mark.parametrize("text", ["client 17 improved", "Dependency Study", "42", "2024-03-04"])
def test_an_undeclared_text_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(GateError, match="E_GATE_TEXT") as caught:
        gate_texts({"title": text}, POLICY, declared={"Dependency study"})
    assert text not in str(caught.value)


def test_facts_beside_a_figure_are_declared_or_describe_many() -> None:
    facts: dict[str, float | str] = {"label": "anxiety", "low": 1.0, "cut": 3.1111111}
    cleared = gate_facts(facts, POLICY, declared={"anxiety", 1.0}, clients=240)
    assert cleared.number("number", key="low").value == 1.0
    assert cleared.number("number", key="cut").value == 3.11
    assert cleared.text("text", key="label").text == "anxiety"
    with pytest.raises(GateError, match="E_GATE_TEXT"):
        gate_facts(facts, POLICY, declared={"anxiety", 1.0}, clients=19)
