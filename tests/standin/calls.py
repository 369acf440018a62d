"""A request as the stand-in's endpoints see it, and what is kept of it for tests to look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

from tests.standin.multipart import Form, FormError, SentFile, nest, read_form

Json = dict[str, Any]
Flavour = Literal["openai", "azure"]


@dataclass
class Call:
    """One request.

    Attributes:
        path: without the prefix of the service: `/fine_tuning/jobs`.
        endpoint: the path with its parameters named: `/fine_tuning/jobs/{job}`.
        parameters: their values.
        query: nested where names have brackets; without Azure's `api-version`.
        json: the JSON object that was sent, if one was.
        form: the multipart form that was sent, if one was.
        problem: why the body cannot be read, or None.
    """

    method: str
    path: str
    endpoint: str
    parameters: Mapping[str, str]
    query: Json
    headers: Mapping[str, str] = field(repr=False)
    flavour: Flavour = "openai"
    json: Json | None = None
    form: Form | None = None
    problem: str | None = None

    @property
    def sent_json(self) -> Json:
        """The JSON object of a request that was checked to have one."""
        assert self.json is not None
        return self.json

    def sent_file(self, name: str) -> SentFile:
        """Return the file of a form that was checked to have it."""
        assert self.form is not None
        return self.form.files[name]


def read_query(text: bytes) -> Json:
    """Read a query string; names with brackets are nested."""
    return nest(parse_qsl(text.decode(), keep_blank_values=True))


def read_body(call: Call, body: bytes) -> None:
    """Put what the body says into `call`."""
    if not body:
        return
    content_type = call.headers.get("content-type", "")
    if content_type.startswith("multipart/"):
        try:
            call.form = read_form(content_type, body)
        except (FormError, UnicodeDecodeError) as error:
            call.problem = str(error)
        return
    try:
        found = json.loads(body)
    except ValueError as error:
        call.problem = f"the body is not JSON: {error}"
        return
    if not isinstance(found, dict):
        call.problem = "the body is not a JSON object"
    elif not content_type.startswith("application/json"):
        call.problem = f"a JSON body came as {content_type or 'no content type at all'}"
    else:
        call.json = found


@dataclass
class Exchange:
    """One request and how it was answered, without the key that it showed.

    Attributes:
        path: without the prefix of the service: `/fine_tuning/jobs`.
        endpoint: the path with its parameters named, or "" where nothing answers.
        json: the JSON body; of a form its texts, with each file's name and size under its field.
        status: the HTTP status of the answer; None where the connection was reset instead.
        acted: whether the request had its effect, whatever was answered.
        time: when it came, in seconds since the stand-in was made.
        retry: how often the client had sent it before, as the client says.
    """

    method: str
    path: str
    endpoint: str
    query: Json
    json: Json | None
    flavour: Flavour
    time: float
    status: int | None = None
    acted: bool = False
    retry: int = 0
    organization: str | None = None
    project: str | None = None


def to_exchange(call: Call, time: float) -> Exchange:
    """Begin the record of `call`."""
    return Exchange(
        method=call.method,
        path=call.path,
        endpoint=call.endpoint,
        query=call.query,
        json=_shown(call.form) if call.form else call.json,
        flavour=call.flavour,
        time=time,
        retry=int(call.headers.get("x-stainless-retry-count", "0")),
        organization=call.headers.get("openai-organization"),
        project=call.headers.get("openai-project"),
    )


def _shown(form: Form) -> Json:
    files = {
        name: {"filename": file.name, "bytes": len(file.content)}
        for name, file in form.files.items()
    }
    return form.fields | files
