"""What a failed command says and the status with which it ends."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from tui.harmless import harmless

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
        from tui.reporting import without_secrets

        words = without_secrets(f"{type(error).__name__}: {error}")
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


def _saved_report(error: Exception) -> Path | None:
    from engine.places import Places
    from tui.reporting import save_report

    return save_report(error, Places.find(), {})
