"""Requests against the request types that the `openai` package publishes.

The package's typed dicts say what each endpoint takes. Pydantic turns them into validators, which
are made strict here: a field that the type does not name is an error at any depth, and an integer
is no string.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Required, cast, get_type_hints

from openai.types import (
    completion_create_params,
    file_create_params,
    file_list_params,
    upload_complete_params,
    upload_create_params,
)
from openai.types.chat import completion_create_params as chat_create_params
from openai.types.fine_tuning import job_create_params, job_list_events_params, job_list_params
from openai.types.fine_tuning.jobs import checkpoint_list_params
from openai.types.uploads import part_create_params
from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, SchemaValidator
from typing_extensions import TypedDict

from tests.standin.calls import Call, Json


@dataclass(frozen=True)
class Shape:
    """What an endpoint takes, as types of the `openai` package; None where it takes nothing."""

    query: object = None
    body: object = None
    form: object = None


_FILE_FIELDS = {"file", "data"}

NOTHING = Shape()
FILE = Shape(form=file_create_params.FileCreateParams)
FILE_LIST = Shape(query=file_list_params.FileListParams)
UPLOAD = Shape(body=upload_create_params.UploadCreateParams)
UPLOAD_PART = Shape(form=part_create_params.PartCreateParams)
UPLOAD_COMPLETION = Shape(body=upload_complete_params.UploadCompleteParams)
JOB = Shape(body=job_create_params.JobCreateParams)
JOB_LIST = Shape(query=job_list_params.JobListParams)
EVENT_LIST = Shape(query=job_list_events_params.JobListEventsParams)
CHECKPOINT_LIST = Shape(query=checkpoint_list_params.CheckpointListParams)
CHAT = Shape(body=chat_create_params.CompletionCreateParams)
COMPLETION = Shape(body=completion_create_params.CompletionCreateParams)


def problems_of(call: Call, shape: Shape) -> list[str]:
    """Say what is wrong with a request, each thing with its place; empty if nothing is."""
    if call.problem:
        return [call.problem]
    return [
        *_problems("query", call.query, shape.query, strict=False),
        *_problems("body", call.json, shape.body, strict=True),
        *_form_problems(call, shape.form),
    ]


def _problems(place: str, value: Json | None, expected: object, *, strict: bool) -> Iterable[str]:
    if expected is None:
        return [f"{place}: nothing is expected here"] if value else []
    if value is None:
        return [f"{place}: it is missing"]
    if strict:
        return _check(place, value, _validator(expected), strict=True)
    # The literal text `metadata=null` stands for null (see JobListParams).
    read = {
        name: None if (name, text) == ("metadata", "null") else text for name, text in value.items()
    }
    return _check(place, read, _validator(expected), strict=False)


def _form_problems(call: Call, expected: object) -> Iterable[str]:
    if expected is None:
        return ["form: nothing is expected here"] if call.form else []
    if call.form is None:
        return ["form: it is missing"]
    contents = {name: file.content for name, file in call.form.files.items()}
    return _check("form", call.form.fields | contents, _form_validator(expected), strict=False)


def _check(
    place: str, value: Mapping[str, Any], validator: SchemaValidator, *, strict: bool
) -> list[str]:
    try:
        validator.validate_python(value, strict=strict)
    except ValidationError as error:
        return [
            f"{place}.{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_context=False)
        ]
    return []


@functools.cache
def _validator(expected: object) -> SchemaValidator:
    schema = TypeAdapter(cast("Any", expected)).core_schema
    return SchemaValidator(cast("CoreSchema", _closed(schema)))


@functools.cache
def _form_validator(expected: object) -> SchemaValidator:
    """Return the validator of a form: its files are bytes by now, its fields stay as published."""
    fields = get_type_hints(expected, include_extras=True)
    read = fields | dict.fromkeys(fields.keys() & _FILE_FIELDS, Required[bytes])
    # Through a variable, because a type checker wants to see the fields of a typed dict.
    make: Any = TypedDict
    return _validator(make("Form", read, total=False))


def _closed(schema: object) -> object:
    """Return the schema with every typed dict refusing what it does not name.

    Pydantic checks an `Iterable` only while somebody goes through it: it becomes a list.
    """
    if isinstance(schema, list | tuple):
        return type(schema)(_closed(item) for item in schema)
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if closed.get("type") == "typed-dict":
        closed["extra_behavior"] = "forbid"
    if closed.get("type") == "generator":
        closed["type"] = "list"
    return closed
