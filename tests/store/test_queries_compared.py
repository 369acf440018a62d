"""What was told lately of what is compared."""

from __future__ import annotations

from store.events import ModelGone, ModelRegistered
from store.log import EventLog
from store.queries.compared import is_model, said_by, streams_told_of


def test_only_new_events_of_the_wanted_streams_are_told(log: EventLog) -> None:
    for name in ("a", "b"):
        made = ModelRegistered(
            id=f"mdl_{name}", name=name, kind="full", base_model="tiny", hyperparameters={}
        )
        log.append(f"model/mdl_{name}", made)
    reader, head = log.database.reader, log.database.head()
    wanted = ["model/mdl_a", "model/mdl_c"]
    assert streams_told_of(reader, 0, wanted) == {"model/mdl_a"}
    assert streams_told_of(reader, head, wanted) == frozenset()
    log.append("model/mdl_a", ModelGone(reason="why not"))
    assert streams_told_of(reader, head, wanted) == {"model/mdl_a"}
    assert is_model(reader, "mdl_a")
    assert not is_model(reader, "mdl")
    assert said_by(reader, ["mdl_a"]) == []
