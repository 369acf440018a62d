from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from engine.errors import ProviderError
from engine.providers.hosted.provider import HostedProvider
from engine.providers.hosted.service import Service
from tests.standin import faults

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.standin.injection import Fault
    from tests.standin.standin import Standin

JOBS, FILES = "/fine_tuning/jobs", "/files"


def ask(
    provider: HostedProvider, use: Callable[[Service], Awaitable[object]], patience: float = 20.0
) -> None:
    async def run() -> None:
        async with provider.open(patience=patience) as service:
            await use(service)

    asyncio.run(run())


def listing(service: Service) -> Awaitable[object]:
    return service.read(lambda client: client.fine_tuning.jobs.list())


def upload(service: Service) -> Awaitable[object]:
    return service.act(
        lambda client: client.files.create(file=("a.jsonl", b"{}\n"), purpose="fine-tune")
    )


def test_what_was_refused_because_too_much_is_asked_is_asked_again(
    provider: HostedProvider, standin: Standin
) -> None:
    standin.inject(faults.rate_limited(0.1), "POST", FILES, times=2)
    ask(provider, upload)
    assert len([asked for asked in standin.asked("POST", FILES) if asked.acted]) == 1
    assert standin.count("POST", FILES) == 3


@pytest.mark.parametrize(
    "fault",
    [faults.server_error(503, retry_after=0), faults.reset_after(), faults.out_of_quota()],
    ids=["503", "reset after", "no money"],
)
def test_what_may_have_been_done_or_never_will_be_is_asked_once(
    fault: Fault, provider: HostedProvider, standin: Standin
) -> None:
    standin.inject(fault, "POST", FILES)
    with pytest.raises(ProviderError):
        ask(provider, upload)
    assert standin.count("POST", FILES) == 1


def test_a_service_that_wants_to_be_left_alone_is_not_waited_for(
    provider: HostedProvider, standin: Standin
) -> None:
    standin.inject(faults.rate_limited(1e9), "GET", JOBS)
    begun = time.monotonic()
    for _ in range(3):
        with pytest.raises(ProviderError) as told:
            ask(provider, listing)
        assert told.value.retriable
        assert told.value.retry_after == pytest.approx(3600, abs=60)
    assert time.monotonic() - begun < 10
    assert standin.count("GET", JOBS) == 1


def test_patience_counts_the_time_that_answers_take(
    provider: HostedProvider, standin: Standin
) -> None:
    standin.inject(faults.slow_midway(0.6), "GET", JOBS, times=None)
    standin.inject(faults.truncated(), "GET", JOBS, times=None)
    begun = time.monotonic()

    async def run() -> None:
        service = Service(provider.profile, provider._key, patience=0.5, timeout=0.3)
        async with service:
            await listing(service)

    with pytest.raises(ProviderError):
        asyncio.run(run())
    assert time.monotonic() - begun < 20
    assert standin.count("GET", JOBS) == 1
