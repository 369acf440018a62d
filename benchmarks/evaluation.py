"""Evaluating a model of this machine: ftlab beside a plain loop of transformers in batches.

Both answer the same questions with the embedded model, sixteen at a time, the longest first, each
the likeliest answer of as many tokens, and both tell how likely it holds the same references. That
the mean loss of these is the same is checked. ftlab does it through its model server and records
each answer, so what it spends on that is in its time.

They run in turns, for a machine's speed changes in the course of minutes; what is compared is each
round's pair. Whoever else uses the processor changes seconds, so that the processor's time of all
processes is told as well. No thread spins while it waits, in either.
"""

from __future__ import annotations

import json
import math
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import Result, Row
from engine import base_models
from engine.evaluation.outcome import Outcome, Progress, Standing
from engine.evaluation.plan import EvaluationPlan, EvaluationWish
from engine.evaluation.planning import plan
from engine.evaluation.run import evaluate
from engine.lab import Lab
from engine.places import Places
from engine.scoring.specs import parse
from engine.suites.defining import define

ROWS = int(os.environ.get("FTLAB_BENCH_ROWS", "64"))
ROUNDS = int(os.environ.get("FTLAB_BENCH_ROUNDS", "3"))
LIMIT = int(os.environ.get("FTLAB_BENCH_TOKENS", "48"))
_BATCH = 16
_PLAIN = Path(__file__).with_name("plain_evaluation.py")
_OURS, _LOOP = "ftlab eval", "transformers in batches"
_NAMES = ("Natalia", "Weng", "Betty", "Julie", "James", "Mark", "Albert", "Ken", "Alexis", "Tina")
_ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
}


@dataclass(frozen=True)
class Ran:
    """How a run went.

    Attributes:
        first: seconds until something could be asked: the model is loaded, and of ftlab's the first
            batch of references read.
        references: how many a second, behind the first batch, with which ftlab loads the model.
        answers: how many a second, with the model loaded.
        processor: seconds of it that all took together.
        loss: mean of a token of the references.
        said: the answers by question.
    """

    first: float
    references: float
    answers: float
    processor: float
    loss: float
    said: dict[str, str]


def measure(folder: Path) -> list[Result]:
    questions = folder / "questions.jsonl"
    draw = random.Random(5)
    questions.write_text("".join(json.dumps(_question(draw)) + "\n" for _ in range(ROWS)))
    with _environment():
        home = folder / "home"
        home.mkdir()
        model = base_models.resolve(base_models.EMBEDDED, home)
        kinds: dict[str, Callable[[int], Ran]] = {
            _OURS: lambda number: _ours(home, questions, number),
            _LOOP: lambda _: _plain(model, questions),
        }
        rounds = [_round(kinds, number) for number in range(ROUNDS)]
    return [*_tables(rounds), *_ratios(rounds)]


def _round(kinds: dict[str, Callable[[int], Ran]], number: int) -> dict[str, Ran]:
    names = list(kinds) if number % 2 == 0 else list(reversed(kinds))
    ran = {name: kinds[name](number) for name in names}
    ours, loop = ran[_OURS], ran[_LOOP]
    assert math.isclose(ours.loss, loop.loss, rel_tol=1e-4), (ours.loss, loop.loss)
    assert ours.said.keys() == loop.said.keys()
    return ran


def _tables(rounds: list[dict[str, Ran]]) -> Iterator[Result]:
    def rows(value: Callable[[Ran], float]) -> list[Row]:
        return [
            Row(name, statistics.median(value(ran[name]) for ran in rounds), ours=name == _OURS)
            for name in (_OURS, _LOOP)
        ]

    title = f"{ROWS} questions, answers of {LIMIT} tokens, median of {ROUNDS} rounds"
    yield Result(title, "answers/s", rows(lambda ran: ran.answers), more_is_better=True)
    yield Result(
        "How likely references are", "references/s", rows(lambda ran: ran.references), True
    )
    yield Result("Until the model is loaded", "s", rows(lambda ran: ran.first))
    yield Result("Of the processor, in all", "s", rows(lambda ran: ran.processor))


