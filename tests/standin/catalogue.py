"""The base models that the stand-in knows, as OpenAI offered them in November 2026.

Source of names and dates: OpenAI's models and deprecations pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ModelKind = Literal["chat", "completion", "reasoning"]
Method = Literal["supervised", "dpo", "reinforcement"]

_AUTUMN = "2026-10-23"
_WINTER = "2027-01-14"
_TUNED: frozenset[Method] = frozenset({"supervised", "dpo"})
_SUPERVISED: frozenset[Method] = frozenset({"supervised"})
_REINFORCED: frozenset[Method] = frozenset({"reinforcement"})


@dataclass(frozen=True)
class BaseModel:
    """A model as OpenAI made it.

    Attributes:
        created: when it was added, in seconds since 1970.
        shutdown_date: the day from which it answers no more, or None where none is announced.
        alias: the name that stands for this snapshot, or "".
        methods: the ways in which it can be fine-tuned.
    """

    id: str
    created: int
    shutdown_date: str | None = None
    alias: str = ""
    kind: ModelKind = "chat"
    methods: frozenset[Method] = frozenset()


_MODELS = (
    BaseModel("babbage-002", 1692634615, kind="completion", methods=_SUPERVISED),
    BaseModel("davinci-002", 1692634301, kind="completion", methods=_SUPERVISED),
    BaseModel("gpt-3.5-turbo-0125", 1706048358, _AUTUMN, "gpt-3.5-turbo", methods=_SUPERVISED),
    BaseModel("gpt-4-0613", 1686588896, _AUTUMN, "gpt-4", methods=_SUPERVISED),
    BaseModel("gpt-4o-2024-05-13", 1715368132, _AUTUMN),
    BaseModel("gpt-4o-2024-08-06", 1722814719, _WINTER, "gpt-4o", methods=_TUNED),
    BaseModel("gpt-4o-2024-11-20", 1731975040, _WINTER, methods=_TUNED),
    BaseModel("gpt-4o-mini-2024-07-18", 1721172717, _WINTER, "gpt-4o-mini", methods=_TUNED),
    BaseModel("gpt-4.1-2025-04-14", 1744315746, _WINTER, "gpt-4.1", methods=_TUNED),
    BaseModel("gpt-4.1-mini-2025-04-14", 1744317547, _WINTER, "gpt-4.1-mini", methods=_TUNED),
    BaseModel("gpt-4.1-nano-2025-04-14", 1744321025, _AUTUMN, "gpt-4.1-nano", methods=_TUNED),
    BaseModel(
        "o4-mini-2025-04-16", 1744133506, _AUTUMN, "o4-mini", kind="reasoning", methods=_REINFORCED
    ),
    BaseModel("gpt-6-luna", 1788220800),
)

BASE_MODELS = {model.id: model for model in _MODELS}
ALIASES = {model.alias: model.id for model in _MODELS if model.alias}


def snapshot(name: str) -> str:
    """Return the snapshot that an alias stands for; any other name as it is."""
    return ALIASES.get(name, name)
