"""What every event type is made of."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

CONFIG = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Fact(BaseModel):
    """Something that happened; the base of all event types."""

    model_config = CONFIG
    type_name: ClassVar[str]
    schema_number: ClassVar[int] = 1
