"""What holds for every form and every file on its way into the store."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from flows.books import accepted_files
from flows.open_store import OpenStore
from flows.reconcile import rebuild
from flows.workbench import FileReport
from sql.publishing import RowCounts
from tests.conftest import examples
from tests.flows.small_study import (
    WEEKLY,
    accepted_names,
    answers_of,
    ask,
    digests,
    ledger_of,
    study_of,
    take_in,
    write_study,
)
from tests.sql.chain import CATALOG
from tests.sql.filled_forms import (
    Form,
    counts_of,
    differences,
    random_answers,
    ranges_of,
    score_by_reference,
    score_in_store,
)


@st.composite
def declared_forms(draw: st.DrawFn) -> Form:
    """Draw a form as some study declares it."""
    definition = CATALOG[draw(st.sampled_from(list(CATALOG)))]
    low, high = draw(st.sampled_from(ranges_of(definition)))
    counts = counts_of(definition, draw(st.integers(1, 4)))
    if counts is not None:
        # A study may use some of the subscales only.
        kept = draw(st.sets(st.sampled_from([name for name, _ in counts]), min_size=1))
        counts = tuple((name, n if name in kept else 0) for name, n in counts)
    return Form(
        definition.id,
        low,
        high,
        already_reversed=bool(definition.reverse) and draw(st.booleans()),
        min_answered=draw(st.one_of(st.none(), st.integers(1, 40))),
        counts=counts,
    )


@settings(max_examples=examples(40), deadline=None)
@given(declared_forms(), st.integers(0, 2**32), st.sampled_from([0.0, 0.1, 0.3, 0.6]))
def test_the_store_scores_as_the_reference_does(form: Form, seed: int, gap: float) -> None:
    rng = random.Random(seed)  # noqa: S311
    filled = [random_answers(form, rng, gap) for _ in range(12)]
    with tempfile.TemporaryDirectory() as name:
        stored = score_in_store(form, filled, Path(name))
    assert differences(stored, score_by_reference(form, filled)) == []


CELLS = {
    "client_id": st.sampled_from([f"K{n:03d}" for n in range(1, 6)] * 4 + ["", "К001", "K 1"]),
    "therapist_id": st.sampled_from(["T1x", "T1x", "T2x", "", "?"]),
    "session": st.sampled_from([*"123456" * 3, "", "-99", "0", "one", "2.5"]),
    "date": st.sampled_from(["04/03/2024"] * 9 + ["2024-03-04", "", "soon", "45300", "31/02/2024"]),
    "began": st.sampled_from(["01/03/2024"] * 9 + ["", "yesterday", "01/03/0024", "01/01/2099"]),
}
ANSWERS = st.sampled_from([*"12345" * 6, "", "-99", "9", "x", "4.5", "1e400", " 3 "])


@st.composite
def weekly_lines(draw: st.DrawFn) -> list[str]:
    """Draw the lines of an export: mostly good, some bad, some repeated, some torn."""
    strategies = [CELLS.get(name, ANSWERS) for name in WEEKLY]
    lines = draw(st.lists(st.tuples(*strategies).map(",".join), min_size=1, max_size=24))
    again = draw(st.lists(st.sampled_from(lines), max_size=3))
    torn = draw(st.lists(st.sampled_from(["K001,T1x", "K001" + "," * 12]), max_size=2))
    return draw(st.permutations([*lines, *again, *torn]))


def write_lines(study: Path, name: str, lines: Sequence[str]) -> None:
    text = "\n".join([",".join(WEEKLY), *lines]) + "\n"
    (study / "exports" / name).write_text(text, encoding="utf-8")


def check_counts(report: FileReport, lines: Sequence[str]) -> RowCounts | None:
    """Check that every row of a file is accounted for, once."""
    if report.refusal is not None:
        return None
    counts = report.counts
    assert counts is not None
    assert counts.rows_in == len(lines)
    assert counts.rows_in == counts.loaded + counts.quarantined + counts.known
    assert min(counts.loaded, counts.quarantined, counts.known) >= 0
    return counts


# An example takes a second, so they are few and a failing one is shown as it was found; thousands
# of spoilt exports are for `python -m tests.bench.mutations`.
@settings(max_examples=examples(6), deadline=None, phases=[Phase.explicit, Phase.generate])
@given(weekly_lines(), st.randoms(use_true_random=False))
def test_every_row_is_accounted_for_and_comes_back(lines: list[str], rng: random.Random) -> None:
    with tempfile.TemporaryDirectory() as name:
        study = write_study(Path(name) / "study")
        write_lines(study, "weekly_1.csv", lines)
        counts = check_counts(take_in(study)[0], lines)
        if counts is None:
            assert accepted_names(study) == []
            return
        held = ask(study, "SELECT DISTINCT record FROM store.meta.finding "
                          "WHERE severity = 'error' AND record IS NOT NULL")  # fmt: skip
        assert len(held) == counts.quarantined
        before = answers_of(study)
        # The same rows in another order say nothing new.
        rng.shuffle(again := list(lines))
        write_lines(study, "weekly_2.csv", [*again, ""])
        for report in take_in(study):
            second = check_counts(report, again)
            assert second is None or second.loaded == 0
        assert answers_of(study) == before
        stored = digests(study)
        (study / ".scratch").mkdir()
        store = OpenStore(study_of(study).store, study / ".scratch")
        rebuild(study_of(study), accepted_files(ledger_of(study)), store)
        store.close()
        assert digests(study) == stored
