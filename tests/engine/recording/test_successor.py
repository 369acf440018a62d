from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine.data.errors import DataError, WishError
from engine.data.versions.contents import records_of
from engine.errors import LabError
from engine.lab import Lab
from engine.recording.successor import dataset_from
from tests.engine.recording.conftest import CHAT, RecordModel, Rescued
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.calls import Json
    from tests.standin.standin import Standin


def test_what_was_answered_at_temperature_0_becomes_a_dataset(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    standin.answer(lambda asked: "sure" if asked["temperature"] == 0 else "maybe")
    outcome = record_model(rescued(), from_data=4, samples=1)
    added, left_out = dataset_from(lab, outcome.recording, "successor")
    assert (added.version.examples, left_out) == (4, 0)
    for record in records_of(lab, added.version):
        assert record["messages"][-1] == {"role": "assistant", "content": "sure"}
    assert outcome.recording.id in str(added.version.recipe_json)


def test_the_same_recording_makes_no_second_version(
    lab: Lab, rescued: Rescued, record_model: RecordModel
) -> None:
    outcome = record_model(rescued(), from_data=2, samples=0)
    first, _ = dataset_from(lab, outcome.recording, "successor")
    again, _ = dataset_from(lab, outcome.recording, "successor")
    assert (again.version.id, again.new) == (first.version.id, False)


def test_what_a_successor_is_compared_by_is_not_trained_on_unless_asked_for(
    lab: Lab, rescued: Rescued, record_model: RecordModel
) -> None:
    outcome = record_model(rescued(validated=True), from_data=6, samples=0)
    added, _ = dataset_from(lab, outcome.recording, "successor")
    assert added.version.examples == 3
    both, _ = dataset_from(lab, outcome.recording, "both", ("training", "validation"))
    assert both.version.examples == 6
    with pytest.raises(DataError, match="3 validation, 3 training"):
        dataset_from(lab, outcome.recording, "none", ("held-out",))
    with pytest.raises(WishError, match="no prompts are of 'tests'"):
        dataset_from(lab, outcome.recording, "none", ("tests",))


def test_answers_that_are_cut_off_or_empty_are_left_out(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    said = iter(["a whole answer", "", "much too long an answer for so few tokens", "another"])

    def answer(_asked: Json) -> str:
        return next(said)

    standin.answer(answer)
    outcome = record_model(rescued(), from_data=4, samples=0, max_tokens=5)
    assert outcome.cut_off == 1
    added, left_out = dataset_from(lab, outcome.recording, "successor")
    assert (added.version.examples, left_out) == (2, 2)


def test_a_recording_that_is_not_whole_makes_no_dataset(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    standin.inject(faults.out_of_quota(), "POST", CHAT, times=None)
    outcome = record_model(rescued(), from_data=2)
    with pytest.raises(LabError, match="goes on with it"):
        dataset_from(lab, outcome.recording, "successor")


def test_what_there_is_of_one_that_is_not_whole_makes_a_dataset_on_request(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    standin.inject(faults.gone(), "POST", CHAT, times=None, after=3)
    outcome = record_model(rescued(), from_data=6, samples=0)
    added, left_out = dataset_from(lab, outcome.recording, "successor", partial=True)
    assert (added.version.examples, left_out) == (3, 0)


def test_calls_that_no_tool_could_take_are_left_out(
    lab: Lab, standin: Standin, rescued: Rescued, record_model: RecordModel
) -> None:
    odd = {"choices": [{"message": {"content": None, "tool_calls": ["call the baker"]}}]}
    standin.inject(faults.content(json.dumps(odd).encode()), "POST", CHAT, times=1)
    outcome = record_model(rescued(), from_data=3, samples=0)
    added, left_out = dataset_from(lab, outcome.recording, "successor")
    assert (added.version.examples, left_out) == (2, 1)
