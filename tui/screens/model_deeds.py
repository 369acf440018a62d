"""What can be done with models: asked for first where it matters, done in the background."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from textual.message import Message

from store.queries.compared import other_model
from store.queries.model_tags import only_holders, tag_counts
from store.queries.models import ModelRow
from tui.background import Failure
from tui.harmless import harmless
from tui.job_start import start_words
from tui.model_permissions import MOST_COMPARED, why_gone, why_not_recreate
from tui.partners import Partner
from tui.screens.choose import Choose
from tui.screens.model_choice import ModelChoice, called
from tui.screens.model_confirm import Confirm, Deed
from tui.screens.model_deletion import deletion_deed, deletion_words
from tui.screens.model_recreation import base_choices, recreation_deed
from tui.screens.model_tagging import TagChange, TagModels

if TYPE_CHECKING:
    from engine.deleting.models import ModelPlan
    from engine.model_tags import Others
    from engine.planning import Plan
    from store.database import Database


class ModelDeeds(ModelChoice):
    """A screen with chosen models, and the keys that act on them."""

    @dataclass
    class Told(Message):
        """Something that was asked for was done, or cannot be: these words tell."""

        words: str
        refused: bool = False

    @dataclass
    class ComparedChosen(Message):
        """It was found out under which ids models are compared."""

        ids: list[str]

    @dataclass
    class TagsRead(Message):
        """It was read which tags there are."""

        models: list[ModelRow]
        counts: dict[str, int]
        holders: dict[str, str]

    @dataclass
    class DeletionPlanned(Message):
        """It was found out what deleting models would mean."""

        plan: ModelPlan

    @dataclass
    class RecreationPlanned(Message):
        """It was settled how a model would be rebuilt."""

        model: ModelRow
        plan: Plan

    @dataclass
    class StageCame(Message):
        """Something that takes a while has come so far."""

        words: str

    @abstractmethod
    def be_busy(self, doing: str | None) -> None:
        """Say what takes a while; None when it is over."""

    def on_model_deeds_told(self, message: Told) -> None:
        """Say what was done, or why not."""
        self.be_busy(None)
        severity = "warning" if message.refused else "information"
        self.app.notify(message.words, severity=severity, markup=False)  # type: ignore[arg-type]

    def on_model_deeds_stage_came(self, message: StageCame) -> None:
        """Say how far it has come."""
        self.be_busy(message.words)

    def tell_stage(self, stage: str, part: float) -> None:
        """Tell from a thread how far something has come."""
        self.post_message(self.StageCame(f"{stage}… {part:.0%}"))

    def work_failed(self, failure: Failure) -> None:
        """Say what went wrong, and that nothing is under way any more."""
        self.be_busy(None)
        super().work_failed(failure)

    def action_talk(self) -> None:
        """Chat with the chosen models, base models among them."""
        if partners := self.allowed_to_ask():
            self._ftlab.open_chats(partners)

    def action_compare(self) -> None:
        """Put the marked models beside each other, base models that were asked something too."""
        rows, bases = self.chosen_models(), self.chosen_bases()
        if not 2 <= len(rows) + len(bases) <= MOST_COMPARED:
            self.refuse(f"mark 2 to {MOST_COMPARED} models with space, then compare them")
        elif not bases:
            self._ftlab.open_comparison([row.id for row in rows])
        else:
            database, made = self.lab.database, [row.id for row in rows]
            self.in_background("compared", lambda: self._bases_compared(database, bases, made))

    def _bases_compared(
        self, database: Database, bases: Sequence[Partner], rows: Sequence[str]
    ) -> Message:
        asked = {base.name: other_model(database.reader, base.reference) for base in bases}
        if unasked := [name for name, found in asked.items() if found is None]:
            words = f"{unasked[0]} was asked nothing yet: E asks it a suite, then C compares it"
            return self.Told(words, refused=True)
        known = [found.recorded_as for found in asked.values() if found is not None]
        return self.ComparedChosen([*known, *rows])

    def on_model_deeds_compared_chosen(self, message: ComparedChosen) -> None:
        """Put them beside each other, the base models first: the others come of them."""
        self._ftlab.open_comparison(message.ids)

    def action_copy(self) -> None:
        """Copy the ids of the chosen models; those of base models are their names."""
        bases, rows = self.chosen_bases(), self.chosen_models()
        ids = [*(base.model for base in bases), *(row.remote_id or row.id for row in rows)]
        if not any(ids):
            self.refuse(self.why_no_version())
            return
        self.app.copy_to_clipboard("\n".join(ids))
        self.notify(f"copied {ids[0] if len(ids) == 1 else called([*bases, *rows])}", markup=False)

    def action_job(self) -> None:
        """Go to the job that made the model."""
        if not (rows := self.allowed(acts=False)):
            return
        if rows[0].job is None:
            self.refuse(f"no job is known that made {rows[0].name}")
        else:
            self._ftlab.show_job(rows[0].job)

    def action_tag(self) -> None:
        """Let somebody give the chosen models a tag."""
        if rows := self.allowed():
            database = self.lab.database

            def read() -> Message:
                reader = database.reader
                return self.TagsRead(rows, tag_counts(reader), only_holders(reader))

            self.in_background("tags", read)

    def on_model_deeds_tags_read(self, message: TagsRead) -> None:
        """Show the tags."""
        rows = message.models

        def chosen(change: TagChange | None) -> None:
            if change is not None:
                self.in_background("tag", lambda: self._tagged(rows, change))

        tags = [row.tags for row in rows]
        dialog = TagModels(called(rows), tags, message.counts, message.holders)
        self.app.push_screen(dialog, chosen)

    def _tagged(self, rows: Sequence[ModelRow], change: TagChange) -> Message:
        from engine.model_tags import Why, tag_model, untag_model

        lost = []
        for row in rows:
            if not change.given:
                untag_model(self.lab, row.id, [change.tag], change.reason)
                continue
            others: Others = "lose" if change.moves else "keep"
            why = Why(change.reason)
            done = tag_model(self.lab, row.id, [change.tag], others=others, why=why)
            lost += [each.name for each in done.moved]
        words = "tagged" if change.given else "no longer tagged"
        moved = f", {', '.join(lost)} no longer" if lost else ""
        return self.Told(harmless(f"{called(rows)} {words} {change.tag}{moved}"))

    def action_delete(self) -> None:
        """Find out what deleting the chosen models would mean, and ask."""
        if not (rows := self.allowed(why_gone)):
            return
        self.be_busy("finding out what would be deleted…")
        ids, today = [row.id for row in rows], self.now().date()
        self.in_background("deletion", lambda: self._plan_deletion(ids, today))

    def _plan_deletion(self, ids: Sequence[str], today: date) -> Message:
        from engine.deleting.models import plan_models

        plan = plan_models(self.lab, ids, today)
        plan.check()
        return self.DeletionPlanned(plan)

    def on_model_deeds_deletion_planned(self, message: DeletionPlanned) -> None:
        """Ask, naming what goes and what is lost with it."""
        self.be_busy(None)
        plan = message.plan
        if not plan.models:
            self.refuse(f"{', '.join(plan.gone)} is gone already")
            return

        def work() -> Message:
            from engine.deleting.models import delete_models

            done = delete_models(self.lab, plan)
            return self.Told(deletion_words(done), refused=bool(done.troubles))

        self.ask(deletion_deed(plan), "deletion", "deleting…", work)

    def action_recreate(self) -> None:
        """Let somebody choose what a hosted model is rebuilt on, and show the plan."""
        rows = self.allowed(why_not_recreate)
        if len(rows) > 1:
            self.refuse("rebuild one model at a time: esc takes the marks away")
            return
        if not rows:
            return
        choices = base_choices(self.known_bases())
        if len(choices) == 1:
            self._plan_recreation(rows[0], choices[0].value)
            return

        def chosen(base: str | None) -> None:
            if base is not None:
                self._plan_recreation(rows[0], base)

        self.app.push_screen(Choose("Rebuild it on which base model?", choices), chosen)

    @abstractmethod
    def known_bases(self) -> list[str]:
        """Return the base models that were trained on this machine before."""

    def _plan_recreation(self, row: ModelRow, base: str) -> None:
        def work() -> Message:
            from engine.planning import LOCAL
            from engine.rescue.recreation import plan_recreation

            return self.RecreationPlanned(row, plan_recreation(self.lab, row.id, LOCAL, base, {}))

        self.be_busy("planning…")
        self.in_background("recreation", work)

    def on_model_deeds_recreation_planned(self, message: RecreationPlanned) -> None:
        """Show how the model would be rebuilt, and ask."""
        self.be_busy(None)
        plan = message.plan

        def work() -> Message:
            job = self.lab.train(plan, self.tell_stage)
            words = start_words(self.lab.database.reader, job)
            return self.Told(f"{plan.name} {words} ({job}): J shows it")

        deed = recreation_deed(message.model, plan)
        self.ask(deed, "recreation", "starting the training…", work)

    def ask(self, deed: Deed, group: str, doing: str, work: Callable[[], Message | None]) -> None:
        """Ask whether a deed shall be done, and do it."""

        def answered(answer: bool | None) -> None:
            if answer:
                self.be_busy(doing)
                self.in_background(group, work)

        self.app.push_screen(Confirm(deed), answered)
