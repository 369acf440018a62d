"""What is wrong with who speaks when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.data.checking.rules import Problem
from engine.data.shapes.example import ROLES

SYSTEM_ROLES = ("system", "developer")


def conversation_order(roles: Sequence[object], place: str = "messages") -> Iterator[Problem]:
    """Yield what is wrong with the order of a conversation that the assistant is to learn.

    Args:
        roles: of its messages, at least one.
        place: where the messages stand.
    """
    if "assistant" not in roles:
        yield Problem(
            "example-missing-assistant-message",
            place,
            "No message is the assistant's: there is nothing to learn",
        )
    elif roles[-1] != "assistant" and roles[-1] in ROLES:
        yield Problem(
            "last-message-not-assistant",
            f"{place}[{len(roles) - 1}]",
            f"The last message is of the role {roles[-1]}: nothing is learnt from it",
        )
    yield from opening_order(roles, place)


def opening_order(roles: Sequence[object], place: str) -> Iterator[Problem]:
    """Yield what is wrong with how a conversation opens: system messages, then the user."""
    first = next((n for n, role in enumerate(roles) if role not in SYSTEM_ROLES), None)
    if "user" not in roles:
        # A message of an unknown role has a finding of its own, and may well be the user's.
        if all(role in ROLES for role in roles):
            yield Problem("missing-user-message", place, "No message is the user's")
    elif first is not None and roles[first] != "user" and roles[first] in ROLES:
        yield Problem(
            "first-message-not-user",
            f"{place}[{first}]",
            f"A message of the role {roles[first]} comes before the user's first",
        )
    systems = [number for number, role in enumerate(roles) if role in SYSTEM_ROLES]
    if len(systems) > 1:
        yield Problem(
            "several-system-messages",
            f"{place}[{systems[1]}]",
            f"There are {len(systems)} system messages",
        )
    elif systems and systems[0] != 0:
        yield Problem(
            "system-message-not-first",
            f"{place}[{systems[0]}]",
            "The system message comes after others",
        )


def weight_problems(messages: Sequence[dict[str, Any]], place: str) -> Iterator[Problem]:
    """Yield a problem if all of the assistant's messages are left out of the loss."""
    weights = [message.get("weight") for message in messages if message.get("role") == "assistant"]
    if weights and all(weight == 0 and weight is not None for weight in weights):
        yield Problem("nothing-to-learn", place, "All of the assistant's messages have weight 0")
