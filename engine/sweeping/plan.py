"""What somebody wants swept, and what it comes to before anything is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.sweeping.space import Axis, Settings

if TYPE_CHECKING:
    from engine.outlook.durations import Duration
    from engine.planning import Plan, TrainingRequest
    from engine.sweeping.subsets import Sizes
    from store.events.sweeps import SweepMode
    from store.queries.sweeps import SweepRow

SEED = "seed"
"""The one setting that can be swept and is no hyperparameter."""


@dataclass(frozen=True, slots=True)
class SweepWish:
    """What somebody wants swept.

    Attributes:
        request: what all trials share; its `suffix` names the sweep, its `max_cost` is for all of
            them together.
        axes: the settings to try, by the names of hyperparameters, or `seed`.
        draws: how many combinations to draw at random; None tries all of them.
        sizes: how much of the data the trials learn from, instead of other settings.
        by: the metric by which trials are ranked; see `engine.sweeping.measuring.Measure`.
    """

    request: TrainingRequest
    axes: Mapping[str, Axis] = field(default_factory=dict)
    draws: int | None = None
    sizes: Sizes | None = None
    by: str | None = None

    @property
    def mode(self) -> SweepMode:
        """How its trials are found."""
        if self.sizes is not None:
            return "learning_curve"
        return "grid" if self.draws is None else "random"


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """A training of a sweep, before it is recorded.

    Attributes:
        name: the name of its job.
        settings: what it differs by from the other trials.
        plan: what is trained.
        examples: how many it learns from. Before the data was drawn, `plan` is that of all of it.
        usd: what it would cost; None if no price is known, or it costs nothing.
        total_steps: how many there will be, if that is known before.
        duration: how long it will probably take.
    """

    name: str
    settings: Settings
    plan: Plan
    examples: int
    usd: float | None
    total_steps: int | None
    duration: Duration | None = None


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """A sweep with everything looked up and settled; nothing is recorded or started yet.

    Attributes:
        wish: what was asked for.
        name: the sweep's.
        recipe: the SHA-256 of all that was asked for.
        trials: its trainings, in the order in which they start.
        fixed: the hyperparameters that all of them share.
        limit: US dollars that all of them may cost together.
        going_on: the sweep of the very same recipe that did not come to its end: that is gone on
            with, instead of beginning another.
        slots: how many trials of this machine run at a time; None at a service.
        notes: what the user should know before it starts.
    """

    wish: SweepWish
    name: str
    recipe: str
    trials: Sequence[TrialPlan]
    fixed: Mapping[str, Any]
    limit: float | None
    going_on: SweepRow | None = None
    slots: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def hosted(self) -> bool:
        """Whether its trials cost money."""
        return self.slots is None

    @property
    def usd(self) -> float | None:
        """What all trials would cost together; None if that is not known."""
        costs = [trial.usd for trial in self.trials]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if known and len(known) == len(costs) else None

    @property
    def seconds(self) -> float | None:
        """About how long all of it takes; None if nothing like it was done before."""
        times = [trial.duration.seconds for trial in self.trials if trial.duration is not None]
        if not times or len(times) < len(self.trials):
            return None
        return max(*times, sum(times) / (self.slots or len(times)))
