"""Scorers as they are typed.

exact_match                         a scorer as it is by default
regex:^yes$                         with its main setting behind the colon, to the end
json_schema:order.json              which may be a file
regex,ignore_case:^yes$             and others before it
number_match,tolerance=0.01
"""

from __future__ import annotations

from engine.scoring.errors import ScorerError
from engine.scoring.registry import identity, kind_of
from engine.scoring.scorer import Scorer
from engine.scoring.settings import build, changed_settings, from_word
from engine.scoring.structured import JsonSchema


def parse(spec: str) -> Scorer:
    """Return the scorer that was asked for.

    Raises:
        ScorerError: if there is none, or it cannot have these settings.
        MissingPackageError: if a package that reads its settings is not installed.
    """
    head, colon, rest = spec.partition(":")
    name, *words = (word.strip() for word in head.split(","))
    if not name:
        raise ScorerError(f"{spec!r} names no scorer; write one like exact_match or regex:^yes$")
    kind = kind_of(name)
    settings: dict[str, object] = {}
    for word in words:
        setting, equals, value = (part.strip() for part in word.partition("="))
        if setting in settings:
            raise ScorerError(f"{setting} is given twice in {spec!r}")
        settings[setting] = from_word(kind, setting, value if equals else None)
    if colon:
        settings |= _main(kind, rest, settings)
    return build(kind, settings)


def label(scorer: Scorer) -> str:
    """Return a scorer as it would be typed, to show; of a schema, how its hash begins."""
    about = scorer.about
    changed = changed_settings(scorer)
    main = changed.pop(about.main, None) if about.main else None
    others = "".join(f",{name}={_word(value)}" for name, value in changed.items())
    if main is None:
        return about.id + others
    shown = f"#{identity(scorer)[:8]}" if isinstance(scorer, JsonSchema) else _word(main)
    return f"{about.id}{others}:{shown}"


def _main(kind: type[Scorer], text: str, settings: dict[str, object]) -> dict[str, object]:
    """Return the setting behind the colon."""
    main = kind.about.main
    if main is None:
        raise ScorerError(f"the scorer {kind.about.id} takes nothing behind a colon")
    if main in settings:
        raise ScorerError(f"{main} of the scorer {kind.about.id} is given twice")
    if not text:
        raise ScorerError(f"the scorer {kind.about.id} has nothing behind its colon")
    value = kind.read_main(text)
    return {main: from_word(kind, main, value) if isinstance(value, str) else value}


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
