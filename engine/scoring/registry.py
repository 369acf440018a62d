"""All scorers there are: those of ftlab, and those that other packages bring along."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from engine.scoring.agreement import Agreement, LogprobDistance
from engine.scoring.errors import ScorerError
from engine.scoring.judged import Judge
from engine.scoring.likelihood import Perplexity, TokenAccuracy, TokenLoss
from engine.scoring.matching import Contains, ExactMatch, NormalizedMatch
from engine.scoring.measures import Cost, Latency, Length, TokensPerSecond
from engine.scoring.numbers import NumberMatch
from engine.scoring.overlap import Bleu, Chrf, EditSimilarity, RougeL
from engine.scoring.patterns import Regex
from engine.scoring.scorer import Scorer
from engine.scoring.settings import build, settings_of
from engine.scoring.structured import JsonSchema, JsonValid
from engine.scoring.written import package_of, written, written_ids
from engine.suites.prompts import digest_of

BUILT_IN: Final[Mapping[str, type[Scorer]]] = {
    kind.about.id: kind
    for kind in (
        ExactMatch,
        NormalizedMatch,
        NumberMatch,
        Contains,
        Regex,
        JsonValid,
        JsonSchema,
        RougeL,
        Chrf,
        Bleu,
        EditSimilarity,
        TokenLoss,
        Perplexity,
        TokenAccuracy,
        Agreement,
        LogprobDistance,
        Judge,
        Length,
        Latency,
        TokensPerSecond,
        Cost,
    )
}
"""ftlab's own scorers by their ids, in the order in which they are told."""


def scorer_ids() -> list[str]:
    """Return the ids of all scorers, without loading those of other packages."""
    return [*BUILT_IN, *(each for each in written_ids() if each not in BUILT_IN)]


def kind_of(scorer_id: str) -> type[Scorer]:
    """Return the scorer of this id; only now is one of another package loaded.

    Raises:
        ScorerError: if there is none, or it cannot be loaded.
    """
    found = BUILT_IN.get(scorer_id) or written(scorer_id)
    if found is not None:
        return found
    near = get_close_matches(scorer_id, scorer_ids(), n=1)
    meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(scorer_ids())}"
    raise ScorerError(f"there is no scorer {scorer_id!r}{meant}")


def to_json(scorer: Scorer) -> dict[str, Any]:
    """Return a scorer as plain JSON, to be recorded: its id, its version, all its settings.

    Of a user's scorer the package is told with its version, too: another version may give other
    scores.
    """
    about = scorer.about
    said = {"id": about.id, "version": about.version, "settings": settings_of(scorer)}
    if about.id not in BUILT_IN and (package := package_of(about.id)):
        said["package"] = package
    return said


def from_json(said: Mapping[str, Any]) -> Scorer:
    """Return what `to_json` wrote.

    Raises:
        ScorerError: if there is no such scorer here, or only an older one.
    """
    kind = kind_of(said["id"])
    version = said.get("version", 1)
    if version > kind.about.version:
        raise ScorerError(
            f"the scorer {kind.about.id} is of version {version}, newer than what is "
            f"installed ({kind.about.version}): update it"
        )
    return build(kind, said.get("settings", {}))


def identity(scorer: Scorer) -> str:
    """Return the SHA-256 of a scorer and its settings: scores of the same identity are the same."""
    return digest_of(to_json(scorer))
