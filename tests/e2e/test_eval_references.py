"""Perplexity by the real command, of services that tell how likely a prompt is, or do not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.standin.fixtures import standin
from tests.standin.prompts import sent_tokens

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab
    from tests.standin.calls import Json
    from tests.standin.standin import Standin

__all__ = ["standin"]

CHAT = "/chat/completions"
MODEL = "gpt-6-luna"


@pytest.fixture
def sums(ftlab: Ftlab, standin: Standin, tmp_path: Path) -> Ftlab:
    """The command, a compatible service, and a suite of three sums without a scorer."""
    added = ftlab(
        *("config", "profile", "add", "vllm", "--kind", "compatible"),
        *("--base-url", standin.base_url),
    )
    assert added.status == 0, added.err
    (ftlab.home / ".env").write_text(f"FTLAB_VLLM_API_KEY={standin.key}\n")
    (ftlab.home / "pricing.toml").write_text(
        f'[models."{MODEL}"]\ninput_price = 1.0\noutput_price = 4.0\n'
    )
    file = tmp_path / "sums.jsonl"
    rows = ({"question": f"{n} + 1 = ?", "answer": f"It is {n + 1}"} for n in range(3))
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert ftlab("suite", "add", file, "--name", "sums").status == 0
    return ftlab


def _loss(asked: Json) -> list[float]:
    """Return the losses of the reference's tokens and of the mark behind them, by hand."""
    return [-token.logprob for token in sent_tokens(asked)[-5:-1]]


def test_perplexity_is_planned_read_once_and_told(sums: Ftlab, standin: Standin) -> None:
    standin.behaviour.prompt_logprobs = "told"
    asked = ("eval", "sums", MODEL, "--provider", "vllm", "--scorer", "perplexity")
    [plan] = sums.rows(*asked, "--dry-run")
    assert (plan["references_to_read"], plan["missing"]) == (3, 3)
    assert plan["reading_price"]["about"] > 0
    assert sums(*asked, "--max-cost", "0.0000001").status == 6
    assert standin.count("POST", CHAT) == 0

    done = sums(*asked, "--yes")
    assert done.status == 0, done.err
    assert "reading the references included" in done.out
    wholes = [
        body
        for exchange in standin.asked("POST", CHAT)
        if (body := exchange.json or {}).get("add_generation_prompt") is False
    ]
    losses = [loss for body in wholes for loss in _loss(body)]
    assert len(losses) == 12
    assert f"{math.exp(sum(losses) / 12):.4g}" in done.out

    again = sums.document(*asked, "--yes")
    assert again["evaluations"][0]["spent"] == 0
    assert again["evaluations"][0]["references"]["read"] == 0
    assert standin.count("POST", CHAT) == 3 + 6
    assert sums("verify").status == 0


def test_a_service_that_does_not_tell_is_said_once(sums: Ftlab, standin: Standin) -> None:
    standin.behaviour.prompt_logprobs = "refused"
    asked = ("eval", "sums", MODEL, "--provider", "vllm", "--scorer", "perplexity")
    done = sums(*asked, "--yes")
    assert done.status == 0, done.err
    assert done.err.count("Extra inputs are not permitted") == 1
    assert "no perplexity" in done.err
    assert standin.key not in done.err
    assert standin.count("POST", CHAT) == 3 + 1
