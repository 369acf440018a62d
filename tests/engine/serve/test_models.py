from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.serve.settings import ServedModel

if TYPE_CHECKING:
    from engine.serve.models import LoadedModels

# peft still uses a property that transformers has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")


@pytest.fixture(scope="module")
def models() -> LoadedModels:
    from engine.serve.models import LoadedModels

    return LoadedModels()


def refusal(models: LoadedModels, served: ServedModel) -> str:
    from engine.serve.models import ModelLoadError

    with pytest.raises(ModelLoadError) as failure, models.ready(served):
        pass
    return str(failure.value)


def test_pickled_adapter_weights_are_not_read(
    models: LoadedModels, tiny_base: Path, tiny_adapter: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "pickled"
    shutil.copytree(tiny_adapter, folder)
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    served = ServedModel("m", str(tiny_base), str(folder))
    assert "no adapter_model.safetensors" in refusal(models, served)


def test_pickled_base_weights_are_not_read(
    models: LoadedModels, tiny_base: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "pickled"
    shutil.copytree(tiny_base, folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "cannot be loaded" in refusal(models, ServedModel("m", str(folder)))


def test_an_adapter_of_another_base_is_refused_and_the_base_stays_clean(
    models: LoadedModels, tiny_base: Path, tiny_adapter: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "strange"
    shutil.copytree(tiny_adapter, folder)
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**config, "r": 8}))
    served = ServedModel("m", str(tiny_base), str(folder))
    assert "does not fit its base" in refusal(models, served)
    with models.ready(ServedModel("base", str(tiny_base))) as ready:
        assert not any("lora" in name for name, _ in ready.network.named_parameters())


def test_models_of_one_base_share_its_weights(
    models: LoadedModels, tiny_base: Path, tiny_adapter: Path
) -> None:
    def places(served: ServedModel) -> set[int]:
        with models.ready(served) as ready:
            named = ready.network.named_parameters()
            return {weights.data_ptr() for name, weights in named if "lora" not in name}

    base = places(ServedModel("base", str(tiny_base)))
    assert places(ServedModel("tuned", str(tiny_base), str(tiny_adapter))) == base


def test_the_context_is_the_models_own(models: LoadedModels, tiny_base: Path) -> None:
    with models.ready(ServedModel("base", str(tiny_base))) as ready:
        assert ready.context == 2048


def test_the_end_tokens_are_those_of_model_and_tokenizer(
    models: LoadedModels, tiny_base: Path
) -> None:
    with models.ready(ServedModel("base", str(tiny_base))) as ready:
        assert ready.end_tokens == {0}


def test_an_adapter_that_brings_its_tokenizer_is_asked_with_it(
    models: LoadedModels, tiny_base: Path, tiny_adapter: Path, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    folder = tmp_path / "with-tokenizer"
    shutil.copytree(tiny_adapter, folder)
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    tokenizer.chat_template = "its own"
    tokenizer.save_pretrained(folder)
    with models.ready(ServedModel("m", str(tiny_base), str(folder))) as ready:
        assert ready.tokenizer.chat_template == "its own"
    with models.ready(ServedModel("base", str(tiny_base))) as ready:
        assert ready.tokenizer.chat_template != "its own"
