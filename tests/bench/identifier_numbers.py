"""Numbers that states, banks and health services give to persons, made from their definitions.

Nothing here knows how they are found: each function builds a number that could have been given
out, and writes it in one of the ways in which people write it.
"""

from __future__ import annotations

from random import Random

CONSONANTS, CAPITALS = "BCDFGHJKLMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def figures(draw: Random, count: int, first: str = "0123456789") -> str:
    """Return random digits."""
    return draw.choice(first) + "".join(draw.choice("0123456789") for _ in range(count - 1))


def letters(draw: Random, count: int, among: str = CAPITALS) -> str:
    """Return random letters."""
    return "".join(draw.choice(among) for _ in range(count))


def birthday(draw: Random) -> tuple[int, int, int]:
    """Return year, month and day."""
    return draw.randint(1935, 2006), draw.randint(1, 12), draw.randint(1, 28)


def six(draw: Random, order: str) -> str:
    """Return a birthday as six digits."""
    year, month, day = birthday(draw)
    parts = {"y": year % 100, "m": month, "d": day}
    return "".join(f"{parts[sign]:02}" for sign in order)


def luhn_digit(number: str) -> str:
    """Return the digit that completes a number after Luhn."""
    total = 0
    for place, sign in enumerate(reversed(number)):
        value = int(sign) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return str(-total % 10)


