"""What can be done with datasets: forms that ask how, and the work that follows from them."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from store.queries.dataset_tree import VersionRow
from store.queries.datasets import DatasetRow
from tui.background import Background
from tui.formats import count
from tui.screens.dataset_work import Act, WorkEnded, begin, running
from tui.widgets.dataset_list import VersionRows
from tui.widgets.dataset_panel import DatasetPanel
from tui.widgets.dataset_work_line import WorkLine
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.data.checking.report import Report
    from engine.data.versions.checks import CheckWish
    from engine.data.versions.costs import TokenCount
    from engine.data.versions.dividing import Split
    from engine.data.versions.importing import Added
    from engine.data.versions.tally import Tally
    from engine.lab import Lab
    from tui.app import FtlabApp

_NOTES_SHOWN = 3
_NO_VERSION = "there is no version to do that with: a adds a file"
_NONE_FITS = "no version fits the search: esc shows all again"


class DatasetDeeds(Screen[None], Background):
    """A screen with a selected dataset version, and the keys that act on it.

    Attributes:
        lab: what is acted on.
        rows: the list.
        panel: what shows the selected version.
    """

    lab: Lab
    rows: VersionRows
    panel: DatasetPanel

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def _refuse(self, words: str) -> None:
        self.notify(words, severity="warning", markup=False)

    def _may_act(self) -> bool:
        """Tell whether something can be done, and say why not."""
        if self.lab.why_not is not None:
            self._refuse(self.lab.why_not)
        elif (work := running(self._ftlab)) is not None:
            self._refuse(f"{work.words} goes on: wait for its end, or stop it with escape")
        else:
            return True
        return False

    def has_version(self) -> bool:
        """Tell whether a version is selected; say why there is nothing to act on if none is."""
        if self.rows.selected_id is None:
            words = _NONE_FITS if self.rows.of else _NO_VERSION
            self._refuse(words)
        return self.rows.selected_id is not None

    def _chosen(self) -> VersionRow | None:
        """Return the version that a key acts on; say why there is none."""
        version = self.rows.selected if self.has_version() else None
        return version if version is not None and self._may_act() else None

    def action_add(self) -> None:
        """Take a file in."""
        from tui.screens.dataset_add import AddForm

        if self._may_act():
            self.app.push_screen(AddForm(self.lab), self._added)

    def _added(self, added: Added | None) -> None:
        if added is None:
            return
        version = added.version
        called = f"{version.name}@{version.version}"
        what = "recorded" if added.new else "has this very content already"
        told = [f"{called} {what}: {number_of(version.examples, 'example')}"]
        if not added.new and added.newest != version.version:
            told.append(f"the newest is {version.name}@{added.newest}")
        if added.left_out.count:
            told.append(f"{number_of(added.left_out.count, 'row')} left out: 4 shows which")
        told += [*added.notes, *added.repairs.told(added.place)][:_NOTES_SHOWN]
        self.notify("\n".join(told), markup=False)
        self.rows.go_to(version.id)

    def action_clean(self) -> None:
        """Make a cleaned version."""
        from tui.screens.dataset_clean import CleanForm

        if (version := self._chosen()) is not None:
            self.app.push_screen(CleanForm(self.lab, version), self._cleaned)

    def _cleaned(self, made: tuple[DatasetRow, Tally] | None) -> None:
        if made is None:
            return
        version, tally = made
        changed = max((step.changed for step in tally.steps.values()), default=0)
        did = f"{count(tally.dropped)} left out, at least {count(changed)} changed"
        called = f"{version.name}@{version.version}"
        words = f"{called}: {did}" if tally.steps else f"nothing had to be changed: {called}"
        self.notify(words, markup=False)
        self.rows.go_to(version.id)

    def action_split(self) -> None:
        """Divide the version."""
        from tui.screens.dataset_split import SplitForm

        if (version := self._chosen()) is not None:
            self.app.push_screen(SplitForm(self.lab, version), self._divided)

    def _divided(self, split: Split | None) -> None:
        from tui.cli.data.split import remarks

        if split is None:
            return
        parts = split.parts.values()
        made = ", ".join(f"{each.name}@{each.version} ({count(each.examples)})" for each in parts)
        self.notify("\n".join([made, *remarks(split)]), markup=False, timeout=8)
        self.rows.go_to(next(iter(parts)).id)

    def action_check(self) -> None:
        """Check the version, in the background."""
        from tui.screens.dataset_check import CheckForm

        if (version := self._chosen()) is None:
            return

        def wished(wish: object) -> None:
            if wish is not None:
                checked = cast("CheckWish", wish)
                self._begin(
                    f"checking {version.reference}",
                    lambda progress: self.lab.datasets.check(version.id, checked, progress),
                )

        self.app.push_screen(CheckForm(self.lab, version), wished)

    def action_tokens(self) -> None:
        """Count the version's tokens, in the background."""
        from tui.screens.dataset_check import TokensForm

        if (version := self._chosen()) is None:
            return

        def wished(model: object) -> None:
            if model is not None:
                self._begin(
                    f"counting {version.reference}",
                    lambda progress: self.lab.datasets.count_tokens(
                        version.id, str(model), progress=progress
                    ),
                )

        self.app.push_screen(TokensForm(self.lab, version), wished)

    def action_train(self) -> None:
        """Fill in the form of a job that trains on the version."""
        if self.lab.why_not is not None:
            self._refuse(self.lab.why_not)
        elif self.has_version() and (version := self.rows.selected) is not None:
            self._ftlab.open_new_job(version.reference)

    def action_mark(self) -> None:
        """Mark the version under the cursor, and go on to the next."""
        if not self.has_version():
            return
        self.rows.toggle_mark()
        self.rows.action_move(1)
        self.marks_changed()

    def marks_changed(self) -> None:
        """Say how many are marked."""

    def action_diff(self) -> None:
        """Compare two versions: the marked ones, or the selected one with another."""
        from tui.screens.dataset_diff import DatasetDiff

        if not self.has_version():
            return
        pair = self._pair()
        if pair is None:
            words = "mark two versions with space, then compare them: this one was made of none"
            self._refuse(words)
        else:
            self.app.push_screen(DatasetDiff(self.lab, *pair))

    def _pair(self) -> tuple[str, str] | None:
        """Return which versions to compare, the one before first."""
        marked, selected = self.rows.marked, self.rows.selected_id
        if len(marked) == 2:
            return marked[0], marked[1]
        if selected is None:
            return None
        if marked and marked[0] != selected:
            return marked[0], selected
        nodes = (branch.node for branch in self.rows.versions)
        parent = next((node.parent for node in nodes if node.id == selected), None)
        return None if parent is None else (parent, selected)

    def _begin(self, words: str, act: Act) -> None:
        if begin(self._ftlab, words, act, self) is None:
            self._may_act()
        self.show_work()

    def on_work_ended(self, message: WorkEnded) -> None:
        """Tell what came of work, and show it."""
        self.show_work()
        if message.words is not None:
            failed = message.error is not None
            self.notify(message.words, severity="error" if failed else "warning", markup=False)
            return
        self.rows.look()
        if isinstance(message.result, tuple):
            self._checked(*message.result)
        elif message.result is not None:
            counted = cast("TokenCount", message.result)
            words = f"{counted.version.name}@{counted.version.version}: "
            words += f"{count(counted.tokens.total)} tokens of {counted.tokenizer}"
            self.notify("\n".join(filter(None, (words, counted.missing))), markup=False)
            self._show_anew(counted.version.id, "overview")

    def _checked(self, version: DatasetRow, report: Report) -> None:
        found = ", ".join(
            number_of(report.total(severity), severity) for severity in ("error", "warning", "note")
        )
        words = f"{version.name}@{version.version} is {report.verdict}: {found}"
        is_bad = report.total("error") > 0
        self.notify(words, severity="warning" if is_bad else "information", markup=False)
        self._show_anew(version.id, "findings")

    def _show_anew(self, version: str, panel: str) -> None:
        """Show a panel of a version, if that is the selected one."""
        if self.rows.selected_id == version:
            self.panel.open(panel)

    def show_work(self) -> None:
        """Show what is being done."""
        line, work = self.query_one(WorkLine), running(self._ftlab)
        if work is None:
            line.end()
            return
        stops = "stopping…" if work.stopping else "esc stops it"
        line.tell(work.words, work.done, work.total, monotonic() - work.begun, stops)
