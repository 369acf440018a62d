"""The lab: the one facade through which commands, the terminal UI and servers act."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from engine.closing import Closing
from engine.errors import LabError
from engine.places import Places
from store import migrations
from store.database import Database, Journal
from store.errors import NotFoundError

if TYPE_CHECKING:
    from engine.chatting.local import LocalModels
    from engine.conversations import Conversation
    from engine.datasets import Datasets
    from engine.planning import Plan, TrainingRequest
    from engine.poller import Polling
    from engine.providers.base import Provider
    from engine.providers.hosted.pace import Pace
    from engine.providers.hosted.provider import HostedProvider
    from engine.providers.local import LocalProvider
    from engine.providers.scripts import ScriptProvider
    from store.blobs import BlobStore
    from store.log import EventLog

VERSION = "0.1.0"


class Lab(Closing):
    """A person's fine-tuning, all of it: the store and what can be done.

    Opening one is cheap. Reading goes through `store.queries` on `lab.database.reader`; whatever
    writes loads the heavier parts when it is first used.

    Args:
        places: where it lies.
        role: which face of ftlab acts, for the audit: `cli`, `ui`, `daemon`.
        create: whether a database that does not exist is begun.
        progress: told of events done and in all if the read models have to be folded anew.

    Attributes:
        places: where it lies.
        role: which face of ftlab acts.
        database: the open database.
        polling_notice: what the background poller last complained of, None if all is well.
        why_not: why nothing can be done in it, None if it can.

    Raises:
        StoreError: if the database cannot be opened.
    """

    why_not: str | None = None

    def __init__(
        self,
        places: Places,
        role: str = "cli",
        *,
        create: bool = True,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.places = places
        self.role = role
        self.polling_notice: str | None = None
        self.database = open_database(places, create=create)
        self._polling: Polling | None = None
        self._paces: dict[str, Pace] = {}
        if not self.database.read_only and not migrations.read_models_are_current(
            self.database.reader
        ):
            self._begin(progress)

    @classmethod
    def open(
        cls,
        home: Path | None = None,
        database: Path | None = None,
        role: str = "cli",
        *,
        create: bool = True,
    ) -> Lab:
        """Open the lab of the arguments, the environment or the platform's data directory."""
        return cls(Places.find(home, database), role, create=create)

    def close(self) -> None:
        """Stop polling and close the database."""
        self.stop_polling()
        self.database.close()

    @cached_property
    def actor(self) -> str:
        """Who acts, as the log records it."""
        return f"{self.role}:{_user_at_host()}"

    @cached_property
    def log(self) -> EventLog:
        """The event log, for writing."""
        from store.log import EventLog

        return EventLog(self.database, self.actor)

    @cached_property
    def blobs(self) -> BlobStore:
        """Dataset contents."""
        from store.blobs import BlobStore

        return BlobStore(self.places.blobs)

    @cached_property
    def datasets(self) -> Datasets:
        """What can be done with datasets."""
        from engine.datasets import Datasets

        return Datasets(self)

    def _begin(self, progress: Callable[[int, int], None] | None) -> None:
        """Fold what other projections folded anew, and begin the log of a new database."""
        from store.events import LabCreated
        from store.log import Entry, EventLog

        self.log = EventLog(self.database, self.actor, progress=progress)
        self.log.append("lab", Entry(LabCreated(ftlab=VERSION), key="created"))

    @cached_property
    def local(self) -> LocalProvider:
        """Training on this machine."""
        from engine.providers.local import LocalProvider

        return LocalProvider(self.places, self.database, self.blobs)

    @cached_property
    def scripts(self) -> ScriptProvider:
        """Training scripts of the user's own, which log by themselves."""
        from engine.providers.scripts import ScriptProvider

        return ScriptProvider(self.places)

    def hosted(
        self, profile: str, progress: Callable[[str, float], None] | None = None
    ) -> HostedProvider:
        """Return a hosted service by its profile's name.

        Args:
            profile: the name.
            progress: told what a submission is doing.

        Raises:
            NotFoundError: if there is no such profile.
            LabError: if there is no key for it, or what is said of it cannot be.
        """
        from engine.config.settings import Settings
        from engine.providers.hosted.pace import Pace
        from engine.providers.hosted.provider import HostedProvider

        settings = Settings.read(self.places)
        found = settings.profile(profile)
        pace = self._paces.setdefault(profile, Pace())
        return HostedProvider(self, found, settings.key(found), pace, progress)

    def provider(self, name: str) -> Provider:
        """Return what runs the jobs of a provider: `local`, `script`, or a profile's name.

        Raises:
            NotFoundError, LabError: if there is none, or it cannot be asked; see `hosted`.
        """
        if name == "script":
            return self.scripts
        return self.local if name == "local" else self.hosted(name)

    def find_job(self, reference: str) -> str:
        """Return the id of the job that a reference means, be it a script's run just begun.

        Raises:
            NotFoundError: if there is none.
        """
        from engine.providers.scripts import Scripts
        from store.queries.jobs import find_job

        try:
            return find_job(self.database.reader, reference)
        except NotFoundError:
            if self.database.read_only or not Scripts(self).take():
                raise
            return find_job(self.database.reader, reference)

    def plan(self, request: TrainingRequest) -> Plan:
        """Settle what would be trained, without recording anything; see `engine.planning`."""
        from engine import planning

        return planning.plan(self, request)

    def train(
        self,
        plan: Plan,
        progress: Callable[[str, float], None] | None = None,
        *,
        priority: int | None = None,
    ) -> str:
        """Record and start, or queue, a planned job; return its id. See `engine.jobs.start`."""
        from engine import jobs

        return jobs.start(self, plan, progress, priority=priority)

    def cancel_job(self, job: str) -> None:
        """Ask a job to stop; see `engine.jobs.cancel`."""
        from engine import jobs

        jobs.cancel(self, job)

    def pause_job(self, job: str) -> None:
        """Ask a hosted job to pause; see `engine.jobs.pause`."""
        from engine import jobs

        jobs.pause(self, job)

    def resume_job(
        self,
        job: str,
        progress: Callable[[str, float], None] | None = None,
        *,
        priority: int | None = None,
    ) -> None:
        """Go on with a job that stopped without a result; see `engine.jobs.resume`."""
        from engine import jobs

        jobs.resume(self, job, progress, priority=priority)

    def retry_job(
        self,
        job: str,
        progress: Callable[[str, float], None] | None = None,
        *,
        priority: int | None = None,
    ) -> str:
        """Start a new job from the plan of another one; see `engine.jobs.retry`."""
        from engine import jobs

        return jobs.retry(self, job, progress, priority=priority)

    def log_tail(self, job: str, lines: int = 200) -> list[str]:
        """Return the last lines that the job's process wrote to its log; none for a hosted job."""
        from engine.providers.run_log import log_tail

        return log_tail(self.places.run(job), lines)

    def open_chat(
        self,
        model: str,
        *,
        system: str | None = None,
        temperature: float | None = 0.0,
        max_tokens: int | None = 256,
        seed: int | None = None,
        stop: Sequence[str] = (),
        provider: str | None = None,
        chat: str | None = None,
        local: LocalModels | None = None,
        progress: Callable[[str, float], None] | None = None,
    ) -> Conversation:
        """Begin a conversation with a fine-tuned or base model, or go on with one of the log.

        It takes a moment to start; see `engine.conversations.Conversation`.
        """
        from engine.conversations import Conversation, Sampling

        sampling = Sampling(temperature, max_tokens, seed, tuple(stop))
        return Conversation(
            self, model, system, sampling, progress, provider=provider, local=local, chat=chat
        )

    def as_of(self, when: str) -> sqlite3.Connection:
        """Return a connection for reading the store as it stood at an event or a time.

        Args:
            when: a seq (`120`), or what `store.times.parse_when` reads.

        Raises:
            NotFoundError: if the event is yet to come.
            LabError: if it is neither.
        """
        from store.past import as_of

        return as_of(self.database, self.seq_as_of(when))

    def seq_as_of(self, when: str) -> int:
        """Return the seq of the last event that counts as of an event or a time; see `as_of`.

        Raises:
            NotFoundError: if the event is yet to come.
            LabError: if it is neither.
        """
        from store.queries.history import seq_at
        from store.times import parse_when, to_text

        if when.isdecimal():
            return self._recorded_seq(int(when))
        try:
            moment = parse_when(when)
        except ValueError as error:
            raise LabError(f"{error}, or an event's seq such as 120") from None
        return seq_at(self.database.reader, to_text(moment)) or self._begins_on(moment)

    def _begins_on(self, moment: datetime) -> int:
        """Return 1, the first event, if a day is meant on which the log begins; else 0."""
        from store.queries.history import event
        from store.times import from_text

        if moment.astimezone().time() != time.min or not self.database.head():
            return 0
        return int(from_text(event(self.database.reader, 1).at) < moment + timedelta(days=1))

    def _recorded_seq(self, seq: int) -> int:
        head = self.database.head()
        if seq > head:
            raise NotFoundError(f"there is no event {seq} yet: the last one is {head}")
        return seq

    def start_polling(self, *, described: str | None = None, slots: int | None = None) -> None:
        """Bring in the news of jobs from now on, from a thread, while no other process does.

        Args:
            described: who polls, for others to read.
            slots: how many jobs of this machine may run before others have to wait in the queue; as
                many as the settings say if None; with 0 no waiting one is started.
        """
        from engine.poller import Polling

        if self._polling is None and not self.database.read_only:
            who = described or f"{self.actor} (pid {os.getpid()})"
            self._polling = Polling(self, who, slots=slots, on_trouble=self._note_trouble)
            self._polling.start()

    def stop_polling(self) -> None:
        """End what `start_polling` began."""
        polling, self._polling = self._polling, None
        if polling is not None:
            polling.stop()

    def _note_trouble(self, trouble: str | None) -> None:
        self.polling_notice = trouble


def open_database(places: Places, *, create: bool = True) -> Database:
    """Open a lab's database as it stands: nothing is begun in it and nothing folded anew.

    Raises:
        StoreError: if it cannot be opened.
    """
    return Database(places.database, create=create, journal=_journal())


def _user_at_host() -> str:
    """Return who works here; FTLAB_ACTOR says it where user and host would say too little (CI)."""
    import socket

    return os.environ.get("FTLAB_ACTOR") or f"{_user()}@{socket.gethostname()}"


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _journal() -> Journal:
    chosen = os.environ.get("FTLAB_JOURNAL", "auto")
    if chosen not in {"auto", "wal", "rollback"}:
        raise LabError(f"FTLAB_JOURNAL is '{chosen}': it can be auto, wal or rollback")
    return cast("Journal", chosen)
