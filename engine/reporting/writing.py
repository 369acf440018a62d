"""Writing a report into a file, in the kind that the ending of its name asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.exporting.placing import placed
from engine.errors import RequestError

if TYPE_CHECKING:
    from engine.reporting.report import Report

ENDINGS = (".html", ".md")
"""The kinds of reports, by the endings of their files."""


def require_ending(file: Path) -> None:
    """Make sure that a report can be written into a file of such a name.

    Raises:
        RequestError: if its ending names no kind of report, or one whose package is not installed.
    """
    if file.suffix.lower() not in ENDINGS:
        raise RequestError(f"{file.name} ends in none of {', '.join(ENDINGS)}")
    if file.suffix.lower() == ".html":
        from engine.reporting.page import require_jinja

        require_jinja()


def write(said: Report, file: Path, *, replace: bool = False) -> None:
    """Write a report; it takes its place when it is whole.

    Args:
        said: what it says.
        file: what to write; its ending says in which of `ENDINGS`.
        replace: whether a file that is there already may go.

    Raises:
        DataError: if the file is there and may not go, or cannot be written.
        MissingPackageError: if a page is asked for and jinja2 is not installed.
        RequestError: if its ending names no kind of report.
    """
    require_ending(file)
    text = _text(said, file.suffix.lower())
    with placed(file, folder=False, replace=replace) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def _text(said: Report, ending: str) -> str:
    if ending == ".md":
        from engine.reporting.markdown import markdown

        return markdown(said)
    from engine.reporting.page import page

    return page(said)
