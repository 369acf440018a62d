from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.serve.decoding import IncrementalDecoder, StopStrings, WithText

TEXT = "The café sells crêpes,\n\n 日本語 and 🦊👩‍👩‍👧  all day."


def decode_bytes(tokens: list[int]) -> str:
    """Decode as a byte-level tokenizer whose every token is one byte."""
    return bytes(tokens).decode(errors="replace")


def test_pieces_join_to_the_whole_and_hold_no_half_characters() -> None:
    decoder = IncrementalDecoder(decode_bytes)
    pieces = [decoder.add(byte) for byte in TEXT.encode()]
    assert "".join(pieces) == TEXT
    assert not any("\N{REPLACEMENT CHARACTER}" in piece for piece in pieces)
    assert decoder.end() == ""


def test_half_a_character_at_the_end_is_told_as_such() -> None:
    decoder = IncrementalDecoder(decode_bytes)
    assert [decoder.add(byte) for byte in "🦊".encode()[:3]] == ["", "", ""]
    assert decoder.end() == "\N{REPLACEMENT CHARACTER}"


@given(st.binary(max_size=40))
def test_any_bytes_come_out_as_decoding_them_at_once_would_have_it(content: bytes) -> None:
    decoder = IncrementalDecoder(decode_bytes)
    pieces = [decoder.add(byte) for byte in content]
    assert "".join(pieces) + decoder.end() == content.decode(errors="replace")


def test_a_real_tokenizer_gives_the_same_text_in_pieces(tiny_base: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    decoder = IncrementalDecoder(tokenizer.decode)
    tokens = tokenizer(TEXT)["input_ids"]
    assert "".join(decoder.add(token) for token in tokens) == TEXT


@given(st.binary(max_size=40), st.text(alphabet="a é🦊\N{REPLACEMENT CHARACTER}", max_size=2))
def test_the_tokens_that_are_told_are_those_of_the_text_that_is_told(
    content: bytes, stop: str
) -> None:
    decoder, stops = IncrementalDecoder(decode_bytes), StopStrings([stop] if stop else [])
    waiting: WithText[int] = WithText()
    text, told = "", list[int]()
    for byte in content:
        piece = decoder.add(byte)
        waiting.add(decoder.begins, byte)
        text += stops.pass_on(piece)
        told += waiting.told(len(text))
        assert bytes(told).decode(errors="replace") == text
    text += stops.pass_on(decoder.end()) + stops.end()
    told += waiting.told(len(text)) if stops.met else waiting.rest()
    assert bytes(told).decode(errors="replace") == text


def test_a_token_of_which_a_part_is_told_is_told() -> None:
    waiting: WithText[str] = WithText()
    for begins, token in ((0, "one"), (3, " tw"), (6, ""), (6, "o")):
        waiting.add(begins, token)
    assert waiting.told(2) == ("one",)
    assert waiting.told(4) == (" tw",)
    assert waiting.told(6) == ()
    assert waiting.rest() == ("", "o")


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_text_ends_before_a_stop_string_however_it_is_cut(size: int) -> None:
    stops = StopStrings(["###", "END"])
    text = "one ## two EN ### three END"
    pieces = [stops.pass_on(text[at : at + size]) for at in range(0, len(text), size)]
    assert "".join(pieces) == "one ## two EN "
    assert stops.met
    assert stops.end() == ""


def test_what_only_looked_like_a_stop_string_is_given_out_at_the_end() -> None:
    stops = StopStrings(["###"])
    assert stops.pass_on("a ##") == "a "
    assert stops.end() == "##"
    assert not stops.met


def test_the_earliest_of_several_stop_strings_counts() -> None:
    stops = StopStrings(["world", "lo"])
    assert stops.pass_on("hello world") == "hel"
