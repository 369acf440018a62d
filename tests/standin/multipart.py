"""Forms: `multipart/form-data` bodies, and names in brackets (`metadata[key]`).

Format: RFC 7578. The stand-in reads it by itself, because the test suite must not need a package
that ftlab does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

_BRACKETS = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")


@dataclass(frozen=True)
class SentFile:
    """A file of a form."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Form:
    """What a form held: texts (nested where names had brackets), and files by field."""

    fields: dict[str, Any]
    files: dict[str, SentFile]


class FormError(Exception):
    """A body that is no form."""


def read_form(content_type: str, body: bytes) -> Form:
    """Read a `multipart/form-data` body.

    Raises:
        FormError: if it is none.
    """
    boundary = _parameters(content_type).get("boundary")
    if not content_type.startswith("multipart/form-data") or not boundary:
        raise FormError("the body is not multipart/form-data with a boundary")
    texts: list[tuple[str, str]] = []
    files: dict[str, SentFile] = {}
    for disposition, content in _parts(body, boundary.encode()):
        name = disposition.get("name")
        if name is None:
            raise FormError("a part of the form has no name")
        if "filename" in disposition:
            files[name] = SentFile(_unescape(disposition["filename"]), content)
        else:
            texts.append((name, content.decode()))
    return Form(nest(texts), files)


def _parts(body: bytes, boundary: bytes) -> Iterable[tuple[dict[str, str], bytes]]:
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise FormError("the form does not end with its boundary")
    for piece in pieces[1:-1]:
        head, found, content = piece.partition(b"\r\n\r\n")
        if not found:
            raise FormError("a part of the form has no headers")
        yield _disposition(head.decode()), content


def _disposition(head: str) -> dict[str, str]:
    for line in head.splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            return _parameters(value.strip())
    return {}


def _unescape(name: str) -> str:
    """Undo what browsers and httpx do to a name in quotes (HTML, "multipart/form-data")."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _parameters(header: str) -> dict[str, str]:
    message = Message()
    message["content-type"] = header
    pairs = message.get_params(failobj=[])
    return {name: value for name, value in pairs[1:] if isinstance(value, str)}


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Gather `key[inner]=value` under `key`, as the openai client writes nested values."""
    gathered: dict[str, Any] = {}
    for name, value in pairs:
        brackets = _BRACKETS.fullmatch(name)
        if brackets is None:
            gathered[name] = value
            continue
        inner = gathered.setdefault(brackets[1], {})
        if isinstance(inner, dict):
            inner[brackets[2]] = value
    return gathered
