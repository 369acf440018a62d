"""Questions about recordings and the answers in them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from store.queries.find import find


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording of a model; see `store.tables.Recording`.

    `answers` are those that there are, however it ended.
    """

    id: str
    version: int
    model: str
    name: str
    provider: str
    remote_id: str
    prompts: str
    count: int
    parts_json: str
    suite: str | None
    seed: int
    samples: int
    temperature: float
    max_tokens: int
    top_logprobs: int
    stop_json: str
    reused: int
    estimate: float | None
    at_most: float | None
    status: str
    reason: str | None
    content: str | None
    bytes: int | None
    answers: int
    refused: int | None
    agreement: float | None
    cost: float | None
    planned_at: str
    updated_at: str

    @property
    def questions(self) -> int:
        """How many answers it has when it is whole."""
        return self.count * (1 + self.samples)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A model's answer to a request; see `store.tables.Answer`."""

    model: str
    request: str
    sample: int
    prompt: str
    recording: str
    content: str | None
    tool_calls_json: str
    refusal: str | None
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    logprob: float | None
    logprob_tokens: int | None
    seconds: float | None
    cost: float | None
    answered_by: str | None
    fingerprint: str | None
    request_id: str | None
    left_out_json: str
    reply: str | None
    error: str | None
    answered_at: str


_ANSWERS = (
    "COALESCE(answers, reused + (SELECT COUNT(*) FROM answer "
    "WHERE answer.recording = recording.id AND reply IS NOT NULL)) AS answers"
)
"""Of one that was killed, nothing but its answers tells how far it came."""

_RECORDING = ", ".join(
    _ANSWERS if column == "answers" else column for column in RecordingRow.__slots__
)
_ANSWER = ", ".join(AnswerRow.__slots__)


def recording_list(connection: sqlite3.Connection, model: str | None = None) -> list[RecordingRow]:
    """Return recordings, newest first, of one model (its id or name there) or of all."""
    rows = connection.execute(
        f"SELECT {_RECORDING} FROM recording WHERE ?1 IS NULL OR model = ?1 "
        "ORDER BY planned_at DESC, id DESC",
        (model,),
    )
    return [RecordingRow(*row) for row in rows]


def recording(connection: sqlite3.Connection, reference: str) -> RecordingRow:
    """Return one recording by id or unique beginning, or the newest of a model's name or id.

    Raises:
        NotFoundError: if there is none.
    """
    newest = connection.execute(
        "SELECT id FROM recording WHERE model = ? ORDER BY planned_at DESC, id DESC LIMIT 1",
        (reference,),
    ).fetchone()
    found = find(connection, "recording", reference) if newest is None else newest[0]
    query = f"SELECT {_RECORDING} FROM recording WHERE id = ?"
    return RecordingRow(*connection.execute(query, (found,)).fetchone())


def answers_of(
    connection: sqlite3.Connection, model: str, request: str | None = None
) -> dict[tuple[str, int], AnswerRow]:
    """Return all answers of a model, or those to a request, by request and sample.

    Refused requests are among them.
    """
    rows = connection.execute(
        f"SELECT {_ANSWER} FROM answer WHERE model = ?1 AND (?2 IS NULL OR request = ?2)",
        (model, request),
    )
    found = (AnswerRow(*row) for row in rows)
    return {(answer.request, answer.sample): answer for answer in found}


def answers_first_asked_for(connection: sqlite3.Connection, recording: str) -> list[AnswerRow]:
    """Return the answers, and refusals, that a recording was the first to ask for."""
    rows = connection.execute(
        f"SELECT {_ANSWER} FROM answer WHERE recording = ? ORDER BY request, sample", (recording,)
    )
    return [AnswerRow(*row) for row in rows]


def turns_with(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many chat turns there were with each model, by its id or name."""
    rows = connection.execute("SELECT model, SUM(turns) FROM chat GROUP BY model")
    return {str(model): int(turns) for model, turns in rows}


def used_temperature(connection: sqlite3.Connection, model: str) -> float | None:
    """Return the temperature above 0 that most chats with a model were held at, if any was."""
    row = connection.execute(
        "SELECT json_extract(event.data, '$.temperature') AS warmth FROM event "
        "JOIN chat ON event.stream = 'chat/' || chat.id "
        "WHERE chat.model = ? AND event.type = 'ChatOpened' AND warmth > 0 "
        "GROUP BY warmth ORDER BY SUM(chat.turns) DESC, warmth LIMIT 1",
        (model,),
    ).fetchone()
    return None if row is None else float(row[0])
