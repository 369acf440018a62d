"""Turning a GGUF file into a model folder: `python -m engine.training.convert_gguf FILE FOLDER`.

A model that transformers reads from GGUF refuses `save_pretrained`, and reading it takes twenty
seconds each time. So its dequantized weights are put once into a plain model of the same
configuration, which is saved as safetensors. What part of the work is done is told on standard
output, a number from 0 to 1 a line.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.training.durable import sync_tree

if TYPE_CHECKING:
    from transformers import PreTrainedModel

SOURCE_NOTE = "source.json"
"""Which file the folder was made of."""


def convert(source: Path, target: Path) -> None:
    """Write the model and tokenizer of a GGUF file as a folder that transformers loads.

    Args:
        source: the GGUF file.
        target: the folder to fill.
    """
    _parse_once()
    from transformers import AutoTokenizer

    _tell(0.15)
    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name).save_pretrained(target)
    _tell(0.4)
    model = _plain_model(source)
    _tell(0.8)
    model.save_pretrained(target)
    (target / SOURCE_NOTE).write_text(json.dumps(_described(source)) + "\n", "utf-8")
    sync_tree(target)
    _tell(1.0)


def _parse_once() -> None:
    """Let transformers parse the file once: it asks anew for tokenizer, configuration and weights.

    The same goes for the table of tensor names, of which it makes one for each tensor.
    """
    import gguf

    gguf.GGUFReader = cache(gguf.GGUFReader)
    gguf.get_tensor_name_map = cache(gguf.get_tensor_name_map)


def _plain_model(source: Path) -> PreTrainedModel:
    import torch
    from transformers import AutoModelForCausalLM

    read = AutoModelForCausalLM.from_pretrained(
        source.parent, gguf_file=source.name, dtype=torch.float32
    )
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    # On the meta device nothing is drawn at random, only to be replaced.
    with torch.device("meta"):
        model = type(read)(config)
    model.load_state_dict(read.state_dict(), assign=True)
    model.tie_weights()
    model.generation_config = read.generation_config
    return model


def _described(source: Path) -> dict[str, object]:
    import hashlib

    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": source.name, "sha256": digest}


def _tell(part: float) -> None:
    print(part, flush=True)  # noqa: T201 (what the parent process reads)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
