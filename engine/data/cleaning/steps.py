"""The cleaning steps there are, in the order in which they work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One cleaning step.

    Attributes:
        name: how a recipe calls it.
        explanation: one sentence for a person who chooses.
        parameter: what may follow the name after a colon; "" for nothing.
        in_all: whether the recipe `all` has it.
        library: the package that its results depend on beside this one.
        version: grows whenever the step begins to treat some text differently.
    """

    name: str
    explanation: str
    parameter: str = ""
    in_all: bool = True
    library: str | None = None
    version: int = 1


STEPS = (
    Step(
        "fix-encoding",
        "Mends text that was read in the wrong encoding (Ã© becomes é), but never code.",
        library="ftfy",
    ),
    Step(
        "normalize-newlines",
        "Writes every line end, of Windows, old Macs and word processors, as a line feed.",
    ),
    Step("drop-control", "Removes control characters and terminal colours; tabs and lines stay."),
    Step(
        "drop-invisible",
        "Removes zero-width spaces, soft hyphens and other characters that nobody sees.",
    ),
    Step("strip", "Removes blanks at the ends of texts and of their lines."),
    Step(
        "collapse-blank-lines",
        "Leaves one blank line where there are several, except in fenced code blocks.",
    ),
    Step(
        "mask-secrets",
        "Replaces API keys and personal data by placeholders such as [EMAIL].",
        parameter="kinds joined by +, of email, phone, card, iban, ip and key; all but ip if none",
        library="phonenumbers",
        version=2,
    ),
    Step("drop-empty", "Leaves out examples with an empty answer or without any user text."),
    Step("drop-truncated", "Leaves out examples with an answer that is cut-off JSON."),
    Step("dedupe", "Leaves out examples with the very same messages as an earlier one."),
    Step(
        "dedupe-prompts",
        "Leaves out examples that ask what an earlier one asks, whatever they answer.",
        in_all=False,
    ),
    Step(
        "near-dedupe",
        "Leaves out examples that differ from an earlier one in a few words, but in no number.",
        parameter="how alike, from 0.5 to 1 (0.8 if none); +any-numbers lets numbers differ",
        library="rensa",
    ),
)
"""All steps, in their fixed order.

Decoding comes first, for later steps would take its evidence away. Then come line ends and
characters, then blanks, which they may leave behind. What is to be masked or dropped is looked for
in texts that are clean, and duplicates are looked for among those that are left.
"""

STEP_NAMES = tuple(step.name for step in STEPS)
BY_NAME = {step.name: step for step in STEPS}
