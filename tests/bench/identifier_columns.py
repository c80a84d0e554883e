"""Columns of which the name alone says that they point to a person, and columns that do not.

The names are those that clinics give in eight languages; what stands in the cells (a first name,
a bare number) could be anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.bench.identifier_numbers import figures, letters
from tests.bench.identifier_values import CITIES, FIRST, LAST, Maker

LANGUAGES = ("en", "nl", "de", "fr", "es", "it", "sv", "pt")


def _first(draw: Random) -> str:
    return draw.choice(FIRST)


def _last(draw: Random) -> str:
    return draw.choice(LAST)


def _full(draw: Random) -> str:
    return f"{draw.choice(FIRST)} {draw.choice(LAST)}"


def _city(draw: Random) -> str:
    return draw.choice(CITIES)


def _bare(draw: Random) -> str:
    return figures(draw, 5, "123456789")


def _number(draw: Random) -> str:
    return figures(draw, draw.randint(6, 9), "123456789")


def _mixed(draw: Random) -> str:
    return letters(draw, 2) + figures(draw, 7)


def _user(draw: Random) -> str:
    return draw.choice(FIRST).lower() + figures(draw, 2)


def _street(draw: Random) -> str:
    return draw.choice(
        ("High Street", "Kerkstraat", "Hauptstraße", "rue de la Paix", "Mayor", "Roma")
    )


# By what is meant: how its cells are made, and its names in the order of `LANGUAGES`.
NAMED: Mapping[str, tuple[Maker, tuple[str, ...]]] = {
    "first name": (_first, ("First name", "voornaam", "Vorname", "Prénom", "nombre_pila",
        "nome_di_battesimo",
                            "förnamn", "primeiro_nome")),
    "last name": (_last, ("surname", "Achternaam", "Nachname", "nom_de_famille", "apellido1",
        "cognome",
                          "efternamn", "último_nome")),
    "full name": (_full, ("client_name", "naam cliënt", "Patientenname", "nom_patient",
        "nombre_paciente",
                          "nome_paziente", "patientnamn", "nome_do_paciente")),
    "maiden name": (_last, ("maiden_name", "meisjesnaam", "Geburtsname", "nom_de_naissance",
                            "apellido_de_soltera", "cognome_da_nubile", "flicknamn",
                            "nome_de_solteira")),
    "therapist": (_full, ("therapist_name", "naam_therapeut", "Name_Therapeut", "nom_du_thérapeute",
                          "nombre_terapeuta", "nome_terapeuta", "terapeutens_namn",
                          "nome_do_terapeuta")),
    "kin": (_full, ("next_of_kin", "naam_contactpersoon", "Name_Mutter", "personne_de_confiance",
                    "nombre_madre", "nome_madre", "anhörig", "nome_da_mãe")),
    "initials": (lambda d: letters(d, 2), ("initials", "voorletters", "Initialen", "initiales",
        "iniciales",
                                           "iniziali", "initialer", "iniciais")),
    "phone": (_number, ("phone", "telefoonnummer", "Telefonnummer", "téléphone", "teléfono",
        "telefono_casa",
                        "telefonnummer", "telefone")),
    "mobile": (_number, ("cell_phone", "mobiel", "Handynummer", "portable", "móvil", "cellulare",
                         "mobilnummer", "telemóvel")),
    "e-mail": (_user, ("Email Address", "e-mailadres", "E-Mail", "courriel", "correo_electrónico",
                       "posta_elettronica", "e-postadress", "correio_eletrónico")),
    "street": (_street, ("street", "straatnaam", "Straße", "rue", "calle", "via_e_numero", "gata",
        "rua")),
    "address": (_street, ("home_address", "woonadres", "Wohnanschrift", "adresse_postale",
        "domicilio",
                          "indirizzo", "bostadsadress", "morada")),
    "city": (_city, ("city", "woonplaats", "Wohnort", "ville", "ciudad", "città", "bostadsort",
        "cidade")),
    "postcode": (_bare, ("zip_code", "postcode", "PLZ", "code_postal", "código_postal", "CAP",
        "postnummer",
                         "código_postal")),
    "birth": (_number, ("DOB", "geboortedatum", "Geburtsdatum", "date_de_naissance",
        "fecha_nacimiento",
                        "data_di_nascita", "födelsedatum", "data_de_nascimento")),
    "birth place": (_city, ("place_of_birth", "geboorteplaats", "Geburtsort", "lieu_de_naissance",
                            "lugar_de_nacimiento", "luogo_di_nascita", "födelseort",
                            "naturalidade")),
    "national number": (_number, ("SSN", "BSN", "Sozialversicherungsnummer", "numéro_sécu", "DNI",
                                  "codice_fiscale", "personnummer", "NIF")),
    "identity card": (_mixed, ("identity_card", "identiteitskaart", "Personalausweisnummer",
                               "carte_d_identité", "documento_identidad", "carta_d_identità",
                               "id_kort",
                               "cartão_de_cidadão")),
    "passport": (_mixed, ("passport_no", "paspoortnummer", "Reisepassnummer", "numéro_passeport",
                          "pasaporte", "passaporto", "passnummer", "passaporte")),
    "insurance": (_number, ("insurance_number", "polisnummer", "Versichertennummer",
        "numéro_assuré",
                            "numero_de_afiliacion", "tessera_sanitaria", "försäkringsnummer",
                            "número_de_utente")),
    "record": (_number, ("MRN", "dossiernummer", "Krankenaktennummer", "numéro_de_dossier",
                         "historia_clinica", "cartella_clinica", "journalnummer",
                         "número_do_processo")),
    "account": (_number, ("bank_account", "rekeningnummer", "Kontonummer", "compte_bancaire",
                          "cuenta_bancaria", "conto_corrente", "bankkonto", "conta_bancária")),
    "driver": (_number, ("drivers_license", "rijbewijsnummer", "Führerscheinnummer",
        "permis_de_conduire",
                         "carnet_de_conducir", "numero_patente", "körkort", "carta_de_condução")),
    "plate": (_mixed, ("license_plate", "kenteken", "Autokennzeichen", "plaque_immatriculation",
        "matrícula",
                       "targa", "registreringsnummer", "matrícula_do_carro")),
    "device": (_mixed, ("device_serial", "serienummer_apparaat", "Gerätenummer", "numéro_de_série",
                        "número_de_serie", "numero_di_serie", "serienummer", "número_de_série")),
    "user name": (_user, ("username", "gebruikersnaam", "Benutzername", "nom_d_utilisateur",
                          "nombre_de_usuario", "nome_utente", "användarnamn", "nome_de_usuário")),
    "page": (_user, ("website", "url_profiel", "Webseite", "site_web", "pagina_web", "sito_web",
        "hemsida",
                     "página_web")),
    "picture": (_user, ("photo", "pasfoto", "Lichtbild", "photo_visage", "fotografía", "foto_viso",
                        "fotografi", "fotografia")),
    "fingerprint": (_mixed, ("fingerprint", "vingerafdruk", "Fingerabdruck", "empreinte_digitale",
                             "huella_dactilar", "impronta_digitale", "fingeravtryck",
                             "impressão_digital")),
    "employer": (_last, ("employer", "werkgever", "Arbeitgeber", "employeur", "empleador",
        "datore_di_lavoro",
                         "arbetsgivare", "empregador")),
}  # fmt: skip


def _whole(low: int, high: int) -> Maker:
    return lambda draw: str(draw.randint(low, high))


def _number_of(pattern: str) -> Maker:
    """Return a maker of ids of one shape: 9 is a digit, A a capital, x a hexadecimal digit."""
    signs = {"9": "0123456789", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "x": "0123456789abcdef",
             "z": "abcdefghijklmnopqrstuvwxyz0123456789"}  # fmt: skip
    return lambda draw: "".join(draw.choice(signs[s]) if s in signs else s for s in pattern)


def _one_of(*texts: str) -> Maker:
    return lambda draw: draw.choice(texts)


# What a good export holds, by the names of its columns in some languages.
CLEAN: tuple[tuple[str, Maker], ...] = (
    *((name, _whole(0, 4)) for name in ("core_1", "Q17", "item 3", "phq9_2", "vraag_4", "Frage5",
        "ítem_6")),
    *((name, _whole(1, 7)) for name in ("ecr_12", "ecrr_3", "R1", "S04_01",
        "rpt_overdependence_2")),
    *((name, _whole(0, 100)) for name in ("vas_1", "gaf", "hads_total", "percentile")),
    *((name, _whole(-30, 900)) for name in ("day", "days_since_intake", "dag", "Tage", "jours")),
    *((name, _whole(1, 220)) for name in ("session", "sessionnr", "Sitzung",
        "redcap_repeat_instance")),
    ("age", _whole(16, 89)), ("leeftijd", _whole(18, 80)), ("year_of_intake", _whole(1998, 2026)),
    ("total_score", lambda draw: f"{draw.uniform(0, 60):.2f}"),
    ("mean_anxiety", lambda draw: f"{draw.uniform(1, 7):.6f}"),
    ("theta", lambda draw: repr(draw.gauss(0, 1))), ("p_value",
        lambda draw: f"{draw.random():.3e}"),
    ("gemiddelde", lambda draw: f"{draw.uniform(1, 7):.3f}".replace(".", ",")),
    ("weight_kg", lambda draw: f"{draw.uniform(45, 120):.1f}"), ("duration_s",
        lambda d: f"{d.uniform(5, 3000):.3f}"),
    ("interviewtime", lambda draw: f"{draw.uniform(60, 5000):.2f}"), ("start_ms",
        _number_of("17999999999.999")),
    *((f"client_id_{k}", _number_of(shape)) for k, shape in enumerate((
        "K999999", "C99999999", "P999", "A-9999", "NL99-9999", "AMS-P999", "S99_999", "CLxxxxxx",
        "xxxxxxxx",
        "AAA999", "AA9999", "pt9999", "T99-999-9", "PID9999",
        "client_99999", "A9-99-99", "zzzzzzzzzzzzzzzzz", "site9-999", "99A99", "A9999999",
        "R_zzzzzzzzzzzzzzz"))),
    *((f"record_id_{k}", _number_of(shape)) for k, shape in enumerate((
        "99", "999", "9999", "19999", "199999", "1999999", "18999999", "199999999", "1999999999",
        "1999-99",
        "19-999", "999-9", "1999999999999"))),
    ("token", _number_of("zzzzzzzzzzzzzzz")), ("uuid",
        _number_of("xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx")),
    ("sha", _number_of("x" * 40)), ("seed", _number_of("1999999999")), ("pseudonym",
        _number_of("AAAA-9999")),
    ("therapist_id", _number_of("T99")), ("clinic", _one_of("north", "south", "AMS", "Klinik 2")),
    ("sex", _one_of("1", "2", "F", "M", "x")), ("group", _one_of("A", "B", "waitlist",
        "treatment")),
    ("redcap_event_name", _one_of("baseline_arm_1", "month_3_arm_1", "end_arm_2")),
    ("occasion", _one_of("intake", "month_3", "6 months", "T0", "T1", "follow-up 12",
        "Session 10")),
    ("answer", _one_of("Strongly agree", "Disagree", "Not at all", "0 - never", "5 = always",
        "Yes, often",
                       "Helemaal niet", "Meistens", "Presque jamais", "De vez en cuando",
                       "1 or 2 times")),
    ("icd_10", _one_of("F43.1", "F60.31", "F33.2", "Z63.0", "6B41")), ("atc", _one_of("N06AB03",
        "N05BA01")),
    ("medication_name", _one_of("sertraline 50 mg", "none", "lorazepam", "20 mg/day", "2x 10mg")),
    ("time", lambda draw: f"{draw.randint(8, 19):02}:{draw.randint(0, 59):02}"),
    ("version", _one_of("2.1", "1.0.3", "v2", "ECR-R 2.0", "CORE-10")), ("language", _one_of("nl",
        "de-AT", "en_GB")),
    ("country", _one_of("NL", "DE", "Portugal")), ("modality", _one_of("EMDR", "group",
        "psychodynamic")),
    ("missing", _one_of("", " ", "-99", "999", "NA", "N/A", "NASK", ".", "#NULL!", "NaN", "99999",
        "-9999")),
    ("range", _one_of("1-5", "0/4", "3-4", "1/2", "< 10", "10%", "50 %", "1,000", "12.5",
        "2 of 9", "1:10")),
    ("complete", _one_of("0", "1", "2", "TRUE", "FALSE", "Complete")), ("fee", _one_of("€ 12,50",
        "105.00")),
    ("number_of_sessions", _whole(1, 99)), ("nombre_de_séances", _whole(1, 99)), ("eta",
        _whole(18, 80)),
    ("kön", _one_of("1", "2")), ("escala_total", _whole(0, 40)), ("Gesamtwert", _whole(0, 63)),
)  # fmt: skip
