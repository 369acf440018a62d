"""Models with answers on record, to compare beside the jobs of the usual lab."""

from __future__ import annotations

from engine.lab import Lab
from engine.suites.prompts import Prompt, keep
from store.events import (
    AnswerRecorded,
    DatasetVersionRecorded,
    Evaluation,
    JobPlanned,
    ModelRegistered,
    RecordingPlanned,
)
from tests.tui.conftest import Story, losses, running


def _prompt(question: str, answer: str, part: str) -> Prompt:
    reference = {"role": "assistant", "content": answer}
    return Prompt(({"role": "user", "content": question},), (), reference, part)


CLIPS = _prompt(
    "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in "
    "May. How many clips did Natalia sell altogether in April and May?",
    "Natalia sold 48 / 2 = 24 clips in May, so 48 + 24 = 72 altogether.",
    "held-out",
)
SUM = _prompt("What is 2 + 2?", "4", "training")
CITY = _prompt("What is the capital of France?", "Paris", "held-out")

SAID = {
    "mdl_1": (
        (CLIPS, "She sold 48 / 2 = 24 clips in May.\nSo she sold 48 + 24 = 72 clips altogether."),
        (SUM, "4"),
        (CITY, "Paris"),
    ),
    "mdl_3": (
        (CLIPS, "She sold 48 / 2 = 23 clips in May.\nSo she sold 48 + 23 = 71 clips altogether."),
        (SUM, "4"),
        (CITY, "The capital is Paris, a large city."),
    ),
}


def register(story: Story, number: int, name: str, loss: float) -> None:
    """Register the model that a job made."""
    story.log.append(
        f"model/mdl_{number}",
        ModelRegistered(
            id=f"mdl_{number}",
            name=name,
            kind="adapter",
            base_model="smollm2-135m-instruct",
            job=f"job_{number}",
            dataset="ds_1",
            hyperparameters={},
            before=Evaluation(loss=1.33, perplexity=3.78, examples=40, accuracy=0.5),
            after=Evaluation(loss=loss, perplexity=2.5, examples=40, accuracy=0.75),
        ),
    )


def answer(lab: Lab, story: Story, model: str) -> None:
    """Record what a model answers."""
    said = SAID[model]
    content, _ = keep(lab.blobs, [prompt for prompt, _ in said])
    planned = RecordingPlanned(
        id=f"rec_{model}",
        version=1,
        model=model,
        name=model,
        provider="local",
        remote_id=model,
        prompts=content,
        count=len(said),
        parts={"held-out": 2, "training": 1},
        samples=0,
        temperature=1.0,
        max_tokens=100,
        top_logprobs=0,
    )
    story.log.append(f"recording/rec_{model}", planned)
    facts = [
        AnswerRecorded(
            recording=planned.id,
            prompt=prompt.digest,
            request=prompt.digest,
            sample=0,
            settings={},
            content=text,
            finish_reason="stop",
            completion_tokens=len(text.split()),
            seconds=1.25,
            reply="r" * 64,
        )
        for prompt, text in said
    ]
    story.log.append(f"answers/{model}", *facts)


def two_models(lab: Lab, story: Story) -> None:
    """Let the third job have made a model as well, and both models have answered the same."""
    register(story, 3, "gsm8k-3", 0.88)
    for model in SAID:
        answer(lab, story, model)


def six_jobs(lab: Lab, story: Story) -> list[str]:
    """Plan six jobs whose names are long, wide or strange, on two versions of the same data."""
    story.at(10)
    contents = [lab.blobs.put(b"1\n2\n3\n"), lab.blobs.put(b"2\n3\n4\n5\n")]
    for version, content in enumerate(contents, start=1):
        added = DatasetVersionRecorded(
            id=f"ds_a{version}",
            name="a-dataset-of-long-name/train",
            version=version,
            content=content,
            examples=2 + version,
            messages=6,
            characters=10,
            bytes=10,
        )
        story.log.append("dataset/a-dataset-of-long-name/train", added)
    names = (
        "smollm2-135m-lora-rank-16-learning-rate-0.0005-seed-1",
        "smollm2-135m-lora-rank-16-learning-rate-0.0003-seed-1",
        "訓練データの日本語の長い名前のジョブ",
        "a",
        "with\ttabs | and \x1b[31mcolour\x1b[0m",
        "no-metrics",
    )
    jobs = []
    for place, name in enumerate(names):
        planned = JobPlanned(
            name=name,
            provider="local",
            base_model="smollm2-135m-instruct",
            method="lora",
            hyperparameters={
                "epochs": 1,
                "learning_rate": 5e-4 / (1 + place),
                "lora_target_modules": "q_proj,k_proj,v_proj,o_proj" if place else "q_proj",
            },
            dataset=f"ds_a{1 + place % 2}",
            seed=42,
            model=f"mdl_l{place}",
            total_steps=60,
        )
        measured = losses(1, 10 * (1 + place)) if name != "no-metrics" else []
        story.log.append(f"job/job_l{place}", planned, *running(), *measured)
        jobs.append(f"job_l{place}")
    return jobs
