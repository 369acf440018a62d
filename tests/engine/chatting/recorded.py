"""Models that are in the list."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from engine.lab import Lab
from store.events import ModelRegistered
from store.log import Entry

LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)


def add_hosted(
    lab: Lab,
    name: str,
    *,
    model: str = "mdl_hosted00000",
    base: str = "gpt-4o-mini-2024-07-18",
    provider: str = "openai",
    made: datetime = LONG_AGO,
) -> str:
    """Record a model of a service; return its id."""
    registered = ModelRegistered(
        id=model,
        name=name,
        kind="hosted",
        base_model=base,
        hyperparameters={},
        provider=provider,
        remote_id=name,
    )
    lab.log.append(f"model/{model}", Entry(registered, made))
    return model


def add_local(lab: Lab, name: str, base: Path, adapter: Path) -> str:
    """Record an adapter on this machine, with its files; return its id."""
    model = f"mdl_{name:0<11}"
    shutil.copytree(adapter, lab.places.model(model))
    registered = ModelRegistered(
        id=model,
        name=name,
        kind="adapter",
        base_model=str(base),
        hyperparameters={},
        path=f"models/{model}",
    )
    lab.log.append(f"model/{model}", registered)
    return model
