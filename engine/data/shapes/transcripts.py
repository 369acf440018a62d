"""Conversations written as one text: "Human: … Assistant: …", a blank line before each speaker.

Source: Anthropic's hh-rlhf data set, whose `chosen` and `rejected` are such texts.
"""

from __future__ import annotations

import re

from engine.data.shapes.messages import Message

_SPEAKER = re.compile(r"\n\n(Human|Assistant):")
_ROLES = {"Human": "user", "Assistant": "assistant"}


def messages_of_transcript(text: str) -> list[Message] | None:
    """Return the turns of a transcript as messages; None if the text is none.

    The blank after each colon belongs to the format; a turn may lack it only if it is empty.
    """
    begin, *turns = _SPEAKER.split(text)
    if begin or not turns:
        return None
    messages = []
    for speaker, said in zip(turns[::2], turns[1::2], strict=True):
        if said and not said.startswith(" "):
            return None
        messages.append({"role": _ROLES[speaker], "content": said[1:]})
    return messages
