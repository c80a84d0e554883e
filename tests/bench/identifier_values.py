"""Other things that point to a person, as clinics write them: where they live,
how to reach them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tests.bench import identifier_numbers as numbers
from tests.bench.identifier_numbers import birthday, figures, letters

Maker = Callable[[Random], str]
FIRST = ("Emma", "Noah", "Sanne", "Daan", "Lukas", "Mia", "Zoé", "Léo", "Lucía", "Hugo", "Giulia",
         "Matteo", "Elsa", "Björn", "Inês", "João", "Siobhán", "Fatma", "Mohamed",
         "Jürgen")  # fmt: skip
LAST = ("Smith", "O'Brien", "de Vries", "van den Berg", "Müller", "Schäfer", "Lefèvre", "Dubois",
        "García", "Núñez", "Rossi", "D'Angelo", "Johansson", "Åkerström", "Gonçalves", "Silva",
        "Yılmaz", "Nowak")  # fmt: skip
CITIES = ("Leeds", "Utrecht", "Den Haag", "Köln", "Lyon", "Sevilla", "Bologna", "Malmö", "Porto")
MONTHS: Mapping[str, str] = {
    "en": "January February March April May June July August September October November December",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
}
# Phones as they are written at home and from abroad; # stands for any digit.
PHONES = (
    "06-12345678", "06 ## ## ## ##", "0612345678", "+31 6 ########", "+316########",
    "(030) ### ####",
    "030-#######", "0031 6 #### ####", "0599-######", "020 7### ####", "(020) 7### ####",
    "07### ######", "07#########", "+44 7### ######", "+44 (0)20 7### ####", "030 #######",
    "030/#######", "0171 #######", "+49 171 #######", "+49 (0)30 #######", "0049 171 #######",
    "06.##.##.##.##", "+33 6 ## ## ## ##", "+336########", "6## ## ## ##", "6## ### ###",
    "+34 6## ### ###", "(+34) 6########", "34# ### ####", "+39 34# ### ####", "06 #### ####",
    "070-### ## ##", "+46 70 ### ## ##", "08-### ### ##", "91# ### ###", "+351 91# ### ###",
    "(212) ###-####", "212-###-####", "+1 212 ### ####", "212.###.####", "1-800-###-####",
    "(212) ###-#### x##", "tel. 030 #######", "Tel: 06-########", "mob 06########",
    "fax 030-#######", "+32 479 ## ## ##", "0479/##.##.##", "+41 79 ### ## ##", "+48 6## ### ###",
    "+353 87 ### ####",
)  # fmt: skip
# Postcodes with letters or signs of their own; A stands for a letter, 9 for a digit.
POSTCODES = ("9999 AA", "9999AA", "AA9 9AA", "A9A 9AA", "A99 9AA", "AA99 9AA", "99999-9999",
    "D-99999",
             "F-99999", "CH-9999", "S-999 99", "999 99", "A9A 9A9")  # fmt: skip
PLATES = ("AA-99-99", "99-AA-99", "99-AAA-9", "9-AAA-99", "AA-999-A", "A-999-AA", "AA99 AAA",
    "AA99AAA",
          "AA-999-AA", "AA 999 AA", "AA999AA", "9999 BBB", "9999BBB", "B-MW 9999", "KL AB 99",
          "HH-A 999E", "AAA 99A", "AA-99-AA")  # fmt: skip


def phone(draw: Random) -> str:
    return "".join(numbers.figures(draw, 1) if s == "#" else s for s in draw.choice(PHONES))


def postcode(draw: Random) -> str:
    # Letters and first digits that every such system gives out.
    return _written(draw, draw.choice(POSTCODES), "ABDEGHJLNPRSTW")


def plate(draw: Random) -> str:
    return _written(draw, draw.choice(PLATES), "BDFGHJKLNPRSTVXZ")


def _written(draw: Random, outline: str, among: str) -> str:
    made = []
    for place, sign in enumerate(outline):
        if sign == "9":
            is_first = place == 0 or not outline[place - 1].isalnum()
            made.append(draw.choice("123456789" if is_first else "0123456789"))
        elif sign in "AB" and len(outline) > 2 and outline not in ("B-MW 9999", "KL AB 99"):
            made.append(draw.choice(among))
        else:
            made.append(sign)
    return "".join(made)


def email(draw: Random) -> str:
    first, last = (
        draw.choice(("emma", "j.smith", "sanne_dv", "lukas+1", "m-rossi")),
        figures(draw, 2),
    )
    host = draw.choice(
        ("gmail.com", "example.co.uk", "ziggo.nl", "web.de", "orange.fr", "hospital.org")
    )
    plain = f"{first}{last}@{host}"
    return draw.choice(
        (
            plain,
            plain.upper(),
            f"<{plain}>",
            f"mailto:{plain}",
            plain.replace("@", " (at) "),
            f"{draw.choice(FIRST)} <{plain}>",
        )
    )


def page(draw: Random) -> str:
    path = letters(draw, 6).lower()
    return draw.choice(
        (
            f"https://www.example.org/{path}",
            f"http://{path}.nl",
            f"www.{path}.de",
            f"linkedin.com/in/{path}",
            f"https://facebook.com/profile.php?id={figures(draw, 9)}",
            f"HTTPS://{path}.example.com",
        )
    )


def ip(draw: Random) -> str:
    four = ".".join(str(draw.randint(1, 254)) for _ in range(4))
    eight = ":".join(f"{draw.randrange(65536):x}" for _ in range(8))
    return draw.choice((four, four, eight, f"2001:db8::{draw.randrange(65536):x}", f"{four}:8080"))


def mac(draw: Random) -> str:
    pairs = [f"{draw.randrange(256):02x}" for _ in range(6)]
    return draw.choice((":".join(pairs), "-".join(pairs).upper()))


def serial(draw: Random) -> str:
    word = draw.choice(("S/N ", "SN: ", "Serial no. ", "serial number: "))
    return ("S/N: " if word == "SN: " else word) + letters(draw, 3) + figures(draw, 6)


def handle(draw: Random) -> str:
    return f"@{draw.choice(FIRST).lower().encode('ascii', 'ignore').decode()}_{figures(draw, 3)}"


def picture(draw: Random) -> str:
    ending = draw.choice(("jpg", "JPEG", "png", "heic", "wav", "mp4", "m4a"))
    coded = letters(draw, 40, "abcdefghABCDEFGH0123456789+/")
    return draw.choice(
        (
            f"IMG_{figures(draw, 4)}.{ending}",
            f"face {figures(draw, 2)}.{ending}",
            f"data:image/png;base64,{coded}",
            f"C:\\photos\\{letters(draw, 5)}.{ending}",
        )
    )


def record_number(draw: Random) -> str:
    word = draw.choice(
        (
            "MRN ",
            "MRN: ",
            "MRN-",
            "mrn",
            "PID ",
            "Hospital no. ",
            "hosp nr ",
            "Patientnr ",
            "patientnummer: ",
            "Patientennummer ",
            "dossier nr ",
            "NHC ",
            "dossiernummer ",
            "Fallnummer ",
            "medical record ",
        )
    )
    return word + figures(draw, draw.randint(6, 9))


def policy_number(draw: Random) -> str:
    word = draw.choice(
        ("Policy no. ", "policy: ", "Polis ", "polisnr ", "Member ID: ", "member no ")
    )
    return (
        word.replace("polisnr", "polis nr") + letters(draw, draw.randint(0, 2)) + figures(draw, 8)
    )


def licence(draw: Random) -> str:
    word = draw.choice(
        ("BIG ", "BIG-nr ", "licence no. ", "License: ", "NPI ", "AGB ", "RPPS ", "GMC ")
    )
    return word.replace("-nr", " nr") + figures(draw, 10, "123456789")


def account(draw: Random) -> str:
    word = draw.choice(("account no. ", "Konto: ", "acct ", "Konto-Nr. "))
    return word.replace("-Nr.", " nr") + figures(draw, 9, "123456789")


def passport(draw: Random) -> str:
    word = draw.choice(("Passport ", "passport no. ", "Reisepass ", "pasaporte ", "passaporto: "))
    return word + letters(draw, 2) + figures(draw, 7)


def titled_name(draw: Random) -> str:
    title = draw.choice(
        (
            "Mr",
            "Mrs.",
            "Dr.",
            "dhr.",
            "mevr.",
            "Mevrouw",
            "Herr",
            "Frau",
            "M.",
            "Mme",
            "Sr.",
            "Sra.",
            "Sig.ra",
            "Dott.",
            "Fru",
            "Dona",
            "de heer",
            "Prof.",
        )
    )
    name = draw.choice([last for last in LAST if last[0].isupper()])
    return f"{title} {draw.choice(('', draw.choice(FIRST) + ' '))}{name}"


def address(draw: Random) -> str:
    number, city = draw.randint(1, 240), draw.choice(CITIES)
    street = draw.choice(
        (
            f"{number} High Street",
            f"{number}a St John's Road",
            f"Flat 2, {number} Park Avenue",
            f"Kerkstraat {number}",
            f"Lange Nieuwstraat {number}-2",
            f"Keizersgracht {number} hs",
            f"Stationsweg {number}",
            f"Hauptstraße {number}",
            f"Goethestr. {number}",
            f"Am Markt {number}",
            f"Lindenallee {number}b",
            f"{number} rue de la Paix",
            f"{number} bis, avenue Foch",
            f"Calle Mayor {number}",
            f"Calle de Alcalá, {number}",
            f"Avda. de América {number}",
            f"Via Roma {number}",
            f"Via Giuseppe Verdi, {number}",
            f"Piazza Garibaldi {number}",
            f"Storgatan {number}",
            f"Kungsgatan {number} B",
            f"Rua Augusta {number}",
            f"Rua do Ouro, nº {number}",
        )
    )
    return draw.choice((street, street, f"{street}, {city}"))


def town_with_postcode(draw: Random) -> str:
    return draw.choice(
        (
            f"{figures(draw, 4, '123456789')} {letters(draw, 2)} Utrecht",
            f"{figures(draw, 5)} Köln",
            f"{figures(draw, 5)} Lyon",
            f"D-{figures(draw, 5)} Berlin",
            f"{figures(draw, 4, '123456789')}-{figures(draw, 3)} Porto",
            f"{figures(draw, 3)} {figures(draw, 2)} Malmö",
            f"{figures(draw, 5)} Sevilla",
        )
    )


def coordinates(draw: Random) -> str:
    north, east = draw.uniform(36, 65), draw.uniform(-9, 25)
    return draw.choice(
        (f"{north:.5f}, {east:.5f}", f"{north:.6f},{east:.6f}", f"{north:.4f} {east:.4f}")
    )


def full_date(draw: Random) -> str:
    year, month, day = birthday(draw)
    language = draw.choice(list(MONTHS))
    name = MONTHS[language].split()[month - 1]
    de = {"es": " de ", "pt": " de "}.get(language, " ")
    dot = ". " if language == "de" else de
    written = (
        f"{year}-{month:02}-{day:02}",
        f"{day:02}-{month:02}-{year}",
        f"{day:02}/{month:02}/{year}",
        f"{day}/{month}/{year}",
        f"{day}.{month}.{year}",
        f"{day:02}.{month:02}.{year % 100:02}",
        f"{month:02}/{day:02}/{year}",
        f"{year}/{month:02}/{day:02}",
        f"{year}{month:02}{day:02}",
        f"{year}-{month:02}-{day:02} 10:15",
        f"{year}-{month:02}-{day:02}T10:15:00Z",
        f"{day:02}-{month:02}-{year} 09:05:33",
        f"{day}{dot}{name}{de}{year}",
        f"{day}{dot}{name}{de}{year}",
        f"{day} {name[:3]} {year}",
        f"{day:02}-{MONTHS['en'].split()[month - 1][:3]}-{year}",
        f"{MONTHS['en'].split()[month - 1]} {day}, {year}",
        f"{MONTHS['en'].split()[month - 1][:3]} {day} {year}",
    )
    return draw.choice(written)


# What is known for what it is by itself, or by the cells that are written alike.
VALUES: Mapping[str, Maker] = {
    "date": full_date, "birth date": full_date, "admission date": full_date,
    "phone": phone, "mobile": phone, "fax": phone, "e-mail": email, "page": page, "ip": ip,
    "mac": mac,
    "serial number": serial, "social media": handle, "picture": picture,
    "record number": record_number,
    "policy number": policy_number, "licence": licence, "account": account, "passport": passport,
    "titled name": titled_name, "address": address, "town": town_with_postcode,
    "postcode": postcode,
    "coordinates": coordinates, "plate": plate, "VIN": numbers.vin, "IMEI": numbers.imei,
    "card": numbers.card, "IBAN": numbers.iban, "SSN": numbers.ssn, "NINO": numbers.nino,
    "NHS": numbers.nhs, "BSN": numbers.bsn, "DNI": numbers.dni, "NIE": numbers.nie,
    "personnummer": numbers.personnummer, "NIR": numbers.nir,
    "codice fiscale": numbers.codice_fiscale,
    "NIF": numbers.nif, "CPF": numbers.cpf, "NISS": numbers.niss, "AHV": numbers.ahv,
    "Steuer-ID": numbers.steuer_id, "KVNR": numbers.kvnr, "RVNR": numbers.pension_number,
    "SVNR": numbers.austrian, "fødselsnummer": numbers.norwegian, "CPR": numbers.danish,
    "HETU": numbers.finnish, "PESEL": numbers.pesel, "PPS": numbers.irish,
    "rodné číslo": numbers.czech,
}  # fmt: skip
