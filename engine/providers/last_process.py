"""Making sure that a job's last process is gone before the next one trains in its run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import LabError

if TYPE_CHECKING:
    from store.queries.jobs import JobDetail

END_SECONDS = 20.0
"""How long a process that has had its last word may take to end."""


def refuse_while_alive_elsewhere(job: JobDetail, run: Path) -> None:
    """Make sure that no process on another machine may still write into the run folder.

    Raises:
        LabError: if one may.
    """
    from engine.training.process import Whereabouts, is_alive, read_identity, whereabouts

    identity = read_identity(run)
    if identity is None or whereabouts(identity) is Whereabouts.HERE:
        return
    alive, how = is_alive(run)
    if alive:
        raise LabError(
            f"{job.name} cannot go on here: {how}, where its process has not ended, or did so less "
            "than a minute ago without a word. `ftlab jobs cancel` ends it wherever it runs; if "
            "that machine is gone, resume in a minute"
        )


def wait_for_end(run: Path) -> None:
    """Let the process of the attempt before, which has had its last word, give up the run folder.

    Raises:
        LabError: if it does not end.
    """
    import psutil

    from engine.training.process import Whereabouts, is_alive, read_identity, whereabouts

    identity = read_identity(run)
    if identity is None or not is_alive(run).alive:
        return
    if whereabouts(identity) is not Whereabouts.HERE:
        raise LabError(f"{is_alive(run).reason}, and has not ended yet: resume it in a moment")
    try:
        psutil.Process(identity.pid).wait(END_SECONDS)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        raise LabError(
            f"its process {identity.pid} has not ended yet: resume it in a moment"
        ) from None
