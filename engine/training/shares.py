"""Each rank's share of the examples: together the same batches that one process would make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from torch.utils.data import Dataset, Sampler

from engine.training.examples import IGNORED

if TYPE_CHECKING:
    from engine.training.group import Group


class Order(Protocol):
    """An order of all examples, another one each epoch."""

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch comes next."""

    def __iter__(self) -> Iterator[int]: ...

    def __len__(self) -> int: ...


class Share(Sampler[int]):
    """Deals an order of examples out: to each rank a batch, then to each the next one.

    The last round of a pass may not suffice for all. Whoever gets nothing gets one filler, because
    all ranks have to make every step; no example is trained on twice.

    Args:
        order: of all examples, the same on every rank.
        batch_size: how many make a batch of one rank.
        group: the ranks.
    """

    def __init__(self, order: Order, batch_size: int, group: Group) -> None:
        self._order = order
        self._batch_size = batch_size
        self._group = group

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch comes next; the loader of the examples does."""
        self._order.set_epoch(epoch)

    def __iter__(self) -> Iterator[int]:
        order = list(self._order)
        for start in range(self._group.rank * self._batch_size, self._rounded(), self._together):
            yield from order[start : start + self._batch_size] or [len(order)]

    def __len__(self) -> int:
        rounds, left = divmod(len(self._order), self._together)
        mine = min(self._batch_size, max(1, left - self._group.rank * self._batch_size))
        return rounds * self._batch_size + (mine if left else 0)

    @property
    def _together(self) -> int:
        return self._group.size * self._batch_size

    def _rounded(self) -> int:
        return -(-len(self._order) // self._together) * self._together


class Filled(Dataset[dict[str, Any]]):
    """Examples, and behind the last one a filler: one token, of which nothing is learned.

    Args:
        examples: rows of lists, a number for each token.
    """

    def __init__(self, examples: Any) -> None:  # noqa: ANN401 (a Dataset of Hugging Face's)
        self._examples = examples

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, place: int) -> dict[str, Any]:
        return self.__getitems__([place])[0]

    def __getitems__(self, places: list[int]) -> list[dict[str, Any]]:
        """Return the rows at some places, as torch's loader asks for a batch."""
        rows: list[dict[str, Any]] = self._examples.__getitems__(
            [min(place, len(self) - 1) for place in places]
        )
        return [
            row if place < len(self) else _filler(row)
            for place, row in zip(places, rows, strict=True)
        ]


def _filler(row: dict[str, Any]) -> dict[str, Any]:
    return {name: [IGNORED] if name == "labels" else values[:1] for name, values in row.items()}
