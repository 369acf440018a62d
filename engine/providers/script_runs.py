"""Run folders of training scripts of the user's own: what they say, and signs of life in them."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.planning import SCRIPT
from engine.training import layout

if TYPE_CHECKING:
    from engine.training.process import Liveness
    from store.log import Entry

DESCRIPTION = "script.json"
"""What a script says of its run; only their run folders have it."""

_SILENT_SECONDS = 60.0
"""After how long without a heartbeat a process of another machine counts as dead."""

_MODEL_NAMES = ("base_model", "model", "model_name", "model_name_or_path", "model_id")
_SEED_NAMES = ("seed", "random_seed")


@dataclass(frozen=True, slots=True)
class Description:
    """What a script says of its run when it begins.

    Attributes:
        name: what it shall be called.
        begun: when it began.
        config: its hyperparameters.
        pid_namespace: in which container its process number means something, if that is known.
    """

    name: str
    begun: datetime
    config: dict[str, Any]
    pid_namespace: str | None

    @classmethod
    def read(cls, run: Path) -> Description | None:
        """Read what a run folder holds; None if that is not as `ftlab.py` writes it."""
        from pydantic_core import from_json

        try:
            found = from_json((run / DESCRIPTION).read_bytes())
            return cls(
                name=_printable(found["name"]) or run.name,
                begun=datetime.fromtimestamp(found["begun"], UTC),
                config=dict(found["config"]),
                pid_namespace=found.get("pid_namespace"),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
            return None

    def entry(self, job: str, name: str) -> Entry:
        """Return the fact that there is such a job."""
        from store.events import JobImported
        from store.log import Entry

        models = [key for key in _MODEL_NAMES if isinstance(self.config.get(key), str)]
        seeds = [key for key in _SEED_NAMES if _is_seed(self.config.get(key))]
        apart = {*models[:1], *seeds[:1]}
        fact = JobImported(
            name=name,
            provider=SCRIPT,
            remote_id=job,
            base_model=self.config[models[0]] if models else "not known",
            method="own",
            hyperparameters={key: self.config[key] for key in self.config if key not in apart},
            seed=self.config[seeds[0]] if seeds else None,
        )
        return Entry(fact, self.begun, key="imported")


def liveness(run: Path) -> Liveness:
    """Tell whether the process of a run is alive; of another machine or container by its pulse."""
    from engine.training.process import Liveness, is_alive, read_identity

    if not run.is_dir():
        return Liveness(False, f"its run folder {run} is gone")
    identity = read_identity(run)
    if identity is None or not is_elsewhere(run):
        return is_alive(run)
    if time.time() - pulse(run) < _SILENT_SECONDS:
        return Liveness(True, f"it runs on {identity.host}")
    return Liveness(False, f"it ran on {identity.host}, which shows no heartbeat")


def pulse(run: Path) -> float:
    """Return when a run last gave a sign of life, in seconds since 1970; 0 if it never did."""
    try:
        return (run / layout.HEARTBEAT).stat().st_mtime
    except OSError:
        return 0.0


def is_elsewhere(run: Path) -> bool:
    """Tell whether a run's process number means nothing here."""
    from engine.training.process import boot_id, read_identity

    identity, described = read_identity(run), Description.read(run)
    if identity is None or described is None:
        return False
    if identity.boot_id != boot_id():
        return identity.host != socket.gethostname()
    here = _pid_namespace()
    return None not in (here, described.pid_namespace) and here != described.pid_namespace


def _pid_namespace() -> str | None:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return None


def _is_seed(value: object) -> bool:
    return type(value) is int and -(2**63) <= value < 2**63


def _printable(name: object) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in str(name))
    return text.strip()[:200]
