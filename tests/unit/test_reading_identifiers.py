"""Column names that point to a person or to free text, in eight languages."""

from __future__ import annotations

import pytest

from flows.declarations import Source
from flows.layout import lay_out
from flows.sources.admission import declare_admission
from flows.sources.export import DictionaryField
from flows.sources.identifiers import (
    UnknownColumn,
    is_direct_identifier,
    judge_admitted_field,
    judge_field,
    judge_name,
    judge_unknown_columns,
)
from instruments.catalog import load_catalog

IDENTIFIERS = {
    "en": "first_name LastName client_name surname phone telephone_1 homePhone e-mail EmailAddress "
    "home_address zip postal_code DOB date_of_birth BirthDate SSN NHS_number insurance_number "
    "next_of_kin_contact_phone IPAddress initials medical_record_number",
    "nl": "naam voornaam achternaam clientnaam telefoonnummer mobielnummer e_mail emailadres adres "
    "woonadres straatnaam postcode geboortedatum geb_datum bsn burgerservicenummer polisnummer "
    "naam_behandelaar",
    "de": "Name Vorname Nachname Patientenname Telefon Handynummer E-Mail-Adresse Anschrift Straße "
    "PLZ Postleitzahl Geburtsdatum Geburtstag Krankenversicherungsnummer Versichertennummer",
    "fr": "nom prénom nom_de_famille téléphone numéro_de_téléphone courriel adresse code_postal "
    "date_de_naissance dateNaissance numéro_sécurité_sociale NIR",
    "es": "nombre nombre_completo apellidos teléfono móvil correo_electrónico dirección "
    "código_postal fecha_de_nacimiento DNI tarjeta_sanitaria",
    "it": "nome cognome telefono cellulare posta_elettronica indirizzo codice_postale "
    "data_di_nascita codice_fiscale tessera_sanitaria",
    "sv": "namn förnamn efternamn telefonnummer e_post mejl adress postnummer födelsedatum "
    "personnummer samordningsnummer",
    "pt": "nome apelido sobrenome telefone telemóvel correio_eletrónico endereço morada "
    "código_postal data_de_nascimento número_de_utente CPF",
}
FREE_TEXT = {
    "en": "notes comment study_comments Q5_TEXT remarks other_specify freetext",
    "nl": "opmerkingen toelichting notitie vrije_tekst aantekeningen",
    "de": "Bemerkungen Anmerkung Kommentar Notizen Freitext",
    "fr": "commentaires remarque texte_libre précisez",
    "es": "comentarios observaciones texto_libre notas",
    "it": "commenti osservazioni testo_libero annotazioni",
    "sv": "kommentarer anteckning fritext anmärkning",
    "pt": "comentário observações texto_livre anotações",
}
NEITHER = (
    "client_id patient_id record_id study_id therapist_id clinic day session session_number age "
    "gender sex ecr_1 cdq_need_for_contact_2 Q36 total_score redcap_event_name event_name "
    "form_name instrument_name medication_name nombre_de_séances número_de_sesiones "
    "contact_between_sessions smartphone_use country education occasion intake_date end_reason "
    "date_at_visit birth_weight first_session phase_1 naam_vragenlijst aantal_sessies telling "
    "mailing context pretext textile postnatal"
)


def named(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, name) for language, names in words.items() for name in names.split()]


@pytest.mark.parametrize(("language", "name"), named(IDENTIFIERS))
def test_a_name_that_points_to_a_person_is_known(language: str, name: str) -> None:
    assert judge_name(name) == "E_IDENTIFIER"
    assert judge_name(name.upper()) == "E_IDENTIFIER"


@pytest.mark.parametrize(("language", "name"), named(IDENTIFIERS))
def test_a_name_that_says_only_who_someone_is_may_not_be_declared(language: str, name: str) -> None:
    assert is_direct_identifier(name)


@pytest.mark.parametrize(
    "name",
    ["email_reminders", "mobile_app_use", "street_drugs", "phone_contacts_per_week", "birth_weight",
     "text_messages", "client_id", "name_of_scale", "address_change"],
)  # fmt: skip
def test_a_name_that_says_something_else_too_may_be_declared(name: str) -> None:
    assert not is_direct_identifier(name)


@pytest.mark.parametrize(("language", "name"), named(FREE_TEXT))
def test_a_name_of_free_text_is_known(language: str, name: str) -> None:
    assert judge_name(name) == "E_FREE_TEXT"


@pytest.mark.parametrize("name", NEITHER.split())
def test_a_name_of_a_measure_is_neither(name: str) -> None:
    assert judge_name(name) is None


def test_unknown_columns_are_judged_by_their_names() -> None:
    header = ("Client_ID", "day", "Vorname", "notes", "form_version", "colour", "ecr_1")
    unknown = judge_unknown_columns(header, ["client_id", "day", "ECR_1"], ["Form_Version"])
    assert unknown == (
        UnknownColumn(3, "Vorname", "E_IDENTIFIER"),
        UnknownColumn(4, "notes", "E_FREE_TEXT"),
        UnknownColumn(6, "colour", "E_UNKNOWN_COLUMN"),
    )


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "Jo Bloggs, 3 High Street",
        "jo@example.org",
        "x0612345678",
        "",
        "a" * 65,
        "größe",
        "a\u202eb",
    ],
)
def test_a_name_that_may_be_data_or_markup_is_not_shown(name: str) -> None:
    (unknown,) = judge_unknown_columns((name,), (), ())
    assert unknown.shown_name is None
    assert unknown.position == 1


