"""Growing parts of a dataset version, the smaller within the larger, for a learning curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data.versions.sampling import Sample, sample_version
from engine.errors import RequestError
from store.queries.datasets import dataset

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow

_ALL = 100
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of a dataset version is learned from.

    Attributes:
        values: percentages, or numbers of examples.
        percent: which of these they are.
    """

    values: tuple[float, ...]
    percent: bool

    def counts(self, examples: int) -> list[int]:
        """Return how many of so many examples each part has, the smallest first.

        Raises:
            RequestError: if a part would be empty, as large as another, or larger than the whole.
        """
        if self.percent:
            wrong = [value for value in self.values if not 0 < value <= _ALL]
            found = [round(examples * value / _ALL) for value in self.values]
        else:
            wrong = [value for value in self.values if not (value >= 1 and value == int(value))]
            found = [int(value) for value in self.values if value not in wrong]
        if wrong:
            unit = "percentage from above 0 to 100" if self.percent else "number of examples"
            raise RequestError(f"{wrong[0]:g} is no {unit}")
        found.sort()
        if found and found[-1] > examples:
            raise RequestError(f"{found[-1]} examples cannot be taken of {examples}")
        if len(set(found)) < len(found) or len(found) < _FEWEST or found[0] < 1:
            raise RequestError(
                f"of {examples} examples these parts have {', '.join(map(str, found))}: a learning "
                "curve needs two or more that differ, each with an example in it"
            )
        return found


def draw_subset(lab: Lab, whole: DatasetRow, count: int, seed: int) -> DatasetRow:
    """Return the version of so many examples of a version, drawing and recording it if need be.

    Selection sampling with the same random words takes into the smaller part nothing that is not in
    the larger one, so that parts of one seed are nested.
    """
    if count == whole.examples:
        return whole
    name = f"{whole.name}-{count}-of-{whole.examples}"
    drawn = sample_version(lab, whole.id, name, Sample(count, seed=seed))
    return dataset(lab.database.reader, drawn.id)
