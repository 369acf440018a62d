from __future__ import annotations

import pytest

from engine.looking import LookedAtLab
from store.events import ModelTagged
from store.queries.models import model
from tests.tui.conftest import Drive, Driven, StillLab, Story
from tests.tui.model_story import BOT, tell_models, tell_odd_names
from tests.tui.model_story import model as adapter
from tui.screens.chat import Chat
from tui.screens.compare import Compare
from tui.screens.jobs import Jobs
from tui.screens.model_confirm import Confirm
from tui.screens.model_tagging import TagModels
from tui.screens.models import Models


@pytest.fixture
def models(lab: StillLab, story: Story) -> StillLab:
    tell_models(story.log)
    for here in ("mdl_l1", "mdl_l2"):
        lab.places.model(here).mkdir(parents=True)
    return lab


def _screen(ui: Driven) -> Models:
    return next(screen for screen in ui.app.screen_stack if isinstance(screen, Models))


async def _open(ui: Driven, *shown: str) -> Models:
    await ui.press("M")
    await ui.until_shown("MODEL", *shown)
    screen = _screen(ui)
    await ui.until(lambda: screen.panel.shown is not None)
    return screen


async def _go_to(ui: Driven, key: str) -> None:
    screen = _screen(ui)
    assert screen.rows.go_to(key)
    await ui.until(lambda: screen.panel.shown == key)


