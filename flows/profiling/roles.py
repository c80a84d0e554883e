"""Which columns say whose answers a row holds, and when: by name, then by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from flows.profiling.answers import TOLD
from flows.profiling.table import UnknownExport
from flows.sources.admission import REDCAP_KEYS
from flows.sources.identifiers import is_direct_identifier, split_name
from flows.sources.identifying_values import telling_cells
from flows.sources.qualtrics import LEGACY_NAME

DEFAULT_SHAPE = r"[A-Za-z][A-Za-z0-9_-]{1,23}"
# Words of column names, in the languages that clinics export in.
CLIENT = ("client", "patient", "record", "participant", "respondent", "subject", "pseudonym",
          "token", "klient", "klant", "deelnemer", "teilnehmer", "proband", "cliente", "paciente",
          "paziente", "casenr", "caseid", "fallnr", "fallnummer", "externalreference", "external",
          "code", "id", "pid", "studyid")  # fmt: skip
# Written as one word: "clientcode", "Patientennummer", "deelnemersnr".
COMPOUND = re.compile(r"(\w{5,}?)(e|en|er|s)?(code|nr|no|num|nummer|number|id|key|kennung|chiffre)")
AGE = ("age", "leeftijd", "alter", "edad", "eta", "idade")
GENDER = ("gender", "sex", "geslacht", "geschlecht", "sexe", "sexo", "sesso", "kon",
          "sekse")  # fmt: skip
COUNTRY = ("country", "land", "pays", "pais", "paese")
# What a column says of clients or of rows, and no id of a client.
NO_CLIENT = (*AGE, *GENDER, *COUNTRY, "form", "formulier", "formular", "questionnaire",
             "fragebogen", "vragenlijst", "row", "line", "rij", "regel", "zeile", "version",
             "versie")  # fmt: skip
THERAPIST = ("therapist", "clinician", "behandelaar", "therapeut", "therapeute", "terapeuta",
             "behandler", "counsellor", "counselor")  # fmt: skip
CLINIC = ("clinic", "site", "centre", "center", "location", "kliniek", "klinik", "standort",
          "praktijk", "praxis")  # fmt: skip
SESSION = ("session", "sessie", "sitzung", "seance", "sesion", "seduta", "instance")
DAY = ("day", "days", "dag", "dagen", "tag", "tage", "jour", "jours", "dia", "giorno")
OCCASION = ("occasion", "event", "wave", "visit", "timepoint", "moment", "measurement", "meting",
            "meetmoment", "phase", "zeitpunkt", "messzeitpunkt", "messung",
            "rilevazione")  # fmt: skip
INTAKE = ("intake", "start", "baseline", "admission", "begin", "begun", "aanmelding", "anmeldung",
          "aufnahme", "intakedatum", "startdatum", "begindatum", "aanmelddatum", "anmeldedatum",
          "aufnahmedatum", "ingresso", "inizio")  # fmt: skip
FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d",
           "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")  # fmt: skip
OCCASIONS: Mapping[str, tuple[str, ...]] = {
    "intake": ("intake", "baseline", "pre", "pretest", "voormeting", "vorher", "enrol",
               "enrolment", "enrollment", "screening", "nulmeting", "beginmeting", "vormessung",
               "aufnahme", "anmeldung", "ingresso"),
    "month_3": ("month_3", "3_months", "3_month", "m3", "three_months", "maand_3", "3_maanden",
                "monat_3", "3_monate", "mese_3", "3_mesi"),
    "month_6": ("month_6", "6_months", "6_month", "m6", "six_months", "mid", "maand_6", "6_maanden",
                "monat_6", "6_monate", "mese_6", "6_mesi"),
    "end": ("end", "post", "posttest", "nameting", "nachher", "discharge", "termination",
            "final", "closing", "eind", "einde", "ende", "eindmeting", "nachmessung", "entlassung",
            "abschluss",
            "dimissione"),
    "follow_up": ("follow_up", "followup", "fu"),
    "session": ("session", "sessions"),
}  # fmt: skip
# "After session 3" is no end.
WHOLE_LABELS = {"before": "intake", "after": "end", "voor": "intake", "na": "end",
                "vor": "intake", "nach": "end", "prima": "intake", "dopo": "end"}  # fmt: skip
MOST_OCCASIONS = 30
DATA_ACCESS_GROUP = "redcap_data_access_group"
# Ids of bare digits up to this length are taken; longer ones could be a number of the state.
LONGEST_NUMBER = 7


@dataclass
class RolesProposal:
    """`[source.columns]` and what belongs to it, with reasons and doubts by line."""

    columns: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    id_shape: str | None = None
    date_format: str | None = None
    occasion: str | None = None
    occasions: dict[str, str] = field(default_factory=dict)

    @property
    def has_person_rows(self) -> bool:
        """Whether every row is somebody else, since no column says who."""
        return "client" not in self.columns

    def take(self, role: str, column: str, reason: str) -> None:
        """Give a column a role, unless the role is taken."""
        if role not in self.columns:
            self.columns[role] = column
            self.reasons[role] = reason


def propose_roles(
    export: UnknownExport, taken: frozenset[str], *, has_occasions: bool = False
) -> RolesProposal:
    """Return the roles of the columns that are no items.

    `has_occasions` says that every form has an occasion of its own already.
    """
    free = [name for name in export.names if name not in taken]
    roles = RolesProposal()
    _take_client(roles, export, free)
    _take_named(roles, export, _own(export, free))
    _take_dates(roles, export, free)
    if not has_occasions:
        _take_occasion(roles, export, free)
    _settle_shape(roles, export)
    return roles


def _take_client(roles: RolesProposal, export: UnknownExport, free: Sequence[str]) -> None:
    """Take the column that most likely names the client: by its name, then by its cells."""
    # Whatever it is called, REDCap writes the id of the record first.
    record = export.names[:1] if export.kind in {"redcap", "redcap_labels"} else ()
    ranked = sorted(
        (rank, place, name)
        for place, name in enumerate(free)
        if (rank := _client_rank(_told(export, name), is_record=name in record)) is not None
        and not is_direct_identifier(name)
        and _looks_like_ids(export.filled(name), export.count)
    )
    if ranked:
        name = ranked[0][2]
        count = len(set(export.filled(name)))
        roles.take("client", name, f"{count} different ids in {export.count} rows")
        if "response" in split_name(name):
            roles.doubts.append("A response has a new id each time: two responses of one client "
                                "would be two clients.")  # fmt: skip
    else:
        roles.doubts.append("No column names a client, so every row is taken for somebody else.")


def _told(export: UnknownExport, name: str) -> str:
    """Return what a column is called, in the row below where Qualtrics only numbers it."""
    field = export.fields.get(name)
    return field.label if field is not None and LEGACY_NAME.fullmatch(name) else name


def _own(export: UnknownExport, free: Sequence[str]) -> list[str]:
    """Return the columns that no program added, and those of REDCap that tell rows apart."""
    added = {name for name, found in export.fields.items() if found.is_known}
    return [name for name in free if name not in added - {*REDCAP_KEYS, DATA_ACCESS_GROUP}]


def _client_rank(name: str, *, is_record: bool) -> int | None:
    words = [_person_in(word) for word in split_name(name)]
    joined = "".join(words)
    if any(word in words for word in (*THERAPIST, *CLINIC, *SESSION, *OCCASION, *NO_CLIENT)):
        return None
    own = ("record",) if is_record else ()
    ranks = [CLIENT.index(word) for word in (*words, joined, *own) if word in CLIENT]
    return min(ranks, default=None)


def _person_in(word: str) -> str:
    """Return the person whose number a word names: "patient" for "patientennummer"."""
    parts = COMPOUND.fullmatch(word)
    people = CLIENT[: CLIENT.index("external")]
    known = (*people, *THERAPIST, *CLINIC)
    return parts[1] if parts is not None and parts[1] in known else word


def _looks_like_ids(cells: Sequence[str], count: int) -> bool:
    distinct = set(cells)
    if telling_cells(distinct, are_ids=True):
        return False
    short = all(len(cell) <= 40 and re.fullmatch(r"[\w.-]+", cell) for cell in distinct)
    return bool(distinct) and short and len(cells) >= 0.9 * count and len(distinct) > count / 200


def _take_named(roles: RolesProposal, export: UnknownExport, free: Sequence[str]) -> None:
    checks: tuple[tuple[str, tuple[str, ...], Callable[[Sequence[str]], bool]], ...] = (
        ("therapist", THERAPIST, _are_short),
        ("clinic", CLINIC, _are_short),
        ("session", SESSION, lambda cells: _are_numbers(cells, 1, 5000)),
        ("day", DAY, lambda cells: _are_numbers(cells, -365, 7300)),
    )
    for role, words, fits in checks:
        for name in sorted(free, key=partial(_rank, words)):
            cells = export.filled(name)
            is_named = _rank(words, name) < len(words) and not is_direct_identifier(name)
            if is_named and name not in roles.columns.values() and cells and fits(cells):
                roles.take(role, name, "by its name and what stands in it")
    if DATA_ACCESS_GROUP in free and export.filled(DATA_ACCESS_GROUP):
        roles.take("clinic", DATA_ACCESS_GROUP, "REDCap's data access groups")
    if "redcap_repeat_instance" in free and _are_numbers(
        export.filled("redcap_repeat_instance"), 1, 5000
    ):
        roles.take("session", "redcap_repeat_instance", "the instances of what repeats in REDCap")


def _rank(words: Sequence[str], name: str) -> int:
    """Return the place of the first word that a name says, after all of them where it says none."""
    return min((words.index(part) for part in split_name(name) if part in words),
               default=len(words))  # fmt: skip


def _are_short(cells: Sequence[str]) -> bool:
    return all(re.fullmatch(r"[\w-]{1,24}", cell) for cell in set(cells))


def _are_numbers(cells: Sequence[str], low: int, high: int) -> bool:
    distinct = set(cells)
    whole = [int(float(c)) for c in distinct if re.fullmatch(r"-?\d{1,6}(\.0+)?", c)]
    return len(whole) > 0.9 * len(distinct) and all(low <= n <= high or n < -1 for n in whole)


def _take_dates(roles: RolesProposal, export: UnknownExport, free: Sequence[str]) -> None:
    """Take a date with the date of intake: both are needed, and only days between them are kept."""
    if "day" in roles.columns:
        return
    known = {name for name, found in export.fields.items() if found.is_known}
    dated = {name: formats for name in free if name not in known
             and (formats := date_formats(export.filled(name)))}  # fmt: skip
    first = next((name for name in dated if set(INTAKE) & set(split_name(name))), None)
    other = next((name for name in dated if name != first and not _is_birth(name)), None)
    if first is None or other is None:
        if dated:
            roles.doubts.append("There are dates, but no two of which one is that of intake: days "
                                "since intake cannot be counted.")  # fmt: skip
        return
    shared = [form for form in dated[first] if form in dated[other]]
    if shared:
        roles.take("date", other, "dates")
        roles.take("intake_date", first, "by its name")
        roles.date_format = shared[0]
        if len(shared) > 1:
            roles.doubts.append(f"Dates could also be written as {shared[1]}: day and month cannot "
                                "be told apart.")  # fmt: skip


def _is_birth(name: str) -> bool:
    return bool({"birth", "dob", "born", "geboorte", "geburt"} & set(split_name(name)))


def date_formats(cells: Sequence[str]) -> list[str]:
    """Return every format that all cells of a column are dates in."""
    distinct = sorted(set(cells))[:500]
    if not distinct or not re.search(r"\d[-/.]\d", distinct[0]):
        return []
    return [form for form in FORMATS if all(_is_date(cell, form) for cell in distinct)]


def _is_date(cell: str, form: str) -> bool:
    try:
        datetime.strptime(cell, form)  # noqa: DTZ007 -- dates of a questionnaire have no zone
    except ValueError:
        return False
    return True


def _take_occasion(roles: RolesProposal, export: UnknownExport, free: Sequence[str]) -> None:
    for name in free:
        if set(OCCASION) & set(split_name(name)) and name not in roles.columns.values():
            labels = sorted(set(export.filled(name)) - TOLD.keys())
            if 0 < len(labels) <= MOST_OCCASIONS and all(len(label) < 60 for label in labels):
                roles.take("occasion", name, f"{len(labels)} different labels")
                field = export.fields.get(name)
                said = field.choices if field is not None else {}
                roles.occasions = {label: guess_occasion(said.get(label, label))
                                   for label in labels}  # fmt: skip
                roles.doubts.append("Check what the occasions are called in the study.")
                if len(set(roles.occasions.values())) < len(labels):
                    roles.doubts.append("Several labels are taken for one occasion: is it one?")
                return
    roles.occasion = occasion_in(export.path.stem)
    if roles.occasion is None:
        repeats = _repeats(roles, export)
        roles.occasion = "session" if repeats else "intake"
        roles.doubts.append("Nothing names the occasion at which the forms were filled in: "
                            f'"{roles.occasion}" is a guess.')  # fmt: skip
        if repeats and "session" not in roles.columns:
            roles.doubts.append("Clients come back and no column numbers their sessions: of each "
                                "client one form is kept until one is declared.")  # fmt: skip


def _repeats(roles: RolesProposal, export: UnknownExport) -> bool:
    """Whether clients come back, and something tells their rows apart."""
    if not {"session", "day", "date"} & roles.columns.keys():
        return False
    ids = export.filled(roles.columns["client"]) if "client" in roles.columns else []
    return len(set(ids)) < 0.9 * len(ids)


def guess_occasion(label: str) -> str:
    """Return the name of an occasion for a label of the export: a known one, or the label's own."""
    slug = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
    found = WHOLE_LABELS.get(slug) or occasion_in(slug)
    own = f"wave_{slug}" if slug.isdecimal() else re.sub(r"^[^a-z]+", "", slug)
    return found or own[:30].strip("_") or "other"


