"""Keys and passwords that open something: found by what their makers have them look like.

The forms are those that the makers document, or that their keys plainly have; the rules of gitleaks
and detect-secrets name the same ones. detect-secrets itself is made for code: in prose with numbers
it finds dozens of "secrets" a row, at 0.1 MB a second.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from engine.data.cleaning.secret import Secret


class _Form(NamedTuple):
    """What one maker's keys look like.

    Attributes:
        name: whose key it is.
        markers: texts of which a text with such a key has one: looked for first, for speed.
        pattern: the key.
    """

    name: str
    markers: tuple[str, ...]
    pattern: re.Pattern[str]


def _form(name: str, pattern: str, *markers: str) -> _Form:
    return _Form(name, markers, re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})"))


_FORMS = (
    _form("Anthropic API key", r"sk-ant-[A-Za-z0-9_-]{20,}", "sk-ant-"),
    _form("OpenRouter API key", r"sk-or-v1-[0-9a-f]{32,}", "sk-or-"),
    _form(
        "OpenAI API key",
        r"sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{32,})",
        "sk-",
    ),
    _form(
        "Stripe key",
        r"(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,}",
        "k_live_",
        "k_test_",
        "whsec_",
    ),
    _form(
        "GitHub token",
        r"gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}",
        *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    ),
    _form("GitLab token", r"gl(?:pat|dt|rt|ptt|soat)-[A-Za-z0-9_.-]{20,}", "gl"),
    _form(
        "AWS access key",
        r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])",
        "AKIA",
        "ASIA",
        "ABIA",
        "ACCA",
    ),
    _form("Google API key", r"AIza[A-Za-z0-9_-]{35}", "AIza"),
    _form(
        "Google OAuth secret",
        r"GOCSPX-[A-Za-z0-9_-]{24,}|ya29\.[A-Za-z0-9_-]{30,}",
        "GOCSPX-",
        "ya29.",
    ),
    _form(
        "Slack token", r"xox[abceoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{20,}", "xox", "xapp-"
    ),
    _form("Hugging Face token", r"hf_[A-Za-z0-9]{30,}|api_org_[A-Za-z0-9]{34}", "hf_", "api_org_"),
    _form("Groq API key", r"gsk_[A-Za-z0-9]{40,}", "gsk_"),
    _form("xAI API key", r"xai-[A-Za-z0-9]{60,}", "xai-"),
    _form("Replicate token", r"r8_[A-Za-z0-9]{37}", "r8_"),
    _form("Perplexity API key", r"pplx-[A-Za-z0-9]{40,}", "pplx-"),
    _form("npm token", r"npm_[A-Za-z0-9]{36}", "npm_"),
    _form("PyPI token", r"pypi-AgE[A-Za-z0-9_-]{40,}", "pypi-AgE"),
    _form("SendGrid API key", r"SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,50}", "SG."),
    _form("DigitalOcean token", r"do[opr]_v1_[0-9a-f]{64}", "_v1_"),
    _form("Databricks token", r"dapi[0-9a-f]{32}(?:-\d)?", "dapi"),
    _form("Shopify token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", "shp"),
    _form("Twilio key", r"SK[0-9a-f]{32}(?![0-9A-Za-z])", "SK"),
    _form("Telegram bot token", r"\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])", ":AA"),
    _form(
        "JSON web token",
        r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
        "eyJ",
    ),
)

_WEBHOOK = re.compile(r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9_/-]{20,}")
_KEY_KIND = r"(?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
_PRIVATE_KEY = re.compile(
    rf"-----BEGIN {_KEY_KIND}(?:"
    rf"(?:[A-Za-z0-9+/=:,.\s\\]|-(?!----)){{16,}}-----END {_KEY_KIND}"
    r"|(?:\s|\\[nr])*(?:[A-Za-z0-9+/=]{16,}(?:\s|\\[nr])*)+)"
)
"""Whole, or cut off in its base64 lines (RFC 7468)."""
_PASSWORD_IN_URL = re.compile(
    r"://(?P<user>[^\s/:@\"'<>]{1,64}):(?P<value>[^\s/:@\"'<>]{3,128})@\w"
)

_ASSIGNED = re.compile(
    r"(?:key|secret|token|passw(?:or)?d|pwd|credentials?|bearer)[\"'`]?"
    r"(?:\s{0,2}(?:=>|:?=|:)\s{0,2}(?:bearer\s)?|\s)[\"'`]?"
    r"(?P<value>[A-Za-z0-9+/_~-]{20,512}={0,2})(?![\w.(\[$])",
    re.IGNORECASE,
)
_LEAST_BITS = 3.3
"""Bits a character, as Shannon counts them: words and names mostly have fewer."""
_LEAST_TURNS = 0.22
"""How often random characters turn from digit to small to capital letter; names seldom do."""
_LEAST_MIXED = 4
"""So often a letter stands beside a digit in a key of which a few of a kind stand together
("abcd1234efgh5678"); names mostly have one number, at their end.
"""
_FEWEST_DIFFERENT = 6

_PASSWORD = re.compile(
    r"passw(?:or)?d[\"'`]?\s{0,2}(?:=>|:?=|:)\s{0,2}[\"'`]?"
    r"(?P<value>[A-Za-z0-9][A-Za-z0-9!@#$%^&*+~?/_.-]{7,63}+)(?![(\[{<\\])",
    re.IGNORECASE,
)
"""What is said to be a password, and is no call or template in code."""
_LIKE_A_NAME = re.compile(r"[\w./-]+")
_LEAST_MIXED_NAME = 3
_SHORTEST_PASSWORD = 8
_SENTENCE_ENDS = ".?*~"
_LETTER_BY_DIGIT = re.compile(r"(?<=[A-Za-z])\d|(?<=\d)[A-Za-z]")
_PASSWORD_SIGN = b"passw"

_TOKEN_RUN = b"a" * 20
_TOKEN_CHARACTERS = bytes(
    ord("a") if chr(code).isascii() and (chr(code).isalnum() or chr(code) in "_-/+") else ord(" ")
    for code in range(256)
)


def may_have_credentials(data: bytes) -> bool:
    """Tell quickly whether a text, in UTF-8, has anything as long as a key, or tells a password."""
    if _TOKEN_RUN in data.translate(_TOKEN_CHARACTERS) or b"PRIVATE KEY-----" in data:
        return True
    return (b"@" in data and b"://" in data) or _PASSWORD_SIGN in data.lower()


def credentials(text: str) -> Iterator[Secret]:
    """Yield the keys, tokens and passwords in a text; some may overlap."""
    for form in _FORMS:
        if any(marker in text for marker in form.markers):
            for found in form.pattern.finditer(text):
                if not _is_placeholder(found.group()):
                    yield Secret("key", form.name, found.start(), found.end())
    if "PRIVATE KEY" in text:
        for found in _PRIVATE_KEY.finditer(text):
            yield Secret("key", "private key", found.start(), found.end())
    if "hooks.slack.com" in text:
        for found in _WEBHOOK.finditer(text):
            yield Secret("key", "Slack webhook", found.start(), found.end())
    if "://" in text:
        yield from _passwords_in_urls(text)
    yield from _assigned(text)
    yield from _passwords(text)


def _passwords_in_urls(text: str) -> Iterator[Secret]:
    for found in _PASSWORD_IN_URL.finditer(text):
        value = found["value"]
        # "postgres://postgres:postgres@localhost" and "user:password@host" tell nothing.
        if (
            value != found["user"]
            and value.lower() not in _NO_PASSWORDS
            and value[0] not in "$<{[*"
        ):
            yield Secret("key", "password in a URL", found.start("value"), found.end("value"))


_NO_PASSWORDS = frozenset(
    {"password", "passwd", "pass", "pwd", "secret", "token", "xxx", "changeme"}
)


def _assigned(text: str) -> Iterator[Secret]:
    for found in _ASSIGNED.finditer(text):
        if _looks_random(found["value"]):
            yield Secret("key", "key or password", found.start("value"), found.end("value"))


def _passwords(text: str) -> Iterator[Secret]:
    if _PASSWORD_SIGN.decode() not in text.lower():
        return
    for found in _PASSWORD.finditer(text):
        value = found["value"].rstrip(_SENTENCE_ENDS)
        if _looks_like_a_password(value):
            start = found.start("value")
            yield Secret("key", "password", start, start + len(value))


def _looks_like_a_password(value: str) -> bool:
    """Tell a password from a word: letters and digits, well mixed or with signs no name has."""
    if len(value) < _SHORTEST_PASSWORD or value.isdigit() or not re.search(r"\d", value):
        return False
    return not _LIKE_A_NAME.fullmatch(value) or _mixed(value) >= _LEAST_MIXED_NAME


def _looks_random(value: str) -> bool:
    """Tell a random string from a name: by its entropy, and by how mixed its characters are."""
    counts = Counter(value)
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    kinds = [_kind(character) for character in value]
    turns = sum(one != other for one, other in pairwise(kinds))
    digits = sum(character.isdigit() for character in value)
    if bits < _LEAST_BITS or not 2 <= digits < len(value):
        return False
    if turns >= _LEAST_TURNS * len(value):
        return True
    return value.isalnum() and _mixed(value) >= _LEAST_MIXED


def _mixed(value: str) -> int:
    """Return how often a letter stands right beside a digit."""
    return len(_LETTER_BY_DIGIT.findall(value))


def _kind(character: str) -> int:
    if character.isdigit():
        return 0
    return 1 if character.islower() else 2


def _is_placeholder(key: str) -> bool:
    """Tell whether a key is made up of the same few characters ("sk-xxxxxxxx…")."""
    return len(set(key[len(key) // 3 :])) < _FEWEST_DIFFERENT
