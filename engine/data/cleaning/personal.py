"""Personal data in texts: addresses of people and machines, numbers of cards and accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.data.cleaning.secret import Secret

_EMAIL = re.compile(
    r"(?<![\w.%+@-])(?P<name>\w(?:[\w.%+'-]{0,62}[\w+-])?)"
    r"@(?:\w(?:[\w-]{0,61}\w)?\.){1,8}(?P<top>[^\W\d_]{2,24})(?![\w@(-])"
)
_IN_URL = re.compile(r"://[^\s/@]*$")
_URL_REACH = 160
_NO_PERSONS = frozenset({"git", "hg", "svn"})
"""Names before the @ in addresses of repositories."""

_TOP_DOMAINS = """
com org net edu gov mil int info biz name pro mobi jobs travel museum coop aero asia cat tel dev app
page xyz online site shop store tech cloud email club top live life world today agency company group
solutions digital media news blog design studio social space website network systems services works
software consulting capital finance health care zone team one academy school university foundation
international center global expert guru ninja rocks example test invalid local localhost internal
corp lan
"""
"""Common top-level domains beside the countries' (IANA's root zone); `self.weight` is no domain."""
_KNOWN_TOP_DOMAINS = frozenset(_TOP_DOMAINS.split())
_COUNTRY_LENGTH = 2

_DIGITS_TOGETHER = b"0000000"
_DIGITS = bytes(ord("0") if chr(code) in "0123456789" else ord("x") for code in range(256))
_BETWEEN_DIGITS = b" \t-()./" + "\u00a0\u202f\u2010\u2011\u2013".encode()
"""What numbers are grouped by, and the bytes of UTF-8 of spaces and hyphens beyond ASCII."""

_LONG_NUMBER = re.compile(r"\d(?:[ \t()./\u00a0\u202f\u2010\u2011\u2013-]{0,2}\d){6}")

_CARD = re.compile(
    r"\d{4}(?:\d{10,12}|([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|([ -])\d{6}\2\d{4,5})"
    r"(?![\w+=*-]|[.,/]\d)"
)
_BEFORE_NO_CARD = re.compile(r"[\w.,/+=*-]")
_CARD_MAKERS = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14}"
)
"""Visa, Mastercard, American Express, Diners, Discover, JCB and UnionPay (ISO/IEC 7812)."""

_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_IBAN_LENGTHS = {
    length: countries.split()
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
}
"""Lengths by country (ISO 13616, the IBAN registry)."""
_IBAN_LENGTH = {country: n for n, countries in _IBAN_LENGTHS.items() for country in countries}

_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(
    r"(?<![\w:.])[23][0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4}(?![\w:])"
)


def emails(text: str) -> Iterator[Secret]:
    """Yield the e-mail addresses in a text (RFC 5321, in the forms that people have)."""
    for found in _EMAIL.finditer(text):
        if _IN_URL.search(text[max(0, found.start() - _URL_REACH) : found.start()]):
            continue
        top = found["top"]
        is_domain = len(top) == _COUNTRY_LENGTH or top.lower() in _KNOWN_TOP_DOMAINS
        # "A@B.mT" multiplies matrices.
        if is_domain and (top.islower() or top.isupper()) and found["name"] not in _NO_PERSONS:
            yield Secret("email", "e-mail address", found.start(), found.end())


def may_have_numbers(data: bytes) -> bool:
    """Tell quickly whether a text, in UTF-8, has seven digits with no more than blanks between."""
    return _DIGITS_TOGETHER in data.translate(_DIGITS, _BETWEEN_DIGITS)


def has_long_number(text: str) -> bool:
    """Tell whether a text has seven digits that are no terms of a sum: the sharper, slower test."""
    return _LONG_NUMBER.search(text) is not None


def cards(text: str) -> Iterator[Secret]:
    """Yield the card numbers in a text: a maker's prefix and length, and the right check digit."""
    # Patterns that begin with a digit are found much faster than those that look behind first.
    for found in _CARD.finditer(text):
        if _BEFORE_NO_CARD.match(text, max(0, found.start() - 1), found.start()):
            continue
        digits = re.sub("[ -]", "", found.group())
        if _CARD_MAKERS.fullmatch(digits) and len(set(digits)) > 1 and _luhn(digits):
            yield Secret("card", "card number", found.start(), found.end())


def ibans(text: str) -> Iterator[Secret]:
    """Yield the account numbers in a text that are right IBANs of a country that has them."""
    for found in _IBAN.finditer(text):
        written = _first_characters(found.group(), _IBAN_LENGTH.get(found.group()[:2], 0))
        end = found.start() + len(written)
        alone = not text[found.start() - 1 : found.start()].isalnum() or found.start() == 0
        alone = alone and not text[end : end + 1].isalnum()
        if written and alone and _iban_checks(written):
            yield Secret("iban", "account number (IBAN)", found.start(), end)


def ip_addresses(text: str) -> Iterator[Secret]:
    """Yield the addresses of machines in a text that the whole internet can reach."""
    import ipaddress

    for pattern in (_IPV4, _IPV6):
        for found in pattern.finditer(text):
            try:
                address = ipaddress.ip_address(found.group())
            except ValueError:
                continue
            if address.is_global:
                yield Secret("ip", "IP address", found.start(), found.end())


def _luhn(digits: str) -> bool:
    """Check a number's last digit (ISO/IEC 7812-1, annex B)."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def _first_characters(written: str, count: int) -> str:
    """Return the beginning with so many characters that are no blanks; "" if there are fewer."""
    seen = 0
    for at, character in enumerate(written):
        seen += character != " "
        if seen == count:
            return written[: at + 1]
    return ""


def _iban_checks(written: str) -> bool:
    """Check an account number's digits (ISO 7064, MOD 97-10)."""
    compact = written.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1
