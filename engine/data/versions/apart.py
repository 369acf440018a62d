"""Checking a version in a process of its own, so that who asks need not load a tokenizer.

A local model's tokenizer comes with all of torch. The process records what it finds, as a check
always does; it tells how far it is on its standard output, and can be ended at any time.

`python -m engine.data.versions.apart HOME DATABASE ROLE VERSION MODEL METHOD`
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.child import python_module
from engine.errors import LabError

if TYPE_CHECKING:
    from engine.data.checking.rules import Method
    from engine.data.versions.row_sources import Progress
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow

_LARGE = 4_000_000
"""From so many bytes on, the first rows are checked before all of them."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is told while a version is checked.

    Attributes:
        part: which part of it is done, 0 to 1.
        rows: how many rows at its beginning were looked at first; None before that.
        errors: how many errors were in them.
        warnings: how many warnings.
    """

    part: float = 0.0
    rows: int | None = None
    errors: int = 0
    warnings: int = 0


class CheckApart:
    """A check in a process of its own.

    Args:
        lab: where the version is, and where the check is recorded.
        version: its id.
        model: whose tokens are counted, as `CheckWish` takes it; None for none.
        method: what it is checked for; None if each row tells.
    """

    def __init__(self, lab: Lab, version: str, model: str | None, method: str | None) -> None:
        places = lab.places
        words = (places.home, places.database, lab.role, version, model or "", method or "")
        command, environment = python_module(__name__, *map(str, words))
        # Only what lies on this machine is read: nobody asked for a download.
        environment["HF_HUB_OFFLINE"] = "1"
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        )

    def follow(self, told: Callable[[Sighting], object]) -> str | None:
        """Wait for the end of it.

        Args:
            told: called with how far it is.

        Returns:
            Why tokens were not counted; None if they were, or nobody wanted that.

        Raises:
            LabError: if it could not be checked.
        """
        seen, uncounted = Sighting(), None
        with self._child as child:
            for line in child.stdout or ():
                news: dict[str, Any] = json.loads(line)
                if "failed" in news:
                    child.wait()
                    raise LabError(news["failed"])
                if "uncounted" in news:
                    uncounted = str(news["uncounted"])
                else:
                    seen = Sighting(**news)
                    told(seen)
            if child.wait() != 0:
                raise LabError("the data could not be checked: the process that did was ended")
        return uncounted

    def stop(self) -> None:
        """End it; nothing is recorded then, unless it just was."""
        self._child.kill()


def main(arguments: list[str]) -> None:
    """Check a version and record it; tell of it in lines of JSON."""
    from engine.lab import Lab
    from engine.places import Places

    home, database, role, version, model, method = arguments
    try:
        with Lab(Places(Path(home), Path(database)), role, create=False) as lab:
            _check(lab, version, model or None, cast("Method | None", method or None))
    except Exception as error:  # noqa: BLE001 - whatever it is, who waits is told
        _tell({"failed": str(error) or type(error).__name__})


def _check(lab: Lab, version: str, model: str | None, method: Method | None) -> None:
    from engine.data.errors import DataError
    from engine.data.versions.checks import CheckWish
    from store.queries.datasets import dataset

    row = dataset(lab.database.reader, version)
    first = _first_rows(lab, row, method) if row.bytes >= _LARGE else Sighting()
    progress = _progress(first)
    try:
        lab.datasets.check(version, CheckWish(model=model, method=method), progress)
    except (DataError, OSError) as error:
        if model is None or method is not None:
            raise
        lab.datasets.check(version, CheckWish(), progress)
        _tell({"uncounted": str(error)})


def _first_rows(lab: Lab, row: DatasetRow, method: Method | None) -> Sighting:
    """Check the first rows alone: a glance before the whole."""
    from engine.data.checking.run import CheckSettings, check
    from engine.data.versions.row_sources import RowSource

    source = RowSource(lab, row)
    with source.open() as rows:
        name, place = source.called(rows)
        settings = CheckSettings(name, place=place, method=method, minimum=1)
        report = check(_first(source.batches(rows)), settings)
    seen = Sighting(0.0, report.rows, report.total("error"), report.total("warning"))
    _tell(_plain(seen))
    return seen


def _first(batches: Iterator[Any]) -> Iterator[Any]:
    return islice(batches, 1)


def _progress(first: Sighting) -> Progress:
    def progress(done: int, total: int | None) -> None:
        part = min(1.0, done / total) if total else 0.0
        _tell(_plain(Sighting(part, first.rows, first.errors, first.warnings)))

    return progress


def _plain(seen: Sighting) -> dict[str, Any]:
    return {name: getattr(seen, name) for name in Sighting.__slots__}


def _tell(news: dict[str, Any]) -> None:
    try:
        sys.stdout.write(json.dumps(news) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Who asked is gone.
        os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
