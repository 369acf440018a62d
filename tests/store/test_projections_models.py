from __future__ import annotations

import json

from store.events import Evaluation, ModelRegistered
from store.log import EventLog
from store.queries.models import model

REGISTERED = ModelRegistered(
    id="model_1",
    name="gsm8k-smollm2",
    kind="adapter",
    base_model="smollm2-135m-instruct",
    job="job_1",
    dataset="ds_1",
    hyperparameters={"learning_rate": 5e-4},
    path="models/model_1",
)


def test_a_registered_model_becomes_a_row_with_its_lineage(log: EventLog) -> None:
    before = Evaluation(loss=1.25, perplexity=3.5, examples=10, accuracy=0.5)
    after = Evaluation(loss=0.75, perplexity=2.125, examples=12)
    fact = REGISTERED.model_copy(update={"before": before, "after": after})
    (event,) = log.append("model/model_1", fact)

    found = model(log.database.reader, "model_1")

    assert (found.name, found.kind, found.base_model) == (
        "gsm8k-smollm2",
        "adapter",
        "smollm2-135m-instruct",
    )
    assert (found.job, found.dataset, found.path) == ("job_1", "ds_1", "models/model_1")
    assert json.loads(found.hyperparameters_json) == {"learning_rate": 5e-4}
    assert (found.loss_before, found.perplexity_before) == (1.25, 3.5)
    assert (found.loss_after, found.perplexity_after) == (0.75, 2.125)
    assert (found.accuracy_before, found.accuracy_after) == (0.5, None)
    assert (found.evaluated_examples, found.registered_at) == (12, event.occurred)


def test_a_model_that_was_not_evaluated_has_no_losses(log: EventLog) -> None:
    log.append("model/model_1", REGISTERED)

    found = model(log.database.reader, "model_1")

    assert (found.loss_before, found.loss_after, found.evaluated_examples) == (None, None, None)
