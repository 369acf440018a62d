"""The languages in which the assistant answers, told from a sample."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from engine.data.checking.facts import Answer

_SURE = 0.8
"""Answers whose language is less probable than this (labels, numbers, code) tell nothing."""

_NO_LANGUAGE = "zxx"


class _Identifier(Protocol):
    """What py3langid gives, which has no types of its own."""

    def classify(self, text: str) -> tuple[str, float]:
        """Return the most probable language of a text, and how probable it is."""
        ...


class Language(NamedTuple):
    """A language in the sample.

    Attributes:
        code: as ISO 639-1 has it ("en").
        answers: how many answers are in it.
        line: where the first of them starts.
        text: the beginning of that answer.
    """

    code: str
    answers: int
    line: int
    text: str


def languages(sample: Sequence[Answer]) -> list[Language] | None:
    """Return the languages of some answers, the most frequent first; None without py3langid."""
    try:
        identifier = _identifier()
    except ImportError:
        return None
    found: dict[str, list[Answer]] = {}
    for answer in sorted(sample, key=lambda answer: answer.line):
        code, probability = identifier.classify(answer.text)
        if probability >= _SURE and code != _NO_LANGUAGE:
            found.setdefault(code, []).append(answer)
    told = [
        Language(code, len(answers), answers[0].line, answers[0].text)
        for code, answers in found.items()
    ]
    return sorted(told, key=lambda language: -language.answers)


@cache
def _identifier() -> _Identifier:
    py3langid = import_module("py3langid.langid")
    model = py3langid.LanguageIdentifier.from_model_file(py3langid.MODEL_FILE, norm_probs=True)
    return cast(_Identifier, model)
