"""Answers that are given together are those that each request gets alone."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.serve.events import Finished, GenerationEvent, Piece, Started
from engine.serve.settings import ServedModel

if TYPE_CHECKING:
    from tests.engine.serve.conftest import Together, Told

# peft still uses a property that transformers has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")

_CLOSE = 1e-4
WISHES: list[dict[str, Any]] = [
    {"asks": "How many?", "max_tokens": 3},
    {"asks": "How many clips did Natalia sell in May, when it rained all day long?"},
    {"asks": "?", "max_tokens": 40, "logprobs": True, "top_logprobs": 3},
    {"asks": "The café sells crêpes, 日本語 and 🦊.", "max_tokens": 25},
    {"asks": "A quick brown fox jumps over the lazy dog. " * 6, "max_tokens": 1},
    {"asks": "And in June?", "max_tokens": 30, "logprobs": True, "top_logprobs": 0},
    {"asks": "24", "stop": ["e", "a"], "max_tokens": 33},
]


@pytest.fixture(params=["base", "tuned", "plain", "t5"])
def served(request: pytest.FixtureRequest) -> ServedModel:
    def folder(name: str) -> str:
        return str(request.getfixturevalue(name))

    match request.param:
        case "tuned":
            return ServedModel("tuned", folder("tiny_base"), folder("tiny_adapter"))
        case "plain":
            return ServedModel("plain", folder("tiny_plain"))
        case "t5":
            return ServedModel("t5", folder("tiny_t5"))
        case _:
            return ServedModel("base", folder("tiny_base"))


@pytest.fixture
def base(tiny_base: Path) -> ServedModel:
    return ServedModel("base", str(tiny_base))


def check_same(found: Told, alone: Told) -> None:
    assert (found.text, found.end) == (alone.text, alone.end)
    assert isinstance(found.events[0], Started)
    assert found.events[0] == alone.events[0]
    assert len(found.tokens) == len(alone.tokens)
    for one, other in zip(found.tokens, alone.tokens, strict=True):
        assert one.drawn.text == other.drawn.text
        assert [each.text for each in one.likeliest] == [each.text for each in other.likeliest]
        logprobs = [each.logprob for each in (one.drawn, *one.likeliest)]
        expected = [each.logprob for each in (other.drawn, *other.likeliest)]
        assert logprobs == pytest.approx(expected, abs=_CLOSE)


def test_together_each_gets_the_answer_that_it_gets_alone(
    together: Together, served: ServedModel
) -> None:
    found = together(served, *WISHES)
    for told, wish in zip(found, WISHES, strict=True):
        check_same(told, together(served, wish)[0])
    assert [told.end.completion_tokens for told in found][:2] == [3, 12]


def test_a_model_without_room_for_positions_answers_one_after_the_other(
    together: Together, base: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.serve.models import ReadyModel

    alone = [together(base, wish)[0] for wish in WISHES]
    monkeypatch.setattr(ReadyModel, "takes_padding", False)
    for told, other in zip(together(base, *WISHES), alone, strict=True):
        check_same(told, other)


def test_more_than_go_together_are_answered_in_turn(together: Together, base: ServedModel) -> None:
    many = [{"asks": "word " * count, "max_tokens": 4} for count in range(1, 20)]
    for told, wish in zip(together(base, *many), many, strict=True):
        check_same(told, together(base, wish)[0])


def test_a_row_that_fills_the_context_leaves_the_others_to_go_on(
    together: Together, base: ServedModel
) -> None:
    """The first one has few places left: the other goes past them, and must not take it along."""
    wishes: list[dict[str, Any]] = [
        {"asks": "word " * 405, "max_tokens": None},
        {"asks": "How many?", "max_tokens": 60},
    ]
    full, other = together(base, *wishes)
    assert isinstance(full.events[0], Started)
    assert full.events[0].prompt_tokens + full.end.completion_tokens == 2048
    assert full.end.reason == "length"
    assert full.end.completion_tokens < 60
    check_same(other, together(base, wishes[1])[0])


def test_what_fails_one_is_told_to_that_one(together: Together, base: ServedModel) -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "system", "content": "Be brief."}]
    long, refused, answered = together(
        base, {"asks": "word " * 2000}, {"messages": turns}, {"asks": "How many?"}
    )
    assert "context is 2048 tokens" in long.failure
    assert "the system message comes first" in refused.failure
    assert answered.end == Finished("length", 12)


def test_a_cancelled_row_ends_alone(together: Together, base: ServedModel) -> None:
    from tests.engine.serve.conftest import Told

    class Impatient(Told):
        """Hangs up at the first words."""

        def __init__(self) -> None:
            super().__init__()
            self.events = _Heard(self)

    class _Heard(list[GenerationEvent]):
        def __init__(self, of: Told) -> None:
            super().__init__()
            self._of = of

        def append(self, event: GenerationEvent) -> None:
            super().append(event)
            if isinstance(event, Piece):
                self._of.cancelled.set()

    never, gone, stays = Told(), Impatient(), Told()
    never.cancelled.set()
    wishes = [{"max_tokens": 40}, {"max_tokens": 40, "stream": True}, {"max_tokens": 40}]
    together(base, *wishes, told=[never, gone, stays])
    assert never.end.completion_tokens == 0
    assert 1 <= gone.end.completion_tokens < 40
    assert stays.end == Finished("length", 40)


def test_whoever_does_not_hear_the_pieces_is_told_all_at_once(
    together: Together, base: ServedModel
) -> None:
    whole, streamed = together(base, {}), together(base, {"stream": True})
    assert len(whole[0].events) == 3
    assert len(streamed[0].events) > 4
    assert whole[0].text == streamed[0].text


def test_where_memory_lacks_a_half_is_answered_at_a_time(
    together: Together, base: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from transformers import LlamaForCausalLM

    alone = [together(base, wish)[0] for wish in WISHES]
    forward = LlamaForCausalLM.forward
    seen: list[int] = []

    @functools.wraps(forward)
    def cramped(self: LlamaForCausalLM, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        seen.append(len(named["input_ids"]))
        if seen[-1] > 2 and len(seen) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return forward(self, *given, **named)

    monkeypatch.setattr(LlamaForCausalLM, "forward", cramped)
    found = together(base, *WISHES)
    assert seen[0] == len(WISHES)
    assert seen[-1] <= 2
    for told, other in zip(found, alone, strict=True):
        check_same(told, other)


def test_what_does_not_fit_alone_fails_alone(
    together: Together, base: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import LlamaForCausalLM

    forward = LlamaForCausalLM.forward

    @functools.wraps(forward)
    def cramped(self: LlamaForCausalLM, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        if named["input_ids"].shape[1] > 100:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return forward(self, *given, **named)

    monkeypatch.setattr(LlamaForCausalLM, "forward", cramped)
    large, small = together(base, {"asks": "word " * 200}, {"asks": "?"})
    assert "can't allocate memory" in large.failure
    assert small.end == Finished("length", 12)
