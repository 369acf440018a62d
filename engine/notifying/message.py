"""What is told of the end of a job: to a command and to a webhook the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store.queries.jobs import JobDetail
    from store.queries.notifications import End

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_LONGEST = 2000
TEST = "test"
"""The status of a message that tells of no job."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told.

    Attributes:
        text: in a sentence.
        status: what became of the job; `test` if it tells of none.
        ended_at: when, as UTC text.
        job: what is known of the job, by name.
    """

    text: str
    status: str
    ended_at: str | None
    job: dict[str, str | int | float | None]

    def environment(self) -> dict[str, str]:
        """Return it as variables; one of which nothing is known is empty."""
        told = {
            "FTLAB_TEXT": self.text,
            "FTLAB_JOB_STATUS": self.status,
            "FTLAB_JOB_ENDED_AT": self.ended_at,
            **{f"FTLAB_JOB_{name.upper()}": self.job[name] for name in _IN_ENVIRONMENT},
            "FTLAB_LOSS": self.job["loss"],
            "FTLAB_EVAL_LOSS": self.job["eval_loss"],
        }
        return {
            name: "" if value is None else _one_line(str(value)) for name, value in told.items()
        }

    def as_json(self) -> bytes:
        """Return it as JSON; `text` and `content` are what chat services show."""
        told = {
            "text": self.text,
            "content": self.text,
            "status": self.status,
            "ended_at": self.ended_at,
            "job": self.job,
        }
        return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")


_IN_ENVIRONMENT = ("id", "name", "provider", "base_model", "reason", "step", "total_steps")


def of_end(job: JobDetail, end: End) -> Message:
    """Return what is told of an end.

    Args:
        job: how the job stands now; it may have been gone on with since.
        end: how it ended.
    """
    return Message(
        _sentence(job.name, end.status, job.loss, end.reason),
        end.status,
        end.occurred,
        {
            "id": job.id,
            "name": job.name,
            "provider": job.provider,
            "base_model": job.base_model,
            "method": job.method,
            "dataset": job.dataset_name,
            "step": job.step,
            "total_steps": job.total_steps,
            "loss": _finite(job.loss),
            "eval_loss": _finite(job.eval_loss),
            "cost": _finite(job.cost),
            "reason": None if end.reason is None else end.reason[:_LONGEST],
            "model": job.model,
        },
    )


def of_test() -> Message:
    """Return what tells that telling works."""
    fields = ("method", "dataset", "loss", "eval_loss", "cost", "model", *_IN_ENVIRONMENT)
    return Message("ftlab can reach you", TEST, None, {**dict.fromkeys(fields), "name": TEST})


def _sentence(name: str, status: str, loss: float | None, reason: str | None) -> str:
    if reason is not None:
        return _one_line(f"{name} {status}: {reason}")
    return _one_line(f"{name} {status}" + (f", loss {loss:.4g}" if loss is not None else ""))


def _one_line(text: str) -> str:
    """Return a text that fits a variable and a title, and cannot steer a terminal."""
    cut = _CONTROL.sub(" ", text)[:_LONGEST]
    return cut.encode("utf-8", "replace").decode("utf-8")


def _finite(number: float | None) -> float | None:
    """Return a number that JSON knows; what is none of these becomes None."""
    return number if number is not None and abs(number) < float("inf") else None
