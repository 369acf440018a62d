from __future__ import annotations

from engine.data.cleaning.cleaner import Cleaner
from engine.data.cleaning.duplicates import Duplicate, Duplicates
from engine.data.cleaning.recipe import Recipe
from engine.data.shapes.example import Record
from tests.engine.data.cleaning.conftest import Chat

LONG = (
    "Anyone who has ever kept bees will tell you that they notice the weather long before we do, "
    "and that on a day before rain they come home early and in a bad mood."
)


def outcomes(recipe_text: str, records: list[Record]) -> list[Duplicate | None]:
    recipe = Recipe.parse(recipe_text)
    cleaner, duplicates = Cleaner(recipe), Duplicates(recipe)
    return [duplicates.check(cleaner.keys(record), line) for line, record in enumerate(records, 10)]


def test_the_first_of_equal_examples_stays(chat: Chat) -> None:
    records = [chat("q", "a"), chat("q", "b"), chat("q", "a"), chat("q", "a")]
    assert outcomes("dedupe", records) == [
        None,
        None,
        Duplicate("dedupe", 10),
        Duplicate("dedupe", 10),
    ]


def test_columns_do_not_make_examples_different_but_tools_and_names_do(chat: Chat) -> None:
    plain = chat("q", "a")
    named = chat("q", "a")
    named["messages"][0]["name"] = "ann"
    tools = [{"type": "function", "function": {"name": "f"}}]
    records = [plain, plain | {"id": 7}, plain | {"tools": tools}, named]
    assert outcomes("dedupe", records) == [None, Duplicate("dedupe", 10), None, None]


def test_texts_are_not_mistaken_for_one_another(chat: Chat) -> None:
    records = [chat("a", "bc"), chat("ab", "c"), chat("abc", ""), chat("a", "b", "c", "d")]
    assert outcomes("dedupe,dedupe-prompts", records) == [None] * 4


def test_half_a_surrogate_pair_is_no_obstacle(chat: Chat) -> None:
    records = [chat(half + LONG, "a") for half in ("\ud800", "\ud801 it", "\ud800")]
    assert outcomes("dedupe", records)[1] is None
    assert outcomes("dedupe,near-dedupe", records)[2] == Duplicate("dedupe", 10)


def test_the_same_question_is_left_out_whatever_the_answer(chat: Chat) -> None:
    records = [chat("q", "a"), chat("q", "b"), chat("q", "a", "p", "b"), chat("q", "a", "p", "c")]
    found = outcomes("dedupe-prompts", records)
    assert found == [None, Duplicate("dedupe-prompts", 10), None, Duplicate("dedupe-prompts", 12)]


def test_examples_that_ask_nothing_do_not_ask_the_same(chat: Chat) -> None:
    assert outcomes("dedupe-prompts", [chat("", "a"), chat("", "b")]) == [None, None]


def test_the_same_question_of_preferences_is_known_by_its_input() -> None:
    def preferring(answer: str) -> Record:
        return {
            "input": {"messages": [{"role": "user", "content": "q"}]},
            "preferred_output": [{"role": "assistant", "content": answer}],
            "non_preferred_output": [{"role": "assistant", "content": "no"}],
        }

    records = [preferring("a"), preferring("b"), preferring("a")]
    assert outcomes("dedupe", records) == [None, None, Duplicate("dedupe", 10)]
    assert outcomes("dedupe-prompts", records)[1] == Duplicate("dedupe-prompts", 10)


def test_near_duplicates_are_named_with_the_example_that_stays(chat: Chat) -> None:
    records = [chat("other", "x"), chat(LONG, "ok"), chat(LONG + " Really!", "ok")]
    assert outcomes("dedupe,near-dedupe", records) == [None, None, Duplicate("near-dedupe", 11)]


def test_what_was_left_out_is_compared_with_nothing_later(chat: Chat) -> None:
    # Each is a near duplicate of its neighbour only; the second is left out, so the third stays.
    middle = LONG.replace("Anyone who has ever kept", "All those who keep")
    end = middle.replace("early and in a bad mood", "rather soon and angry")
    records = [chat(text, "ok") for text in (LONG, middle, end)]
    assert outcomes("near-dedupe:0.75", records) == [None, Duplicate("near-dedupe", 10), None]


def test_exact_duplicates_are_no_near_ones_without_that_step(chat: Chat) -> None:
    records = [chat(LONG, "ok"), chat(LONG, "ok")]
    assert outcomes("strip", records) == [None, None]
    assert outcomes("near-dedupe", records) == [None, Duplicate("near-dedupe", 10)]


def test_lines_far_down_a_file_are_named_right(chat: Chat) -> None:
    recipe = Recipe.parse("dedupe,near-dedupe")
    cleaner, duplicates = Cleaner(recipe), Duplicates(recipe)
    line = 5_000_000_000
    assert duplicates.check(cleaner.keys(chat(LONG, "ok")), line) is None
    assert duplicates.check(cleaner.keys(chat(LONG, "ok")), line + 1) == Duplicate("dedupe", line)
    found = duplicates.check(cleaner.keys(chat(LONG, "OK")), line + 2)
    assert found == Duplicate("near-dedupe", line)
