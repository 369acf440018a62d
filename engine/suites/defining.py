"""Recording suites: prompts into the blobs, a version of the suite into the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.chatting.sampling import Sampling
from engine.data.errors import DataError
from engine.data.versions.recording import check_name
from engine.errors import RequestError
from engine.scoring.registry import to_json
from engine.suites.bounds import HOTTEST, require_stops
from engine.suites.prompts import Prompt, keep, unrepeated
from engine.suites.reading import prompts_in, prompts_of
from store.errors import NotFoundError, StreamConflictError
from store.ids import new_id
from store.queries import suites as queries
from store.queries.datasets import dataset

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.scoring.scorer import Scorer
    from store.events import SuiteDefined
    from store.queries.suites import SuiteRow

NO_WISHES = Sampling(temperature=None, max_tokens=None)
"""How a suite is asked if it says nothing of that: as whoever asks likes."""


@dataclass(frozen=True, slots=True)
class Defined:
    """What defining a suite came to.

    Attributes:
        suite: the version that holds the prompts.
        new: False if the suite's newest version was this very one.
        repeated: how many prompts were left out because they ask, and hope for, the same as one
            before.
    """

    suite: SuiteRow
    new: bool
    repeated: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """A version of a suite before it is recorded."""

    name: str
    prompts: list[Prompt]
    content: str
    size: int
    file: str | None
    dataset: str | None
    system: str | None
    sampling: Sampling
    scorers: list[dict[str, Any]]

    def is_in(self, suite: SuiteRow) -> bool:
        """Tell whether a version is this very one."""
        said = (suite.content, suite.system, suite.temperature, suite.max_tokens)
        drawn = self.sampling
        wished = (self.content, self.system, drawn.temperature, drawn.max_tokens)
        same = said == wished and tuple(json.loads(suite.stop_json)) == drawn.stop
        return same and json.loads(suite.scorers_json) == self.scorers

    def fact(self, version: int) -> SuiteDefined:
        from store.events import SuiteDefined

        return SuiteDefined(
            id=new_id("suite"),
            name=self.name,
            version=version,
            content=self.content,
            bytes=self.size,
            prompts=len(self.prompts),
            answered=sum(prompt.reference is not None for prompt in self.prompts),
            source=self.file,
            dataset=self.dataset,
            system=self.system,
            temperature=self.sampling.temperature,
            max_tokens=self.sampling.max_tokens,
            stop=list(self.sampling.stop),
            scorers=self.scorers,
        )


def define(
    lab: Lab,
    source: str,
    name: str,
    *,
    system: str | None = None,
    sampling: Sampling = NO_WISHES,
    file_format: str | None = None,
    scorers: Sequence[Scorer] = (),
) -> Defined:
    """Record prompts as the next version of a suite; the same ones again make none.

    Args:
        lab: where.
        source: a file (`-` is the standard input), or a dataset version.
        name: the suite's name.
        system: a system prompt for the prompts that have none.
        sampling: how its prompts are to be answered, as far as that is part of the suite.
        file_format: how a file is read; None if it tells.
        scorers: what its answers are scored by; none for whatever suits them.

    Raises:
        WishError: if nothing can be called so.
        RequestError: if no service could answer so.
        DataError: if the file cannot be read, or has rows that ask nothing.
        NotFoundError: if there is neither such a file nor such a dataset version.
    """
    check_name(name, "suite", "suite_")
    _require_possible(sampling)
    found, file, version = _read(lab, source, file_format)
    prompts = unrepeated(prompt.with_system(system) for prompt in found)
    if not prompts:
        raise DataError(f"{source} asks nothing: there is no prompt in it.")
    content, size = keep(lab.blobs, prompts)
    told = [to_json(scorer) for scorer in scorers]
    draft = _Draft(name, prompts, content, size, file, version, system, sampling, told)
    suite, new = _recorded(lab, draft)
    return Defined(suite, new, len(found) - len(prompts))


def _require_possible(sampling: Sampling) -> None:
    """See that a service could draw answers so."""
    temperature = 0.0 if sampling.temperature is None else sampling.temperature
    if not 0 <= temperature <= HOTTEST:
        raise RequestError(f"--temperature is {temperature:g}: it can be from 0 to {HOTTEST:g}")
    require_stops(sampling.stop)


def _read(
    lab: Lab, source: str, file_format: str | None
) -> tuple[list[Prompt], str | None, str | None]:
    """Return prompts with the file or the dataset version that they are from."""
    path = Path(source)
    if source == "-" or path.exists():
        return (
            prompts_in(path, file_format),
            source if source == "-" else str(path.absolute()),
            None,
        )
    try:
        version = dataset(lab.database.reader, source)
    except NotFoundError as error:
        raise NotFoundError(f"'{source}' is no file, and {error}") from None
    return list(prompts_of(lab, version)), None, version.id


def _recorded(lab: Lab, draft: _Draft) -> tuple[SuiteRow, bool]:
    stream = f"suite/{draft.name}"
    while True:
        expected = lab.log.version(stream)
        versions = queries.versions_of(lab.database.reader, draft.name)
        if versions and draft.is_in(versions[0]):
            return versions[0], False
        fact = draft.fact(len(versions) + 1)
        try:
            lab.log.append(stream, fact, expected=expected)
        except StreamConflictError:
            # Somebody else was faster: look again.
            continue
        return queries.suite(lab.database.reader, fact.id), True
