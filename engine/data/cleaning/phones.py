"""Phone numbers in texts; a number that nothing marks as one is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from engine.data.cleaning.secret import Secret
from engine.data.errors import MissingPackageError

_BETWEEN = r"[ \t().\-/\u00a0\u202f\u2010\u2011\u2013]"
_CANDIDATE = re.compile(rf"[(+\d](?:{_BETWEEN}{{0,2}}\d){{6,15}}(?![\w@]| ?[=*^]| ?\+ |[.,:/-]\d)")
_BEFORE_NO_PHONE = re.compile(r"[\w.,/=*^<>$€£#@&%+-]$")
_AFTER_DIGIT = re.compile(r"\d[ \t]?[:+-]?[ \t]?$")

_NORTH_AMERICAN = re.compile(r"(?:\+?1[ .-])?(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d-)\d{3}[-. ]\d{4}")
_CUE = re.compile(
    r"(?:(?<!\[)\b(?:(?:tele)?(?:ph|f)one?s?|tel|cell|mobile?|fax|hotline|whats\s?app|dial|call|sms"
    r"|handy|t[ée]l(?:[ée]fono?|[ée]phone)?|m[óo]vil|celular|portable)\b"
    r"(?:[\s:.#=*\"'(/-]|\b(?:numbers?|no|nr|is|at|me|us|him|her|them|on|or|text)\b)*"
    r"|[☎☏📞📱]\ufe0f?\s*)$",
    re.IGNORECASE,
)
"""A word or sign, right before it, that makes any number a phone number."""
_CUE_REACH = 48

_NO_PHONE = re.compile(r"\+?(?:\d+\.\d+|\d{4}([-./ ])\d\d\1\d\d.*)|[+(][^\d(].*")
"""Decimal numbers, dates, and terms of a sum."""

_SHORTEST = 7
_TRUNK = re.compile(r"\(?0\d")
_GROUPED = re.compile(r"\d\D+\d")
_SHORTEST_AT_HOME = 9
_REGIONS = ("GB", "FR", "DE", "IT", "NL", "BE", "CH", "AT", "SE", "AU", "NZ", "ZA", "JP", "KR")
"""Countries whose numbers begin with 0 at home, so that they can be told from other numbers."""


def phones(text: str) -> Iterator[Secret]:
    """Yield the phone numbers in a text.

    They are international ones (+49 30 …), North American ones with hyphens or brackets, others
    that begin with 0 and are grouped as one of some countries groups them, and whatever follows a
    word such as "phone" or "fax". Length and grouping are those of the phonenumbers package
    (Google's libphonenumber).

    Raises:
        MissingPackageError: if phonenumbers is not installed.
    """
    for found in _CANDIDATE.finditer(text):
        # The bracket that a number stands in is no part of it.
        start = found.start() + (found.group().count("(") > found.group().count(")"))
        before = text[max(0, start - _CUE_REACH) : start]
        if _is_phone(text[start : found.end()], before):
            yield Secret("phone", "phone number", start, found.end())


def require_phonenumbers() -> None:
    """Make sure that phonenumbers is installed.

    Raises:
        MissingPackageError: if it is not.
    """
    try:
        import phonenumbers  # noqa: F401
    except ImportError as error:
        raise MissingPackageError(
            "Phone numbers are found with phonenumbers: pip install 'ftlab[data]'"
        ) from error


def _is_phone(written: str, before: str) -> bool:
    # Terms of a sum and times of the day stand right after another number.
    if _BEFORE_NO_PHONE.search(before) or (written[0] != "+" and _AFTER_DIGIT.search(before)):
        return False
    if sum(map(str.isdigit, written)) < _SHORTEST or _NO_PHONE.fullmatch(written):
        return False
    if _CUE.search(before) or _NORTH_AMERICAN.fullmatch(written):
        return True
    if "+" in written:
        return _is_international(written)
    return _TRUNK.match(written) is not None and _is_national(written)


def _is_international(written: str) -> bool:
    require_phonenumbers()
    import phonenumbers

    try:
        number = phonenumbers.parse(written, None)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.is_valid_number(number):
        return True
    return not written.lstrip("(+").isdigit() and phonenumbers.is_possible_number(number)


def _is_national(written: str) -> bool:
    if sum(map(str.isdigit, written)) < _SHORTEST_AT_HOME or not _GROUPED.search(written):
        return False
    if _counts_up(written):
        return False
    require_phonenumbers()
    from phonenumbers import Leniency, PhoneNumberMatcher

    for region in _REGIONS:
        matcher = PhoneNumberMatcher(written, region, leniency=Leniency.EXACT_GROUPING)
        if any(match.raw_string == written for match in matcher):
            return True
    return False


def _counts_up(written: str) -> bool:
    """Tell whether the number's groups are a list such as "01 02 03 04 05"."""
    groups = map(int, re.findall(r"\d+", written))
    return all(one + 1 == other for one, other in pairwise(groups))