def occasion_in(stem: str) -> str | None:
    """Return the occasion that a name speaks of, None where it speaks of none."""
    slug = f"_{re.sub(r'[^a-z0-9]+', '_', stem.lower()).strip('_')}_"
    for occasion, words in OCCASIONS.items():
        if any(f"_{word}_" in slug for word in words):
            return occasion
    return None


def _settle_shape(roles: RolesProposal, export: UnknownExport) -> None:
    """Declare the shape of ids where it is not the usual one."""
    ids = [cell for role in ("client", "therapist", "clinic") if role in roles.columns
           for cell in set(export.filled(roles.columns[role]))]  # fmt: skip
    if not ids or _share(DEFAULT_SHAPE, ids) > 0.9:
        return
    longest = max(map(len, ids))
    if _share(r"\d+", ids) > 0.9 and longest <= LONGEST_NUMBER:
        roles.id_shape = rf"[0-9]{{1,{LONGEST_NUMBER}}}"
        roles.doubts.append("Ids are bare numbers: make sure that they are no number of the state.")
    elif _share(r"[A-Za-z0-9_-]{1,24}", ids) > 0.9 and longest <= LONGEST_NUMBER:
        roles.id_shape = rf"[A-Za-z0-9_-]{{1,{LONGEST_NUMBER}}}"
    else:
        roles.doubts.append("Many ids are not of the shape that is admitted: a letter, then "
                            "letters, digits, - and _, 24 at most.")  # fmt: skip


def _share(shape: str, cells: Sequence[str]) -> float:
    return sum(re.fullmatch(shape, cell) is not None for cell in cells) / len(cells)
