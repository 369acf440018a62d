"""Which model a person means."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.chatting.targets import HostedTarget, LocalTarget, find
from engine.errors import LabError, RequestError
from engine.lab import Lab
from engine.serve.settings import ServedModel
from engine.training.chat_template import CONVERSATION_TEMPLATE, SOURCE_TEMPLATE
from store.errors import AmbiguousError, NotFoundError
from store.events import ModelDeleted, ModelTagged
from tests.engine.chatting.recorded import add_hosted, add_local

_TUNED = "ft:gpt-4o-mini-2024-07-18:acme::B1x"
_OTHER = "ft:gpt-4o-mini-2024-07-18:acme::C2y"


def _hosted(lab: Lab, reference: str, provider: str | None = None) -> HostedTarget:
    found = find(lab, reference, provider)
    assert isinstance(found, HostedTarget)
    return found


@pytest.mark.parametrize("reference", [_TUNED, "mdl_hosted00000", "mdl_h", "ft:gpt-4o-mini"])
def test_a_hosted_model_of_the_list_is_found_by_name_id_or_beginning(
    hosted: Lab, reference: str
) -> None:
    add_hosted(hosted, _TUNED)
    found = _hosted(hosted, reference)
    assert (found.id, found.name, found.profile.name) == ("mdl_hosted00000", _TUNED, "openai")
    assert found.base == "gpt-4o-mini-2024-07-18"


def test_a_beginning_of_several_is_refused(hosted: Lab) -> None:
    add_hosted(hosted, _TUNED)
    add_hosted(hosted, _OTHER, model="mdl_other000000")
    with pytest.raises(AmbiguousError):
        find(hosted, "ft:gpt-4o-mini")


@pytest.mark.parametrize("provider", [None, "openai", "local"])
def test_no_model_has_an_empty_name(hosted: Lab, provider: str | None) -> None:
    with pytest.raises(RequestError, match="cannot be empty"):
        find(hosted, " ", provider)


def test_a_local_model_that_was_deleted_is_gone(
    hosted: Lab, tiny_base: Path, tiny_adapter: Path
) -> None:
    model = add_local(hosted, "run", tiny_base, tiny_adapter)
    hosted.log.append(f"model/{model}", ModelDeleted())
    with pytest.raises(NotFoundError, match="is gone: deleted"):
        find(hosted, model)


def test_a_fine_tuned_name_that_is_not_listed_is_asked_of_openai(hosted: Lab) -> None:
    found = _hosted(hosted, _TUNED)
    assert (found.id, found.name, found.profile.name) == (_TUNED, _TUNED, "openai")
    assert (found.row, found.base) == (None, "gpt-4o-mini-2024-07-18")


def test_with_a_provider_any_name_is_asked_there_and_no_beginning_stands_for_another(
    hosted: Lab,
) -> None:
    add_hosted(hosted, _TUNED)
    for name in ("gpt-4o-mini", "ft:gpt-4o-mini", "our-deployment", "meta/llama"):
        found = _hosted(hosted, name, "azure")
        assert (found.id, found.name, found.profile.name) == (name, name, "azure")
    listed = _hosted(hosted, _TUNED, "elsewhere")
    assert (listed.id, listed.profile.name) == ("mdl_hosted00000", "elsewhere")


def test_a_tag_names_the_model_that_has_it(hosted: Lab) -> None:
    add_hosted(hosted, _TUNED)
    hosted.log.append("model/mdl_hosted00000", ModelTagged(tag="prod"))
    for provider in (None, "openai"):
        assert _hosted(hosted, "prod", provider).id == "mdl_hosted00000"


def test_local_models_stay_local_whatever_the_provider(
    hosted: Lab, tiny_base: Path, tiny_adapter: Path
) -> None:
    add_local(hosted, "tuned", tiny_base, tiny_adapter)
    for provider in (None, "local", "openai"):
        found = find(hosted, "tuned", provider)
        assert isinstance(found, LocalTarget)
        assert (found.id, found.served.base) == ("mdl_tuned000000", str(tiny_base))
    base = find(hosted, str(tiny_base), "local")
    assert isinstance(base, LocalTarget)
    assert base.served.adapter is None


def test_on_this_machine_alone_no_service_is_asked(hosted: Lab) -> None:
    add_hosted(hosted, _TUNED)
    with pytest.raises(RequestError, match="is at openai, not on this machine"):
        find(hosted, _TUNED, "local")
    with pytest.raises(NotFoundError, match="nor is it a base model of this machine"):
        find(hosted, _OTHER, "local")


def test_what_is_not_there_is_told_with_what_to_do(
    hosted: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFoundError, match=r"'gpt-4o-mini'.*`--provider openai`"):
        find(hosted, "gpt-4o-mini")
    with pytest.raises(NotFoundError, match="no profile 'opnai': did you mean openai"):
        find(hosted, "gpt-4o-mini", "opnai")
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(LabError, match="no key for the profile openai: set OPENAI_API_KEY"):
        find(hosted, "gpt-4o-mini", "openai")


def test_no_key_is_shown_by_a_target(hosted: Lab) -> None:
    found = _hosted(hosted, "gpt-4o-mini", "openai")
    assert found.key.reveal() not in repr(found)


def test_a_model_that_learned_from_single_questions_sees_each_one_alone(tmp_path: Path) -> None:
    target = LocalTarget("mdl_a", "a", ServedModel(id="mdl_a", base=str(tmp_path)))
    assert not target.forgets
    template = tmp_path / "chat_template.jinja"
    for written, forgets in ((SOURCE_TEMPLATE, True), (CONVERSATION_TEMPLATE, False)):
        template.write_text(written, "utf-8")
        assert target.forgets == forgets
