"""Column names of a REDCap export whose header holds the labels of the fields.

Labels may repeat ("Complete?" stands once for each form). As long as all columns of one label are
in the export they stand in the dictionary's order, so each can be told; else none of them can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flows.sources.names import clean_name
from flows.sources.redcap_dictionary import MARKUP, Dictionary, as_column

# How REDCap labels the columns that it adds, by their names.
ADDED: Mapping[str, str] = {
    "redcap_event_name": "Event Name",
    "redcap_repeat_instrument": "Repeat Instrument",
    "redcap_repeat_instance": "Repeat Instance",
    "redcap_data_access_group": "Data Access Group",
    "redcap_survey_identifier": "Survey Identifier",
}
COMPLETE, TIMESTAMP = "Complete?", "Survey Timestamp"
UNRESOLVED = "unresolved_{}"


def label_key(text: str) -> str:
    """Return what two labels are compared by."""
    return clean_name(MARKUP.sub("", text)).casefold()


def is_labelled(cells: Sequence[str], dictionary: Dictionary) -> bool:
    """Whether a header row holds labels rather than the names of fields."""
    known = {label_key(label) for _, label in _columns(dictionary, {})}
    named = sum(dictionary.describe(cell) is not None for cell in cells)
    return sum(label_key(cell) in known for cell in cells) > named


def name_columns(
    cells: Sequence[str], dictionary: Dictionary, missing: Mapping[str, str]
) -> list[str]:
    """Return the name of each labelled column; "unresolved_7" where none or several fit.

    `missing` holds the project's missing-data codes and their labels, which add boxes to blocks.
    """
    fitting: dict[str, list[str]] = defaultdict(list)
    for name, label in _columns(dictionary, missing):
        fitting[label_key(label)].append(name)
    places: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        places[label_key(cell)].append(place)
    names = [UNRESOLVED.format(place + 1) if cell.strip() else "" for place, cell in
             enumerate(cells)]  # fmt: skip
    for key, found in places.items():
        if len(found) == len(fitting.get(key, ())):
            for place, name in zip(found, fitting[key], strict=True):
                names[place] = name
    return names


def ambiguous_names(
    cells: Sequence[str], dictionary: Dictionary, missing: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return the columns that share a label of the header and cannot be told apart."""
    named = set(name_columns(cells, dictionary, missing))
    present = {label_key(cell) for cell in cells}
    fitting: dict[str, list[str]] = defaultdict(list)
    for name, label in _columns(dictionary, missing):
        if label_key(label) in present and name not in named:
            fitting[label_key(label)].append(name)
    return {name: tuple(names) for names in fitting.values() for name in names}


def _columns(dictionary: Dictionary, missing: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield name and label of every column that an export could have, in its order."""
    yield from ADDED.items()
    form = None
    for field in dictionary.fields.values():
        if field.form != form:
            if form is not None:
                yield f"{form}_complete", COMPLETE
            form = field.form
            yield f"{form}_timestamp", TIMESTAMP
        if field.type == "checkbox":
            choices = {**field.choices, **missing}
            yield from _boxes(field.name, field.label, choices.items())
        elif field.type != "descriptive":
            yield field.name, field.label
    yield f"{form}_complete", COMPLETE


def _boxes(name: str, label: str, choices: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for code, choice in choices:
        yield f"{name}___{as_column(code)}", f"{label} (choice={choice})"
