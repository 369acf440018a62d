"""A model of this machine, evaluated by its real server."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import pytest

from engine.evaluation import contestant
from engine.evaluation.outcome import Outcome, Standing
from engine.evaluation.plan import EvaluationWish
from engine.evaluation.planning import plan
from engine.evaluation.run import evaluate
from engine.lab import Lab
from engine.recording.opening import open_service
from engine.scoring.specs import label
from engine.serve.process import LocalServer
from store.queries.evaluations import likelihoods_of
from tests.engine.evaluation.conftest import Sums


def test_its_answers_are_scored_and_it_reads_what_was_hoped_for(
    lab: Lab, sums: Sums, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = sums(5, "contains:x", "perplexity", "token_loss", "token_accuracy")
    wish = EvaluationWish(max_tokens=4)
    planned = plan(lab, suite.id, str(tiny_base), wish)
    assert len(planned.unread) == 5
    told: list[str] = []

    def watch(standing: Standing) -> None:
        told.append(standing.does)

    [outcome] = evaluate(lab, [planned], lambda _plan: watch)
    assert isinstance(outcome, Outcome)
    assert set(told) == {"reading", "answering", "scoring"}
    assert outcome.evaluation.status == "completed"
    means = {label(column.scorer): column.mean for column in outcome.columns}
    rows = likelihoods_of(lab.database.reader, planned.subject).values()
    loss = sum(row.loss for row in rows) / sum(row.tokens for row in rows)
    assert means["token_loss"] == pytest.approx(loss)
    assert means["perplexity"] == pytest.approx(math.exp(loss))
    assert means["token_accuracy"] == pytest.approx(
        sum(row.likeliest for row in rows) / sum(row.tokens for row in rows)
    )

    # All is known: the model need not be loaded again.
    monkeypatch.setattr(contestant, "open_service", None)
    again = plan(lab, suite.id, str(tiny_base), wish)
    assert (again.unread, again.recording.missing) == ((), ())
    [same] = evaluate(lab, [again])
    assert isinstance(same, Outcome)
    assert {label(column.scorer): column.mean for column in same.columns} == means


async def test_it_is_loaded_before_it_is_asked_and_timed(
    lab: Lab, sums: Sums, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[LocalServer] = []
    start = LocalServer.start

    def remembered(server: LocalServer) -> None:
        started.append(server)
        start(server)

    monkeypatch.setattr(LocalServer, "start", remembered)
    planned = plan(lab, sums(2, "contains:x").id, str(tiny_base), EvaluationWish(max_tokens=4))
    async with open_service(lab, planned.recording):
        while not any("loaded" in line for line in started[0].last_lines):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
