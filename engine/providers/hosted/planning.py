"""Planning a hosted job: would its service take it, and what would it cost?"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import LimitError, RequestError
from engine.planning import Plan, TrainingRequest, check_name, free_name, validation_for
from engine.providers.hosted.creation import takes_completions
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.data.checking.rules import Method
    from engine.lab import Lab
    from engine.pricing.estimate import Estimate
    from store.queries.datasets import DatasetRow

HostedMethod = Literal["supervised", "dpo", "reinforcement"]
METHODS: tuple[HostedMethod, ...] = ("supervised", "dpo", "reinforcement")

_OUR_NAMES = {"epochs": "n_epochs"}
"""What the options of `ftlab train` are called by hosted services."""
_MOST_SUFFIX = 64
_HIGHEST_SEED = 2**31 - 1
"""OpenAI's API reference ("Create fine-tuning job")."""
_FINDINGS_NAMED = 5


def hosted_plan(lab: Lab, request: TrainingRequest) -> Plan:
    """Look everything up and settle what a service would be asked for; see `engine.planning.plan`.

    The dataset is checked for the model and method, which is recorded with it.

    Raises:
        NotFoundError: if a dataset version or the profile does not exist.
        RequestError: if the name is taken, or an option is none that the service has.
        DataError: if the service would refuse the data.
        LimitError: if it would cost more than it may.
    """
    from engine.config.settings import Settings

    settings = Settings.read(lab.places)
    settings.profile(request.provider)
    check_name(lab, request.suffix)
    dataset = queries.dataset(lab.database.reader, request.dataset)
    method = _method(request.method, dataset)
    hyperparameters = _hyperparameters(method, request.hyperparameters)
    _check_seed(request.seed)
    options = _options(method, request)
    _check_data(lab, dataset, request.base_model, method)
    validation = validation_for(lab, request, dataset)
    _check_validation(dataset, validation)
    estimate, missing = _estimate(lab, dataset, request.base_model, hyperparameters)
    limit = settings.budget.value if request.max_cost is None else request.max_cost
    _check_cost(estimate, limit, request.base_model)
    return Plan(
        request=replace(request, method=method),
        name=request.suffix or free_name(lab, dataset.name),
        dataset=dataset,
        validation=validation,
        hyperparameters=hyperparameters,
        total_steps=None,
        options=options,
        estimate=estimate,
        notes=() if missing is None else (missing,),
    )


def _method(wanted: str | None, dataset: DatasetRow) -> HostedMethod:
    if wanted is None:
        return "dpo" if dataset.kind == "preference" else "supervised"
    if wanted not in METHODS:
        raise RequestError(
            f"hosted services train by {', '.join(METHODS)}; '{wanted}' is something for "
            "--provider local"
        )
    if (wanted == "dpo") != (dataset.kind == "preference"):
        raise RequestError(
            f"{dataset.name}@{dataset.version} has {dataset.kind} examples, which {wanted} does "
            "not train on"
        )
    return next(method for method in METHODS if method == wanted)


