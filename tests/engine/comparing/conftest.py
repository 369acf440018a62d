"""Facts about jobs, models, datasets and answers, told straight to the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from engine.lab import Lab
from engine.suites.prompts import Prompt, keep
from store.events import (
    AnswerRecorded,
    DatasetVersionRecorded,
    Evaluation,
    JobPlanned,
    MetricGroup,
    MetricsRecorded,
    ModelRegistered,
    RecordingPlanned,
)
from tests.engine.comparing.evaluations import Evaluations

PlanJob = Callable[..., str]
RegisterModel = Callable[..., str]
AddVersion = Callable[..., str]
Record = Callable[..., None]


def asked(question: str, answer: str | None = None, part: str = "validation") -> Prompt:
    reference = None if answer is None else {"role": "assistant", "content": answer}
    return Prompt(({"role": "user", "content": question},), (), reference, part)


@pytest.fixture
def plan_job(lab: Lab) -> PlanJob:
    """Plans a job, with the values of its metrics from a step on."""

    def plan(
        name: str,
        metrics: dict[str, list[float]] | None = None,
        steps: Sequence[int] = (),
        **settled: object,
    ) -> str:
        given: dict[str, object] = {
            "name": name,
            "provider": "local",
            "base_model": "tiny",
            "method": "lora",
            "hyperparameters": {"epochs": 1, "learning_rate": 5e-4},
            "dataset": "ds_1",
            "model": f"mdl_{name}",
        }
        facts: list[JobPlanned | MetricsRecorded] = [JobPlanned(**{**given, **settled})]
        if metrics:
            points = list(steps) or list(range(1, 1 + len(next(iter(metrics.values())))))
            facts.append(MetricsRecorded(groups=[MetricGroup(steps=points, values=metrics)]))
        lab.log.append(f"job/job_{name}", *facts)
        return f"job_{name}"

    return plan


@pytest.fixture
def register(lab: Lab) -> RegisterModel:
    """Registers a model version."""

    def make(name: str, /, job: str | None = None, **more: object) -> str:
        given: dict[str, object] = {
            "id": f"mdl_{name}",
            "name": name,
            "kind": "adapter",
            "base_model": "tiny",
            "job": job,
            "hyperparameters": {},
        }
        lab.log.append(f"model/mdl_{name}", ModelRegistered(**{**given, **more}))
        return f"mdl_{name}"

    return make


@pytest.fixture
def add_version(lab: Lab) -> AddVersion:
    """Adds a dataset version of these lines."""

    def add(name: str, version: int, lines: Sequence[str]) -> str:
        content = "".join(f"{line}\n" for line in lines).encode()
        fact = DatasetVersionRecorded(
            id=f"ds_{name}{version}",
            name=name,
            version=version,
            content=lab.blobs.put(content),
            examples=len(lines),
            messages=len(lines),
            characters=len(content),
            bytes=len(content),
        )
        lab.log.append(f"dataset/{name}", fact)
        return fact.id

    return add


@pytest.fixture
def record(lab: Lab) -> Record:
    """Records what a model answered, each prompt with its answer."""

    def tell(
        model: str, *answers: tuple[Prompt, str], settings: str = "usual", **more: object
    ) -> None:
        prompts, _ = keep(lab.blobs, [prompt for prompt, _ in answers])
        name = f"{model}-{settings}"
        planned = RecordingPlanned(
            id=f"rec_{name}",
            version=1,
            model=model,
            name=model,
            provider="local",
            remote_id=model,
            prompts=prompts,
            count=len(answers),
            parts={"validation": len(answers)},
            samples=0,
            temperature=1.0,
            max_tokens=100,
            top_logprobs=0,
        )
        lab.log.append(f"recording/rec_{name}", planned)
        facts = [
            AnswerRecorded(
                recording=planned.id,
                prompt=prompt.digest,
                request=f"{prompt.digest} {settings}",
                sample=0,
                settings={},
                content=answer,
                reply="r" * 64,
                **{"finish_reason": "stop", "completion_tokens": 3, **more},
            )
            for prompt, answer in answers
        ]
        lab.log.append(f"answers/{model}", *facts)

    return tell


def evaluation(loss: float, accuracy: float | None = None, examples: int = 20) -> Evaluation:
    return Evaluation(loss=loss, perplexity=2.0, examples=examples, accuracy=accuracy)


@pytest.fixture
def evaluations(lab: Lab) -> Evaluations:
    """Tells the lab of suites and of models that were evaluated by them."""
    return Evaluations(lab.log, lab.blobs)
