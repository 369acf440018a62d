from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from engine.training.checkpoints import CheckpointError
from engine.training.failures import in_a_sentence


def raised_by_allocating() -> RuntimeError:
    import torch

    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**50, dtype=torch.uint8)
    return caught.value


def test_an_error_that_speaks_for_itself_is_left_as_it_is() -> None:
    assert in_a_sentence(CheckpointError("checkpoint 7\nis damaged")) == "checkpoint 7 is damaged"


def test_too_little_memory_comes_with_advice() -> None:
    advice = (
        "there is not enough memory: a smaller batch_size (with gradient_accumulation) or "
        "max_length needs less; so do gradient_checkpointing and the method lora"
    )
    assert in_a_sentence(raised_by_allocating()) == advice
    assert in_a_sentence(MemoryError()) == advice
    assert in_a_sentence(RuntimeError("CUDA out of memory. Tried to allocate 2 GiB.")) == advice


def test_a_missing_package_comes_with_how_to_get_it() -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        __import__("not_there")
    assert in_a_sentence(caught.value) == (
        "the package not_there is missing: training on this machine needs it "
        "(pip install 'ftlab[local]')"
    )


def test_the_systems_complaint_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        (tmp_path / "file").open()
    assert in_a_sentence(caught.value) == f"No such file or directory ({tmp_path / 'file'})"


def test_a_full_disk_comes_with_what_to_do(tmp_path: Path) -> None:
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "file"))
    assert in_a_sentence(error) == (
        f"the disk is full ({tmp_path / 'file'}): make room on it, then resume the job, which goes "
        "on from its last checkpoint"
    )
    assert in_a_sentence(RuntimeError("I/O error: File too large (os error 27)")) == (
        "the disk is full: make room on it, then resume the job, which goes on from its last "
        "checkpoint"
    )


def test_what_libraries_say_at_length_becomes_one_line_with_its_kind() -> None:
    error = ValueError("odd\n  things\n\nand what may be done about them")
    assert in_a_sentence(error) == "ValueError: odd things"
    assert in_a_sentence(ValueError("x" * 9999)) == f"ValueError: {'x' * 500}…"
    assert in_a_sentence(ValueError()) == "ValueError"
