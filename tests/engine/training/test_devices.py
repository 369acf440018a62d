from __future__ import annotations

import platform
from importlib.metadata import version

import pytest
import torch

from engine.training.devices import Device, environment, find_device
from engine.training.plan import PlanError


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


@pytest.mark.usefixtures("only_a_processor")
def test_only_numbers_that_the_device_has_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    assert find_device("float32") == Device("cpu", bf16=False)
    with pytest.raises(PlanError) as refused:
        find_device("bfloat16")
    assert str(refused.value) == (
        "this machine's processor does not compute in bfloat16: take auto or float32"
    )
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert find_device("bfloat16").computes_in == "bfloat16"
    with pytest.raises(PlanError, match="take auto or float32 or bfloat16"):
        find_device("float16")


def test_a_device_computes_in_its_numbers_within_autocast() -> None:
    one = torch.ones(2, 2)
    with Device("cpu", bf16=True).autocast():
        assert (one @ one).dtype == torch.bfloat16
    with Device("cpu", bf16=False).autocast():
        assert (one @ one).dtype == torch.float32