def _hyperparameters(method: HostedMethod, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return hyperparameters by the service's names, their values checked by its published types.

    Raises:
        RequestError: naming what is wrong.
    """
    from openai.types import fine_tuning as published

    types: dict[HostedMethod, Any] = {
        "supervised": published.SupervisedHyperparametersParam,
        "dpo": published.DpoHyperparametersParam,
        "reinforcement": published.ReinforcementHyperparametersParam,
    }
    found = {_OUR_NAMES.get(name, name): _whole(value) for name, value in given.items()}
    known = types[method].__annotations__
    for name in found:
        if name not in known:
            hint = (
                ": hosted services take --learning-rate-multiplier"
                if name == "learning_rate"
                else f"; it has {', '.join(sorted(known))}"
            )
            raise RequestError(f"{method} has no hyperparameter '{name}'{hint}")
    _checked(types[method], found, "hyperparameters")
    for name, value in found.items():
        # The published types let numbers through that no service takes, and JSON does not know.
        if isinstance(value, int | float) and not 0 < value < math.inf:
            raise RequestError(f"{name} is {value}: it has to be a number above 0")
    return found


def _check_seed(seed: int) -> None:
    if not 0 <= seed <= _HIGHEST_SEED:
        raise RequestError(f"the seed is {seed}: hosted services take 0 to {_HIGHEST_SEED:,}")


def _check_validation(dataset: DatasetRow, validation: DatasetRow | None) -> None:
    if validation is not None and validation.kind != dataset.kind:
        raise RequestError(
            f"{validation.name}@{validation.version} has {validation.kind} examples, and "
            f"{dataset.name}@{dataset.version} has {dataset.kind} ones: one method needs one kind"
        )


def _whole(value: object) -> object:
    """Return a number of epochs that was written as 3.0 as the 3 that a service wants."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _options(method: HostedMethod, request: TrainingRequest) -> dict[str, Any]:
    from openai.types.fine_tuning import job_create_params, reinforcement_method_param

    options = {name: value for name, value in request.options.items() if value is not None}
    if request.suffix is not None:
        if len(request.suffix) > _MOST_SUFFIX:
            raise RequestError(f"a suffix has {_MOST_SUFFIX} characters at most")
        options["suffix"] = request.suffix
    if method == "reinforcement":
        if "grader" not in options:
            raise RequestError("reinforcement needs a grader: --grader FILE, a JSON file")
        _checked(reinforcement_method_param.Grader, options["grader"], "grader")
    elif "grader" in options:
        raise RequestError(f"{method} has no grader: --method reinforcement has")
    for integration in options.get("integrations", []):
        _checked(job_create_params.Integration, integration, "integration")
    _check_sendable(options)
    return options


def _check_sendable(options: Mapping[str, Any]) -> None:
    """See that options can be sent: Python reads more from a JSON file than JSON allows.

    Raises:
        RequestError: if they cannot.
    """
    try:
        json.dumps(options, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        raise RequestError(f"the options cannot be sent as JSON: {error}") from None


def _checked(published: Any, value: object, what: str) -> None:  # noqa: ANN401 - a type
    """See that a value is of one of the openai package's published types.

    Raises:
        RequestError: naming the fields at fault.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        _run_through(TypeAdapter(published).validate_python(value))
    except ValidationError as error:
        faults = {
            ".".join(map(str, fault["loc"])) or what: fault["msg"] for fault in error.errors()
        }
        told = "; ".join(f"{place}: {said}" for place, said in list(faults.items())[:3])
        raise RequestError(f"no such {what} can be asked for: {told}") from None


def _run_through(value: object) -> None:
    """Go through what pydantic checks only while somebody goes through it."""
    if isinstance(value, str | bytes):
        return
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, Iterable):
        for held in value:
            _run_through(held)


def _check_data(lab: Lab, dataset: DatasetRow, model: str, method: HostedMethod) -> None:
    """Check the data for the model and method.

    Raises:
        DataError: with the first errors, if there are any.
    """
    from engine.data.errors import DataError

    by: Method = "dpo" if method == "dpo" else "supervised"
    if takes_completions(lab, model):
        by = "completion"
    report = _report(lab, dataset, model, by)
    errors = [finding for finding in report["findings"] if finding["severity"] == "error"]
    if errors:
        named = "\n".join(
            f"{finding['file']}:{finding['line'] or ''} {finding['message']} [{finding['rule']}]"
            for finding in errors[:_FINDINGS_NAMED]
        )
        raise DataError(
            f"{named}\nThe data has {report['errors']} errors that {model} would be refused "
            f"for: `ftlab data check {dataset.name}@{dataset.version} --model {model}` lists them"
        )


def _report(lab: Lab, dataset: DatasetRow, model: str, method: Method) -> dict[str, Any]:
    """Return what a check finds: that of today if there is one, else a new one, recorded."""
    from engine.data.versions.checks import CheckWish
    from engine.data.versions.recorded_checks import check_that_holds

    known = check_that_holds(lab, dataset.id, model, method)
    if known is not None:
        found: dict[str, Any] = json.loads(known.report_json)
        return found
    _, report = lab.datasets.check(dataset.id, CheckWish(model=model, method=method))
    return report.to_json()


def _estimate(
    lab: Lab, dataset: DatasetRow, model: str, hyperparameters: Mapping[str, Any]
) -> tuple[Estimate | None, str | None]:
    """Return what the job would cost, or why nobody knows."""
    epochs = hyperparameters.get("n_epochs")
    counted = lab.datasets.count_tokens(
        dataset.id, model, epochs=epochs if isinstance(epochs, int) else None
    )
    return counted.cost, counted.missing


def _check_cost(estimate: Estimate | None, limit: float | None, model: str) -> None:
    if limit is None:
        return
    if estimate is None:
        raise LimitError(
            f"what {model} costs is not known, so it cannot be kept under ${limit:,.2f}: write its "
            "price into pricing.toml in the data directory"
        )
    if not estimate.usd <= limit:  # A limit that is no number allows nothing.
        raise LimitError(
            f"it would cost about ${estimate.usd:,.2f}, more than the limit of ${limit:,.2f}: "
            "raise it with --max-cost, or see `ftlab data tokens` for ways to make it cheaper"
        )
