"""The stand-in as tests hold it: where it is, what came in, and what it is to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from tests.standin.app import App
from tests.standin.calls import Exchange, Json
from tests.standin.clock import Clock
from tests.standin.examples import training_file
from tests.standin.faults import reset_before
from tests.standin.files import add_file
from tests.standin.history import Past, add_past_job
from tests.standin.injection import Fault, Injection
from tests.standin.job_requests import read_job
from tests.standin.life import Life
from tests.standin.organization import add_past_jobs
from tests.standin.record import Record
from tests.standin.server import ServerThread
from tests.standin.state import Answerer, Behaviour, HostedFile, Job, State


class Standin:
    """OpenAI's fine-tuning API on loopback, for as long as the context lasts.

        with Standin() as standin:
            client = openai.OpenAI(base_url=standin.base_url, api_key=standin.key)

    Paths here have no prefix: `/fine_tuning/jobs/*` for a job, whichever service a client takes
    it for; `*` stands for one segment of a path, `**` for any number.
    """

    def __init__(self, clock: Clock | None = None, *, port: int = 0, seed: int = 0) -> None:
        """Prepare it at the time of `clock`, else of the machine; `seed` makes its ids."""
        self.clock = clock or Clock()
        self.state = State(self.clock, seed)
        self._record = Record()
        self._server = ServerThread(port)
        self._app = App(self.state, self._record, self._server.hang_up)
        self._life = Life(self.state)

    def __enter__(self) -> Self:
        self._server.start(self._app)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    @property
    def base_url(self) -> str:
        """The address for clients of OpenAI, or of anything compatible."""
        return f"{self._server.address}/v1"

    @property
    def azure_endpoint(self) -> str:
        """The address for `AzureOpenAI`, which asks below `/openai` with an `api-version`."""
        return self._server.address

    @property
    def azure_base_url(self) -> str:
        """The address of Azure's v1 API, for `OpenAI` itself."""
        return f"{self._server.address}/openai/v1"

    @property
    def key(self) -> str:
        """The one key that is right."""
        return self.state.key

    @property
    def behaviour(self) -> Behaviour:
        """What may be set about how it behaves."""
        return self.state.behaviour

    @property
    def requests(self) -> list[Exchange]:
        """All requests, in the order in which they came."""
        return self._record.requests

    @property
    def violations(self) -> list[str]:
        """What was wrong with requests by OpenAI's published types."""
        return self._record.violations

    @property
    def secrets(self) -> list[str | None]:
        """The key that each request showed, in the order of `requests`."""
        return self._record.secrets

    def count(self, method: str, path: str, *, status: int | None = None) -> int:
        """Return how many requests came; `method` may be `*`."""
        return len(self.asked(method, path, status=status))

    def asked(self, method: str, path: str, *, status: int | None = None) -> list[Exchange]:
        """Return the requests of a method and path, in the order in which they came."""
        return self._record.find(method, path, status)

    def inject(
        self, fault: Fault, method: str, path: str, *, times: int | None = 1, after: int = 0
    ) -> Injection:
        """Have requests go wrong.

        Args:
            fault: how (see `tests.standin.faults`).
            method: of which requests, or `*`.
            path: the same, with `*` and `**`.
            times: how many of them; None for all.
            after: how many go well before.

        Returns:
            The injection, which tells how often it was met and can be lifted. Of several for the
            same request the earliest that is not used up is taken.
        """
        injection = Injection(fault, method, path, times=times, after=after)
        with self.state.lock:
            self._app.injections.append(injection)
        return injection

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Reset every connection while the context lasts."""
        injection = Injection(reset_before(), "*", "/**", times=None, after=0)
        with self.state.lock:
            self._app.injections.insert(0, injection)
        try:
            yield
        finally:
            injection.lift()

    def close_organization(self) -> None:
        """Refuse to create jobs from now on; everything else goes on."""
        self.behaviour.closed = True

    def answer(self, answerer: Answerer | str | None) -> None:
        """Have models answer with this text, or with what a function of the request says."""
        text = answerer
        self.behaviour.answerer = (lambda _: text) if isinstance(text, str) else text

    def add_file(
        self,
        filename: str,
        content: bytes,
        purpose: str = "fine-tune",
        *,
        status: str = "processed",
    ) -> HostedFile:
        """Keep a file as if it had been uploaded."""
        with self.state.lock:
            file = add_file(self.state, filename, content, purpose)
            file.status = status
        return file

    def file(self, name: str) -> HostedFile | None:
        """Return a file that is still there."""
        return self.state.files.get(name)

    def delete_file(self, name: str) -> None:
        """Delete a file as its owner might in the dashboard."""
        with self.state.lock:
            del self.state.files[name]

    def job(self, name: str) -> Job:
        """Return a job; what is set on it is what the API answers from then on."""
        return self.state.jobs[name]

    @property
    def jobs(self) -> list[Job]:
        """All jobs, the newest first."""
        with self.state.lock:
            return list(self.state.newest_jobs())

    def live_job(self, status: str = "running", **wanted: Any) -> Job:  # noqa: ANN401 - a request's fields
        """Add a job as if it had been created, by default of twelve examples, and move it on.

        Args:
            status: how far.
            wanted: fields of the create request, in the place of the stand-in's own.
        """
        with self.state.lock:
            request: Json = {"model": "gpt-4o-mini-2024-07-18"} | wanted
            if "training_file" not in request:
                method = request.get("method", {}).get("type", "supervised")
                base = self.state.base_of(request["model"])
                assert base is not None
                content = training_file(method, base.id, 12)
                request["training_file"] = self.add_file("live.jsonl", content).id
            job = read_job(self.state, request)
            self._life.begin(job)
            if status != job.status:
                self._life.advance(job, status)
        return job

    def advance(
        self,
        job: Job | str,
        to: str | None = None,
        *,
        steps: int | None = None,
        every: int = 1,
        error: Mapping[str, str | None] | None = None,
    ) -> Job:
        """Move a job on: to its next status, to a named one, or by some training steps.

        Args:
            job: the job or its id.
            to: `queued`, `running`, `paused`, `succeeded`, `failed`, `cancelled`, or any other
                word.
            steps: how many steps to make; each `every`-th is a metrics event.
            every: see `steps`.
            error: why it fails: `code`, `message`, `param`.
        """
        with self.state.lock:
            moved = self.job(job) if isinstance(job, str) else job
            reason = dict(error) if error else None
            self._life.advance(moved, to, steps=steps, every=every, error=reason)
        return moved

    def tell(self, job: Job | str, message: str, **fields: Any) -> None:  # noqa: ANN401 - an event's fields
        """Add an event to a job; `fields` (`level`, `type`, `data`, …) replace its own."""
        with self.state.lock:
            self._life.tell(self.job(job) if isinstance(job, str) else job, message, **fields)

    def past_job(self, **past: Any) -> Job:  # noqa: ANN401 - the fields of Past
        """Add a finished job (see `Past` for what it may be)."""
        with self.state.lock:
            return add_past_job(self.state, Past(**past))

    def past_jobs(self, count: int, *, events: int = 20, seed: int = 0) -> list[Job]:
        """Add finished jobs of all kinds and years, and return them, the oldest first."""
        with self.state.lock:
            return add_past_jobs(self.state, count, events=events, seed=seed)
