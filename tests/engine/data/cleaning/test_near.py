# ruff: noqa: RUF001 - characters that look alike are what is tested here
from __future__ import annotations

import os
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.cleaning.index import NearIndex
from engine.data.cleaning.near import (
    BAND_BYTES,
    BANDS,
    PERMUTATIONS,
    NearKeys,
    likeness,
    rows_of_band,
)
from engine.data.errors import DataError, MissingPackageError
from engine.data.shapes.example import Record
from tests.engine.data.cleaning.conftest import Chat

STORY = (
    "The old lighthouse stood at the end of a long pier where fishermen came each morning to mend "
    "their nets, and the keeper, who had lived there since he was a boy, told everyone that the "
    "storms of winter would one day carry the whole of it into the sea."
)
LESSON = (
    "To bake good bread you need patience more than skill: mix flour with water, salt and yeast, "
    "wait until the dough has doubled, fold it gently, wait again, and only then put it into an "
    "oven that is as hot as you can make it."
)


def near(one: Record, other: Record, keys: NearKeys | None = None) -> bool:
    keys = keys or NearKeys()
    index = NearIndex(keys.threshold)
    index.add(keys.key(one))
    return index.lookup(keys.key(other)) == [0]


def test_a_word_more_or_less_makes_a_near_duplicate(chat: Chat) -> None:
    changed = STORY.replace("long pier", "long wooden pier")
    assert near(chat(STORY, LESSON), chat(changed, LESSON))


def test_case_punctuation_and_blanks_make_no_difference(chat: Chat) -> None:
    changed = STORY.upper().replace(",", " –").replace(" ", "\n ")
    assert near(chat(STORY, "Yes, it is."), chat(changed, "yes it is"))


def test_another_text_is_no_near_duplicate(chat: Chat) -> None:
    assert not near(chat(STORY, LESSON), chat(STORY, STORY.replace("the", "a")))
    assert not near(chat(STORY, LESSON), chat(LESSON, LESSON))


def test_exercises_that_differ_only_in_numbers_stay_apart_unless_wished(chat: Chat) -> None:
    question = (
        "Betty is saving money for a new wallet which costs ${}. Betty has only half of the money "
        "she needs. Her parents decided to give her $15 for that purpose, and her grandparents "
        "twice as much as her parents. How much more money does Betty need to buy the wallet?"
    )
    one, other = (
        chat(question.format(n), "She has to save up for it for now.") for n in (100, 140)
    )
    assert not near(one, other)
    assert near(one, other, NearKeys(any_numbers=True))


def test_exercises_of_one_kind_are_no_near_duplicates(exercises: list[Record]) -> None:
    keys, index = NearKeys(any_numbers=True), NearIndex()
    for number, record in enumerate(exercises):
        assert index.first(keys.key(record)) is None
        assert index.add(keys.key(record)) == number


def test_a_long_system_prompt_does_not_make_examples_alike(chat: Chat) -> None:
    system = {"role": "system", "content": STORY * 10}
    one, other = chat("Is it the right one?", "Yes"), chat("What is this one?", "A boat")
    for record in (one, other):
        record["messages"].insert(0, system)
    assert not near(one, other)
    assert near(one, one)


def test_examples_with_different_system_prompts_stay_apart(chat: Chat) -> None:
    one, other = chat(STORY, LESSON), chat(STORY, LESSON)
    one["messages"].insert(0, {"role": "system", "content": "Answer in English."})
    other["messages"].insert(0, {"role": "system", "content": "Answer like a pirate."})
    assert not near(one, other)


def test_short_texts_must_say_the_same(chat: Chat) -> None:
    assert not near(chat(STORY, "positive"), chat(STORY, "negative"))
    assert near(chat(STORY, "positive"), chat(STORY, "Positive."))
    assert not near(chat("Capital of France?", "Paris"), chat("Capital of Spain?", "Madrid"))
    assert near(chat("Capital of France?", "Paris"), chat("capital of france", "Paris!"))


def test_different_calls_and_images_keep_examples_apart(chat: Chat) -> None:
    def calling(arguments: str) -> Record:
        call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": arguments}}
        record = chat(STORY, "")
        record["messages"][1] = {"role": "assistant", "content": None, "tool_calls": [call]}
        return record

    def showing(url: str) -> Record:
        parts = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": STORY}]
        record = chat("", LESSON)
        record["messages"][0]["content"] = parts
        return record

    assert near(calling("{}"), calling("{}"))
    assert not near(calling("{}"), calling('{"x": 1}'))
    assert near(showing("a"), showing("a"))
    assert not near(showing("a"), showing("b"))
    assert not near(chat(STORY, LESSON) | {"tools": []}, chat(STORY, LESSON))


