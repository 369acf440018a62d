"""Making text from outside safe to show: escape sequences out, control characters visible.

Names, logs and answers come from files, processes and models. Written to a terminal as they are,
they could move the cursor, change the title or hide what stands beside them.
"""

from __future__ import annotations

import re

# ECMA-48 sequences: control strings (OSC, DCS, SOS, PM, APC) with their text, CSI, and the rest.
# An unfinished control string reaches to the end of the text, as a terminal would take it.
_SEQUENCES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f]).*?(?:\x1b\\|[\x07\x9c]|$)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)
_SPACES = "\t\n\v\f\r\x85\u2028\u2029"
# Marks that reorder what stands after them (Unicode Technical Report 36, bidirectional spoofing).
_REORDERING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TABLE = {
    **dict.fromkeys((*range(32), *range(127, 160)), "�"),
    **{ord(space): " " for space in _SPACES},
    **{ord(mark): None for mark in (*_REORDERING, "\ufeff")},
    **dict.fromkeys(range(55296, 57344), "�"),
}


def harmless(text: str) -> str:
    """Return the text as one line that a terminal shows and does not obey.

    Escape sequences and reordering marks are left out, line breaks and tabs become spaces, any
    other control character or lone surrogate becomes the replacement character.
    """
    if text.isprintable():
        return text
    return _SEQUENCES.sub("", text).translate(_TABLE)


def as_overwritten(line: str) -> str:
    """Return what a terminal would show of a line that carriage returns wrote several times."""
    parts = [part for part in line.split("\r") if part.strip()]
    return parts[-1] if parts else ""
