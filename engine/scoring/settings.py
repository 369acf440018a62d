"""The settings of scorers: read from words, written as JSON, and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.scoring.errors import ScorerError
from engine.scoring.json_text import Json
from engine.scoring.scorer import Scorer

_S = TypeVar("_S", bound=Scorer)

_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")


def settings_of(scorer: Scorer) -> dict[str, Any]:
    """Return all settings of a scorer as plain JSON, those that are as by default, too."""
    return {each.name: getattr(scorer, each.name) for each in _settings(type(scorer))}


def changed_settings(scorer: Scorer) -> dict[str, Any]:
    """Return the settings that are not as by default."""
    return {
        each.name: getattr(scorer, each.name)
        for each in _settings(type(scorer))
        if each.default is MISSING or getattr(scorer, each.name) != each.default
    }


def build(kind: type[_S], settings: Mapping[str, object]) -> _S:
    """Return a scorer with these settings.

    Args:
        kind: of the scorer.
        settings: by their names, as `settings_of` wrote them; the others are as by default.

    Raises:
        ScorerError: if there is no such setting, one is missing, or one is of the wrong kind.
    """
    names = [each.name for each in _settings(kind)]
    for name, value in settings.items():
        _check(kind, name, value)
    for each in _settings(kind):
        if each.default is MISSING and each.name not in settings:
            example = f"{kind.about.id}:{each.name.upper()}" if kind.about.main else each.name
            raise ScorerError(f"the scorer {kind.about.id} needs its {each.name}: {example}")
    _check_characters(kind, settings)
    return kind(**{name: settings[name] for name in names if name in settings})


def from_word(kind: type[Scorer], name: str, word: str | None) -> object:
    """Return the value of a setting as it was typed.

    Args:
        kind: of the scorer.
        name: of the setting.
        word: what stands behind the equals sign; None if there is none, which means yes.

    Raises:
        ScorerError: if there is no such setting, or it cannot be read.
    """
    wanted = _types(kind, name)
    if bool in wanted:
        return _yes_or_no(kind, name, word)
    if word is None:
        raise ScorerError(f"the scorer {kind.about.id} needs a value: {name}=VALUE")
    for number in (int, float):
        if number in wanted:
            try:
                return number(word)
            except ValueError as error:
                raise ScorerError(_not_so(kind, name, word)) from error
    _check(kind, name, word)
    return word


def _yes_or_no(kind: type[Scorer], name: str, word: str | None) -> bool:
    if word is None or word.lower() in _YES:
        return True
    if word.lower() in _NO:
        return False
    raise ScorerError(_not_so(kind, name, word))


def _check(kind: type[Scorer], name: str, value: object) -> None:
    """Make sure that a setting may have this value."""
    wanted = _types(kind, name)
    if dict in wanted:
        return
    choices = [each for each in wanted if isinstance(each, str)]
    plain = tuple(each for each in wanted if isinstance(each, type))
    if float in plain:
        plain += (int,)
    # In Python True is a whole number, but nobody means it as one.
    fits = isinstance(value, plain) and (bool in plain or not isinstance(value, bool))
    if not fits and value not in choices:
        raise ScorerError(_not_so(kind, name, value))


def _check_characters(kind: type[Scorer], settings: Mapping[str, object]) -> None:
    """Make sure that settings can be recorded."""
    try:
        json.dumps(settings, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ScorerError(
            f"a setting of the scorer {kind.about.id} has half of a surrogate pair, which is no "
            "character"
        ) from error


def _not_so(kind: type[Scorer], name: str, value: object) -> str:
    wanted = _types(kind, name)
    choices = [each for each in wanted if isinstance(each, str)]
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
    names = choices or [words[each] for each in wanted if each in words]
    return f"{name} of the scorer {kind.about.id} is {' or '.join(names)}, not {value!r}"


def _types(kind: type[Scorer], name: str) -> tuple[Any, ...]:
    """Return what a setting may be: types, and texts where only these are allowed."""
    known = _types_by_name(kind)
    if name not in known:
        names = f"it has {', '.join(known)}" if known else "it has none"
        raise ScorerError(f"the scorer {kind.about.id} has no setting {name!r}; {names}")
    return known[name]


@lru_cache
def _types_by_name(kind: type[Scorer]) -> dict[str, tuple[Any, ...]]:
    hints = get_type_hints(kind)
    return {each.name: tuple(_flat(hints[each.name])) for each in _settings(kind)}


def _flat(hint: Any) -> list[Any]:  # noqa: ANN401 - a type as it was written
    if hint == Json:
        return [dict]
    if get_origin(hint) in (Union, UnionType):
        return [each for part in get_args(hint) for each in _flat(part)]
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    return [NoneType if hint is None else hint]


def _settings(kind: type[Scorer]) -> tuple[Field[Any], ...]:
    return fields(kind)  # type: ignore[arg-type] # all scorers are dataclasses
