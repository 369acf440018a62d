"""Facts about the lab itself."""

from __future__ import annotations

from store.events.fact import Fact


class LabCreated(Fact):
    """A database was begun, by this version of ftlab."""

    type_name = "LabCreated"
    ftlab: str
