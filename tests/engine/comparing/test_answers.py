"""What models answered to the same prompts."""

from __future__ import annotations

from engine.comparing.answers import recorded_answers, shared_by
from engine.lab import Lab
from store.events import AnswerRecorded, AnswerRefused
from tests.engine.comparing.conftest import Record, asked

FIRST, SECOND = asked("1 + 1?", "2"), asked("2 + 2?", "4")


def test_answers_stand_beside_each_other_by_what_was_asked(lab: Lab, record: Record) -> None:
    record("mdl_a", (FIRST, "2"), (SECOND, "4"))
    record("mdl_b", (SECOND, "5"))
    found = recorded_answers(lab.database.reader, lab.blobs, ["mdl_a", "mdl_b"])
    assert [each.prompt for each in found] == [FIRST, SECOND]
    assert {model: said.text for model, said in found[1].said.items()} == {
        "mdl_a": "4",
        "mdl_b": "5",
    }
    assert found[1].differs(["mdl_a", "mdl_b"])
    assert not found[1].differs(["mdl_a"])
    assert found[1].hoped_for == "4"
    assert shared_by(found, ["mdl_a", "mdl_b"]) == found[1:]


def test_answers_of_other_models_and_samples_are_left_out(lab: Lab, record: Record) -> None:
    record("mdl_a", (FIRST, "2"))
    record("mdl_b", (FIRST, "3"))
    more = AnswerRecorded(
        recording="rec_mdl_a-usual",
        prompt=FIRST.digest,
        request="r",
        sample=1,
        settings={},
        content="warmer",
        reply="r" * 64,
    )
    lab.log.append("answers/mdl_a", more)
    [found] = recorded_answers(lab.database.reader, lab.blobs, ["mdl_a"])
    assert [said.text for said in found.said.values()] == ["2"]


def test_of_several_answers_to_a_prompt_those_with_the_same_settings_are_held_together(
    lab: Lab, record: Record
) -> None:
    record("mdl_a", (FIRST, "short"), settings="usual")
    record("mdl_b", (FIRST, "other"), settings="usual")
    record("mdl_a", (FIRST, "much longer"), settings="newer")
    record("mdl_c", (FIRST, "else"), settings="third")
    [found] = recorded_answers(lab.database.reader, lab.blobs, ["mdl_a", "mdl_b", "mdl_c"])
    told = {model: (said.text, said.asked_otherwise) for model, said in found.said.items()}
    assert told == {
        "mdl_a": ("short", False),
        "mdl_b": ("other", False),
        "mdl_c": ("else", True),
    }


def test_of_one_model_the_newest_answer_counts(lab: Lab, record: Record) -> None:
    record("mdl_a", (FIRST, "old"), settings="usual")
    record("mdl_a", (FIRST, "new"), settings="newer")
    [found] = recorded_answers(lab.database.reader, lab.blobs, ["mdl_a"])
    assert found.said["mdl_a"].text == "new"


def test_calls_are_told_without_their_ids_and_refusals_by_their_words(lab: Lab) -> None:
    for number, model in enumerate(("mdl_a", "mdl_b")):
        call = {"id": f"call_{number}", "type": "function", "function": {"name": "f"}}
        said = AnswerRecorded(
            recording="rec_1",
            prompt=FIRST.digest,
            request="r",
            sample=0,
            settings={},
            tool_calls=[call],
            reply="r" * 64,
        )
        lab.log.append(f"answers/{model}", said)
    refused = AnswerRefused(
        recording="rec_1", prompt=FIRST.digest, request="r", sample=0, error="too long"
    )
    lab.log.append("answers/mdl_c", refused)
    [found] = recorded_answers(lab.database.reader, lab.blobs, ["mdl_a", "mdl_b", "mdl_c"])
    assert found.said["mdl_a"].text == '[{"name": "f"}]'
    assert not found.differs(["mdl_a", "mdl_b"])
    assert found.said["mdl_c"].refusal == "too long"
    # Nobody recorded what was asked.
    assert found.prompt is None
    assert found.hoped_for is None


def test_a_prompt_whose_text_is_gone_is_still_compared(lab: Lab, record: Record) -> None:
    record("mdl_a", (FIRST, "2"))
    for content in lab.blobs.root.glob("*/*"):
        content.unlink()
    [found] = recorded_answers(lab.database.reader, lab.blobs, ["mdl_a"])
    assert found.prompt is None
    assert found.said["mdl_a"].text == "2"


def test_without_recordings_there_is_nothing(lab: Lab) -> None:
    assert recorded_answers(lab.database.reader, lab.blobs, ["mdl_a"]) == []
