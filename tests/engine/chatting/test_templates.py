from __future__ import annotations

from engine.chatting.targets import LocalTarget
from engine.chatting.templates import explain_template
from engine.errors import ProviderError
from engine.serve.settings import ServedModel

_TARGET = LocalTarget("local", "gemma", ServedModel(id="local", base="gemma"))


def test_what_a_models_template_refuses_is_said_with_what_to_do() -> None:
    failure = ProviderError(
        "this machine refused the request (400): The model's chat template refuses these messages: "
        "System role not supported (field messages)",
        "bad_request",
        status=400,
        param="messages",
    )
    told = explain_template(failure, _TARGET)
    assert str(told).startswith(
        "gemma cannot be asked so: its own chat template refuses the messages (System role not "
        "supported). Ask another model"
    )
    assert (told.kind, told.status) == ("bad_request", 400)


def test_any_other_refusal_stays_as_it_is() -> None:
    failure = ProviderError("this machine refused the request (400): too long", "bad_request")
    assert explain_template(failure, _TARGET) is failure
