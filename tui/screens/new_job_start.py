"""Starting a job from a form: once, after a question where something hangs on it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen

from engine.planning import LOCAL
from tui.background import Background, Failure
from tui.command_line import Draft, read
from tui.formats import count
from tui.harmless import harmless
from tui.job_start import start_words
from tui.screens.choose import Choice, Choose
from tui.screens.question import Question
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.outlook.outlook import Outlook
    from engine.planning import Plan
    from engine.pricing.estimate import Estimate

_START = "start job"
_NOW, _QUEUE = "now", "queue"


class Starting(Screen[None], Background):
    """A screen from which a job is started."""

    lab: Lab

    @dataclass
    class Ready(Message):
        """A job is planned and can be started."""

        plan: Plan
        priority: int | None
        outlook: Outlook

    @dataclass
    class Progressed(Message):
        """Starting it came along."""

        words: str

    @dataclass
    class Started(Message):
        """It was started, or waits in the queue, as these words tell."""

        job: str
        words: str

    starting: str | None = None
    """What is being done to start a job; None if nothing is."""

    @abstractmethod
    def show_starting(self) -> None:
        """Show what is being done to start a job."""

    def prepare(self, draft: Draft) -> None:
        """Plan what a draft asks for, to start it then; nothing happens while that goes on."""
        self._be_starting("looking everything up")
        self.in_background(_START, lambda: self._planned(draft))

    def _planned(self, draft: Draft) -> Message:
        from engine.errors import RequestError
        from engine.outlook.outlook import look_ahead

        asked = read(draft)
        for name, words in asked.faults.items():
            raise RequestError(f"{name.replace('_', ' ')}: {words}")
        plan = self.lab.plan(asked.request)
        return self.Ready(plan, asked.priority, look_ahead(self.lab, asked.request))

    def _be_starting(self, words: str | None) -> None:
        self.starting = words
        self.show_starting()

    def start_failed(self, failure: Failure) -> None:
        """Leave the form as it was when a start failed."""
        if failure.group == _START:
            self._be_starting(None)

    def on_starting_ready(self, message: Ready) -> None:
        """Ask where something hangs on it; start it."""
        plan, priority = message.plan, message.priority
        self._be_starting("waiting for an answer")
        if plan.request.provider != LOCAL:
            question = paid_question(plan, message.outlook)
            self.app.push_screen(question, lambda yes: self._answered(plan, priority, yes=yes))
            return
        if (errors := _errors(message.outlook)) is not None:
            self.app.push_screen(errors, lambda yes: self._go_on(message, yes=yes))
            return
        self._go_on(message, yes=True)

    def _go_on(self, message: Ready, *, yes: bool | None) -> None:
        """Ask what to do where no slot is free; start it otherwise."""
        choice = _no_slot(message) if yes else None
        if choice is None:
            self._answered(message.plan, message.priority, yes=yes)
            return

        def chosen(value: str | None) -> None:
            priority = 0 if value == _QUEUE else None
            self._answered(message.plan, priority, yes=value is not None)

        self.app.push_screen(choice, chosen)

    def _answered(self, plan: Plan, priority: int | None, *, yes: bool | None) -> None:
        if not yes:
            self._be_starting(None)
            return
        self._be_starting("starting")
        self.in_background(_START, lambda: self._start(plan, priority))

    def _start(self, plan: Plan, priority: int | None) -> Message:
        def progress(stage: str, part: float) -> None:
            self.post_message(self.Progressed(f"{stage} {part:.0%}" if part else stage))

        job = self.lab.train(plan, progress, priority=priority)
        self.has_started()
        return self.Started(job, f"{plan.name} {start_words(self.lab.database.reader, job)}")

    @abstractmethod
    def has_started(self) -> None:
        """Take note, from a thread, that what was written is a job now."""

    def on_starting_progressed(self, message: Progressed) -> None:
        """Show how far it is."""
        if self.starting is not None:
            self._be_starting(message.words)


def paid_question(plan: Plan, outlook: Outlook) -> Question:
    """Return the question before a job at a service: what, where to, and for how much."""
    request, terms = plan.request, outlook.terms
    host = terms.host if terms is not None else request.provider
    data = f"{plan.dataset.name}@{plan.dataset.version}"
    price = _price(plan.estimate)
    examples = number_of(plan.dataset.examples, "example")
    trained = f"trains {request.base_model} by {plan.method}"
    lines = [f"{data}, {examples}, is sent to {host} and {trained}."]
    if plan.validation is not None:
        lines.append(f"{plan.validation.name}@{plan.validation.version} is sent along.")
    lines += [_reckoned(plan.estimate), *plan.notes]
    about = f"Start {plan.name} at {request.provider} {price}?"
    told = "\n".join(harmless(line) for line in lines)
    return Question(about, told, "start it", "back to the form")


def _price(estimate: Estimate | None) -> str:
    return "at an unknown price" if estimate is None else f"for about ${estimate.usd:,.2f}"


def _reckoned(estimate: Estimate | None) -> str:
    if estimate is None:
        return "What it costs is not known."
    source = estimate.price.source
    return (
        f"{count(estimate.billed_tokens)} tokens x {estimate.epochs} epochs x "
        f"${estimate.price.value:,.2f} a million ({source.title}, {source.date})."
    )


def _errors(outlook: Outlook) -> Question | None:
    """Return the question before a job whose data has errors; None if none are known."""
    found = outlook.findings or outlook.earlier
    if found is None or not found.errors or outlook.dataset is None:
        return None
    data = f"{outlook.dataset.name}@{outlook.dataset.version}"
    told = "\n".join(harmless(words) for words in found.first)
    asked = f"Train on {data}, which has {number_of(found.errors, 'error')}?"
    return Question(asked, told, "train on it anyway", "back to the form")


def _no_slot(message: Starting.Ready) -> Choose | None:
    """Return the question before a job for which no slot is free; None if one is, or it waits."""
    here = message.outlook.machine
    if here is None or message.priority is not None or here.free >= 1:
        return None
    names = ", ".join(here.running) or "other jobs"
    return Choose(
        f"No slot is free: {names}",
        [
            Choice(_QUEUE, "wait", "in the queue"),
            Choice(_NOW, "start now", "beside what runs"),
        ],
    )
