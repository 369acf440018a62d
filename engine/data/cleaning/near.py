"""Keys by which near duplicates are found: MinHash signatures of examples, in few bytes.

The likeness of two examples is the part of their three-word phrases that they share (Jaccard
similarity of word 3-shingles). MinHash (Broder, "On the resemblance and containment of documents",
1997) estimates it from signatures of fixed length. Locality-sensitive hashing (Leskovec, Rajaraman,
Ullman, "Mining of Massive Datasets", chapter 3) finds likely pairs without comparing all: a
signature is cut into bands, and two examples are compared if they agree in one.

The signatures are rensa's. Its own index takes 1,700 bytes an example, measured, and only takes
sketches of its own process; hence `engine.data.cleaning.index`.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.data.cleaning.exact import prompt_text
from engine.data.cleaning.parameters import DEFAULT_THRESHOLD, check_threshold
from engine.data.errors import MissingPackageError
from engine.data.shapes.example import CHAT_KEYS, Record, messages_of, texts_of

PERMUTATIONS = 96
"""Values of a signature: the estimate's standard error is 0.04 at a likeness of 0.8."""

BANDS = 8
BAND_BYTES = 6

_SEED = 20_000_523
_RECALL = 0.98
"""How many of the pairs that are just alike enough share a band; of more alike ones more do."""

_FEWEST_WORDS = 8
"""Texts of fewer words have too few phrases to be compared by: they must be the same."""

_PLAIN_MESSAGE_LENGTH = 2
"""A role and a content."""

_LEFT_OUT = frozenset({"system", "developer"})
_NUMBER = re.compile(r"\d+")

