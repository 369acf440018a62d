"""`/models`: base models, fine-tuned ones, and the days on which they end."""

from __future__ import annotations

from collections.abc import Iterator

from tests.standin.calls import Call, Json
from tests.standin.catalogue import ALIASES, BASE_MODELS, BaseModel
from tests.standin.errors import ApiError, no_such_model, retired_model
from tests.standin.replies import Reply
from tests.standin.state import HostedModel, State


class Models:
    """The endpoints of models."""

    def __init__(self, state: State) -> None:
        self._state = state

    def list_models(self, call: Call) -> Reply:
        del call
        return Reply({"object": "list", "data": list(self._living())})

    def retrieve(self, call: Call) -> Reply:
        name = call.parameters["model"]
        base = find_base(self._state, name)
        return Reply(self._json(name, base))

    def delete(self, call: Call) -> Reply:
        name = call.parameters["model"]
        find_base(self._state, name)
        if name not in self._state.models:
            raise ApiError(403, f"The model `{name}` is not yours to delete.")
        del self._state.models[name]
        return Reply({"object": "model", "id": name, "deleted": True})

    def _living(self) -> Iterator[Json]:
        for name in (*BASE_MODELS, *ALIASES, *self._state.models):
            base = self._state.base_of(name)
            if base and not self._state.is_retired(base):
                yield self._json(name, base)

    def _json(self, name: str, base: BaseModel) -> Json:
        hosted = self._state.models.get(name)
        return {
            "object": "model",
            "id": name,
            "created": hosted.created if hosted else base.created,
            "owned_by": self._state.organization_id if hosted else "system",
            "shutdown_date": base.shutdown_date,
        }


def find_base(state: State, name: str) -> BaseModel:
    """Return the living base model under a name, an alias or a fine-tuned model.

    Raises:
        ApiError: 404 if there is none, or no more.
    """
    base = state.base_of(name)
    if base is None:
        raise no_such_model(name)
    if state.is_retired(base):
        raise retired_model(name)
    return base


def ready_base(state: State, name: str) -> BaseModel:
    """Return the base model of one that is to answer now.

    Raises:
        ApiError: 404 as `find_base` does, and while a fine-tuned model is too new to answer.
    """
    base = find_base(state, name)
    hosted = state.models.get(name)
    if hosted is not None and hosted.refusals_left:
        hosted.refusals_left -= 1
        raise no_such_model(name)
    return base


def add_model(state: State, name: str, base: str, job: str, created: int) -> None:
    """Keep a fine-tuned model or checkpoint."""
    state.models[name] = HostedModel(name, created, base, job, state.behaviour.looks_until_ready)
