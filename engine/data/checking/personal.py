"""The rule for keys and personal data, which a model would learn by heart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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

    def __call__(self, record: Record) -> Iterable[Problem]:
        """Return what is found in a row, never the secret itself."""
        for found in secrets_of(0, record, tuple(_EXPLANATIONS)):
            name, _ = _EXPLANATIONS[found.kind]
            message = f"There is something that looks like {found.name}: mask-secrets replaces it"
            yield Problem(name, found.place, message, found.excerpt)
