"""What a single token says, as text and as bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_INCOMPLETE = "\N{REPLACEMENT CHARACTER}"
_ONE_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
"""The name of a token that is one byte, in vocabularies of whole characters (SentencePiece)."""

_NEIGHBOUR = "a"


class TokenTexts:
    """Puts tokens into words, each once.

    What a token says depends on whether another one comes before it: many tokenizers drop a space
    at the beginning of a text. So it is read behind a neighbour, unless it is an answer's first.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        """Put the tokens of `tokenizer` into words."""
        self._tokenizer = tokenizer
        self._neighbour: list[int] = tokenizer.encode(_NEIGHBOUR, add_special_tokens=False)
        self._known: dict[tuple[int, bool], tuple[str, bytes | None]] = {}

    def of(self, token: int, *, first: bool) -> tuple[str, bytes | None]:
        r"""Return a token's text and bytes.

        Args:
            token: its id.
            first: whether the answer begins with it.

        Returns:
            The text, with bytes that are only a part of a character written as `\xf0`, and the
            bytes. A special token says nothing: its name, and None; one without a name goes by its
            number.
        """
        known = self._known.get((token, first))
        if known is None:
            known = self._known[token, first] = self._read(token, [] if first else self._neighbour)
        return known

    def _read(self, token: int, before: list[int]) -> tuple[str, bytes | None]:
        text = self._decode([*before, token])[len(self._decode(before)) :]
        if not text:
            return self._name(token), None
        content = self._raw(token, text) if _INCOMPLETE in text else text.encode()
        return content.decode(errors="backslashreplace"), content

    def _raw(self, token: int, text: str) -> bytes:
        """Return the bytes of a token that is no whole text, by its name in the vocabulary."""
        name = self._name(token)
        if one := _ONE_BYTE.fullmatch(name):
            return bytes.fromhex(one[1])
        if all(sign in _BYTES for sign in name):
            return bytes(_BYTES[sign] for sign in name)
        return text.encode()

    def _name(self, token: int) -> str:
        # Models often have more tokens than their tokenizer names, to fill up a block of memory.
        return str(self._tokenizer.convert_ids_to_tokens(token) or f"<|{token}|>")

    def _decode(self, tokens: list[int]) -> str:
        return str(
            self._tokenizer.decode(
                tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )


def _bytes_by_sign() -> dict[str, int]:
    """Return the signs that stand for bytes in byte-level vocabularies, as GPT-2 brought them up.

    A byte that is a visible Latin-1 character is written as that, the others as U+0100 and up.
    """
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in visible]
    signs = {chr(byte): byte for byte in visible}
    return signs | {chr(0x100 + place): byte for place, byte in enumerate(others)}


_BYTES = _bytes_by_sign()
