"""Which model a person means, and where it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import RequestError
from engine.profiles import BUILT_IN
from engine.training.chat_template import SOURCE_TEMPLATE
from store.errors import NotFoundError
from store.queries import models

if TYPE_CHECKING:
    from engine.keys import Key
    from engine.lab import Lab
    from engine.profiles import Profile
    from engine.serve.settings import ServedModel
    from store.queries.models import ModelRow

Progress = Callable[[str, float], None]

LOCAL = "local"
_TEMPLATE = "chat_template.jinja"
_TUNED = "ft:"
"""What the names of OpenAI's fine-tuned models begin with."""


@dataclass(frozen=True, slots=True)
class LocalTarget:
    """A model of this machine.

    Attributes:
        id: a model version's id, or a base model's name.
        name: what to call it.
        served: how the model server finds it.
    """

    id: str
    name: str
    served: ServedModel

    @property
    def forgets(self) -> bool:
        """Whether it learned from single questions, so that it reads nothing that was said before.

        That is what its chat template is for then, which training chose by the examples.
        """
        template = Path(self.served.adapter or self.served.base) / _TEMPLATE
        try:
            return template.read_text("utf-8") == SOURCE_TEMPLATE
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class HostedTarget:
    """A model at a service.

    Attributes:
        id: a model version's id; of one that is not in the list its name at the service.
        name: what the service calls it.
        profile: the service.
        key: its key.
        row: what is recorded of it, if it is in the list.
    """

    id: str
    name: str
    profile: Profile
    key: Key
    row: ModelRow | None

    @property
    def base(self) -> str | None:
        """The model that it was made of, as far as the list or its name tells."""
        if self.row is not None:
            return self.row.base_model
        return self.name.split(":")[1] if self.name.startswith(_TUNED) else None


Target = LocalTarget | HostedTarget


def find(
    lab: Lab, reference: str, provider: str | None = None, progress: Progress | None = None
) -> Target:
    """Return the model that is meant.

    Args:
        lab: whose models are looked through.
        reference: a model version's name, id or beginning, a base model of this machine, or what a
            service calls a model: with a provider, or if it begins with `ft:`.
        provider: a profile, which is asked for whatever is neither in the list under its whole name
            nor an embedded model; `local` for this machine alone.
        progress: told of the stages of getting a base model ready.

    Raises:
        RequestError: if no model could be called so.
        NotFoundError: if there is no such model, or no such profile.
        AmbiguousError: if several models begin so.
        LabError: if there is no key for the service, or the base model cannot be made ready.
    """
    if not reference.strip():
        raise RequestError("a model's name cannot be empty")
    row = _row(lab, reference, provider)
    if row is not None:
        return _recorded(lab, row, provider, progress)
    if provider is None and reference.startswith(_TUNED):
        provider = BUILT_IN
    if provider in (None, LOCAL) or _is_embedded(reference):
        return _base(lab, reference, progress)
    return _at(lab, provider, reference, None)


def _row(lab: Lab, reference: str, provider: str | None) -> ModelRow | None:
    reader = lab.database.reader
    if provider in (None, LOCAL):
        try:
            row = models.model(reader, reference)
        except NotFoundError:
            return None
        # A base model's whole name is not meant as the beginning of a version's.
        whole = reference in (row.id, row.name)
        return row if whole or not _is_embedded(reference) else None
    # Not by a beginning: the names at a service are whole, and one may be the beginning of another.
    meant = models.tagged(reader, reference) or reference
    return next((row for row in models.model_list(reader) if meant in (row.id, row.name)), None)


def _recorded(lab: Lab, row: ModelRow, provider: str | None, progress: Progress | None) -> Target:
    if row.remote_id is None:
        return _local(lab, row, progress)
    if provider == LOCAL:
        raise RequestError(f"{row.name} is at {row.provider}, not on this machine")
    return _at(lab, provider or row.provider, row.remote_id, row)


def _local(lab: Lab, row: ModelRow, progress: Progress | None) -> LocalTarget:
    from engine import base_models
    from engine.serve.settings import ServedModel

    if row.gone_at is not None:
        raise NotFoundError(f"{row.name} is gone: {row.gone_reason} on {row.gone_at[:10]}")
    folder = str(lab.places.model(row.id))
    if not Path(folder).is_dir():
        retry = "" if row.job is None else f"; `ftlab jobs retry {row.job}` trains it again"
        raise NotFoundError(f"the files of {row.name} are not on this machine: {folder}{retry}")
    if row.kind == "full":
        return LocalTarget(row.id, row.name, ServedModel(id=row.id, base=folder))
    base = str(base_models.resolve(row.base_model, lab.places.home, progress))
    return LocalTarget(row.id, row.name, ServedModel(id=row.id, base=base, adapter=folder))


def _base(lab: Lab, reference: str, progress: Progress | None) -> Target:
    from engine import base_models
    from engine.serve.settings import ServedModel

    if base_models.exists(reference):
        base = str(base_models.resolve(reference, lab.places.home, progress))
        return LocalTarget(reference, reference, ServedModel(id=reference, base=base))
    raise NotFoundError(
        f"no model is called '{reference}' (`ftlab models` lists them); nor is it a base model of "
        "this machine. `--provider openai`, or another profile, asks a service for it"
    )


def _is_embedded(reference: str) -> bool:
    from engine import base_models

    return reference.lower() in {model.name for model in base_models.EMBEDDED_MODELS}


def _at(lab: Lab, name: str, remote: str, row: ModelRow | None) -> HostedTarget:
    from engine.config.settings import Settings

    settings = Settings.read(lab.places)
    profile = settings.profile(name)
    return HostedTarget(row.id if row else remote, remote, profile, settings.key(profile), row)
