"""Checking JSON by a schema from outside, within bounds.

Nothing is fetched that a schema refers to. Its regular expressions are bounded as those of the
scorer `regex` are, and all checking ends when its time is up: a few lines can refer to each other
in a way that takes for ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.scoring.errors import ScorerError, UnscorableError
from engine.scoring.extras import needed_for
from engine.scoring.json_text import Json
from engine.scoring.patterns import compiled, is_late, search, within

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

SECONDS = 5.0
"""For one answer."""

MOST_BYTES = 100_000
"""Of a schema."""

_Keyword: TypeAlias = "Callable[[Any, Any, Any, Any], Iterator[Exception] | None]"
"""Checks what a keyword of a schema says: validator, what stands behind it, value, schema."""


def first_wrong(written: str, value: Json) -> str | None:
    """Return what is wrong with a value by a schema, and where; None if it is as described.

    Args:
        written: the schema as JSON.
        value: what is checked.

    Raises:
        ScorerError: if this is no schema; see `validator_of`.
        UnscorableError: if it takes too long, or the schema refers to what it has not.
    """
    validator = validator_of(written)
    from referencing.exceptions import Unresolvable

    try:
        with within(SECONDS):
            wrong = next(iter(validator.iter_errors(value)), None)
    except RecursionError:
        raise UnscorableError("the schema or the answer is nested too deeply") from None
    except Unresolvable as error:
        raise UnscorableError(f"the schema refers to {error.ref!r}, which is not in it") from None
    return None if wrong is None else f"{wrong.json_path}: {wrong.message}"


@lru_cache(maxsize=32)
def validator_of(written: str) -> Validator:
    """Return what checks values by a schema.

    Raises:
        ScorerError: if it is no schema, is too large, or asks for what is not supported.
        MissingPackageError: if jsonschema is not installed.
    """
    with needed_for("json_schema"):
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import SchemaError
        from jsonschema.validators import extend, validator_for
        from referencing import Registry
    if len(written) > MOST_BYTES:
        raise ScorerError(f"a JSON schema has {MOST_BYTES:,} characters at most")
    schema: Json = json.loads(written)
    if not isinstance(schema, dict | bool):
        raise ScorerError("a JSON schema is an object, or true or false")
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(schema)
        _check_patterns(schema)
    except SchemaError as error:
        where = "/".join(map(str, error.absolute_path)) or "its top"
        raise ScorerError(f"this is no JSON schema: {error.message} (at {where})") from error
    except RecursionError:
        raise ScorerError("the JSON schema is nested too deeply") from None
    keywords = {**kind.VALIDATORS, **_BOUNDED}
    hurried = {name: _hurried(keyword) for name, keyword in keywords.items()}
    # A registry of its own has no way to fetch what a schema refers to.
    return extend(kind, hurried)(schema, registry=Registry())


def _hurried(keyword: _Keyword) -> _Keyword:
    """Return a keyword that is not looked at any more when the time is up."""

    def check(
        validator: Validator,
        said: Any,  # noqa: ANN401 - JSON
        value: Any,  # noqa: ANN401 - JSON
        schema: Any,  # noqa: ANN401 - JSON
    ) -> Iterator[Exception]:
        if is_late():
            raise UnscorableError(f"checking it by the schema took longer than {SECONDS:g} seconds")
        yield from keyword(validator, said, value, schema) or ()

    return check


def _check_patterns(schema: object) -> None:
    """Make sure that all regular expressions in a schema can be searched for within bounds."""
    if isinstance(schema, list):
        for each in schema:
            _check_patterns(each)
        return
    if not isinstance(schema, dict):
        return
    if isinstance(pattern := schema.get("pattern"), str):
        compiled(pattern)
    if isinstance(by_pattern := schema.get("patternProperties"), dict):
        for name in by_pattern:
            compiled(name)
        if "unevaluatedProperties" in schema:
            raise ScorerError(
                "a JSON schema with unevaluatedProperties beside patternProperties is not "
                "supported: its patterns could not be bounded"
            )
    for each in schema.values():
        _check_patterns(each)


def _pattern(
    _validator: Validator, pattern: str, value: object, _schema: Mapping[str, Any]
) -> Iterator[Exception]:
    from jsonschema import ValidationError

    if isinstance(value, str) and not search(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Validator, by_pattern: Mapping[str, Any], value: object, _schema: Mapping[str, Any]
) -> Iterator[Exception]:
    if not isinstance(value, dict):
        return
    for pattern, schema in by_pattern.items():
        for name, each in value.items():
            if search(pattern, name):
                yield from validator.descend(each, schema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Validator, allowed: object, value: object, schema: Mapping[str, Any]
) -> Iterator[Exception]:
    from jsonschema import ValidationError

    if not isinstance(value, dict):
        return
    patterns = schema.get("patternProperties", {})
    for name in value:
        if name in schema.get("properties", {}) or any(search(each, name) for each in patterns):
            continue
        if allowed is False:
            yield ValidationError(f"{name!r} is not among the properties")
        else:
            yield from validator.descend(value[name], allowed, path=name)


def _unique_items(
    _validator: Validator, wanted: object, value: object, _schema: Mapping[str, Any]
) -> Iterator[Exception]:
    """Look for items that are the same; the package's own way compares each with each."""
    from jsonschema import ValidationError

    if wanted is not True or not isinstance(value, list):
        return
    if len({json.dumps(_plain(item), sort_keys=True) for item in value}) < len(value):
        yield ValidationError("it has items that are the same")


def _plain(value: Json) -> Json:
    """Return a value in which equal numbers are written alike: 1.0 is 1."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


_BOUNDED: Mapping[str, _Keyword] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "uniqueItems": _unique_items,
}
"""The keywords that search for regular expressions, or whose time grows with the square."""
