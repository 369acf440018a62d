from __future__ import annotations

import logging

import pytest

from engine.training.usage import GpuUse


@pytest.mark.parametrize("kind", ["cpu", "mps"])
def test_without_a_gpu_of_nvidias_nothing_is_measured(kind: str) -> None:
    assert GpuUse(kind).measure() == {}


def test_what_cannot_be_measured_is_no_error_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    use = GpuUse("cuda", count=2)
    with caplog.at_level(logging.INFO, "engine.training.usage"):
        assert use.measure() == use.measure() == {}
    [said] = caplog.messages
    assert said.startswith("how busy the GPU is cannot be measured: ")