def test_columns_that_redcap_adds_are_known_but_for_the_one_that_names_a_person() -> None:
    fields = {
        "redcap_event_name": DictionaryField("redcap_event_name", "", "system"),
        "ecr_complete": DictionaryField("ecr_complete", "ecr", "status"),
        "redcap_survey_identifier": DictionaryField(
            "redcap_survey_identifier", "", "system", is_identifier=True
        ),
    }
    (unknown,) = judge_unknown_columns(tuple(fields), (), (), fields)
    assert (unknown.position, unknown.code) == (3, "E_IDENTIFIER")


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (DictionaryField("v1", "f", "text", "Weight", validation="number"), None),
        (DictionaryField("v1", "f", "radio", "Address your needs", {"1": "Yes"}), None),
        (DictionaryField("v1", "f", "text", "Weight", is_identifier=True), "E_IDENTIFIER"),
        (DictionaryField("v1", "f", "text", "Reach", validation="email"), "E_IDENTIFIER"),
        (DictionaryField("v1", "f", "text", "Reach", validation="phone"), "E_IDENTIFIER"),
        (DictionaryField("v1", "f", "text", validation="phone_australia"), "E_IDENTIFIER"),
        (DictionaryField("v1", "f", "text", validation="postalcode_germany"), "E_IDENTIFIER"),
        (DictionaryField("v1", "f", "text", validation="ssn"), "E_IDENTIFIER"),
        (DictionaryField("v1", "f", "text", validation="mrn_10d"), "E_IDENTIFIER"),
        (
            DictionaryField("v1", "f", "text", "Date of birth", validation="date_ymd"),
            "E_IDENTIFIER",
        ),
        (DictionaryField("v1", "f", "text", "Date of intake", validation="date_ymd"), None),
        (DictionaryField("v1", "f", "notes", "Anything"), "E_FREE_TEXT"),
        (DictionaryField("v1", "f", "file", "Consent"), "E_FREE_TEXT"),
    ],
)
def test_a_redcap_field_is_judged_by_flag_validation_label_and_type(
    field: DictionaryField, code: str | None
) -> None:
    assert judge_admitted_field(field) == code
    assert judge_field(field) == code


def test_text_without_validation_is_free_text_unless_the_study_declares_it() -> None:
    field = DictionaryField("record_id", "f", "text", "Record ID")
    assert judge_field(field) == "E_FREE_TEXT"
    assert judge_admitted_field(field) is None


def test_what_a_source_admits_follows_case_spaces_and_patterns() -> None:
    source = Source.model_validate(
        {
            "id": "s",
            "kind": "csv",
            "files": "*.csv",
            "columns": {"client": "Client ID", "day": "day"},
            "occasion": "end",
            "attributes": {"age": {"column": "age", "type": "number", "min": 18, "max": 99}},
            "ending": {"reason": "why", "reasons": {"1": "planned"}, "session": "last"},
            "form": [
                {"instrument": "ecr", "columns": "Item {n}"},
                {"instrument": "cdq", "columns": "cdq_{scale}_{n}"},
                {"instrument": "core_10", "columns": ["c1", "c2"]},
            ],
            "ignore": ["version"],
        }
    )
    admission = declare_admission(source)
    for name in ("client  id", "DAY", "Age", "why", "last", "item 12", "CDQ_need_for_contact_1"):
        assert admission.admits(name), name
    for name in ("clientid", "item", "item x", "cdq_1", "version", "", "c3"):
        assert not admission.admits(name), name
    assert [n for n in ("age", "c1", "item 3") if admission.holds_items(n)] == ["c1", "item 3"]
    assert admission.missing_from(["client id", "day", "age", "why", "item 1", "c1"]) == (
        "last",
        "c2",
        "cdq_{scale}_{n}",
    )


def test_every_column_that_a_layout_reads_is_admitted() -> None:
    # What is not admitted is blank in a rewritten copy: a column missed here would vanish there.
    source = Source.model_validate(
        {
            "id": "s",
            "kind": "csv",
            "files": "*.csv",
            "columns": {"client": "Client ID", "session": "session", "therapist": "th"},
            "occasions": {},
            "attributes": {"age": {"column": "AGE", "type": "number", "min": 18, "max": 99}},
            "ending": {"reason": "why", "reasons": {"1": "planned"}, "session": "last"},
            "form": [
                {"instrument": "ecr", "columns": "Item {n}"},
                {"instrument": "cdq", "columns": "CDQ_{scale}_{n}", "range": [1, 7]},
                {"instrument": "core_10", "columns": [f"c{n}" for n in range(10)]},
            ],
        }
    )
    catalog = load_catalog()
    scales = [scale.id for scale in catalog.get_form("cdq").held_scales]
    header = [
        *("client id", "SESSION", "Th", "age", "Why", "last", "Vorname"),
        *(f"item {n}" for n in range(1, 37)),
        *(f"cdq_{scale}_{n}" for scale in scales for n in (1, 2)),
        *(f"C{n}" for n in range(10)),
    ]
    read = {column.source for column in lay_out(source, header, catalog)}
    admission = declare_admission(source)
    assert read == {name for name in header if admission.admits(name)} == set(header) - {"Vorname"}
