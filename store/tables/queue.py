"""The jobs of this machine that wait for their turn."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class QueueEntry(SQLModel, table=True):
    """A job of this machine that was put into the queue, until it ends.

    `state` is one of `store.queue_state`; among those that wait, the highest `priority` comes
    first, then the lowest `rank`. `attempt` is the one that it waits to begin with.
    """

    __tablename__: ClassVar[str] = "queue_entry"

    job: str = Field(primary_key=True)
    state: str
    priority: int
    rank: int
    attempt: int
    devices_json: str = "[]"
    queued_at: str
    queued_by: str
