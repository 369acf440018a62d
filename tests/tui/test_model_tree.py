"""Models as a tree of what was made of what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from engine.lab import Lab
from store.events import ModelRegistered
from tests.tui.conftest import NOW, StillLab, Story
from tests.tui.model_story import BOT, SMOL, model, tell_models, tell_odd_names, tell_scores
from tui.harmless import harmless
from tui.ink import text_of
from tui.model_book import ModelBook, read_models
from tui.model_columns import score, telling
from tui.model_line import heading, model_line, shortened
from tui.model_tree import NEWEST_FIRST, SORTS, ModelOrder, branches

TREE = """\
tiny-t5
└─facts
  └─answers
    └─answers-2
smollm2-135m-instruct
└─gsm8k-1
gpt-4o-mini-2024-07-18
└─ft:gpt-4o-mini-2024-07-18:acme:support:Bx81kAQ2
  ├─support-here
  └─ft:gpt-4o-mini-2024-07-18:acme:support-v2:Dx99kAQ2
gpt-3.5-turbo-0125
├─ft:gpt-3.5-turbo-0125:acme::3pY2GuUz
└─ft:gpt-3.5-turbo-0125:acme:old:9pY2GuUz"""


@pytest.fixture
def models(lab: StillLab, story: Story) -> StillLab:
    tell_models(story.log)
    return lab


def _book(lab: Lab, search: str = "") -> ModelBook:
    return read_models(lab, search, NOW.date())


def _drawn(book: ModelBook, order: ModelOrder = NEWEST_FIRST, *closed: str) -> str:
    lines = branches(book, order, closed)
    return "\n".join(
        f"{line.guide}{line.item.row.name if line.item else line.base}" for line in lines
    )


def test_models_stand_below_what_they_were_made_of(models: StillLab) -> None:
    assert _drawn(_book(models)) == TREE


def test_a_line_that_is_closed_hides_what_is_below_it_and_tells_how_much(
    models: StillLab,
) -> None:
    lines = branches(_book(models), closed=["mdl_l2", "base gpt-3.5-turbo-0125"])
    counts = {line.key: line.below for line in lines if not line.opened}
    assert counts == {"mdl_l2": 2, "base gpt-3.5-turbo-0125": 2}
    assert "answers" not in "".join(line.item.row.name for line in lines if line.item)


def test_a_search_keeps_what_its_finds_were_made_of(models: StillLab) -> None:
    book = _book(models, "answers-2")
    lines = branches(book, closed=["mdl_l2"])
    assert [line.key for line in lines] == ["base tiny-t5", "mdl_l2", "mdl_l3", "mdl_l4"]
    assert [line.key for line in lines if line.fits] == ["mdl_l4"]
    assert [line.key for line in branches(book, ModelOrder(flat=True))] == ["mdl_l4"]


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (ModelOrder("loss", flat=True), "facts answers answers-2 gsm8k-1 support-here"),
        (ModelOrder("perplexity", backwards=True, flat=True), "support-here gsm8k-1 answers-2"),
        (ModelOrder("accuracy", flat=True), "support-here"),
        (ModelOrder("tags", flat=True), "answers " + BOT),
        (ModelOrder("age", backwards=True, flat=True), "ft:gpt-3.5-turbo-0125:acme:old:9pY2GuUz"),
    ],
)
def test_models_are_sorted_those_without_a_value_last(
    models: StillLab, order: ModelOrder, first: str
) -> None:
    names = first.split()
    assert _drawn(_book(models), order).splitlines()[: len(names)] == names


@pytest.mark.parametrize("by", SORTS)
def test_every_order_has_every_model(models: StillLab, by: str) -> None:
    book = _book(models)
    for flat in (True, False):
        lines = branches(book, ModelOrder(by, flat=flat))  # type: ignore[arg-type]
        assert sorted(line.key for line in lines if line.item) == sorted(book.by_id)


def test_a_circle_of_models_is_shown_all_the_same(lab: StillLab, story: Story) -> None:
    for name, base in (("a", "mdl_b"), ("b", "mdl_a")):
        fact = ModelRegistered(
            id=f"mdl_{name}", name=name, kind="full", base_model=base, hyperparameters={}
        )
        story.log.append(f"model/mdl_{name}", fact)
    lines = branches(_book(lab))
    assert {"mdl_a", "mdl_b"} <= {line.key for line in lines}


def test_a_model_knows_how_long_it_lives(models: StillLab) -> None:
    models.places.model("mdl_l1").mkdir(parents=True)
    book = _book(models)
    known = {key: (item.state, item.days_left) for key, item in book.by_id.items()}
    assert known["mdl_h1"] == ("hosted", 55)
    assert known["mdl_h2"] == ("retiring", 12)
    assert known["mdl_g1"] == ("retired", -19)
    assert known["mdl_g2"][0] == "gone"
    assert known["mdl_l1"] == ("local", None)
    assert known["mdl_l2"] == ("missing", None)


def test_wrong_figures_of_a_user_hide_no_model(models: StillLab) -> None:
    models.places.prices.write_text("[models\n")
    book = _book(models)
    assert book.notice is not None
    assert "not valid TOML" in book.notice
    assert book.by_id["mdl_h2"].days_left == 12


@pytest.mark.parametrize("width", [12, 20, 33, 47, 60, 78, 110, 160])
@pytest.mark.parametrize("flat", [True, False])
def test_rows_and_titles_fill_exactly_their_room(
    models: StillLab, story: Story, width: int, flat: bool
) -> None:
    tell_odd_names(story.log)
    order = ModelOrder(flat=flat)
    book = _book(models)
    told = telling(book, order)
    assert cell_len(text_of(heading(width, told, order))) == width
    for branch in branches(book, order):
        line = model_line(branch, "*", width, told, NOW)
        assert cell_len(harmless(text_of(line))) == width, branch.key


def test_the_column_that_is_sorted_by_is_there_where_others_are_not(models: StillLab) -> None:
    book = _book(models)
    assert "ACCURACY" not in text_of(heading(78, telling(book, NEWEST_FIRST), NEWEST_FIRST))
    order = ModelOrder("accuracy")
    told = telling(book, order)
    assert "ACCURACY↓" in text_of(heading(78, told, order))
    assert "41.2% ↗ 68.8%" in "".join(
        text_of(model_line(branch, " ", 78, told, NOW)) for branch in branches(book, order)
    )
    assert text_of(heading(30, told, order)).split() == ["MODEL", "RETIRES", "AGE"]


@pytest.mark.parametrize(("width", "score"), [(60, "0.17"), (78, "0.17 [0.03, 0.29]")])
def test_a_base_model_has_its_score_below_the_title_of_those_of_the_others(
    models: StillLab, story: Story, width: int, score: str
) -> None:
    tell_scores(story.log)
    book = _book(models)
    told = telling(book, NEWEST_FIRST)
    lines = {
        branch.key: text_of(model_line(branch, " ", width, told, NOW)) for branch in branches(book)
    }
    base, title = lines[f"base {SMOL}"], text_of(heading(width, told, NEWEST_FIRST, "smoke"))
    assert base.rstrip().endswith(f" {score}")
    assert base.index(score) + len(score) == title.index("SMOKE") + len("SMOKE")
    assert cell_len(base) == width
    assert lines["base tiny-t5"].split() == ["▾", "tiny-t5", "3"]


def test_scores_of_base_models_alone_have_their_column(models: StillLab, story: Story) -> None:
    tell_scores(story.log)
    book = _book(models)
    bare = replace(book, items=tuple(replace(item, shown=None) for item in book.items))
    assert "score" in telling(bare, NEWEST_FIRST)
    assert "score" not in telling(bare, ModelOrder(flat=True))


def test_a_folded_model_says_how_many_are_below_it(models: StillLab) -> None:
    book = _book(models)
    line = next(line for line in branches(book, closed=["mdl_l2"]) if line.key == "mdl_l2")
    told = telling(book, NEWEST_FIRST)
    assert "facts +2" in text_of(model_line(line, " ", 80, told, NOW)).replace("  ", "")


def test_thousands_of_models_are_told_apart_by_their_ends(lab: StillLab, story: Story) -> None:
    names = [f"ft:gpt-4o-mini-2024-07-18:acme:run{number}:X{number:04}" for number in range(2000)]
    story.log.append_all(
        model(f"m{place}", name, "gpt-4o-mini-2024-07-18", 1, kind="hosted", dataset=None)
        for place, name in enumerate(names)
    )
    book = _book(lab, "run199")
    assert len(branches(_book(lab))) == 2003
    assert len(book.found or ()) == 11
    assert shortened(names[7], 24) == "ft:…:acme:run7:X0007"
    assert shortened(names[7], 14) == "…:run7:X0007"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (2.0, 1.0, "2.000 ↘ 1.000"),
        (1.0, 2.0, "1.000 ↗ 2.000"),
        (None, 1.0, "1.000"),
        (1.0, None, ""),
    ],
)
def test_a_score_points_where_it_went(
    before: float | None, after: float | None, shown: str
) -> None:
    assert score(before, after) == shown


def test_what_nobody_dates_is_not_counted(models: StillLab) -> None:
    item = _book(models).by_id["mdl_h1"]
    assert replace(item, shutdown="soon", days_left=None).state == "hosted"
