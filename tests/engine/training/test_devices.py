from __future__ import annotations

import platform
from importlib.metadata import version

import pytest
import torch

from engine.training.devices import Device, environment, find_device


@pytest.fixture
def only_a_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("only_a_processor")
@pytest.mark.parametrize("amx", [True, False])
def test_a_processor_computes_in_bfloat16_only_with_amx(
    monkeypatch: pytest.MonkeyPatch, *, amx: bool
) -> None:
    capabilities = {"avx512_bf16": True, "amx_bf16": amx}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert find_device() == Device("cpu", bf16=amx)


@pytest.mark.usefixtures("only_a_processor")
def test_a_torch_that_does_not_tell_computes_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert find_device() == Device("cpu", bf16=False)


def test_the_environment_names_versions_and_threads() -> None:
    found = environment(Device("cpu", bf16=False))
    assert found["torch"] == version("torch")
    assert found["python"] == platform.python_version()
    assert found["threads"] == torch.get_num_threads()
    assert found["bf16"] is False
    assert "gpu" not in found
