"""What a model's chat template refuses, in words that a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import ProviderError

if TYPE_CHECKING:
    from engine.chatting.targets import LocalTarget

_REFUSES = "chat template refuses these messages: "
"""What the model server of this machine says then, before the template's own words."""


def explain_template(failure: ProviderError, target: LocalTarget) -> ProviderError:
    """Return a refusal with what to do about it, if a model's chat template made it.

    Args:
        failure: the refusal.
        target: the model.
    """
    _, refused, words = str(failure).partition(_REFUSES)
    if not refused:
        return failure
    words = words.removesuffix(f" (field {failure.param})").rstrip(".")
    return ProviderError(
        f"{target.name} cannot be asked so: its own chat template refuses the messages ({words}). "
        "Ask another model, or other messages: many templates take no system prompt. A base model "
        "whose folder has no template is asked with one of ftlab's",
        failure.kind,
        status=failure.status,
        code=failure.code,
        param=failure.param,
        request_id=failure.request_id,
    )
