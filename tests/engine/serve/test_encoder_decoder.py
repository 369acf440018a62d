"""Models that read a question apart from what they write, such as T5."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.serve.events import Finished, GenerationEvent, Piece, Started
from engine.serve.requests import ChatRequest
from engine.serve.settings import ServedModel

if TYPE_CHECKING:
    from engine.serve.models import LoadedModels

# peft still uses a property that transformers has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")

Answered = list[GenerationEvent]
Ask = Callable[..., Answered]


@pytest.fixture(scope="module")
def models() -> LoadedModels:
    from engine.serve.models import LoadedModels

    return LoadedModels()


@pytest.fixture
def ask(models: LoadedModels, tiny_t5: Path) -> Ask:
    """Ask the tiny T5, or an adapter of it, and return all that is told."""

    def asked(*messages: tuple[str, str], adapter: Path | None = None, **wanted: Any) -> Answered:  # noqa: ANN401
        from engine.serve.batching import Job
        from engine.serve.generation import answer

        told: Answered = []
        body = {
            "model": "t5",
            "messages": [{"role": role, "content": content} for role, content in messages],
            "max_completion_tokens": 12,
            "temperature": 0,
            "stream": True,
        }
        request = ChatRequest.model_validate(body | wanted)
        served = ServedModel("t5", str(tiny_t5), str(adapter) if adapter else None)
        with models.ready(served) as ready:
            answer(ready, [Job(served, request, told.append, threading.Event())])
        return told

    return asked


def text_of(told: Answered) -> str:
    return "".join(event.text for event in told if isinstance(event, Piece))


def test_it_answers_piece_by_piece_and_tells_what_was_read_and_written(ask: Ask) -> None:
    first, *pieces, last = ask(("user", "How many clips?"))
    assert isinstance(first, Started)
    assert len(pieces) > 1
    assert text_of(pieces)
    assert last == Finished("length", 12)


def test_it_reads_the_last_question_behind_a_system_prompt(ask: Ask, tiny_t5: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_t5)
    alone = ask(("user", "And in June?"))
    later = ask(("user", "How many?"), ("assistant", "24."), ("user", "And in June?"))
    assert later == alone
    told = ask(("system", "Be brief."), ("user", "And in June?"))
    assert told[0] == Started(len(tokenizer("Be brief.\n\nAnd in June?")["input_ids"]))
    assert alone[0] == Started(len(tokenizer("And in June?")["input_ids"]))


def test_what_it_writes_depends_on_what_it_reads(ask: Ask) -> None:
    questions = ["How many clips?", "lazy dog", "24"]
    assert len({text_of(ask(("user", question))) for question in questions}) > 1


def test_it_writes_what_the_network_finds_likeliest(ask: Ask, tiny_t5: Path) -> None:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    network = AutoModelForSeq2SeqLM.from_pretrained(tiny_t5)
    tokenizer = AutoTokenizer.from_pretrained(tiny_t5)
    read = tokenizer("How many clips?", return_tensors="pt")
    written = network.generate(
        input_ids=read["input_ids"], do_sample=False, max_new_tokens=12, num_beams=1
    )
    expected = tokenizer.decode(written[0, 1:], skip_special_tokens=True)
    assert text_of(ask(("user", "How many clips?"))) == expected


def test_it_ends_before_a_stop_string(ask: Ask) -> None:
    whole = text_of(ask(("user", "How many clips?")))
    stop = whole[2:4]
    told = ask(("user", "How many clips?"), stop=[stop])
    assert text_of(told) == whole[: whole.index(stop)]
    assert isinstance(told[-1], Finished)
    assert told[-1].reason == "stop"


def test_a_seed_draws_the_same_answer_again(ask: Ask) -> None:
    drawn = [ask(("user", "How many?"), temperature=1.0, seed=7) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_it_tells_how_likely_each_token_was(ask: Ask) -> None:
    told = ask(("user", "How many clips?"), logprobs=True, top_logprobs=2)
    tokens = [token for event in told if isinstance(event, Piece) for token in event.tokens]
    assert len(tokens) == 12
    assert all(token.drawn.logprob <= 0 for token in tokens)
    assert all(token.likeliest[0] == token.drawn for token in tokens)


def test_an_adapter_changes_its_answers(ask: Ask, tiny_t5: Path, tmp_path: Path) -> None:
    _save_adapter(tiny_t5, tmp_path)
    plain = text_of(ask(("user", "How many clips?")))
    assert text_of(ask(("user", "How many clips?"), adapter=tmp_path)) != plain
    assert text_of(ask(("user", "How many clips?"))) == plain


def _save_adapter(base: Path, folder: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForSeq2SeqLM

    torch.manual_seed(4)
    config = LoraConfig(
        r=4,
        lora_alpha=64,
        target_modules=["q", "v", "wi_0"],
        init_lora_weights=False,
        task_type="SEQ_2_SEQ_LM",
    )
    get_peft_model(AutoModelForSeq2SeqLM.from_pretrained(base), config).save_pretrained(folder)
