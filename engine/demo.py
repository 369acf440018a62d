"""The demonstration: a real fine-tune of the embedded model on a bundled sample, start to end.

Each stage first looks at what is recorded, so that a run cut off anywhere goes on when it is begun
again, and a finished one is shown again at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data.reading.options import ReadingOptions
from engine.data.sample import sample_path
from engine.data.versions.dividing import SplitSizes
from engine.data.versions.importing import Source
from engine.planning import TrainingRequest
from store import job_status
from store.queries import chats, datasets, jobs, models

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.jobs import JobDetail

DATASET = "demo"
BASE_MODEL = "smollm2-135m-instruct"
STEPS = 30

_SIZES = SplitSizes(test=20, validation=20, seed=0)
_BATCH_SIZE = 4
_MAX_TOKENS = 120
_WHOLE = ("stop", "length")

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Answers:
    """The same held-out question, answered by the base model and by the fine-tuned one."""

    question: str
    expected: str
    base: str
    tuned: str


def prepare_data(lab: Lab) -> dict[str, datasets.DatasetRow]:
    """Record the sample and its parts, or find them recorded."""
    source = Source(
        sample_path(), ReadingOptions("jsonl"), prompt="{question}", completion="{answer}"
    )
    lab.datasets.add(source, DATASET)
    return lab.datasets.split(DATASET, _SIZES).parts


def begin_training(lab: Lab, steps: int, progress: Progress | None = None) -> JobDetail:
    """Start the demo's job, resume it, or find it running or done."""
    job = _latest(lab, steps)
    if job is None:
        plan = lab.plan(
            TrainingRequest(
                dataset=f"{DATASET}/train",
                base_model=BASE_MODEL,
                hyperparameters={
                    "max_steps": steps,
                    "batch_size": _BATCH_SIZE,
                    "save_every": max(1, steps // 4),
                },
                suffix=_name(lab),
            )
        )
        job = lab.train(plan, progress)
    elif jobs.job_detail(lab.database.reader, job).status in job_status.RESUMABLE:
        lab.resume_job(job)
    return jobs.job_detail(lab.database.reader, job)


def _latest(lab: Lab, steps: int) -> str | None:
    """Return the newest demo job of so many steps, its news taken in."""
    from engine.poller import Poller

    for job in jobs.job_list(lab.database.reader):
        detail = jobs.job_detail(lab.database.reader, job.id)
        planned = json.loads(detail.hyperparameters_json).get("max_steps")
        if detail.dataset_name == f"{DATASET}/train" and planned == steps:
            if detail.status in job_status.ACTIVE:
                Poller(lab).look_at(job.id)
            return job.id
    return None


def _name(lab: Lab) -> str:
    taken = {job.name for job in jobs.job_list(lab.database.reader)}
    names = (f"demo-{number}" if number > 1 else "demo" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def compare_answers(lab: Lab, job: JobDetail, progress: Progress | None = None) -> Answers:
    """Ask the base and the fine-tuned model one held-out question, or find the recorded answers."""
    tuned = next(model for model in models.model_list(lab.database.reader) if model.job == job.id)
    question, expected = _held_out(lab)
    told = progress or (lambda _stage, _part: None)
    answers = []
    for place, model in enumerate((BASE_MODEL, tuned.id)):
        told("Asking both models", place / 2)
        answers.append(_recorded(lab, model, question) or _asked(lab, model, question))
    told("Asking both models", 1.0)
    return Answers(question, expected, *answers)


def _held_out(lab: Lab) -> tuple[str, str]:
    test = datasets.dataset(lab.database.reader, f"{DATASET}/test")
    first = json.loads(lab.blobs.read(test.content).splitlines()[0])
    question, answer = (message["content"] for message in first["messages"])
    return question, answer


def _recorded(lab: Lab, model: str, question: str) -> str | None:
    reader = lab.database.reader
    for chat in chats.chat_list(reader, model):
        for turn in chats.chat_turns(reader, chat.id):
            if turn.question == question and chat.system is None and turn.finish_reason in _WHOLE:
                return turn.answer
    return None


def _asked(lab: Lab, model: str, question: str) -> str:
    with lab.open_chat(model, max_tokens=_MAX_TOKENS) as conversation:
        return "".join(conversation.ask(question))
