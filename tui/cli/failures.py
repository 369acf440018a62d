"""What a failed command says and the status with which it ends."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tui.harmless import harmless

_KEY = re.compile(r"\bsk-[\w-]{16,}")

FAILED, WRONG_USAGE, BAD_DATA, NOT_FOUND, REFUSED, LIMITED = 1, 2, 3, 4, 5, 6


def status_of(error: Exception) -> int:
    """Return the exit status for an error."""
    from engine.data.errors import DataError
    from engine.errors import LimitError, ProviderError, RequestError
    from store.errors import AmbiguousError, NotFoundError

    if isinstance(error, RequestError):
        return WRONG_USAGE
    if isinstance(error, DataError):
        return BAD_DATA
    if isinstance(error, NotFoundError | AmbiguousError):
        return NOT_FOUND
    if isinstance(error, LimitError):
        return LIMITED
    if isinstance(error, ProviderError) and error.refused:
        return REFUSED
    return FAILED


def tell(error: Exception) -> None:
    """Say on standard error what happened; an error nobody foresaw is also saved as a report."""
    if isinstance(error, OSError) and error.filename is not None:
        _say(f"ftlab: {os.fsdecode(error.filename)}: {error.strerror}")
    elif isinstance(error, sqlite3.Error):
        _say(f"ftlab: {error}: `ftlab verify` tells what is wrong")
    elif _was_foreseen(error):
        _say(f"ftlab: {error}")
    else:
        words = _without_keys(f"{type(error).__name__}: {error}")
        _say(f"ftlab: this should not have happened: {words}")
        report = _saved_report(error)
        if report is not None:
            _say(f"The details are in {report}: please report them.")


def _say(text: str) -> None:
    """Write lines that no row of a file and no recorded name can steer the terminal with."""
    sys.stderr.write("".join(harmless(line) + "\n" for line in text.splitlines()))


def _was_foreseen(error: Exception) -> bool:
    from engine.data.errors import DataError
    from engine.errors import LabError
    from store.errors import StoreError

    return isinstance(error, DataError | LabError | StoreError)


def _without_keys(text: str) -> str:
    """Return a text without what looks like a key of OpenAI's."""
    return _KEY.sub("[key]", text)


def _saved_report(error: Exception) -> Path | None:
    """Write the traceback, without the values of variables, into the data directory."""
    from engine.places import Places

    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        folder = Places.find().home / "reports"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        report = folder / f"{moment}.txt"
        report.write_text(_without_keys("".join(traceback.format_exception(error))))
    except OSError:
        return None
    return report