def _ratios(rounds: list[dict[str, Ran]]) -> Iterator[Result]:
    """Give ftlab's speed divided by the loop's, pair by pair, and how many answers are the same."""
    values: dict[str, Callable[[Ran], float]] = {
        "Answers": lambda ran: ran.answers,
        "References": lambda ran: ran.references,
    }
    for name, value in values.items():
        found = [value(ran[_OURS]) / value(ran[_LOOP]) for ran in rounds]
        yield Result(
            f"{name} a second of {_OURS}, divided by the loop's",
            "ratio",
            [
                Row("median", statistics.median(found)),
                Row("lowest", min(found)),
                Row("highest", max(found)),
            ],
        )
    ours, loop = rounds[0][_OURS].said, rounds[0][_LOOP].said
    same = sum(loop[question] == text for question, text in ours.items())
    yield Result("Answers that are the same to the letter", f"of {ROWS}", [Row("", same)])


def _question(draw: random.Random) -> dict[str, str]:
    """Return a problem of one to seven sentences, with an answer of as many."""
    who, days = draw.choice(_NAMES), range(1, 2 * draw.randint(1, 4))
    told = " ".join(
        f"On day {day}, {draw.choice(_NAMES)} gives {who} {draw.randint(2, 40)} more and takes "
        f"{draw.randint(1, 9)} away."
        for day in days
    )
    steps = " ".join(f"After day {day} there are {draw.randint(10, 99)} clips." for day in days)
    return {
        "question": f"{who} has {draw.randint(3, 90)} clips. {told} How many clips are left?",
        "answer": f"{steps} #### {draw.randint(10, 200)}",
    }


class _Clock:
    """Notes when an evaluation has come how far."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.read: list[float] = []
        self.answered: list[float] = []

    def hear(self, standing: Standing) -> None:
        """Note the time."""
        told = self.read if standing.does == "reading" else self.answered
        told += [time.perf_counter()] * (standing.done - len(told))


def _ours(home: Path, questions: Path, number: int) -> Ran:
    """Evaluate in a new database, for what is recorded is not asked again."""
    clock, before = _Clock(), _processor()
    with Lab(Places(home, home / f"{number}.db"), role="cli") as lab:
        define(lab, str(questions), "bench")
        wish = EvaluationWish(
            scorers=(parse("perplexity"), parse("number_match")), max_tokens=LIMIT
        )
        planned = plan(lab, "bench", base_models.EMBEDDED, wish)

        def progress(_: EvaluationPlan) -> Progress:
            return clock.hear

        clock.began = time.perf_counter()
        [outcome] = evaluate(lab, [planned], progress)
        assert isinstance(outcome, Outcome), outcome
        assert outcome.stopped is None, outcome.stopped
        loss, said = _loss(lab, planned), _said(lab, planned)
    # The first batch is read when the model has been loaded.
    first = clock.read[_BATCH - 1]
    return Ran(
        first - clock.began,
        (ROWS - _BATCH) / (clock.read[-1] - first),
        ROWS / (clock.answered[-1] - clock.read[-1]),
        _processor() - before,
        loss,
        said,
    )


def _loss(lab: Lab, planned: EvaluationPlan) -> float:
    from store.queries.evaluations import likelihoods_of

    found = likelihoods_of(lab.database.reader, planned.subject).values()
    return math.fsum(each.loss for each in found) / sum(each.tokens for each in found)


def _said(lab: Lab, planned: EvaluationPlan) -> dict[str, str]:
    from store.queries.recordings import answers_of

    found = answers_of(lab.database.reader, planned.subject)
    asked = {prompt.digest: prompt.question for prompt in planned.recording.prompts}
    return {asked[answer.prompt]: answer.content or "" for answer in found.values()}


def _plain(model: str, questions: Path) -> Ran:
    before = _processor()
    done = subprocess.run(
        [sys.executable, str(_PLAIN), model, str(questions), str(_BATCH), str(LIMIT)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return Ran(
        told["load"],
        (ROWS - _BATCH) / told["references"],
        ROWS / told["answers"],
        _processor() - before,
        told["loss"],
        told["said"],
    )


def _processor() -> float:
    """Return the seconds of the processor that this process and those that it ended have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


@contextmanager
def _environment() -> Iterator[None]:
    """Set what all processes are started with."""
    before = dict(os.environ)
    os.environ |= _ENVIRONMENT
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
