"""Turning a GGUF file into a model folder: `python -m engine.training.convert_gguf FILE FOLDER`.

A model that transformers read from GGUF refuses `save_pretrained`, and reading it takes twenty
seconds each time. So its dequantized weights are put once into a plain model of the same
configuration, which is saved as safetensors.
"""

from __future__ import annotations

import sys
from pathlib import Path


def convert(source: Path, target: Path) -> None:
    """Write the model and tokenizer of a GGUF file as a folder that transformers loads.

    Args:
        source: the GGUF file.
        target: an existing folder to fill.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where, name = str(source.parent), source.name
    read = AutoModelForCausalLM.from_pretrained(where, gguf_file=name, dtype=torch.float32)
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model = type(read)(config)
    model.load_state_dict(read.state_dict())
    model.generation_config = read.generation_config
    model.save_pretrained(target)
    AutoTokenizer.from_pretrained(where, gguf_file=name).save_pretrained(target)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
