"""The rule for keys and personal data, which a model would learn by heart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.data.checking.rules import Problem, Rule
from engine.data.cleaning.secrets import may_have_secrets, secrets_of
from engine.data.shapes.example import Record

_EXPLANATIONS = {
    "key": ("secret-key", "No text holds a key or a password."),
    "email": ("personal-email", "No text holds an e-mail address."),
    "phone": ("personal-phone", "No text holds a phone number."),
    "card": ("personal-card", "No text holds the number of a payment card."),
    "iban": ("personal-iban", "No text holds the number of a bank account."),
}
_RULES = tuple(Rule(name, "warning", "row", wants) for name, wants in _EXPLANATIONS.values())


class PersonalData:
    """Finds keys and personal data in rows; see `engine.data.checking.rules.RowRules`."""

    rules: Sequence[Rule] = _RULES

    def may_concern(self, texts: bytes) -> bool:
        """Tell quickly whether texts may hold anything of the kind."""
        return may_have_secrets(texts)

    def __call__(self, example: Record, columns: Mapping[str, Any]) -> Iterable[Problem]:
        """Return what is found in a row, never the secret itself."""
        for found in secrets_of(0, example, tuple(_EXPLANATIONS), columns):
            name, _ = _EXPLANATIONS[found.kind]
            message = f"There is something that looks like {_article(found.name)} {found.name}"
            yield Problem(name, found.place, f"{message}: mask-secrets replaces it", found.excerpt)


def _article(name: str) -> str:
    """Return the article that goes before a name as it is spoken: an xAI key, an npm token."""
    return "an" if name[0].lower() in "aeio" or name.startswith(("xAI", "npm")) else "a"
