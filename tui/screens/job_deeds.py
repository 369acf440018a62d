"""What can be done with jobs: asked for first where it matters, done in the background."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual.message import Message

from store.errors import NotFoundError
from store.queries.jobs import JobSummary, job_detail
from store.queries.models import ModelRow, model
from tui.background import Background, in_words
from tui.permissions import (
    by_key,
    is_hosted,
    what_cancel_does,
    what_resume_does,
    why_no_chat,
    why_not_cancel,
    why_not_resume,
)
from tui.screens.question import Question
from tui.screens.selected_job import SelectedJob
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp

_NAMED = 3
_LONG_SECONDS = 1.0


class JobDeeds(SelectedJob, Background):
    """A screen with chosen jobs, and the keys that act on them."""

    lab: Lab

    @dataclass
    class Told(Message):
        """Something that was asked for was done, or cannot be: these words tell."""

        words: str
        refused: bool = False

    @dataclass
    class ModelFound(Message):
        """The model to talk to was found."""

        model: ModelRow

    @abstractmethod
    def chosen_jobs(self) -> Sequence[JobSummary]:
        """Return the jobs that a key acts on."""

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def tell(self, message: Told) -> None:
        """Say what was done, or why not."""
        self.app.notify(
            message.words,
            severity="warning" if message.refused else "information",
            markup=False,
        )

    def action_cancel_job(self) -> None:
        """Ask whether the chosen jobs shall stop, and stop them."""
        if jobs := self._allowed(why_not_cancel):
            told = f"{_named(jobs)}. Each is asked to stop.{_at_services(jobs)}"
            if len(jobs) == 1:
                told = what_cancel_does(jobs[0])
            them = _them(jobs)
            question = Question(
                f"Cancel {_counted(jobs)}?", told, f"cancel {them}", f"let {them} run"
            )
            was = "was" if len(jobs) == 1 else "were"
            self._ask(question, jobs, self.lab.cancel_job, f"{was} asked to stop")

    def action_resume_job(self) -> None:
        """Ask whether the chosen jobs shall go on, and let them."""
        if jobs := self._allowed(why_not_resume):
            told = f"{_named(jobs)}. Training goes on, in the background.{_at_services(jobs)}"
            if len(jobs) == 1:
                told = what_resume_does(jobs[0])
            them = _them(jobs)
            question = Question(
                f"Resume {_counted(jobs)}?", told, f"resume {them}", f"leave {them}"
            )
            on = "goes on" if len(jobs) == 1 else "go on"
            self._ask(question, jobs, self.lab.resume_job, on)

    def _allowed(self, why_not: Callable[[JobSummary], str | None]) -> list[JobSummary]:
        """Return the chosen jobs for which the action makes sense; say why not if none is left."""
        jobs = self.chosen_jobs() if self.has_job() else []
        if jobs and self.lab.why_not is not None:
            self.post_message(self.Told(self.lab.why_not, refused=True))
            return []
        allowed = [job for job in jobs if why_not(job) is None]
        if jobs and not allowed:
            self.post_message(self.Told(why_not(jobs[0]) or "", refused=True))
        return allowed

    def _ask(
        self, question: Question, jobs: Sequence[JobSummary], act: Callable[[str], None], done: str
    ) -> None:
        again = self._ftlab.own_keys.get("job.again", "R")

        def work() -> Message:
            troubles = []
            for job in jobs:
                try:
                    act(job.id)
                except Exception as error:
                    words = by_key(in_words(error), again)
                    if len(jobs) == 1 and words == in_words(error):
                        raise
                    troubles.append(words if len(jobs) == 1 else f"{job.name}: {words}")
            if troubles:
                return self.Told("\n".join(troubles), refused=True)
            return self.Told(f"{_counted(jobs)} {done}")

        group = f"act {' '.join(job.id for job in jobs)}"

        def tell_if_it_takes_long() -> None:
            if any(each.group == group and each.is_running for each in self.app.workers):
                self.post_message(self.Told(f"{_counted(jobs)}: this takes a moment…"))

        def answered(answer: bool | None) -> None:
            if answer:
                self.in_background(group, work)
                self.set_timer(_LONG_SECONDS, tell_if_it_takes_long)

        self.app.push_screen(question, answered)

    def action_train_again(self) -> None:
        """Fill in the form of a new job with the settings of the chosen one."""
        if self.has_job() and (jobs := self.chosen_jobs()):
            self._ftlab.open_new_job(like=jobs[0].id)

    def action_compare(self) -> None:
        """Put the marked jobs beside each other."""
        from tui.screens.compare import MOST

        jobs = self.chosen_jobs()
        if 2 <= len(jobs) <= MOST:
            self._ftlab.open_comparison([job.id for job in jobs])
        else:
            words = f"mark 2 to {MOST} jobs with space, then compare them"
            self.post_message(self.Told(words, refused=True))

    def action_chat(self) -> None:
        """Talk to the model that the chosen job made."""
        if self.has_job() and (jobs := self.chosen_jobs()):
            self.in_background("chat", lambda: self._find_model(jobs[0].id))

    def _find_model(self, job: str) -> Message:
        reader = self.lab.database.reader
        detail = job_detail(reader, job)
        refusal = self.lab.why_not or why_no_chat(detail)
        if refusal is not None:
            return self.Told(refusal, refused=True)
        try:
            return self.ModelFound(model(reader, detail.model or ""))
        except NotFoundError:
            return self.Told(f"the model of {detail.name} is not registered yet", refused=True)


def _at_services(jobs: Sequence[JobSummary]) -> str:
    """Say how many of several jobs are at services, and what all of these were estimated at."""
    hosted = [job for job in jobs if is_hosted(job)]
    if not hosted:
        return ""
    places = ", ".join(sorted({job.provider for job in hosted}))
    known = [job.estimate for job in hosted if job.estimate is not None]
    unknown = len(hosted) - len(known)
    price = f"estimated at ${sum(known):,.2f} in all" if known else "of unknown cost"
    rest = f", {unknown} of unknown cost" if known and unknown else ""
    return f" {number_of(len(hosted), 'job')} at {places}, {price}{rest}: money hangs on that."


def _counted(jobs: Sequence[JobSummary]) -> str:
    return jobs[0].name if len(jobs) == 1 else number_of(len(jobs), "job")


def _them(jobs: Sequence[JobSummary]) -> str:
    return "it" if len(jobs) == 1 else "them"


def _named(jobs: Sequence[JobSummary]) -> str:
    names = ", ".join(job.name for job in jobs[:_NAMED])
    more = len(jobs) - _NAMED
    return f"{names} and {number_of(more, 'other')}" if more > 0 else names
