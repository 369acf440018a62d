"""Keys and personal data in texts: found, told of without being shown, and replaced."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from engine.data.cleaning.credentials import credentials, may_have_credentials
from engine.data.cleaning.personal import (
    cards,
    emails,
    has_long_number,
    ibans,
    ip_addresses,
    may_have_numbers,
)
from engine.data.cleaning.phones import phones
from engine.data.cleaning.places import is_plain, placed_others, placed_texts
from engine.data.cleaning.secret import DEFAULT_KINDS, KINDS, Secret
from engine.data.reading.rows import excerpt
from engine.data.shapes.example import Record, columns_of

_ALL_KINDS = tuple(KINDS)
_CONTEXT = 30
"""Characters shown on each side of a secret."""


class Finding(NamedTuple):
    """A secret found in an example.

    Attributes:
        line: the line of the file on which the example starts.
        place: where in the example the text stands ("messages[1].content").
        kind: the kind of the secret, one of `engine.data.cleaning.secret.KINDS`.
        name: what it is ("OpenAI API key").
        excerpt: the text around it with placeholders for all secrets, safe to print.
    """

    line: int
    place: str
    kind: str
    name: str
    excerpt: str


def find_secrets(text: str, kinds: Collection[str] = DEFAULT_KINDS) -> list[Secret]:
    """Return the secrets in a text, in order and without overlap; of two the longer one.

    Raises:
        MissingPackageError: if phonenumbers is not installed and a text may have a phone number.
    """
    # All kinds have a sign that is looked for at the speed of memory; few texts have any.
    data = text.encode("utf-8", "surrogatepass")
    found: list[Secret] = []
    if "key" in kinds and may_have_credentials(data):
        found += credentials(text)
    if "email" in kinds and b"@" in data:
        found += emails(text)
    if may_have_numbers(data) and has_long_number(text):
        found += _numbers(text, kinds)
    if "ip" in kinds:
        found += ip_addresses(text)
    return _without_overlap(found) if len(found) > 1 else found


def masked(text: str, kinds: Collection[str] = DEFAULT_KINDS) -> str:
    """Return the text with a placeholder such as [EMAIL] for each secret; twice changes no more."""
    # What stands between two secrets may only be told apart as one when they are gone.
    while found := find_secrets(text, kinds):
        text, _ = _replaced(text, found)
    return text


def secrets_of(
    line: int,
    record: Record,
    kinds: Collection[str] = DEFAULT_KINDS,
    columns: Mapping[str, Any] | None = None,
) -> Iterator[Finding]:
    """Yield the secrets in an example's texts, in all that is said beside them, and in its columns.

    Args:
        line: the line of the file on which the example starts, for the findings.
        record: the example.
        kinds: what to look for.
        columns: what stands beside it, if not what a stored example has.
    """
    columns = columns_of(record) if columns is None else columns
    if "ip" not in kinds and not _may_have_secrets(record, columns):
        return
    for place, text in (*placed_texts(record), *placed_others(record, columns)):
        found = find_secrets(text, kinds)
        if found:
            for secret, around in zip(found, _excerpts(text, found), strict=True):
                yield Finding(line, place, secret.kind, secret.name, around)


def _may_have_secrets(record: Record, columns: Mapping[str, Any]) -> bool:
    """Tell quickly, of a whole example at once, whether it is worth looking closer."""
    texts = [f"{name}: {_written(value)}" for name, value in columns.items()]
    if record.keys() == {"messages"} and all(map(is_plain, record["messages"])):
        texts += [message["content"] for message in record["messages"]]
    else:
        texts += [text for _, text in (*placed_texts(record), *placed_others(record, {}))]
    return may_have_secrets("\n".join(texts).encode("utf-8", "surrogatepass"))


def _written(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def may_have_secrets(data: bytes) -> bool:
    """Tell quickly whether a text, in UTF-8, may have a secret of any kind but an IP address."""
    return b"@" in data or may_have_credentials(data) or may_have_numbers(data)


def _excerpts(text: str, found: list[Secret]) -> Iterator[str]:
    """Yield what stands around each secret; secrets that were not asked for are not shown, too."""
    hidden = find_secrets(text, _ALL_KINDS)
    shown, starts = _replaced(text, hidden)
    ends = [secret.end for secret in hidden]
    for secret in found:
        number = bisect_right(ends, secret.start)
        start, end = starts[number], starts[number] + len(KINDS[hidden[number].kind])
        around = shown[max(0, start - _CONTEXT) : end + _CONTEXT]
        yield excerpt(masked(around, _ALL_KINDS))


def _numbers(text: str, kinds: Collection[str]) -> Iterator[Secret]:
    if "card" in kinds:
        yield from cards(text)
    if "iban" in kinds:
        yield from ibans(text)
    if "phone" in kinds:
        yield from phones(text)


def _without_overlap(found: list[Secret]) -> list[Secret]:
    kept: list[Secret] = []
    # Of equal ones the first stays: keys, then addresses, then cards before phones.
    for secret in sorted(found, key=lambda secret: secret.start):
        if not kept or kept[-1].end <= secret.start:
            kept.append(secret)
        elif secret.end - secret.start > kept[-1].end - kept[-1].start:
            kept[-1] = secret
    return kept


def _replaced(text: str, found: list[Secret]) -> tuple[str, list[int]]:
    """Return the text with placeholders, and where in it they stand."""
    pieces: list[str] = []
    starts: list[int] = []
    end = length = 0
    for secret in found:
        before, placeholder = text[end : secret.start], KINDS[secret.kind]
        starts.append(length + len(before))
        length += len(before) + len(placeholder)
        pieces += [before, placeholder]
        end = secret.end
    return "".join([*pieces, text[end:]]), starts
