"""Pictures of what is asked before something is done with models, in every size."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from engine.chatting.targets import HostedTarget
from engine.deleting.models import ModelPlan, ModelToGo
from engine.keys import Key
from engine.planning import Plan, TrainingRequest
from engine.profiles import OPENAI_URL, Profile
from engine.recording.costs import Price
from engine.recording.plan import RecordingPlan
from engine.recording.settings import Settings, questions_of
from engine.suites.prompts import Prompt
from store.queries.datasets import dataset
from store.queries.models import model
from tests.tui.conftest import Drive, Driven, StillLab, Story
from tests.tui.model_story import BOT, MINI, SMOL, tell_models
from tests.tui.screens.resized import same_in_each_size
from tui.screens.model_confirm import Confirm, Deed
from tui.screens.model_deletion import deletion_deed
from tui.screens.model_recording import recording_deed
from tui.screens.model_recreation import recreation_deed
from tui.screens.models import Models


@pytest.fixture
def models(lab: StillLab, story: Story) -> StillLab:
    tell_models(story.log)
    for here in ("mdl_l1", "mdl_l2", "mdl_l3"):
        lab.places.model(here).mkdir(parents=True)
    return lab


async def _look_at(ui: Driven, key: str, *keys: str) -> Models:
    await ui.press("M")
    await ui.until(lambda: isinstance(ui.app.screen, Models))
    screen = ui.app.screen
    assert isinstance(screen, Models)
    await ui.until(lambda: screen.rows.row_count > 0)
    screen.rows.go_to(key)
    await ui.until(lambda: screen.panel.shown == key)
    await ui.press(*keys)
    return screen


async def _ask(ui: Driven, deed: Deed) -> None:
    await _look_at(ui, "mdl_h1")
    await ui.app.push_screen(Confirm(deed))


async def test_a_model_is_tagged_and_why(
    snapshot: SnapshotAssertion, models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        await _look_at(ui, "mdl_l2", "T", *"best")
        await ui.until_shown("moves from answers", "shared with answers")
        await ui.press("down", "tab", *"as good, and a third of the price")
        await same_in_each_size(snapshot, ui, "Tag facts", "a third of the price")


async def test_a_local_model_is_deleted(
    snapshot: SnapshotAssertion, models: StillLab, drive: Drive
) -> None:
    folder = models.places.model("mdl_l4")
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    async with drive(models) as ui:
        await _look_at(ui, "mdl_l4", "x")
        await same_in_each_size(snapshot, ui, "Delete answers-2 for good?")


async def test_hosted_models_are_deleted_only_if_it_is_typed_how_many(
    snapshot: SnapshotAssertion, models: StillLab, drive: Drive
) -> None:
    def at_a_service(name: str, data: str | None, retires: str | None) -> ModelToGo:
        return ModelToGo(
            id="mdl_h1",
            name=name,
            provider="openai",
            base_model=MINI,
            folder=None,
            bytes=None,
            job=None,
            dataset=data,
            data_kept=data is not None,
            retires_on=retires,
            recreate=None,
            needed_by=(),
            unfinished=retires is None,
        )

    going = (
        at_a_service(BOT, "gsm8k/train@1", "2027-01-14"),
        at_a_service(f"ft:{MINI}:acme:support-v2:Dx99kAQ2", None, None),
    )
    async with drive(models) as ui:
        await _ask(ui, deletion_deed(ModelPlan(going, gone=("old",))))
        await ui.press("1")
        await same_in_each_size(snapshot, ui, "Delete 2 models for good?", "delete them")


async def test_a_hosted_model_is_rebuilt_here(
    snapshot: SnapshotAssertion, models: StillLab, drive: Drive
) -> None:
    reader = models.database.reader
    plan = Plan(
        request=TrainingRequest("gsm8k/train", SMOL, method="lora"),
        name="support-here-2",
        dataset=dataset(reader, "ds_1"),
        validation=dataset(reader, "ds_2"),
        hyperparameters={"epochs": 3, "batch_size": 8, "learning_rate": 5e-4, "lora_rank": 16},
        total_steps=72,
        notes=(
            f"rebuilds {BOT}",
            "epochs 3: the same as n_epochs there",
            "learning rate 0.0005: learning_rate_multiplier 2.5 times 0.0002, the usual rate",
            "batch size 8: the largest for a usual machine, 32 there",
        ),
    )
    async with drive(models) as ui:
        await _ask(ui, recreation_deed(model(reader, "mdl_h1"), plan))
        await same_in_each_size(snapshot, ui, "Rebuild ft:", "train it")


async def test_answers_are_recorded_for_a_price(
    snapshot: SnapshotAssertion, models: StillLab, drive: Drive
) -> None:
    row = model(models.database.reader, "mdl_h1")
    parts = ["training"] * 38 + ["validation"] * 12
    prompts = tuple(
        Prompt(({"role": "user", "content": f"Where is parcel {number}?"},), part=part)
        for number, part in enumerate(parts)
    )
    settings = Settings()
    plan = RecordingPlan(
        target=HostedTarget(
            row.id,
            row.name,
            Profile("openai", "openai", OPENAI_URL),
            Key("sk-of-nobody", "a test"),
            row,
        ),
        subject=row.id,
        prompts=prompts,
        settings=settings,
        temperature_from="as services take where nothing is said",
        suite=None,
        seed=0,
        missing=tuple(questions_of(prompts, settings))[:160],
        rates=None,
        prices=None,
        price=Price(0.0312, 0.1870),
        limit=None,
        open=None,
        done=None,
    )
    async with drive(models) as ui:
        await _ask(ui, recording_deed([plan], []))
        await same_in_each_size(
            snapshot, ui, "Record how", "in all about $0.031, at most $0.19", "leave it"
        )
