"""Which tokenizer counts for a model: small enough to travel, loaded once in each process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from engine import base_models
from engine.data.tokens.counting import HostedCounter, TokenCounter
from engine.data.tokens.encodings import encoding_name, text_counter
from engine.data.tokens.local import LocalCounter

_TOKENIZER_FILES = ("*token*", "chat_template*", "vocab*", "merges*", "*.model", "*.tiktoken")
"""The files of a model folder that say how a chat becomes tokens, as transformers names them."""
_KEY_BYTES = 8


@dataclass(frozen=True, slots=True)
class TokenizerSpec:
    """What to count with.

    Attributes:
        kind: "hosted" counts by an encoding and OpenAI's rule, "local" by the model's own tokenizer
            and chat template.
        name: the encoding, or the local model's folder or hub id.
        cache: the folder in which vocabularies are kept.
    """

    kind: Literal["hosted", "local"]
    name: str
    cache: Path

    @property
    def label(self) -> str:
        """What to call it for a person: without the folders that lead to it."""
        return self.name if self.kind == "hosted" else base_models.display_name(self.name)

    @property
    def key(self) -> str:
        """What its counts are found by: models may share their folder's name, and a folder change.

        Raises:
            OSError: if a local model's tokenizer cannot be read.
        """
        folder = Path(self.name)
        if self.kind == "hosted" or not folder.is_dir():
            return self.name
        return f"{self.label}@{_digest_of(folder)}"

    def load(self) -> TokenCounter:
        """Return the counter, which this process keeps.

        Raises:
            DataError: if its vocabulary or model cannot be read.
        """
        return _loaded(self)


def tokenizer_for(
    model: str,
    home: Path,
    *,
    encoding: str | None = None,
    progress: base_models.Progress | None = None,
) -> TokenizerSpec:
    """Return what counts for a model.

    Args:
        model: a base model on this machine (the embedded one, a folder, a hub id), or else a hosted
            model, fine-tuned or not.
        home: the data directory.
        encoding: the hosted model's, where tiktoken cannot know it (a deployment's own name).
        progress: told while the embedded model is made ready, once.

    Raises:
        DataError: if nothing is known of the model.
        LabError: if the embedded model cannot be made ready.
    """
    if encoding is None and base_models.exists(model):
        return local_tokenizer(base_models.resolve(model, home, progress), home)
    return hosted_tokenizer(model, home, encoding=encoding)


def hosted_tokenizer(model: str, home: Path, *, encoding: str | None = None) -> TokenizerSpec:
    """Return what counts for a hosted model.

    Raises:
        DataError: if tiktoken does not know the model and no encoding is given.
    """
    return TokenizerSpec("hosted", encoding or encoding_name(model), home / "tokenizers")


def local_tokenizer(resolved: str, home: Path) -> TokenizerSpec:
    """Return what counts for a local model.

    Args:
        resolved: its folder or hub id, as `engine.base_models.resolve` gives it.
        home: the data directory.
    """
    return TokenizerSpec("local", resolved, home / "tokenizers")


def _digest_of(folder: Path) -> str:
    """Return what tells the tokenizer and the chat template of a model folder from others."""
    digest = hashlib.blake2b(digest_size=_KEY_BYTES)
    found = {file for pattern in _TOKENIZER_FILES for file in folder.glob(pattern)}
    for file in sorted(filter(Path.is_file, found)):
        content = file.read_bytes()
        digest.update(b"%s %d " % (file.name.encode(), len(content)))
        digest.update(content)
    return digest.hexdigest()


@lru_cache(maxsize=4)
def _loaded(spec: TokenizerSpec) -> TokenCounter:
    if spec.kind == "local":
        return LocalCounter(spec.name)
    return HostedCounter(text_counter(spec.name, spec.cache))