def test_answers_preferred_the_other_way_round_are_no_near_duplicate() -> None:
    def preferring(one: str, other: str) -> Record:
        return {
            "input": {"messages": [{"role": "user", "content": "Tell me"}]},
            "preferred_output": [{"role": "assistant", "content": one}],
            "non_preferred_output": [{"role": "assistant", "content": other}],
        }

    assert near(preferring(STORY, LESSON), preferring(STORY, LESSON))
    assert not near(preferring(STORY, LESSON), preferring(LESSON, STORY))


def test_texts_without_spaces_are_compared_by_their_characters(chat: Chat) -> None:
    text = "古い灯台は長い桟橋の先に立っていて、毎朝漁師たちが網を直しに来ていた。"
    text += "番人は子供の頃からそこに住んでいた。"
    assert near(chat(text, "はい"), chat(text.replace("毎朝", "毎晩"), "はい"), NearKeys(0.7))
    assert not near(chat(text, "はい"), chat(text[::-1], "はい"), NearKeys(0.7))


def test_prompts_alone_are_compared_when_asked(chat: Chat) -> None:
    assert not near(chat(STORY, LESSON), chat(STORY, STORY))
    assert near(chat(STORY, LESSON), chat(STORY, STORY), NearKeys(prompts=True))


def test_prompts_are_the_same_whatever_the_answer_calls(chat: Chat) -> None:
    one, other = chat(STORY, LESSON), chat(STORY, LESSON)
    for record, name in ((one, "sing"), (other, "dance")):
        call = {"id": "1", "type": "function", "function": {"name": name, "arguments": "{}"}}
        record["messages"][-1]["tool_calls"] = [call]
    assert not near(one, other)
    assert near(one, other, NearKeys(prompts=True))


def test_examples_that_ask_nothing_have_no_prompt_in_common(chat: Chat) -> None:
    prompts = NearKeys(prompts=True)
    assert not near(chat("", STORY), chat("", LESSON), prompts)
    assert near(chat("", STORY), chat("", STORY), prompts)


def test_without_rensa_the_way_to_get_it_is_told(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rensa", None)
    with pytest.raises(MissingPackageError, match=r"rensa: pip install 'ftlab\[data\]'"):
        NearKeys().key(chat("q", "a"))


def test_a_key_is_small_and_the_same_in_every_process(chat: Chat) -> None:
    keys = pickle.loads(pickle.dumps(NearKeys()))  # noqa: S301 - our own bytes
    key = keys.key(chat(STORY, "Numbers 1 and 2"))
    assert len(key) == PERMUTATIONS + BANDS * BAND_BYTES
    program = (
        "from engine.data.cleaning.near import NearKeys\n"
        f"texts = [('user', {STORY!r}), ('assistant', 'Numbers 1 and 2')]\n"
        "messages = [{'role': role, 'content': text} for role, text in texts]\n"
        "print(NearKeys().key({'messages': messages}).hex())"
    )
    for seed in ("1", "2"):
        printed = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert printed.strip() == key.hex()


@given(st.integers(5, 60), st.integers(0, 60))
def test_the_estimate_is_near_the_true_likeness(shared: int, own: int) -> None:
    # Words of one letter repeat no phrase: n words make n - 2 phrases.
    def words(name: str, count: int) -> str:
        return " ".join(f"{name}{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(count))

    def example(name: str) -> Record:
        text = f"{words('s', shared + 8)} {words(name, own)}"
        return {"messages": [{"role": "user", "content": text}]}

    keys = NearKeys()
    phrases_shared, phrases_own = shared + 6, own
    truth = phrases_shared / (phrases_shared + 2 * phrases_own)
    estimate = likeness(keys.key(example("x")), keys.key(example("y")))
    # Six standard errors of 96 permutations.
    assert abs(estimate - truth) <= 6 * (truth * (1 - truth) / PERMUTATIONS) ** 0.5 + 0.01


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1])
def test_bands_find_nearly_all_pairs_at_the_threshold(threshold: float) -> None:
    rows = rows_of_band(threshold)
    assert 1 <= rows <= PERMUTATIONS // BANDS
    assert 1 - (1 - threshold**rows) ** BANDS >= 0.98


@pytest.mark.parametrize("threshold", [0, 0.49, 1.01, float("nan")])
def test_a_threshold_that_cannot_be_is_refused(threshold: float) -> None:
    with pytest.raises(DataError, match=r"from 0\.5 to 1"):
        NearKeys(threshold)
