"""What words say of events: sessions, absences, contacts, ruptures, in the exports' languages."""

from __future__ import annotations

from collections.abc import Mapping

from flows.declarations import EventKind
from flows.profiling.roles import CLIENT, SESSION, THERAPIST
from flows.sources.identifiers import split_name

# Words of somebody's being there, which are no name of a session's number.
ATTENDED = frozenset((
    "attended", "attendance", "present", "presence", "show", "showed", "came", "held", "kept",
    "aanwezig", "aanwezigheid", "opkomst", "verschenen", "anwesend", "anwesenheit", "erschienen",
    "stattgefunden", "venu", "presente", "presenza", "presenca", "asistencia", "asistio",
    "presencia",
))  # fmt: skip
ABSENT = frozenset((
    "absence", "absences", "absent", "absente", "noshow", "missed", "dna", "cancelled", "canceled",
    "cancellation", "cancelation", "afwezig", "afwezigheid", "afgezegd", "afzegging", "verzuim",
    "abwesend", "abwesenheit", "abgesagt", "absage", "ausgefallen", "ausfall", "gefehlt",
    "annule", "annulee", "annulation", "manque", "ausencia", "ausente", "cancelada", "cancelado",
    "faltou", "falta", "assenza", "assente", "annullata", "disdetta",
))  # fmt: skip
# In the order that they count: a contact between sessions is no session, a repaired rupture is
# a repair, the transfer to another therapist is the beginning of an assignment.
KINDS: Mapping[EventKind, frozenset[str]] = {
    "assignment": frozenset((
        "assignment", "assignments", "assigned", "transfer", "transferred", "toewijzing",
        "toegewezen", "overdracht", "zuweisung", "zugewiesen", "ubergabe", "therapeutenwechsel",
        "behandlerwechsel", "attribution", "transfert", "asignacion", "traslado",
        "transferencia", "assegnazione", "trasferimento", "atribuicao",
    )),
    "crisis": frozenset((
        "crisis", "crises", "krise", "krisen", "krisis", "crise", "crisi", "emergency", "notfall",
        "spoed", "urgence", "urgencia", "emergenza",
    )),
    "repair": frozenset((
        "repair", "repairs", "repaired", "herstel", "hersteld", "reparatur", "wiederherstellung",
        "reparation", "reparacion", "riparazione", "reparacao",
    )),
    "rupture": frozenset((
        "rupture", "ruptures", "ruptuur", "breuk", "ruptur", "bruch", "ruptura", "rottura",
    )),
    "contact": frozenset((
        "contact", "contacts", "contacten", "kontakt", "kontakte", "contacto", "contatto",
        "contatti", "contato", "phonecall", "telefonat", "anruf",
    )),
    "phase": frozenset(("phase", "phases", "fase", "fases", "phasen", "fasi")),
    "session": frozenset((
        *SESSION, "sessions", "sessies", "sitzungen", "seances", "sesiones", "sedute", "sessao",
        "sessoes", *ATTENDED,
    )) - {"instance"},
}  # fmt: skip
NEGATIONS = frozenset((
    "no", "not", "non", "niet", "geen", "nicht", "kein", "keine", "keinen", "pas", "nao", "ne",
    "did", "didn", "without", "ohne", "zonder", "sans", "sin", "senza", "sem",
))  # fmt: skip
JOINING = frozenset((
    "a", "an", "the", "by", "of", "to", "in", "on", "for", "with", "from", "between", "new", "was",
    "is", "de", "het", "een", "van", "door", "met", "naar", "tussen", "nieuwe", "der", "die",
    "das", "den", "dem", "des", "von", "vom", "durch", "mit", "zu", "zur", "zwischen", "neue",
    "neuer", "la", "le", "les", "du", "par", "avec", "entre", "el", "los", "del", "con", "por",
    "il", "lo", "da", "dal", "della", "di", "tra", "do", "dos", "com", "late", "other", "therapy",
    "therapie", "alliance", "allianz", "alliantie", "individual", "group", "phone", "telephone",
    "mail", "email", "video", "online", "remote",
))  # fmt: skip
THERAPISTS = frozenset((*THERAPIST, "therapeuten", "therapists", "behandlerin", "therapeutin"))
CLIENTS = frozenset((*CLIENT, "clients", "patients", "patienten", "klientin", "patientin"))
KNOWN = frozenset.union(*KINDS.values(), ABSENT, NEGATIONS, JOINING, THERAPISTS, CLIENTS)


def says_nothing_else(label: str) -> bool:
    """Whether a label consists of words that are listed here, so that it may be shown."""
    words = split_name(label)
    return bool(words) and KNOWN.issuperset(words) and not any(c.isdigit() for c in label)


def kind_in(label: str) -> EventKind | None:
    """Return the kind of event that a label speaks of, None where it speaks of none."""
    words = set(split_name(label))
    kind = next((kind for kind, own in KINDS.items() if words & own), None)
    if words & ABSENT or (kind == "session" and words & NEGATIONS):
        is_negated = words & ABSENT and words & NEGATIONS
        who: EventKind = "therapist_absence" if words & THERAPISTS else "client_absence"
        return None if is_negated else who
    return None if words & NEGATIONS else kind


def names_nobody(label: str) -> bool:
    """Whether a label says neither client nor therapist."""
    return not set(split_name(label)) & (THERAPISTS | CLIENTS)
