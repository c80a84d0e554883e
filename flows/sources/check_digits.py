"""The check digits of numbers that states, banks and health services give to persons.

Each function takes a number without spaces and signs, in capital letters, and says whether it is
one that could have been given out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Check = Callable[[str], bool]
DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY"
# What a letter or digit at an odd place of a codice fiscale counts; at an even place its own place.
ODD_PLACES = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25,
              24, 23)  # fmt: skip
VIN = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))


def is_luhn(number: str) -> bool:
    """Cards, IMEI, and with their date the Swedish personnummer."""
    doubled = (int(d) * (1 + k % 2) for k, d in enumerate(reversed(number)))
    return _sum_digits(doubled) % 10 == 0 and len(set(number)) > 1


def is_iban(number: str) -> bool:
    """Bank accounts."""
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def is_bsn(number: str) -> bool:
    """Netherlands."""
    weighed = _weigh(number.zfill(9), (9, 8, 7, 6, 5, 4, 3, 2, -1))
    return weighed % 11 == 0 and int(number) > 0


def is_nhs(number: str) -> bool:
    """England, and with another meaning Scotland."""
    return (_weigh(number[:9], range(10, 1, -1)) + int(number[9])) % 11 == 0 and int(number) > 0


def is_dni(number: str) -> bool:
    """Spain: DNI, and NIE with its first letter."""
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return DNI[int(digits) % 23] == number[-1]


def is_nir(number: str) -> bool:
    """France."""
    plain = number.replace("2A", "19").replace("2B", "18")
    return 97 - int(plain[:13]) % 97 == int(plain[13:])


def is_codice_fiscale(number: str) -> bool:
    """Italy."""
    places = [int(s) if s.isdigit() else LETTERS.index(s) for s in number[:15]]
    total = sum(ODD_PLACES[p] if k % 2 == 0 else p for k, p in enumerate(places))
    return LETTERS[total % 26] == number[15]


def is_nif(number: str) -> bool:
    """Portugal."""
    left = 11 - _weigh(number[:8], range(9, 1, -1)) % 11
    return (left if left < 10 else 0) == int(number[8])


def is_cartao(number: str) -> bool:
    """Portugal: the card, with its letters."""
    values = [int(sign, 36) for sign in number]
    doubled = (v * 2 - 9 * (v * 2 > 9) if k % 2 == 0 else v for k, v in enumerate(values))
    return sum(doubled) % 10 == 0


def is_cpf(number: str) -> bool:
    """Brazil."""
    first = _weigh(number[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = _weigh(number[:10], range(11, 1, -1)) * 10 % 11 % 10
    return (first, second) == (int(number[9]), int(number[10])) and len(set(number)) > 1


def is_niss(number: str) -> bool:
    """Belgium."""
    left = int(number[9:])
    return left in (97 - int(number[:9]) % 97, 97 - int("2" + number[:9]) % 97)


def is_ahv(number: str) -> bool:
    """Switzerland."""
    return number.startswith("756") and _weigh(number, (1, 3) * 6 + (1,)) % 10 == 0


def is_steuer_id(number: str) -> bool:
    """Germany: taxes."""
    product = 10
    for digit in number[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[10]) and number[0] != "0"


def is_kvnr(number: str) -> bool:
    """Germany: health insurance."""
    digits = f"{LETTERS.index(number[0]) + 1:02}{number[1:9]}"
    doubled = (int(d) * (1 + k % 2) for k, d in enumerate(digits))
    return _sum_digits(doubled) % 10 == int(number[9])


def is_pension(number: str) -> bool:
    """Germany: pension insurance, which holds a date of birth."""
    digits = f"{number[:8]}{LETTERS.index(number[8]) + 1:02}{number[9:11]}"
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    products = (int(d) * w for d, w in zip(digits, weights, strict=True))
    return _sum_digits(products) % 10 == int(number[11])


def is_austrian(number: str) -> bool:
    """Austria: social insurance, which ends with a date of birth."""
    total = _weigh(number[:3] + number[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6))
    return total % 11 == int(number[3]) and is_day(number[4:], "dmy")


def is_personnummer(number: str) -> bool:
    """Sweden; a samordningsnummer has 60 added to its day."""
    short = number[-10:]
    day = int(short[4:6])
    written = short[:4] + f"{day - 60 if day > 60 else day:02}"
    return is_luhn(short) and is_day(written, "ymd")


def is_norwegian(number: str) -> bool:
    """Norway."""
    first = (*map(int, "376189452"), 1)
    second = (*map(int, "5432765432"), 1)
    return _weigh(number[:10], first) % 11 == 0 and _weigh(number, second) % 11 == 0


def is_danish(number: str) -> bool:
    """Denmark; its check digit is no longer kept to, so the date must do."""
    return is_day(number[:6], "dmy")


def is_hetu(number: str) -> bool:
    """Finland."""
    return HETU[int(number[:6] + number[-4:-1]) % 31] == number[-1]


def is_pesel(number: str) -> bool:
    """Poland."""
    return _weigh(number, (1, 3, 7, 9) * 2 + (1, 3, 1)) % 10 == 0 and int(number[2:4]) % 20 < 13


def is_pps(number: str) -> bool:
    """Ireland."""
    extra = LETTERS.index(number[8]) + 1 if len(number) == 9 and number[8] != "W" else 0
    total = _weigh(number[:7], range(8, 1, -1)) + extra * 9
    return ("W" + LETTERS)[total % 23] == number[7]


def is_birth_number(number: str) -> bool:
    """Czechia and Slovakia; women have 50 added to their month."""
    month = int(number[2:4]) % 50
    return is_day(f"{number[:2]}{month:02}{number[4:6]}", "ymd") and (
        len(number) == 9 or int(number) % 11 == 0 or int(number[:9]) % 11 == 10
    )


def is_vin(number: str) -> bool:
    """Vehicles, where they keep to the check digit."""
    values = (int(VIN.get(sign, sign)) for sign in number)
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    return "0123456789X"[sum(v * w for v, w in zip(values, weights, strict=True)) % 11] == number[8]


def is_bsn_or_nif(number: str) -> bool:
    """Nine digits, of the Netherlands or Portugal."""
    return is_bsn(number) or (len(number) == 9 and is_nif(number))


def is_of_ten_digits(number: str) -> bool:
    """Ten digits, or twelve in Sweden."""
    others = len(number) == 10 and (is_nhs(number) or is_austrian(number))
    return others or is_personnummer(number)


def is_of_eleven_digits(number: str) -> bool:
    """Eleven digits, of any of five countries."""
    checks = (is_steuer_id, is_niss, is_cpf, is_norwegian, is_pesel)
    return any(check(number) for check in checks)


def is_personnummer_or_danish(number: str) -> bool:
    """Ten digits that begin with a day, with or without a check digit."""
    return is_personnummer(number) or is_danish(number)


def is_as_long_as_a_phone(number: str) -> bool:
    """Phones have no check digit."""
    return 9 <= len(number) <= 12


def is_day_of_eight_digits(number: str) -> bool:
    """A day with its century: year, month, day."""
    return is_day(number[2:], "ymd")


def is_day(six: str, order: str) -> bool:
    """Whether six digits are a day of some century, in an order such as "dmy"."""
    parts: Mapping[str, int] = {sign: int(six[2 * k : 2 * k + 2]) for k, sign in enumerate(order)}
    try:
        date(2000 + parts["y"], parts["m"], parts["d"])
    except ValueError:
        return False
    return True


def _weigh(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _sum_digits(numbers: Iterable[int]) -> int:
    """Return the sum of the digits of numbers below 100."""
    return sum(number // 10 + number % 10 for number in numbers)
