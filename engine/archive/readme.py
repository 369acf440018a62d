"""What an archive says of itself in words."""

from __future__ import annotations

from collections.abc import Mapping

_TEXT = """\
This is an archive of ftlab, which keeps the history of fine-tuning language models. All of it can
be read without ftlab: every file is plain text (UTF-8), JSON, JSON Lines (a JSON document a line)
or CSV, or came in this form from a provider. `ftlab import archive FILE` takes it into a lab again.

It holds {counts}.

manifest.json
    What this archive was made of, and the size and SHA-256 of every other file. `missing` names
    contents that the lab knew of but did not have.

events.jsonl
    Every recorded event, in the order of recording. `stream` and `version` are the place in the
    history of one thing, `type` and `schema` say what kind of fact `data` is, `occurred` is when it
    happened, `at` when it was recorded, `actor` by whom, `cause` the `seq` of the event that led to
    it, `key` what tells a fact from outside apart. `hash` is the SHA-256 of the hash of the event
    before (64 zeros before the first, as bytes), then seq, stream, version, type, schema, at,
    occurred, actor, cause, key and the very text of data, each as its length in bytes, a colon and
    the bytes, or - where there is none. `origin` is the envelope that an event had in the lab in
    which it was recorded first, if that was another one.

datasets/NAME@VERSION.jsonl
    The examples of a dataset version, one a line: `messages` with `role` and `content` for chats;
    preference data has `input`, `preferred_output` and `non_preferred_output`. Further fields are
    columns of the source.
datasets/NAME@VERSION.json
    What is known of it: counts, how it was made (`recipe`), of what and what came of it (`lineage`;
    a positive `distance` is an ancestor), the parts of its split, token counts, checks, and the
    jobs and models that used it.
datasets/NAME@VERSION.TOKENIZER.u32
    The tokens of each example, in order: unsigned numbers of four bytes, little-endian.

jobs/NAME.ID/job.json
    The job's plan (provider, base model, method, hyperparameters, dataset, seed), its status and
    how it ended, cost in US dollars, and the provider's last report as it came.
jobs/NAME.ID/metrics.csv
    A row a step, a column a metric; `time` is empty where it is not known, a cell where the metric
    was not measured at that step.
jobs/NAME.ID/checkpoints.json, messages.jsonl
    States of the model that were kept, and what the provider or the training process said.
jobs/NAME.ID/results/FILE.csv
    The provider's result files as they came; some providers pack them in base64.

models/NAME.ID.json
    A model version: its base model, hyperparameters, losses (nats a token), date of retirement
    (`retires_on`), and its lineage.
weights/ID/...
    The files of a local model, where they were asked for.

files/PROVIDER/FILE.json, files/PROVIDER/FILE.NAME
    What is known of a file at a provider, and its content as it came, if it was kept.

chats.jsonl
    Conversations, one a line, each with its turns.

recordings/NAME.ID.jsonl
    How a model answers, one prompt a line: `messages`, `tools`, the `reference` answer, the `part`
    of the data it is from, and `answers` with their temperature, tokens and log probabilities. Of
    a recording that was broken off the answers alone, one a line.
recordings/NAME.ID.json
    What is known of it: model, settings, how often the model agrees with itself, cost in US
    dollars.
evaluations/NAME.ID.json, evaluations/NAME.ID.jsonl
    How a model did in a suite: the figures of all answers with their 95% intervals, and the scores
    of each answer, one a line: its prompt, the scorer, the value and what it comes from.
suites/NAME@VERSION.jsonl, suites/NAME@VERSION.json
    The prompts of a suite, one a line, and what is known of it.

sweeps/NAME.ID.json
    A sweep: what was tried, each trial with its job and settings, and the best.

contents/SHA256
    Contents that events name by their hash and that have no place above.

Times are UTC. A file that is not there had nothing to say.
"""


def readme(counts: Mapping[str, int]) -> bytes:
    """Return the text.

    Args:
        counts: how many of what the archive holds.
    """
    said = [f"{count} {_plural(count, what)}" for what, count in counts.items() if count]
    return _TEXT.format(counts=_listed(said) or "nothing but the log").encode()


def _plural(count: int, what: str) -> str:
    return what if count != 1 else what.removesuffix("s")


def _listed(said: list[str]) -> str:
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
