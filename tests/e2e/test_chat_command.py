"""`ftlab chat` with hosted models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.terminal import terminal
from tests.standin import faults
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.commands import Finished
    from tests.e2e.conftest import Ftlab
    from tests.standin.standin import Standin

__all__ = ["standin"]

_CHAT = "/chat/completions"
_OPENAI = ("--provider", "openai")
_WRONG = "sk-proj-Zq7Xw2mN9rT4vB8kL3"


class Asked:
    """The command in an empty folder, with a key for the stand-in."""

    def __init__(self, ftlab: Ftlab, standin: Standin) -> None:
        self.ftlab = ftlab
        self.environment = {
            "OPENAI_API_KEY": standin.key,
            "OPENAI_BASE_URL": standin.base_url,
            "AZURE_OPENAI_API_KEY": standin.key,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }

    def __call__(self, *arguments: str, text: str = "", **environment: str) -> Finished:
        return self.ftlab("chat", *arguments, text=text, **(self.environment | environment))


@pytest.fixture
def chat(ftlab: Ftlab, standin: Standin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asked:
    monkeypatch.chdir(tmp_path)
    return Asked(ftlab, standin)


def test_a_fine_tuned_model_answers_with_tokens_and_cost(chat: Asked, standin: Standin) -> None:
    model = standin.past_job().fine_tuned_model
    assert model
    standin.answer("Two euros.")
    done = chat(model, "--prompt", "How much is it?")
    assert (done.status, done.out) == (0, "Two euros.\n")
    assert done.err.endswith(" · 5 tokens in, 3 out · $0.0000051\n")
    asked = chat(model, "--json", text="How much is it?\n")
    assert asked.status == 0
    turn = json.loads(asked.out)
    assert (turn["model"], turn["content"], turn["question"]) == (
        *(model, "Two euros.", "How much is it?"),
    )
    assert turn["cost"] == pytest.approx(5.1e-06)
    recorded = chat.ftlab.lines("history", "--type", "ChatTurnRecorded")
    assert [event["data"]["answer"] for event in recorded] == ["Two euros."] * 2


def test_every_wish_reaches_the_service(chat: Asked, standin: Standin) -> None:
    wishes = ("--system", "S", "--temperature", "0.5", "--max-tokens", "9", "--seed", "3")
    assert chat("gpt-4o", *_OPENAI, *wishes, "--stop", "END", "--prompt", "?").status == 0
    [asked] = standin.asked("POST", _CHAT)
    assert asked.json is not None
    assert asked.json["messages"][0] == {"role": "system", "content": "S"}
    assert [asked.json[name] for name in ("temperature", "seed", "stop")] == [0.5, 3, ["END"]]
    assert asked.json["max_completion_tokens"] == 9


def test_a_legacy_model_completes_what_is_written(chat: Asked, standin: Standin) -> None:
    standin.answer(" two euros.")
    done = chat("davinci-002", *_OPENAI, text="A croissant is \n")
    assert (done.status, done.out) == (0, " two euros.\n")
    assert "davinci-002 completes texts" in done.err
    [asked] = standin.asked("POST", "/completions")
    assert asked.json is not None
    assert asked.json["prompt"] == "A croissant is "


def test_azure_has_no_price_until_the_user_writes_one(chat: Asked, standin: Standin) -> None:
    added = chat.ftlab(
        *("config", "profile", "add", "work", "--kind", "azure"),
        *("--base-url", standin.azure_endpoint),
        **chat.environment,
    )
    assert added.status == 0, added.err
    done = chat("gpt-4o", "--provider", "work", "--prompt", "Hello?")
    assert done.status == 0, done.err
    prices = chat.ftlab.home / "pricing.toml"
    assert f"No price is known for gpt-4o: your own goes into {prices}." in done.err
    assert done.err.endswith("no price known\n")
    prices.write_text("[models.gpt-4o]\ninput_price = 1000000\noutput_price = 0\n")
    assert chat("gpt-4o", "--provider", "work", "--prompt", "Hello?").err.endswith("$2.00\n")


def test_several_models_answer_one_below_the_other(chat: Asked, standin: Standin) -> None:
    standin.answer(lambda asked: f"I am {asked['model']}.")
    done = chat("gpt-4o", "gpt-3.5-turbo", "davinci-002", *_OPENAI, "--prompt", "Who are you?")
    assert (
        done.out == "gpt-4o:\nI am gpt-4o.\n\ngpt-3.5-turbo:\n\ndavinci-002:\nI am davinci-002.\n"
    )
    assert "! gpt-3.5-turbo is gone: it was shut down on 2026-10-23" in done.err
    assert done.status == 5
    lines = chat("gpt-4o", "gpt-4.1", *_OPENAI, "--prompt", "Who?", "--json").out.splitlines()
    assert {json.loads(line)["model"] for line in lines} == {"gpt-4o", "gpt-4.1"}


def test_what_came_before_an_answer_broke_off_is_kept(chat: Asked, standin: Standin) -> None:
    standin.answer("one two three")
    for as_json in ([], ["--json"]):
        standin.inject(faults.stream_reset(3), "POST", _CHAT)
        done = chat("gpt-4o", *_OPENAI, "--prompt", "Count.", *as_json)
        assert done.status == 1
        assert "ftlab: the connection to " in done.err
        content = json.loads(done.out)["content"] if as_json else done.out
        assert content.strip() == "one two"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("gpt-9", *_OPENAI), 5, "The model `gpt-9` does not exist"),
        (("gpt-3.5-turbo", *_OPENAI), 5, "gpt-3.5-turbo is gone: it was shut down on 2026-10-23"),
        (("gpt-4o", *_OPENAI, "--temperature", "nan"), 2, "must be a number"),
        (("gpt-4o", *_OPENAI, *("--stop", "x") * 5), 2, "must be up to 4 texts"),
        (("gpt-4o", *_OPENAI, "--stop", ""), 2, "none of them empty"),
        (("nobody",), 4, "`--provider openai`, or another profile, asks a service for it"),
        (("gpt-4o", "--provider", "nobody"), 4, "there is no profile 'nobody'"),
    ],
)
def test_a_refusal_ends_with_its_status(
    chat: Asked, arguments: tuple[str, ...], status: int, words: str
) -> None:
    done = chat(*arguments, "--prompt", "Hello?")
    assert (done.status, done.out) == (status, "")
    assert words in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_a_wrong_key_is_in_no_output_and_no_file(chat: Asked, as_json: tuple[str, ...]) -> None:
    key = {"OPENAI_API_KEY": _WRONG, "OPENAI_LOG": "debug"}
    done = [
        chat("gpt-4o", *_OPENAI, "--prompt", "Hello?", *as_json, **key),
        chat("gpt-4o", "gpt-4.1", *_OPENAI, "--prompt", "Hello?", *as_json, **key),
    ]
    assert [each.status for each in done] == [5, 5]
    written = [file.read_bytes() for file in chat.ftlab.home.rglob("*") if file.is_file()]
    shown = [text for each in done for text in (each.out, each.err)]
    for text in (*shown, *(data.decode("latin-1") for data in written)):
        assert not any(part in text for part in (_WRONG, _WRONG[:8], _WRONG[-6:]))


def test_a_terminal_with_room_shows_answers_in_columns(chat: Asked, standin: Standin) -> None:
    standin.answer(lambda asked: f"I am {asked['model']}.")
    environment = chat.ftlab.environment | chat.environment
    with terminal("chat", "gpt-4o", "gpt-4.1", *_OPENAI, environment=environment) as shown:
        shown.until_shown("gpt-4o, gpt-4.1: Ctrl-C stops an answer, Ctrl-D ends.\n>")
        shown.press("Who are you?\r")
        screen = shown.until_shown("I am gpt-4o.", "$0.000072\n>")
        [line] = [line for line in screen.splitlines() if "I am gpt-4o." in line]
        left, _, right = line.partition("│")
        assert (left.strip(), right.strip()) == ("I am gpt-4o.", "I am gpt-4.1.")
        shown.press("\x04")
        assert shown.until_ended() == 0


def test_ctrl_c_stops_an_answer_and_the_conversation_goes_on(chat: Asked, standin: Standin) -> None:
    standin.answer("word " * 300)
    standin.inject(faults.slow_midway(0.05), "POST", _CHAT)
    environment = chat.ftlab.environment | chat.environment
    with terminal("chat", "gpt-4o", *_OPENAI, environment=environment) as shown:
        shown.until_shown("Ctrl-D ends.\n>")
        shown.press("Go on.\r")
        shown.until_shown("word word")
        shown.press("\x03")
        shown.until_shown("stopped")
        standin.answer("Yes.")
        shown.press("Still there?\r")
        shown.until_shown("Yes.")
        standin.inject(faults.stream_reset(2), "POST", _CHAT)
        shown.press("And now?\r")
        shown.until_shown("ftlab: the connection to")
        shown.press("\x04")
        assert shown.until_ended() == 0
    turns = chat.ftlab.lines("history", "--type", "ChatTurnRecorded")
    assert [turn["data"]["finish_reason"] for turn in turns] == ["cancelled", "stop", None]
    assert turns[0]["data"]["answer"].startswith("word word")


def test_ctrl_c_ends_a_single_question_with_what_came(chat: Asked, standin: Standin) -> None:
    standin.answer("word " * 300)
    standin.inject(faults.slow_midway(0.05), "POST", _CHAT, times=None)
    environment = chat.ftlab.environment | chat.environment
    with terminal(
        "chat", "gpt-4o", *_OPENAI, "--prompt", "Go on.", environment=environment
    ) as shown:
        shown.until_shown("word word")
        shown.press("\x03")
        shown.until_shown("stopped")
        assert shown.until_ended() == 130
    [turn] = chat.ftlab.lines("history", "--type", "ChatTurnRecorded")
    assert turn["data"]["answer"].startswith("word word")
