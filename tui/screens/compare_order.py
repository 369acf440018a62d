"""In which order things are compared, which of them is selected, and which were taken out."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Order:
    """The order of what is compared.

    Attributes:
        ids: what is compared; the others are held against the first.
        selected: the place of the one that keys act on.
        out: what was taken out, with the place that it had; the last one comes back first.
    """

    ids: tuple[str, ...]
    selected: int = 0
    out: tuple[tuple[int, str], ...] = ()

    def select(self, by: int) -> Order:
        """Select the one to the right, or to the left; at an end it stays."""
        return replace(self, selected=max(0, min(len(self.ids) - 1, self.selected + by)))

    def move(self, by: int) -> Order:
        """Move the selected one to the right, or to the left; past an end it begins anew."""
        return self._placed((self.selected + by) % len(self.ids))

    def first(self) -> Order:
        """Hold the others against the selected one."""
        return self._placed(0)

    def _placed(self, place: int) -> Order:
        ids = list(self.ids)
        ids.insert(place, ids.pop(self.selected))
        return replace(self, ids=tuple(ids), selected=place)

    def without(self) -> Order:
        """Take the selected one out."""
        place = self.selected
        ids = (*self.ids[:place], *self.ids[place + 1 :])
        out = (*self.out, (place, self.ids[place]))
        return Order(ids, min(place, len(ids) - 1), out)

    def put_back(self) -> Order:
        """Put back what was taken out last, where it was."""
        place, back = self.out[-1]
        place = min(place, len(self.ids))
        return Order((*self.ids[:place], back, *self.ids[place:]), place, self.out[:-1])
