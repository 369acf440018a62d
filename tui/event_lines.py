"""An event in a few words, for lists of events."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from store.job_status import ENDED
from store.recorded import Recorded
from tui.formats import count
from tui.harmless import harmless
from tui.sentences import sentence
from tui.wording import number_of

_LONG = 120
_QUOTED = 50


def summary(event: Recorded) -> str:
    """Say what an event holds in one line that is harmless to a terminal.

    What jobs do is told by `tui.sentences`; an event of an unknown type by its data.
    """
    if event.stream.startswith("job/"):
        return harmless(_of_job(event))
    try:
        words = _SUMMARIES.get(event.type)
        return harmless(words(json.loads(event.data)) if words else _cut(event.data))
    except (KeyError, TypeError, ValueError):
        # A newer ftlab may record other fields under a name that is known here.
        return harmless(_cut(event.data))


def _of_job(event: Recorded) -> str:
    words = _cut(sentence(event)[0].removeprefix(f"{event.type} "))
    if event.type != "JobPlanned":
        return words
    # Among the events of other jobs, one of them should tell the job's name.
    return f"{json.loads(event.data).get('name', '?')} {words}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _imported(data: dict[str, Any]) -> str:
    left_out = f", {data['left_out_count']} left out" if data["left_out_count"] else ""
    return f"{data['rows']} rows from {data['source']}{left_out}"


def _version(data: dict[str, Any]) -> str:
    content = data["content"][:12]
    return f"{data['name']}@{data['version']}, {data['examples']} examples, content {content}"


def _checked(data: dict[str, Any]) -> str:
    found = [number_of(data[name], name[:-1]) for name in ("errors", "warnings") if data[name]]
    model = f" for {data['model']}" if data["model"] else ""
    return f"checked{model}: {', '.join(found) or 'no findings'}"


def _counted(data: dict[str, Any]) -> str:
    return f"{count(data['tokens'])} tokens of {data['tokenizer']}"


def _turn(data: dict[str, Any]) -> str:
    return f"{_quoted(data['question'])} -> {_quoted(data['answer'])}"


def _rated(data: dict[str, Any]) -> str:
    words = {"up": "good", "down": "bad"}.get(data["rating"], "neither good nor bad any more")
    return f"answer {data['turn']} rated {words}"


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…")


def _history(data: dict[str, Any]) -> str:
    return f"{data['jobs']} jobs of {data['provider']}, {data['new_jobs']} of them new"


def _retirement(data: dict[str, Any]) -> str:
    base = f", with {data['base_model']}" if data.get("base_model") else ""
    return f"shuts down {data['date']}{base}" if data["date"] else "no shutdown is announced"


def _tagged(data: dict[str, Any]) -> str:
    moved = f", moved from {', '.join(data['moved_from'])}" if data.get("moved_from") else ""
    beside = [f"{ground['name']} ({ground['over']})" for ground in data.get("because", ())]
    grounds = f"compared with {', '.join(beside)}" if beside else None
    why = "; ".join(filter(None, (data.get("reason"), grounds)))
    return f"tagged {data['tag']}{moved}{': ' if why else ''}{why}"


def _untagged(data: dict[str, Any]) -> str:
    moved = f", moved to {data['moved_to']}" if data.get("moved_to") else ""
    why = f": {data['reason']}" if data.get("reason") else ""
    return f"no longer tagged {data['tag']}{moved}{why}"


def _notifying(data: dict[str, Any]) -> str:
    ends = "all" if set(data["ends"]) >= set(ENDED) else ", ".join(data["ends"])
    return f"{data['to']} is told of the ends of jobs by {data['way']}: {ends}"


def _suite(data: dict[str, Any]) -> str:
    return f"{data['name']}@{data['version']}, {data['prompts']} prompts"


def _recording_planned(data: dict[str, Any]) -> str:
    answers = data["count"] * (1 + data["samples"])
    return f"{data['name']}: {data['count']} prompts, {answers} answers wanted"


def _recording_completed(data: dict[str, Any]) -> str:
    refused = f", {data['refused']} refused" if data["refused"] else ""
    return f"{data['answers']} answers{refused}, content {data['content'][:12]}"


def _answer(data: dict[str, Any]) -> str:
    said = data["content"] or data["refusal"]
    if said is None:
        return f"{len(data['tool_calls'])} calls of tools"
    return _quoted(said)


def _scored(data: dict[str, Any]) -> str:
    known = [value for value in data["values"] if value is not None]
    mean = f", mean {sum(known) / len(known):.4g}" if known else ""
    return f"{data['scorer']['id']} of {len(data['values'])} answers{mean}"


def _evaluated(data: dict[str, Any]) -> str:
    told = (f"{figure['label']} {figure['value']:.4g}" for figure in data["figures"])
    return f"{data['answers']} answers: {', '.join(told) or 'no scores'}"


def _sweep_planned(data: dict[str, Any]) -> str:
    varied = ", ".join(name.replace("_", " ") for name in data["axes"]) or "examples"
    return f"{data['name']}: {number_of(len(data['trials']), 'trial')} of {varied}"


def _sweep_completed(data: dict[str, Any]) -> str:
    if not data["ranking"]:
        return f"no trial of {len(data['unranked'])} has a {data['by']}"
    best, trials = data["ranking"][0], len(data["ranking"]) + len(data["unranked"])
    return f"{best['job']} is the best of {trials} by {data['by']}, {best['value']:.4g}"


_SUMMARIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "LabCreated": lambda data: f"by ftlab {data['ftlab']}",
    "DatasetImported": _imported,
    "DatasetVersionRecorded": _version,
    "DatasetChecked": _checked,
    "DatasetCounted": _counted,
    "DatasetSplit": lambda data: ", ".join(data["parts"]) + f" with seed {data['seed']}",
    "ModelRegistered": lambda data: f"{data['name']}: {data['kind']} of {data['base_model']}",
    "ChatOpened": lambda data: f"with {data['model']}",
    "ChatTurnRecorded": _turn,
    "ChatTurnRated": _rated,
    "NotifyingBegan": _notifying,
    "NotifyingEnded": lambda data: f"nobody is told by {data['way']} any more",
    "HistoryImportStarted": lambda data: f"from {data['provider']}",
    "HistoryImported": _history,
    "RemoteFileSaved": lambda data: f"{data['filename']}, {data['bytes']} bytes",
    "RemoteFileGone": lambda data: data["reason"],
    "RemoteFileDeletionRequested": lambda data: f"to be deleted at {data['provider']}",
    "RemoteFileDeleted": lambda data: f"deleted at {data['provider']}",
    "ModelRetirementAnnounced": _retirement,
    "ModelTagged": _tagged,
    "ModelUntagged": _untagged,
    "ModelGone": lambda data: data["reason"],
    "ModelDeletionRequested": lambda _: "to be deleted",
    "ModelDeleted": lambda _: "deleted",
    "SuiteDefined": _suite,
    "RecordingPlanned": _recording_planned,
    "RecordingStopped": lambda data: f"stopped with {data['answers']} answers: {data['reason']}",
    "RecordingCompleted": _recording_completed,
    "AnswerRecorded": _answer,
    "AnswerRefused": lambda data: f"not answered: {data['error']}",
    "EvaluationPlanned": lambda data: f"{data['name']} to answer {data['count']} prompts",
    "EvaluationStopped": lambda data: f"stopped with {data['answers']} answers: {data['reason']}",
    "EvaluationCompleted": _evaluated,
    "AnswersScored": _scored,
    "ReferenceRead": lambda data: f"{data['tokens']} tokens, loss {data['loss']:.4g}",
    "SweepPlanned": _sweep_planned,
    "SweepCompleted": _sweep_completed,
    "EventsImported": lambda data: (
        f"{len(data['origins'])} events of the archive {data['archive'][:12]}"
    ),
    "ArchiveImported": lambda data: (
        f"{data['new_events']} of {data['events']} events of the archive {data['archive'][:12]}"
    ),
}
