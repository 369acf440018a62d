from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.serve.token_texts import TokenTexts

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TEXT = "The café sells crêpes,\n\n 日本語 and 🦊👩‍👩‍👧  all day. \N{REPLACEMENT CHARACTER}!"


def byte_level(tiny_base: Path) -> PreTrainedTokenizerBase:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base)


def with_byte_fallback(_: Path) -> PreTrainedTokenizerBase:
    """A tokenizer as Llama 2 has it: whole characters, and bytes for those it does not know."""
    from tokenizers import Tokenizer, decoders, models, normalizers
    from transformers import PreTrainedTokenizerFast

    names = ["<unk>", "<|end|>", *(f"<0x{byte:02X}>" for byte in range(256))]
    names += ["▁", *"aTehcfslrp,nd.", "an", "▁an"]
    special, end = {"unk_token": "<unk>"}, {"eos_token": "<|end|>"}
    model = models.BPE(
        vocab={name: place for place, name in enumerate(names)},
        merges=[("a", "n"), ("▁", "an")],
        byte_fallback=True,
        **special,
    )
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **end)


@pytest.mark.parametrize("make", [byte_level, with_byte_fallback])
def test_the_bytes_of_the_tokens_of_a_text_are_those_of_the_text(
    tiny_base: Path, make: Callable[[Path], PreTrainedTokenizerBase]
) -> None:
    tokenizer = make(tiny_base)
    texts = TokenTexts(tokenizer)
    tokens = tokenizer(TEXT)["input_ids"]
    read = [texts.of(token, first=place == 0) for place, token in enumerate(tokens)]
    assert b"".join(content or b"" for _, content in read) == TEXT.encode()


@pytest.mark.parametrize("make", [byte_level, with_byte_fallback])
def test_a_part_of_a_character_is_written_as_its_bytes(
    tiny_base: Path, make: Callable[[Path], PreTrainedTokenizerBase]
) -> None:
    tokenizer = make(tiny_base)
    texts = TokenTexts(tokenizer)
    before = len(tokenizer("x")["input_ids"])
    parts = tokenizer("x👩")["input_ids"][before:]
    read = [texts.of(token, first=False) for token in parts]
    assert len(read) > 1
    assert "".join(text for text, _ in read) == r"\xf0\x9f\x91\xa9"
    assert b"".join(content or b"" for _, content in read) == "👩".encode()


def test_the_space_that_begins_a_word_is_part_of_it_but_at_the_beginning() -> None:
    tokenizer = with_byte_fallback(Path())
    token = tokenizer.convert_tokens_to_ids("▁an")
    texts = TokenTexts(tokenizer)
    assert texts.of(token, first=False) == (" an", b" an")
    assert texts.of(token, first=True) == ("an", b"an")


@pytest.mark.parametrize("make", [byte_level, with_byte_fallback])
def test_a_special_token_has_a_name_and_no_bytes(
    tiny_base: Path, make: Callable[[Path], PreTrainedTokenizerBase]
) -> None:
    tokenizer = make(tiny_base)
    assert TokenTexts(tokenizer).of(tokenizer.eos_token_id, first=False) == ("<|end|>", None)


def test_a_token_that_only_the_model_has_goes_by_its_number(tiny_base: Path) -> None:
    assert TokenTexts(byte_level(tiny_base)).of(100_000, first=False) == ("<|100000|>", None)
