"""What the model server is told when it starts: one line of JSON on its standard input.

The key travels this way because arguments and environments can be read by other processes.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"


class SettingsError(Exception):
    """The settings line is no use, with the reason. Never repeats what the line held."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that the server answers for.

    Attributes:
        id: the name that requests ask for.
        base: the folder of a causal language model, or its id on the hub.
        adapter: the folder of a peft adapter on that base, or None for the base itself.
    """

    id: str
    base: str
    adapter: str | None = None


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Everything that the server needs to know.

    Attributes:
        key: what callers must show as a bearer token.
        models: the models to answer for, each under its own id.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
    """

    key: str = field(repr=False)
    models: tuple[ServedModel, ...]
    host: str = LOOPBACK
    port: int = 0

    def to_line(self) -> str:
        """Write the settings as the line that `read_settings` reads, with its line feed."""
        return json.dumps(dataclasses.asdict(self)) + "\n"


def read_settings(line: bytes) -> ServerSettings:
    """Read the settings line.

    Raises:
        SettingsError: if it is not JSON, lacks something, or names a model twice.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        settings = TypeAdapter(ServerSettings).validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"settings line, {place or 'as a whole'}: {first['msg']}") from None
    _check(settings)
    return settings


def _check(settings: ServerSettings) -> None:
    if not settings.key:
        raise SettingsError("settings line, key: it is empty, so anybody could ask")
    if not settings.models:
        raise SettingsError("settings line, models: there is none to serve")
    if not 0 <= settings.port <= 65535:
        raise SettingsError("settings line, port: it must be 0 to 65535")
    ids = [model.id for model in settings.models]
    twice = {model_id for model_id in ids if ids.count(model_id) > 1}
    if twice:
        raise SettingsError(f"settings line, models: {min(twice)} is named twice")