_PUNCTUATION = (
    r"\s.,;:!?'\"()\[\]{}`\xab\xbb\u2010-\u2015\u2018-\u201f\u2022\u2026\u3001\u3002\u300c-\u300f"
)
_PUNCTUATION += r"\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
# Chinese, Japanese and Thai are written without spaces: each of their characters is a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_UNSPACED += "\U00020000-\U0003ffff"
_ASCII_WORD = re.compile(r"[^\s.,;:!?'\"()\[\]{}`]+")
_WORD = re.compile(f"[{_UNSPACED}]|[^{_PUNCTUATION}{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class NearKeys:
    """Makes the keys of examples by which `engine.data.cleaning.index` finds near duplicates.

    Only keys made with the same settings can be compared.

    The system prompt is no part of the likeness, or a long one would make all examples alike; it
    must be the same, as must texts of fewer than eight words (labels, short answers) and whatever
    is no text (calls of tools, images). Numbers must be the same, too, and in the same order,
    unless `any_numbers` is set: two exercises that differ in nothing else are two exercises.

    Attributes:
        threshold: how alike examples are at least to be near duplicates, from 0.5 to 1.
        any_numbers: whether near duplicates may differ in their numbers.
        prompts: whether answers are left out: whoever looks for test questions that leaked into
            training wants them even where they are answered in other words. An example that asks
            nothing is known by its answer all the same.
    """

    threshold: float = DEFAULT_THRESHOLD
    any_numbers: bool = False
    prompts: bool = False

    def __post_init__(self) -> None:
        check_threshold(self.threshold)

    def key(self, record: Record) -> bytes:
        """Return the example's key: its signature's low bytes, then a hash of each band.

        One byte of each value is kept: b-bit minwise hashing (Li, König, 2010). The key is the same
        in every process and on every machine.

        Raises:
            MissingPackageError: if rensa is not installed.
        """
        fixed, phrases = self._compared(record)
        require_rensa()
        from rensa import RMinHash

        sketch = RMinHash(PERMUTATIONS, _SEED)
        sketch.update(phrases)
        values = struct.pack(f"<{PERMUTATIONS}I", *sketch.digest())
        width = 4 * rows_of_band(self.threshold)
        bands = [
            hashlib.blake2b(
                values[at : at + width], digest_size=BAND_BYTES, key=fixed, salt=bytes([band])
            ).digest()
            for band, at in enumerate(range(0, BANDS * width, width))
        ]
        return values[::4] + b"".join(bands)

    def _compared(self, record: Record) -> tuple[bytes, list[str]]:
        """Return a digest of what must be the same, and the phrases that are compared."""
        fixed = hashlib.blake2b(digest_size=16)
        phrases: list[str] = []
        left_out = "assistant" if self.prompts and prompt_text(record) else None
        _add(fixed, "beside texts", _beside_texts(record, left_out))
        for part, role, text in _texts(record):
            if role == left_out:
                continue
            if role in _LEFT_OUT:
                _add(fixed, role, text.strip())
                continue
            words = _words(text)
            if len(words) < _FEWEST_WORDS:
                _add(fixed, role, " ".join(words))
                continue
            if not self.any_numbers:
                _add(fixed, "numbers", _numbers(words))
            if part:
                words = [part + word for word in words]
            phrases += map(" ".join, zip(words, words[1:], words[2:], strict=False))
        return fixed.digest(), phrases


WHOLE = NearKeys(any_numbers=True)
"""By these, examples are nearly the same; splits and checks use them, so that they agree."""
PROMPTS = NearKeys(any_numbers=True, prompts=True)
"""By these, examples ask nearly the same."""


def likeness(key: bytes, other: bytes) -> float:
    """Estimate how alike two examples are by their keys, from 0 to 1.

    What must be the same is not looked at here: only keys that share a band agree in that.
    """
    both = int.from_bytes(key[:PERMUTATIONS], "little") ^ int.from_bytes(
        other[:PERMUTATIONS], "little"
    )
    equal = both.to_bytes(PERMUTATIONS, "little").count(0)
    # Of values that differ, one in 256 has the same low byte.
    return max(0.0, (equal / PERMUTATIONS - 1 / 256) / (1 - 1 / 256))


def rows_of_band(threshold: float) -> int:
    """Return how many values make a band, so that pairs at the threshold mostly share one.

    Of pairs of likeness s, 1 - (1 - s^rows)^bands share a band (Leskovec et al., 3.4.2).
    """
    if threshold == 1:
        return PERMUTATIONS // BANDS
    agree_in_one = 1 - (1 - _RECALL) ** (1 / BANDS)
    rows = math.floor(math.log(agree_in_one) / math.log(threshold))
    return max(1, min(rows, PERMUTATIONS // BANDS))


def require_rensa() -> None:
    """Make sure that rensa is installed.

    Raises:
        MissingPackageError: if it is not.
    """
    try:
        import rensa  # noqa: F401
    except ImportError as error:
        raise MissingPackageError(
            "Near duplicates are found with rensa: pip install 'ftlab[data]'"
        ) from error


def _texts(record: Record) -> Iterator[tuple[str, str, str]]:
    """Yield the example's texts with their message's role, and a mark for rejected answers.

    The mark keeps an example apart from the one that prefers its answers the other way round.
    """
    rejected = len(record.get("non_preferred_output", ()))
    messages = messages_of(record)
    for number, message in enumerate(messages):
        part = "rejected " if number >= len(messages) - rejected else ""
        for text in texts_of(message):
            yield part, message["role"], text


def _beside_texts(record: Record, left_out: str | None) -> str:
    """Return what an example has beside roles and texts, as JSON: tools, calls, images; or "".

    Messages of the role that is left out do not count.
    """
    holder = record if "messages" in record else record["input"]
    rest: list[Any] = [holder[key] for key in CHAT_KEYS if key != "messages" and key in holder]
    for message in messages_of(record):
        content = message.get("content")
        if message["role"] == left_out:
            continue
        if len(message) == _PLAIN_MESSAGE_LENGTH and isinstance(content, str):
            continue
        parts = content if isinstance(content, list) else ()
        rest.append([part for part in parts if not isinstance(part.get("text"), str)])
        rest.append({key: message[key] for key in message if key not in ("role", "content")})
    return json.dumps(rest, sort_keys=True) if rest else ""


def _words(text: str) -> list[str]:
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    # rensa takes no half of a surrogate pair.
    return _WORD.findall(text.lower().encode("utf-8", "replace").decode())


def _numbers(words: list[str]) -> str:
    """Return the numbers among the words, in order."""
    return " ".join(_NUMBER.findall(" ".join([word for word in words if not word.isalpha()])))


def _add(digest: hashlib.blake2b, what: str, text: str) -> None:
    """Add a text to the digest, so that no two lists of texts give the same bytes."""
    data = text.encode("utf-8", "surrogatepass")
    digest.update(b"%s %d " % (what.encode(), len(data)))
    digest.update(data)
