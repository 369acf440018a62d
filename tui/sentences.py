"""Events in words: one line each, for the history of a job."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from store.recorded import Recorded
from tui.formats import count, number
from tui.ink import Ink

Sentence = tuple[str, Ink]
_Data = dict[str, Any]
_Steps = list[int] | dict[str, int]


METRICS = "MetricsRecorded"
"""The type of the events that come in great numbers."""


def story(events: Sequence[Recorded]) -> Sentence:
    """Say in one sentence what an event tells, or several with metrics that follow each other."""
    if len(events) == 1:
        return sentence(events[0])
    oldest, newest = json.loads(events[0].data), json.loads(events[-1].data)
    try:
        return _metrics({"groups": [*oldest["groups"], *newest["groups"]]})
    except (KeyError, TypeError, ValueError, IndexError):
        return sentence(events[-1])


def sentence(event: Recorded) -> Sentence:
    """Say what an event tells; one of a type that is not known here by its type and data."""
    try:
        data: _Data = json.loads(event.data)
        words = _WORDS.get(event.type)
        return words(data) if words else (f"{event.type} {event.data}", "dim")
    except (KeyError, TypeError, ValueError, IndexError):
        # A newer ftlab may record other fields under a name that is known here.
        return f"{event.type} {event.data}", "dim"


def _planned(data: _Data) -> Sentence:
    steps = data.get("total_steps")
    expected = f", {count(steps)} steps" if steps else ""
    return f"planned: {data['method']} of {data['base_model']}{expected}", "plain"


def _submitted(data: _Data) -> Sentence:
    return f"handed to the provider as {data['remote_id']}", "plain"


def _queued(data: _Data) -> Sentence:
    priority = f" with priority {data['priority']}" if data["priority"] else ""
    if data.get("automatic"):
        return f"put into the queue by itself{priority}, {by_itself(data)}", "accent"
    return f"put into the queue{priority}", "plain"


def _moved(data: _Data) -> Sentence:
    places = {"first": "to the front", "last": "to the end", "before": f"before {data['before']}"}
    return f"moved in the queue {places[data['to']]}", "plain"


def _taken(data: _Data) -> Sentence:
    gpus = f", on {', '.join(data['devices'])}" if data["devices"] else ""
    return f"its turn in the queue{gpus}", "plain"


def _status_changed(data: _Data) -> Sentence:
    return f"the provider reports: {data['status'].replace('_', ' ')}", "plain"


def _message(data: _Data) -> Sentence:
    inks: dict[str, Ink] = {"warn": "warn", "warning": "warn", "error": "bad"}
    return data["text"], inks.get(data["level"], "dim")


def _metrics(data: _Data) -> Sentence:
    groups = data["groups"]
    first, last = _first_step(groups[0]["steps"]), _last_step(groups[-1]["steps"])
    where = f"step {count(first)}" if first == last else f"steps {count(first)}-{count(last)}"
    newest: dict[str, Any] = {}
    for group in groups:
        newest.update({name: column[-1] for name, column in group["values"].items()})
    shown = [name for name in ("loss", "train_loss", "eval_loss", "valid_loss") if name in newest]
    values = "  ".join(f"{name} {_value(newest[name])}" for name in shown or sorted(newest)[:2])
    return f"{where}  {values}", "dim"


def _first_step(steps: _Steps) -> int:
    return int(steps[0] if isinstance(steps, list) else steps["first"])


def _last_step(steps: _Steps) -> int:
    if isinstance(steps, list):
        return int(steps[-1])
    return int(steps["first"] + (steps["count"] - 1) * steps.get("stride", 1))


def _value(value: float | str) -> str:
    # Infinity and NaN are recorded as the strings that float() reads.
    return number(float(value))


def _checkpoint(data: _Data) -> Sentence:
    return f"checkpoint saved at step {count(data['step'])}", "plain"


def _cancel_requested(_data: _Data) -> Sentence:
    return "asked to stop", "warn"


def _interrupted(data: _Data) -> Sentence:
    return f"interrupted: {data['reason']}", "warn"


def _resumed(data: _Data) -> Sentence:
    where = f"from step {count(data['from_step'])}, attempt {data['attempt']}"
    if data.get("automatic"):
        return f"resumed by itself {where}, {by_itself(data)}", "accent"
    return f"resumed {where}", "accent"


def by_itself(data: Mapping[str, Any]) -> str:
    """Say which resumption by itself one is, of how many, and why it came to it."""
    return f"{data['automatic']} of at most {data['at_most']} times, after: {data['reason']}"


def _cancelled(data: _Data) -> Sentence:
    step = data.get("step")
    return "cancelled" + ("" if step is None else f" at step {count(step)}"), "warn"


def _failed(data: _Data) -> Sentence:
    return f"failed: {data['error']}", "bad"


def _succeeded(data: _Data) -> Sentence:
    before, after = data.get("before"), data.get("after")
    if before and after:
        fell = f"{number(_loss(before))} to {number(_loss(after))}"
        return f"succeeded: held-out loss from {fell}", "good"
    return "succeeded", "good"


def _loss(evaluation: _Data) -> float:
    return float(evaluation["loss"])


def _imported(data: _Data) -> Sentence:
    if data["provider"] == "script":
        return f"{data['name']}: a script of your own began", "plain"
    return f"found at {data['provider']} as {data['remote_id']}", "plain"


def _sending(data: _Data) -> Sentence:
    return f"sending the {data['role']} file {data['filename']}", "dim"


def _sent(data: _Data) -> Sentence:
    how = "used again" if data.get("reused") else "sent"
    return f"{data['role']} file {how}: {data['file']}", "plain"


def _creating(data: _Data) -> Sentence:
    again = f", attempt {data['attempt']}" if data["attempt"] > 1 else ""
    return f"asking the provider for the job{again}", "dim"


def _data_found(data: _Data) -> Sentence:
    return f"{data['role']} data is here: {data['dataset']}", "plain"


def _result_saved(data: _Data) -> Sentence:
    return f"result file {data['file']} kept, {count(data['rows'])} rows", "plain"


def _result_gone(data: _Data) -> Sentence:
    return f"result file {data['file']} is gone: {data['reason']}", "warn"


def _cost(data: _Data) -> Sentence:
    return f"cost ${data['dollars']:,.2f}: {count(data['tokens'])} tokens", "plain"


_WORDS: dict[str, Callable[[_Data], Sentence]] = {
    "JobPlanned": _planned,
    "JobSubmitted": _submitted,
    "JobQueued": _queued,
    "JobMovedInQueue": _moved,
    "JobPriorityChanged": lambda data: (f"priority {data['priority']} in the queue", "plain"),
    "JobTakenFromQueue": _taken,
    "JobStatusChanged": _status_changed,
    "JobMessageReceived": _message,
    METRICS: _metrics,
    "CheckpointSaved": _checkpoint,
    "JobCancelRequested": _cancel_requested,
    "JobInterrupted": _interrupted,
    "JobResumed": _resumed,
    "JobCancelled": _cancelled,
    "JobFailed": _failed,
    "JobSucceeded": _succeeded,
    "NotificationClaimed": lambda data: (f"telling {data['to']}: {data['status']}", "dim"),
    "NotificationSent": lambda data: (f"told by {data['way']}: {data['outcome']}", "dim"),
    "NotificationFailed": lambda data: (f"not told by {data['way']}: {data['error']}", "warn"),
    "JobImported": _imported,
    "FileUploadRequested": _sending,
    "FileUploadBegun": lambda data: (f"sending in parts as {data['upload']}", "dim"),
    "FilePartUploaded": lambda data: (f"part {count(data['number'] + 1)} sent", "dim"),
    "FileUploaded": _sent,
    "JobCreationRequested": _creating,
    "JobPauseRequested": lambda _: ("asked to pause", "warn"),
    "JobResumeRequested": lambda _: ("asked to go on", "accent"),
    "JobRequestRefused": lambda data: (
        f"the provider did not {data['request']} it: {data['reason']}",
        "warn",
    ),
    "JobDataFound": _data_found,
    "ResultFileSaved": _result_saved,
    "ResultFileGone": _result_gone,
    "CostRecorded": _cost,
}
