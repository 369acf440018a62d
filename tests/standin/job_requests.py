"""What a job may be asked to be: a create request read into a job, or refused."""

from __future__ import annotations

from tests.standin.calls import Json
from tests.standin.catalogue import BASE_MODELS, Method, snapshot
from tests.standin.errors import ApiError, bad_request
from tests.standin.state import Job, State

_LONGEST_SUFFIX = 64
_MOST_PAIRS = 16
_LONGEST_KEY = 64
_LONGEST_VALUE = 512
_MOST_EPOCHS = 50

HYPERPARAMETERS: dict[Method, tuple[str, ...]] = {
    "supervised": ("n_epochs", "batch_size", "learning_rate_multiplier"),
    "dpo": ("n_epochs", "batch_size", "learning_rate_multiplier", "beta"),
    "reinforcement": (
        "n_epochs",
        "batch_size",
        "learning_rate_multiplier",
        "compute_multiplier",
        "eval_interval",
        "eval_samples",
    ),
}
"""Which hyperparameters each method has; all of them are "auto" where a request does not say."""


def read_job(state: State, wanted: Json) -> Job:
    """Return the job that a create request asks for, not yet taken in.

    Raises:
        ApiError: 400 for what cannot be trained.
    """
    method, chosen, settings = _method_of(wanted)
    model = _model_of(state, wanted["model"], method)
    for param in ("training_file", "validation_file"):
        _check_file(state, param, wanted.get(param))
    _check_suffix(wanted.get("suffix"))
    _check_metadata(wanted.get("metadata"))
    seed = wanted.get("seed")
    return Job(
        id=state.new_id("ftjob-"),
        model=model,
        training_file=wanted["training_file"],
        validation_file=wanted.get("validation_file"),
        created_at=state.clock.timestamp(),
        seed=state.new_seed() if seed is None else seed,
        method=method,
        name=state.new_id("", 8),
        hyperparameters=_hyperparameters(method, chosen),
        settings=settings,
        suffix=wanted.get("suffix"),
        metadata=wanted.get("metadata"),
        integrations=wanted.get("integrations") or [],
    )


def _method_of(wanted: Json) -> tuple[Method, Json, Json]:
    """Return the method, the hyperparameters asked for, and the other settings."""
    if "method" not in wanted:
        return "supervised", wanted.get("hyperparameters", {}), {}
    if "hyperparameters" in wanted:
        raise bad_request(
            "'hyperparameters' cannot be given beside 'method'.", param="hyperparameters"
        )
    method: Method = wanted["method"]["type"]
    if set(wanted["method"]) - {"type", method}:
        raise bad_request(f"The method is '{method}'; no other can be set.", param="method")
    settings = dict(wanted["method"].get(method, {}))
    if method == "reinforcement" and "grader" not in settings:
        raise bad_request("A grader is needed.", param="method.reinforcement.grader")
    return method, settings.pop("hyperparameters", {}), settings


def _hyperparameters(method: Method, chosen: Json) -> Json:
    epochs = chosen.get("n_epochs", 1)
    if epochs != "auto" and not 1 <= epochs <= _MOST_EPOCHS:
        raise bad_request(f"n_epochs must be from 1 to {_MOST_EPOCHS}.", param="n_epochs")
    return dict.fromkeys(HYPERPARAMETERS[method], "auto") | chosen


def _model_of(state: State, name: str, method: Method) -> str:
    base = state.base_of(name)
    if base is None or not base.methods or state.is_retired(base):
        raise bad_request(
            f"Model {name} is not available for fine-tuning or does not exist.",
            param="model",
            code="model_not_available",
        )
    if method not in base.methods:
        raise bad_request(
            f"Model {name} does not support the method '{method}'.",
            param="method",
            code="unsupported_method",
        )
    return snapshot(name) if snapshot(name) in BASE_MODELS else name


def _check_file(state: State, param: str, name: str | None) -> None:
    if name is None:
        return
    file = state.files.get(name)
    if file is None:
        raise bad_request(f"invalid {param}: {name}", param=param, code="invalid_file_id")
    if file.purpose != "fine-tune":
        raise bad_request(
            f"The file {name} has the purpose '{file.purpose}', and 'fine-tune' is needed.",
            param=param,
            code="invalid_file_purpose",
        )
    if file.status == "error":
        raise bad_request(f"The file {name} could not be processed.", param=param)


def _check_suffix(suffix: str | None) -> None:
    if suffix is not None and len(suffix) > _LONGEST_SUFFIX:
        raise bad_request(
            f"Invalid 'suffix': string too long. Expected a string with maximum length "
            f"{_LONGEST_SUFFIX}, but got a string with length {len(suffix)} instead.",
            param="suffix",
            code="string_above_max_length",
        )


def _check_metadata(metadata: dict[str, str] | None) -> None:
    pairs = metadata or {}
    reason: ApiError | None = None
    if len(pairs) > _MOST_PAIRS:
        reason = bad_request(f"Metadata has more than {_MOST_PAIRS} pairs.", param="metadata")
    for key, value in pairs.items():
        if len(key) > _LONGEST_KEY or len(value) > _LONGEST_VALUE:
            reason = bad_request(
                f"Metadata keys have at most {_LONGEST_KEY} characters, values {_LONGEST_VALUE}.",
                param="metadata",
                code="string_above_max_length",
            )
    if reason:
        raise reason
