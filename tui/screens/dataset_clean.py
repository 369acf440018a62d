"""The form in which a version is cleaned: what the steps would change is shown beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from engine.data.errors import DataError
from tui.formats import count
from tui.ink import Line
from tui.screens.dataset_form import DatasetForm
from tui.widgets.dataset_cleaning import change_lines, tally_lines
from tui.widgets.dataset_fields import Field, StepRows, in_all

if TYPE_CHECKING:
    from engine.data.cleaning.preview import Change
    from engine.data.cleaning.recipe import Recipe
    from engine.data.shapes.example import Record
    from engine.data.versions.tally import Tally
    from engine.lab import Lab
    from store.queries.dataset_tree import VersionRow

_SHOWN = 20
_TOLD_SECONDS = 0.3


class CleanForm(DatasetForm):
    """Asks for the steps; gives the version that was recorded, and what each step did.

    Args:
        lab: what is acted on.
        version: what is cleaned.
    """

    @dataclass
    class Previewed(Message):
        """The first examples that would change were found."""

        recipe: str
        changes: Sequence[Change]

    @dataclass
    class Counted(Message):
        """It was counted what the steps would do to so many examples."""

        recipe: str
        tally: Tally

    def __init__(self, lab: Lab, version: VersionRow) -> None:
        super().__init__(lab, f"clean {version.reference}")
        self._version = version
        self._steps = StepRows(in_all())
        self._changes: Sequence[Change] | None = None
        self._tally: Tally | None = None

    def fields(self) -> Iterator[Widget]:
        """Yield the steps and the name."""
        yield self._steps
        yield Field("name", "name", f"its own: another version of {self._version.name}")

    @property
    def _recipe(self) -> Recipe:
        from engine.data.cleaning.recipe import Recipe

        return Recipe.parse(self._steps.recipe)

    def on_row_list_room_changed(self) -> None:
        """Set the preview anew for another width."""
        self._show()

    def on_step_rows_changed(self) -> None:
        """Look at what these steps would do."""
        self._look_soon()

    def action_choose(self) -> None:
        """Tick a step, or no longer."""
        if self._steps.has_focus:
            self._steps.toggle()

    def changed(self) -> None:
        """Find out what the steps would do."""
        self._changes = self._tally = None
        if not self._steps.ticked:
            self.say("choose some steps with space", "warn")
            self.tell([])
            return
        recipe, lab, version = self._recipe, self._lab, self._version.id
        self.say("looking at what would change…")
        self.in_background("preview", lambda: self._preview(lab, version, recipe))

    def _preview(self, lab: Lab, version: str, recipe: Recipe) -> Message:
        from engine.data.cleaning.preview import preview

        changes = preview(_examples(lab, version), recipe, _SHOWN)
        self.post_message(self.Previewed(str(recipe), changes))
        return self.Counted(str(recipe), self._count(lab, version, recipe))

    def _count(self, lab: Lab, version: str, recipe: Recipe) -> Tally:
        """Go through all examples, telling now and then what the steps did so far."""
        from engine.data.cleaning.cleaner import Cleaner
        from engine.data.cleaning.duplicates import Duplicates
        from engine.data.versions.tally import Tally, in_recipe_order

        tally, told = Tally(), monotonic()
        cleaner, duplicates = Cleaner(recipe), Duplicates(recipe)
        for number, record in _examples(lab, version):
            cleaned = cleaner.clean(record)
            tally.count(cleaned.changes)
            if cleaned.record is None:
                tally.drop(cleaned.dropped_by or "", number)
            elif found := duplicates.check(cleaner.keys(cleaned.record), number):
                tally.drop(found.step, number)
            if monotonic() - told > _TOLD_SECONDS:
                told, so_far = monotonic(), Tally()
                so_far.add(tally)
                self.post_message(self.Counted(str(recipe), in_recipe_order(so_far, recipe)))
        return in_recipe_order(tally, recipe)

    def on_clean_form_previewed(self, message: Previewed) -> None:
        """Show what would change first."""
        if message.recipe == self._steps_as_written:
            self._changes = message.changes
            self._show()

    def on_clean_form_counted(self, message: Counted) -> None:
        """Show how much would change."""
        if message.recipe == self._steps_as_written and self._work is None:
            self._tally = message.tally
            self._show()

    @property
    def _steps_as_written(self) -> str:
        return str(self._recipe) if self._steps.ticked else ""

    def _show(self) -> None:
        tally, changes, of = self._tally, self._changes, self._version.examples
        if changes is None:
            return
        if not changes:
            self.say("Nothing would change.", "good")
        elif tally is None or tally.before < of:
            looked = 0 if tally is None else tally.before
            self.say(f"{count(looked)} of {count(of)} examples looked at; enter need not wait")
        else:
            left = count(of - tally.dropped)
            self.say(f"{count(of)} examples before, {left} after: enter records them")
        self.tell_fitting(lambda width: _change_lines(changes, tally, max(20, width)))

    def go(self) -> None:
        """Record the cleaned version."""
        if not self._steps.ticked:
            self.refuse("Choose some steps with space.")
            return
        if self._changes is not None and not self._changes:
            self.refuse("Nothing would change: there is no version to record.")
            return
        from engine.data.versions.recording import check_name

        name = self.value("name") or None
        try:
            check_name(name or self._version.name)
        except DataError as error:
            self.refuse(str(error))
            return
        recipe, lab, version = self._recipe, self._lab, self._version
        self.workers.cancel_group(self, "preview")
        self.begin(
            f"cleaning {version.reference}",
            lambda progress: lab.datasets.clean(version.id, recipe, name, progress),
        )


def _examples(lab: Lab, version: str) -> Iterator[tuple[int, Record]]:
    """Yield a version's examples with their numbers, until the work that wants them is replaced."""
    from engine.data.versions.contents import records_of
    from store.queries.datasets import dataset

    worker = get_current_worker()
    row = dataset(lab.database.reader, version)
    for number, record in enumerate(records_of(lab, row), 1):
        if worker.is_cancelled:
            return
        yield number, record


def _change_lines(changes: Sequence[Change], tally: Tally | None, width: int) -> list[Line]:
    """Return how much would change, and the first examples of it."""
    lines: list[Line] = []
    if tally is not None and tally.steps:
        lines += [*tally_lines(tally, width), []]
    for change in changes:
        lines += change_lines(change, width)
    if len(changes) == _SHOWN:
        lines.append([("these are the first ones", "faint")])
    return lines