async def test_models_stand_below_what_they_were_made_of(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        await _open(ui, "└─facts", "  └─answers #best", "    └─answers-2", "0.4200 ↗ 0.5100")
        await ui.until_shown("tiny-t5 3", "↻ support-here", "! ", "12d", "retired", "gone")
        await ui.until_shown("models 9 · ! 1 within 30d · ⊘ 1 · ✗ 1")


async def test_the_selected_model_is_told_in_full(models: StillLab, drive: Drive) -> None:
    async with drive(models, (200, 60)) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_l3")
        await ui.until_shown("goes on from", "▪ facts", "went on as", "▫ answers-2")
        await ui.until_shown("On 40 examples of gsm8k/validation@1, in tokens of tiny-t5")
        await ui.until_shown("packing               yes", "learning rate         0.0005")
        await ui.until_shown(
            "#best #eu/candidate", "models/mdl_l3", "its files are gone from there"
        )
        await _go_to(ui, "mdl_h1")
        await ui.until_shown("rebuilt as", "▪ support-here", "shuts down 2027-01-14, in 55 days")
        await _go_to(ui, "mdl_g2")
        await ui.until_shown("gone since", "the service no longer knows it", "not taken in yet")
        await _go_to(ui, "mdl_1")
        await ui.until_shown("conversations         1 with 1 turn")


async def test_a_base_model_tells_what_was_made_of_it_and_folds(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        screen = await _open(ui)
        await ui.press("g")
        await ui.until_shown("MADE OF IT", "1 on this machine", "2 with their files gone", "h fold")
        await ui.press("h")
        await ui.until_shown("▸ tiny-t5 3", "l unfold")
        assert "facts" not in ui.screen_text()
        await ui.press("l", "l")
        await ui.until_shown("▾ tiny-t5 3", "└─facts")
        assert screen.rows.selected is not None
        await ui.press("h", "h")
        await ui.until(lambda: screen.rows.cursor == 0)


async def test_models_are_searched_as_it_is_written(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        screen = await _open(ui)
        await ui.press("slash", *"retires<30d")
        await ui.until_shown("1 of 9", "support-v2:Dx99kAQ2")
        await ui.until(lambda: "facts" not in ui.screen_text())
        await ui.press("enter", "escape")
        await ui.until_shown("└─facts")
        assert screen.search.text == ""
        await ui.press("slash", *"nothing-is-called-so")
        await ui.until_shown("0 of 9", "no model fits the search")


async def test_models_are_sorted_and_shown_without_the_tree(models: StillLab, drive: Drive) -> None:
    async with drive(models, (200, 60)) as ui:
        screen = await _open(ui)
        await ui.press("b", "o", "j", "j", "enter")
        await ui.until_shown("BASE MODEL", "LOSS↓")
        held = screen.rows.selected
        await ui.press("O")
        await ui.until_shown("LOSS↑")
        assert screen.rows.selected is not None
        assert screen.rows.selected == held


async def test_a_model_or_all_marked_ones_are_talked_to(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_l2")
        await ui.press("enter")
        await ui.until(lambda: isinstance(ui.app.screen, Chat))
        await ui.until_shown("facts")


async def test_a_base_model_is_talked_to_with_enter(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_1")
        await ui.press("k")
        await ui.until_shown("MADE OF IT")
        await ui.press("enter")
        await ui.until(lambda: isinstance(ui.app.screen, Chat))
        await ui.until_shown("chat with smollm2-135m-instruct")


async def test_space_marks_a_base_model_and_it_is_talked_to_beside_what_was_made_of_it(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models, (160, 36)) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_1")
        await ui.press("k", "space", "space")
        await ui.until_shown("2 marked · esc unmarks", "▾*smollm2-135m-instruct", "▪*")
        await ui.press("enter")
        await ui.until(lambda: isinstance(ui.app.screen, Chat))
        await ui.until_shown("chat with gsm8k-1 and smollm2-135m-instruct")


async def test_a_base_model_of_random_weights_has_nothing_to_say(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        screen = await _open(ui)
        await ui.press("g")
        await ui.until_shown("MADE OF IT")
        await ui.until(lambda: "talk" not in _keys(ui))
        await ui.press("enter")
        await ui.until(lambda: any("tiny-t5 is made of random weights" in t for t in ui.told))
        assert ui.app.screen is screen


async def test_the_line_of_keys_offers_what_makes_sense_for_the_selected_model(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models, (200, 60)) as ui:
        await _open(ui)
        offered = {
            "mdl_l2": {"talk", "fold", "tag", "evaluate", "delete"},
            "mdl_l4": {"tag", "delete"},
            "mdl_l1": {"talk", "tag", "evaluate", "delete"},
            "mdl_h2": {"talk", "tag", "evaluate", "recreate", "delete"},
            "mdl_g2": {"tag", "recreate"},
        }
        for model_id, labels in offered.items():
            await _go_to(ui, model_id)
            await ui.until(lambda wanted=labels: _keys(ui) & _DEEDS == wanted)  # type: ignore[misc]
        await ui.press("g")
        await ui.until(lambda: _keys(ui) & _DEEDS == {"fold"})
        await ui.press("j", "space", "space")
        await ui.until(lambda: "compare" in _keys(ui))


_DEEDS = {"talk", "fold", "unfold", "tag", "evaluate", "compare", "recreate", "delete"}


def _keys(ui: Driven) -> set[str]:
    """Return the words of the line of keys."""
    return set(ui.screen_text().splitlines()[-1].split())


async def test_marked_models_are_put_beside_each_other(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await ui.press("C")
        await ui.until(lambda: any("mark 2 to 6 models" in told for told in ui.told))
        await _go_to(ui, "mdl_l2")
        await ui.press("space", "space")
        await ui.until_shown("2 marked · esc unmarks", "▪*└─facts", "▫*  └─answers")
        await ui.press("C")
        await ui.until(lambda: isinstance(ui.app.screen, Compare))


async def test_a_tag_is_written_and_taken_away_again(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_l2")
        await ui.press("T")
        await ui.until_shown("Tag facts", "best", "moves from answers")
        await ui.press(*"new")
        await ui.until_shown("a new tag")
        await ui.press("enter")
        await ui.until_shown("#new")
        assert model(models.database.reader, "mdl_l2").tags == ("new",)
        await ui.press("T")
        await ui.until_shown("enter takes it away")
        await ui.press("enter")
        await ui.until(lambda: model(models.database.reader, "mdl_l2").tags == ())
        assert "facts no longer tagged new" in ui.told


async def test_marked_models_are_tagged_together_from_the_tags_there_are(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_l2")
        await ui.press("space", "space", "T")
        await ui.until_shown("Tag 2 models", "on 1 of 2: enter tags all")
        await ui.press(*"be")
        await ui.until_shown("a new tag")
        await ui.press("down", "enter")
        reader = models.database.reader
        await ui.until(lambda: model(reader, "mdl_l2").tags == ("best",))
        assert "best" in model(reader, "mdl_l3").tags


async def test_a_tag_of_another_model_is_shared_and_the_reason_is_told(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_l2")
        await ui.press("T", *"best")
        await ui.until_shown("moves from answers", "shared with answers")
        await ui.press("down", "tab")
        await ui.press(*"as good", "enter")
        reader = models.database.reader
        await ui.until(lambda: model(reader, "mdl_l2").tags == ("best",))
        assert "best" in model(reader, "mdl_l3").tags
        await ui.press("v")
        await ui.until_shown("TAGS", "best: as good")


async def test_what_cannot_be_a_tag_is_told_and_can_be_mended(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await ui.press("T")
        await ui.until(lambda: isinstance(ui.app.screen, TagModels))
        await ui.press(*"a b", "enter")
        await ui.until(lambda: any("'a b' cannot be a tag" in told for told in ui.told))
        assert isinstance(ui.app.screen, TagModels)
        await ui.press("escape")
        await ui.until(lambda: isinstance(ui.app.screen, Models))


async def test_a_local_model_is_deleted_after_a_question(models: StillLab, drive: Drive) -> None:
    folder = models.places.model("mdl_l4")
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_l4")
        await ui.press("x")
        await ui.until_shown("Delete answers-2 for good?", "2 B of weights", "it cannot be rebuilt")
        await ui.press("n")
        await ui.until(lambda: isinstance(ui.app.screen, Models))
        assert folder.is_dir()
        await ui.press("x")
        await ui.until(lambda: isinstance(ui.app.screen, Confirm))
        await ui.press("y")
        await ui.until(lambda: "answers-2 deleted" in ui.told)
        await ui.until_shown("✗")
        assert not folder.exists()


async def test_a_model_that_others_need_is_not_deleted(
    models: StillLab, story: Story, drive: Drive
) -> None:
    models.places.model("mdl_l4").mkdir(parents=True)
    story.log.append_all([adapter("l5", "adapter-of-it", "mdl_l4", 0)])
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_l4")
        await ui.press("x")
        await ui.until(lambda: any("answers-2 is needed by adapter-of-it" in t for t in ui.told))
        assert isinstance(ui.app.screen, Models)


async def test_a_model_that_is_gone_is_neither_asked_nor_deleted(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_g2")
        for key in ("enter", "E", "x"):
            await ui.press(key)
        await ui.until(lambda: len([t for t in ui.told if "is gone since" in t]) == 3)
        assert isinstance(ui.app.screen, Models)


async def test_a_model_whose_files_are_gone_says_so_and_is_not_asked(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        screen = await _open(ui)
        await _go_to(ui, "mdl_l3")
        await ui.until_shown("▫   └─answers", "its files are gone", "▫ 2 without files")
        await ui.press("enter")
        refusal = "the files of answers are gone: models/mdl_l3 is not in the data directory"
        await ui.until(lambda: refusal in ui.told)
        assert ui.app.screen is screen
        models.places.model("mdl_l3").mkdir()
        await ui.press("ctrl+r")
        await ui.until_shown("▪   └─answers", "▫ 1 without files")


async def test_recreating_says_where_the_data_is_missing(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_l2")
        await ui.press("R")
        await ui.until(lambda: any("was trained on this machine" in told for told in ui.told))
        await _go_to(ui, "mdl_h1")
        await ui.press("R")
        await ui.until(lambda: any("`ftlab import openai --profile openai`" in t for t in ui.told))
        assert isinstance(ui.app.screen, Models)


async def test_a_line_of_the_model_leads_to_its_job_and_its_relatives(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        screen = await _open(ui)
        await _go_to(ui, "mdl_l3")
        await ui.press("v", "enter")
        await ui.until(lambda: any("this line leads nowhere" in told for told in ui.told))
        links = [place for place, line in enumerate(screen.panel.lines) if line.link]
        screen.panel.cursor = links[0]
        await ui.press("enter")
        await ui.until(lambda: screen.panel.shown == "mdl_l2")
        await ui.press("escape", "m")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))
        await ui.until(lambda: ui.rows.selected_id == "job_l2")


async def test_what_happens_is_shown_while_one_looks_and_the_cursor_stays(
    models: StillLab, story: Story, drive: Drive
) -> None:
    async with drive(models) as ui:
        screen = await _open(ui)
        await _go_to(ui, "mdl_l3")
        story.log.append("model/mdl_l3", ModelTagged(tag="reviewed"))
        await ui.until_shown("#reviewed")
        tell_odd_names(story.log)
        await ui.until_shown("models 14")
        assert screen.rows.selected is not None
        assert screen.rows.selected.row.id == "mdl_l3"


async def test_without_models_it_says_how_one_comes_to_be(
    empty_lab: StillLab, drive: Drive
) -> None:
    async with drive(empty_lab, (80, 24)) as ui:
        await ui.press("M")
        await ui.until_shown("There are no models yet.", "ftlab import openai")
        for key in ("enter", "t", "x", "T", "E", "R", "C", "v", "space", "m", "Y", "O", "b"):
            told = len(ui.told)
            await ui.press(key)
            await ui.until(lambda told=told: len(ui.told) > told)  # type: ignore[misc]
        await ui.press("h", "l", "escape")
        assert isinstance(ui.app.screen, Jobs)


async def test_in_the_past_nothing_can_be_done(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        ui.app.go_back_to(models.database.head())
        await ui.until(lambda: ui.app.sight is not models)
        await _open(ui)
        await ui.press("T", "x", "E", "enter")
        await ui.until(lambda: len([told for told in ui.told if "this is the past" in told]) == 4)


async def test_a_read_only_lab_refuses_in_words(models: StillLab, drive: Drive) -> None:
    models.why_not = LookedAtLab.why_not
    async with drive(models) as ui:
        await _open(ui)
        await ui.press("T")
        await ui.until(lambda: any("--read-only" in told for told in ui.told))
        assert isinstance(ui.app.screen, Models)


async def test_the_id_is_copied_as_the_service_calls_it(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        await _open(ui)
        await _go_to(ui, "mdl_h1")
        await ui.press("Y")
        await ui.until(lambda: f"copied {BOT}" in ui.told)
        assert ui.app.clipboard == BOT
