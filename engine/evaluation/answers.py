"""Recorded answers and references, as scorers take them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.recording.replies import probabilities_in
from engine.scoring.answer import Answer, Tokens
from engine.scoring.logprobs import tokens_told
from engine.suites.prompts import Prompt, digest_of, text_of
from store.errors import StoreError

if TYPE_CHECKING:
    from store.blobs import BlobStore
    from store.queries.compared import SaidRow
    from store.queries.evaluations import LikelihoodRow
    from store.queries.recordings import AnswerRow

NO_REFERENCE = ""


def reference_digest(prompt: Prompt) -> str:
    """Return the SHA-256 of the answer that was hoped for; empty if there is none."""
    return NO_REFERENCE if prompt.reference is None else digest_of(text_of(prompt.reference))


def row_of(prompt: Prompt) -> str:
    """Return what tells a row of a suite from others: what it asks, and what it hopes for."""
    return row_key(prompt.digest, reference_digest(prompt))


def row_key(prompt: str, reference: str) -> str:
    """Return the key of a row; see `row_of`.

    Args:
        prompt: the SHA-256 of what is asked.
        reference: that of what is hoped for; empty if there is nothing.
    """
    return f"{prompt}:{reference}"


def answer_of(
    row: AnswerRow,
    prompt: Prompt,
    blobs: BlobStore,
    likelihood: LikelihoodRow | None = None,
    other: Answer | None = None,
    *,
    with_tokens: bool = False,
) -> Answer:
    """Return a recorded answer with all that scorers want to know of it.

    Args:
        row: the answer.
        prompt: what it answers.
        blobs: where the service's whole replies lie.
        likelihood: how likely the model held the answer that was hoped for.
        other: what another model answered to the same.
        with_tokens: whether the probabilities of its own tokens are wanted, which lie in the reply.
    """
    return Answer(
        text=text_said(row),
        reference=None if prompt.reference is None else text_of(prompt.reference),
        refusal=row.refusal,
        completion_tokens=row.completion_tokens,
        seconds=row.seconds,
        cost=row.cost,
        tokens=_tokens(row, blobs) if with_tokens else None,
        reference_tokens=None if likelihood is None else reference_tokens(likelihood, blobs),
        other=other,
    )


def text_said(row: AnswerRow | SaidRow) -> str:
    """Return the text of an answer; a tool call in place of one as its JSON, without its id."""
    if row.content:
        return row.content
    calls = json.loads(row.tool_calls_json)
    functions = [call.get("function", call) if isinstance(call, dict) else call for call in calls]
    return json.dumps(functions, ensure_ascii=False) if functions else ""


def reference_tokens(row: LikelihoodRow, blobs: BlobStore) -> Tokens | None:
    """Return what is kept of the tokens of a reference; None if the blob is gone."""
    try:
        kept = json.loads(blobs.verified(row.content).read_bytes())
    except (StoreError, OSError):
        return None
    return Tokens(tuple(kept["logprobs"]), tuple(kept["likeliest"]), tuple(kept["texts"]))


def _tokens(row: AnswerRow, blobs: BlobStore) -> Tokens | None:
    if row.reply is None:
        return None
    try:
        return tokens_told(probabilities_in(blobs.verified(row.reply).read_bytes()))
    except (StoreError, OSError, ValueError):
        return None
