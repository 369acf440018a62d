"""What a secret in a text is: its kind, its place, and what stands in for it."""

from __future__ import annotations

from typing import NamedTuple

KINDS = {
    "email": "[EMAIL]",
    "phone": "[PHONE]",
    "card": "[CARD]",
    "iban": "[IBAN]",
    "ip": "[IP_ADDRESS]",
    "key": "[API_KEY]",
}
"""The kinds of secrets, each with its placeholder."""

DEFAULT_KINDS = ("email", "phone", "card", "iban", "key")
"""Those looked for if nothing else is said: addresses of machines are mostly no secret."""


class Secret(NamedTuple):
    """A secret found in a text.

    Attributes:
        kind: one of `KINDS`.
        name: what it is, for a person ("OpenAI API key").
        start: its first character's index in the text.
        end: the index after its last character.
    """

    kind: str
    name: str
    start: int
    end: int