def nhs(draw: Random) -> str:
    while True:
        stem = figures(draw, 9, "4679")
        check = (
            11
            - sum(int(d) * w for d, w in zip(stem, (10, 9, 8, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        )
        if check != 10:
            number = stem + str(check % 11)
            spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
            return draw.choice((number, spaced, spaced.replace(" ", "-")))


def bsn(draw: Random) -> str:
    while True:
        stem = figures(draw, 8, "12")
        rest = sum(int(stem[k]) * (9 - k) for k in range(8)) % 11
        if rest < 10:
            number = stem + str(rest)
            return draw.choice((number, f"{number[:4]}.{number[4:6]}.{number[6:]}"))


def dni(draw: Random) -> str:
    number = figures(draw, 8)
    letter = "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]
    dotted = f"{number[:2]}.{number[2:5]}.{number[5:]}"
    return draw.choice(
        (number + letter, f"{number}-{letter}", f"{dotted}-{letter}", (number + letter).lower())
    )


def nie(draw: Random) -> str:
    first, number = draw.choice("XYZ"), figures(draw, 7)
    letter = "TRWAGMYFPDXBNJZSQVHLCKE"[int("XYZ".index(first).__str__() + number) % 23]
    return draw.choice((f"{first}{number}{letter}", f"{first}-{number}-{letter}"))


def personnummer(draw: Random) -> str:
    year, month, day = birthday(draw)
    day += draw.choice((0, 0, 0, 60))  # a samordningsnummer
    stem = f"{year % 100:02}{month:02}{day:02}{figures(draw, 3)}"
    last = stem[6:] + luhn_digit(stem)
    return draw.choice(
        (
            f"{stem[:6]}-{last}",
            f"{year}{stem[2:6]}-{last}",
            f"{year}{stem[2:6]}{last}",
            f"{stem[:6]}{last}",
        )
    )


def iban(draw: Random) -> str:
    country, bban = draw.choice(
        (
            ("NL", letters(draw, 4) + figures(draw, 10)),
            ("DE", figures(draw, 18)),
            ("GB", letters(draw, 4) + figures(draw, 14)),
            ("FR", figures(draw, 23)),
            ("ES", figures(draw, 20)),
            ("IT", letters(draw, 1) + figures(draw, 22)),
            ("SE", figures(draw, 20)),
            ("PT", figures(draw, 21)),
            ("BE", figures(draw, 12)),
            ("CH", figures(draw, 17)),
            ("NO", figures(draw, 11)),
        )
    )
    turned = "".join(str(CAPITALS.index(s) + 10) if s in CAPITALS else s for s in bban + country)
    number = f"{country}{98 - int(turned + '00') % 97:02}{bban}"
    grouped = " ".join(number[k : k + 4] for k in range(0, len(number), 4))
    return draw.choice((number, grouped, number.lower(), grouped.replace(" ", "-")))


def nir(draw: Random) -> str:
    year, month, _ = birthday(draw)
    place = draw.choice((f"{draw.randint(1, 95):02}", "2A", "2B"))
    place = place if place != "20" else "21"
    stem = f"{draw.choice('12')}{year % 100:02}{month:02}{place}{figures(draw, 6)}"
    key = 97 - int(stem.replace("2A", "19").replace("2B", "18")) % 97
    spaced = f"{stem[0]} {stem[1:3]} {stem[3:5]} {stem[5:7]} {stem[7:10]} {stem[10:]}"
    return draw.choice((f"{stem}{key:02}", f"{spaced} {key:02}"))


def codice_fiscale(draw: Random) -> str:
    year, month, day = birthday(draw)
    stem = (
        f"{letters(draw, 6, CONSONANTS)}{year % 100:02}{'ABCDEHLMPRST'[month - 1]}"
        f"{day + draw.choice((0, 40)):02}{letters(draw, 1, 'ABCDEFGHIL')}{figures(draw, 3)}"
    )
    odd = {
        "0": 1,
        "1": 0,
        "2": 5,
        "3": 7,
        "4": 9,
        "5": 13,
        "6": 15,
        "7": 17,
        "8": 19,
        "9": 21,
        "A": 1,
        "B": 0,
        "C": 5,
        "D": 7,
        "E": 9,
        "F": 13,
        "G": 15,
        "H": 17,
        "I": 19,
        "J": 21,
        "K": 2,
        "L": 4,
        "M": 18,
        "N": 20,
        "O": 11,
        "P": 3,
        "Q": 6,
        "R": 8,
        "S": 12,
        "T": 14,
        "U": 16,
        "V": 10,
        "W": 22,
        "X": 25,
        "Y": 24,
        "Z": 23,
    }
    total = sum(odd[s] for s in stem[::2])
    total += sum(int(s) if s.isdigit() else CAPITALS.index(s) for s in stem[1::2])
    number = stem + CAPITALS[total % 26]
    return draw.choice(
        (number, number.lower(), f"{number[:3]} {number[3:6]} {number[6:11]} {number[11:]}")
    )


def nif(draw: Random) -> str:
    stem = figures(draw, 8, "12")
    rest = sum(int(stem[k]) * (9 - k) for k in range(8)) % 11
    number = stem + str(0 if rest < 2 else 11 - rest)
    return draw.choice((number, f"{number[:3]} {number[3:6]} {number[6:]}"))


def cpf(draw: Random) -> str:
    number = figures(draw, 9)
    for length in (10, 11):
        rest = sum(int(d) * (length - k) for k, d in enumerate(number)) % 11
        number += str(0 if rest < 2 else 11 - rest)
    return draw.choice((number, f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"))


def niss(draw: Random) -> str:
    year, month, day = birthday(draw)
    stem = f"{year % 100:02}{month:02}{day:02}{draw.randint(1, 997):03}"
    key = 97 - int(("2" if year >= 2000 else "") + stem) % 97
    dotted = f"{stem[:2]}.{stem[2:4]}.{stem[4:6]}-{stem[6:]}.{key:02}"
    return draw.choice((f"{stem}{key:02}", dotted))


def ahv(draw: Random) -> str:
    stem = "756" + figures(draw, 9)
    check = -sum(int(d) * (1 if k % 2 == 0 else 3) for k, d in enumerate(stem)) % 10
    number = f"{stem}{check}"
    return draw.choice((number, f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}"))


def steuer_id(draw: Random) -> str:
    stem = figures(draw, 10, "123456789")
    product = 10
    for sign in stem:
        total = (int(sign) + product) % 10
        product = 2 * (total or 10) % 11
    number = stem + str((11 - product) % 10)
    return draw.choice((number, f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"))


def kvnr(draw: Random) -> str:
    letter, stem = draw.choice(CAPITALS), figures(draw, 8)
    total = 0
    for place, sign in enumerate(f"{CAPITALS.index(letter) + 1:02}{stem}"):
        value = int(sign) * (1 if place % 2 == 0 else 2)
        total += value // 10 + value % 10
    return draw.choice((f"{letter}{stem}{total % 10}", f"{letter} {stem}{total % 10}"))


def pension_number(draw: Random) -> str:
    area = draw.choice((2, 4, 8, 10, 12, 13, 17, 53, 65))
    stem = f"{area:02}{six(draw, 'dmy')}{draw.choice(CAPITALS)}{draw.randint(0, 99):02}"
    plain = stem[:8] + f"{CAPITALS.index(stem[8]) + 1:02}" + stem[9:]
    total = 0
    for sign, weight in zip(plain, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True):
        value = int(sign) * weight
        total += value // 10 + value % 10
    number = f"{stem}{total % 10}"
    return draw.choice((number, f"{number[:2]} {number[2:8]} {number[8]} {number[9:]}"))


def austrian(draw: Random) -> str:
    while True:
        serial, born = figures(draw, 3, "123456789"), six(draw, "dmy")
        weights = (3, 7, 9, 5, 8, 4, 2, 1, 6)
        rest = sum(int(d) * w for d, w in zip(serial + born, weights, strict=True)) % 11
        if rest < 10:
            return draw.choice((f"{serial}{rest}{born}", f"{serial}{rest} {born}"))


def norwegian(draw: Random) -> str:
    while True:
        stem = six(draw, "dmy") + figures(draw, 3)
        first = (
            -sum(int(d) * w for d, w in zip(stem, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
        )
        if first == 10:
            continue
        stem += str(first)
        second = (
            -sum(int(d) * w for d, w in zip(stem, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        )
        if second != 10:
            return draw.choice((f"{stem}{second}", f"{stem[:6]} {stem[6:]}{second}"))


def danish(draw: Random) -> str:
    return f"{six(draw, 'dmy')}-{figures(draw, 4)}"


def finnish(draw: Random) -> str:
    born, serial = six(draw, "dmy"), f"{draw.randint(2, 899):03}"
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(born + serial) % 31]
    return f"{born}{draw.choice('-A')}{serial}{check}"


def pesel(draw: Random) -> str:
    stem = six(draw, "ymd") + figures(draw, 4)
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    return stem + str(-sum(int(d) * w for d, w in zip(stem, weights, strict=True)) % 10)


def irish(draw: Random) -> str:
    stem = figures(draw, 7)
    total = sum(int(d) * w for d, w in zip(stem, (8, 7, 6, 5, 4, 3, 2), strict=True))
    return stem + ("W" + CAPITALS)[total % 23]


def czech(draw: Random) -> str:
    while True:
        year, month, day = birthday(draw)
        stem = f"{year % 100:02}{month + draw.choice((0, 50)):02}{day:02}{figures(draw, 3)}"
        if year > 1953 and int(stem) % 11 < 10:
            return f"{stem[:6]}/{stem[6:]}{int(stem) % 11}"


def nino(draw: Random) -> str:
    first = letters(draw, 1, "ABCEGHJKLMNOPRSTWXYZ")
    prefix = first + letters(draw, 1, "ABCEGHJKLMNPRSTWXYZ")
    number, suffix = figures(draw, 6), draw.choice("ABCD")
    spaced = f"{prefix} {number[:2]} {number[2:4]} {number[4:]} {suffix}"
    return draw.choice((prefix + number + suffix, spaced))


def ssn(draw: Random) -> str:
    area = draw.choice([n for n in range(1, 900) if n != 666])
    return draw.choice(("-", " ")).join(
        (f"{area:03}", f"{draw.randint(1, 99):02}", f"{draw.randint(1, 9999):04}")
    )


def card(draw: Random) -> str:
    stem = draw.choice(("4", "51", "52", "53", "54", "55")) + figures(draw, 14)
    number = stem[:15] + luhn_digit(stem[:15])
    grouped = " ".join(number[k : k + 4] for k in range(0, 16, 4))
    return draw.choice((number, grouped, grouped.replace(" ", "-")))


def imei(draw: Random) -> str:
    stem = draw.choice(("35", "86", "01")) + figures(draw, 12)
    return stem + luhn_digit(stem)


def vin(draw: Random) -> str:
    among = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    signs = [*letters(draw, 8, among), "0", *letters(draw, 3, among), *figures(draw, 5)]
    worth = {str(n): n for n in range(10)}
    for row, first in (("ABCDEFGH", 1), ("JKLMN", 1), ("P", 7), ("R", 9), ("STUVWXYZ", 2)):
        worth |= {sign: first + k for k, sign in enumerate(row)}
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(worth[s] * w for s, w in zip(signs, weights, strict=True)) % 11
    signs[8] = "X" if rest == 10 else str(rest)
    return "".join(signs)
