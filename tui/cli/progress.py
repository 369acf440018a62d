"""Progress bars on standard error, for what takes over a second; silent where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from tui.harmless import harmless

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn, TaskID, TextColumn

_Bytes = Callable[[int, int | None], None]
_Counted = Callable[[int, int], None]
_Staged = Callable[[str, float], None]
_Told = Callable[[int, int, str], None]


@contextmanager
def bytes_read(what: str) -> Iterator[_Bytes | None]:
    """Show bytes read of a file, with rate and time left; yields what to call, None if unseen."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        text_column("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with bar(*columns) as shown:
        task = shown.add_task(harmless(what), total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def counted(what: str) -> Iterator[_Counted | None]:
    """Show how many of how many are done; yields what to call, None if unseen."""
    if not sys.stderr.isatty():
        yield None
        return
    with bar(*_usual_columns()) as shown:
        task = shown.add_task(harmless(what), total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def told(what: str) -> Iterator[_Told | None]:
    """Show how many of how many are done, and words; yields what to call, None if unseen."""
    if not sys.stderr.isatty():
        yield None
        return
    with bar(*_usual_columns(), text_column("{task.fields[words]}")) as shown:
        task = shown.add_task(harmless(what), total=None, words="")
        yield lambda done, total, words: shown.update(
            task, completed=done, total=total, words=harmless(words)
        )


@contextmanager
def counted_if_begun(what: str) -> Iterator[_Counted]:
    """Like `counted`, for what is mostly not needed: nothing is loaded before the first call."""
    with ExitStack() as stack:
        shown: list[_Counted | None] = []

        def update(done: int, total: int) -> None:
            if not shown:
                shown.append(stack.enter_context(counted(what)))
            if shown[0] is not None:
                shown[0](done, total)

        yield update


@contextmanager
def staged() -> Iterator[_Staged]:
    """Show stages with a part (0 to 1) done; where nobody looks, a line for every new stage."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    tasks: dict[str, TaskID] = {}
    with bar(*_usual_columns()) as shown:

        def update(stage: str, part: float) -> None:
            if stage not in tasks:
                tasks[stage] = shown.add_task(harmless(stage), total=1.0)
            shown.update(tasks[stage], completed=part)

        yield update


def bar(*columns: ProgressColumn, transient: bool = True) -> Progress:
    """Return a progress display on standard error; a transient one leaves no line behind."""
    from rich.console import Console
    from rich.progress import Progress

    return Progress(*columns, console=Console(stderr=True), transient=transient)


def text_column(template: str) -> TextColumn:
    """Return a column of plain text: a name with brackets in it is no markup."""
    from rich.progress import TextColumn

    return TextColumn(template, markup=False)


def _usual_columns() -> tuple[ProgressColumn, ...]:
    from rich.progress import BarColumn, TaskProgressColumn, TimeRemainingColumn

    return (
        text_column("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )


def _lines() -> _Staged:
    said: set[str] = set()

    def update(stage: str, _part: float) -> None:
        if stage not in said:
            said.add(stage)
            sys.stderr.write(f"{harmless(stage)} …\n")

    return update
