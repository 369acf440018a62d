"""Looks at a profile's service: its key, the way to it, what the key may do, its clock, its limits.

Everything is asked by GET, and nothing but lists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from engine import keys
from engine.config.settings import Settings
from engine.doctor.examination import Probe
from engine.doctor.finding import Finding, Status
from engine.errors import LabError, ProviderError
from engine.keys import Key
from engine.profiles import Profile
from engine.providers.hosted import failures
from engine.providers.hosted.clients import api_url, open_bare_client, open_blocking_client
from engine.providers.hosted.limits import limits_in
from engine.providers.hosted.retry_after import moment

if TYPE_CHECKING:
    import openai

_SECONDS = 45.0
_ANSWER_SECONDS = 8.0
_CLOCK_SECONDS = 60.0
_KNOWN = ("permission", "quota")
"""What is refused to none but a key that is known; any other refusal comes to others too."""


def probe(settings: Settings, name: str, *, wanted: bool) -> Probe:
    """Return the look at a profile's service.

    Args:
        settings: where the profile is.
        name: the profile.
        wanted: whether the user asked for it: otherwise a built-in one without a key is left alone.
    """
    return Probe(name, "profile", partial(_look, settings, name, wanted=wanted), _SECONDS)


def _look(settings: Settings, name: str, *, wanted: bool) -> Iterator[Finding]:
    look = partial(Finding, name)
    try:
        profile = settings.profile(name)
    except LabError as error:
        yield look("profile", "failure", str(error))
        return
    key: Key | None = None
    try:
        key = keys.find(profile, settings.surroundings)
    except LabError as error:
        yield look("key", "failure", str(error))
    else:
        unused = key is None and not wanted and not settings.is_configured(name)
        yield _key_found(profile, key, unused=unused)
        if unused:
            return
    for variable in settings.unheeded(profile):
        what = f"{variable} does not count: no key for the profile stands beside it"
        yield look("address", "warning", what, "put both into the same file, or the environment")
    if profile.base_url.startswith("http://") and not profile.on_this_machine:
        what = "the key crosses the network unencrypted: everybody on the way can read it"
        yield look("address", "warning", what, "use https, or a tunnel to this machine")
    yield from _Service(profile, key).findings()


def _key_found(profile: Profile, key: Key | None, *, unused: bool) -> Finding:
    """Say where the key is; the built-in profile needs none where nobody uses it."""
    if key is not None:
        return Finding(profile.name, "key", "ok", f"from {key.source}")
    what = "none, so this profile is not used" if unused else "there is none"
    status: Status = "ok" if unused else "failure"
    return Finding(profile.name, "key", status, what, keys.ways_to_give(profile))


class _Service:
    """One service, asked a few questions.

    Args:
        profile: the service.
        key: its key; None to look at no more than the way to it.
    """

    def __init__(self, profile: Profile, key: Key | None) -> None:
        self._profile = profile
        self._key = key
        self._headers: dict[str, str] = {}
        self._listed = False

    def findings(self) -> Iterator[Finding]:
        """Give what is found, each thing only if those that it needs were found good."""
        try:
            yield self._address()
        except LabError as error:
            advice = "ftlab works offline too, all but this profile"
            yield self._found("address", "failure", str(error), advice)
            return
        yield from self._clock()
        if self._key is not None:
            yield from self._permissions(self._key)
        if self._listed:
            yield from self._limits()

    def _address(self) -> Finding:
        """Ask without the key: whether an answer comes, whatever it is."""
        url = f"{api_url(self._profile)}/models"
        version = self._profile.api_version
        asked = {"api-version": version} if version else None
        with failures.told(self._profile, None), open_bare_client(self._profile) as client:
            begun = time.monotonic()
            answer = client.get(url, params=asked, timeout=_ANSWER_SECONDS)
            took = (time.monotonic() - begun) * 1000
        self._headers.update(answer.headers)
        status: Status = "ok" if answer.status_code < 500 else "failure"
        what = f"{api_url(self._profile)} answers ({answer.status_code}, {took:.0f} ms)"
        return self._found("address", status, what)

    def _clock(self) -> Iterator[Finding]:
        theirs = moment(self._headers.get("date"))
        if theirs is None:
            return
        ahead = (datetime.now(UTC) - theirs).total_seconds()
        if abs(ahead) < _CLOCK_SECONDS:
            yield self._found("clock", "ok", "agrees with the service's")
            return
        direction = "ahead of" if ahead > 0 else "behind"
        what = f"this machine's clock is {_span(abs(ahead))} {direction} the service's"
        yield self._found("clock", "warning", what, "set the clock: recorded times would be wrong")

    def _permissions(self, key: Key) -> Iterator[Finding]:
        with open_blocking_client(self._profile, key, timeout=_ANSWER_SECONDS) as client:
            questions = _questions(client)
            accepted, missing = False, 0
            for name, ask in questions.items():
                finding, failure = self._permission(name, ask, key)
                kind = None if failure is None else failure.kind
                if kind == "authentication":
                    yield self._found("key", "failure", str(failure))
                    return
                self._listed |= finding.status == "ok"
                if not accepted and (self._listed or kind in _KNOWN):
                    accepted = True
                    yield self._found("key", "ok", "accepted")
                missing += kind == "not_found"
                yield finding
            if missing == len(questions):
                yield self._nothing_there()

    def _nothing_there(self) -> Finding:
        what = f"nothing of an OpenAI API is at {api_url(self._profile)}"
        advice = "is its /v1 missing, or is there too much behind it?"
        return self._found("address", "failure", what, advice)

    def _permission(
        self, name: str, ask: Callable[[], Any], key: Key
    ) -> tuple[Finding, ProviderError | None]:
        try:
            with failures.told(self._profile, key):
                answer = ask()
                self._headers.update(answer.headers)
                listed = getattr(answer.parse(), "data", None)
        except ProviderError as error:
            return self._refusal(name, error), error
        if isinstance(listed, list):
            return self._found(name, "ok", "may be listed"), None
        what = f"{self._profile.host} answered, but with no list"
        return self._found(name, "failure", what, "is this address an OpenAI API's?"), None

    def _refusal(self, name: str, error: ProviderError) -> Finding:
        match error.kind:
            case "permission":
                return self._found(
                    name,
                    "failure",
                    str(error),
                    f"give the key the right to read {name}, or use a key that has it",
                )
            case "not_found":
                what = f"{self._profile.host} has no list of {name}"
                advice = "look at the address, or do without: not every service offers them"
                return self._found(name, "warning", what, advice)
            case "rate_limit":
                return self._found(name, "warning", str(error), "try again later")
            case _:
                return self._found(name, "failure", str(error))

    def _limits(self) -> Iterator[Finding]:
        limits = list(limits_in(self._headers))
        for limit in limits:
            status: Status = "ok" if limit.remaining else "warning"
            yield self._found("limits", status, str(limit))
        if not limits:
            what = "the service tells none for lists: the first job or answer shows what is left"
            yield self._found("limits", "ok", what)

    def _found(self, name: str, status: Status, what: str, advice: str | None = None) -> Finding:
        return Finding(self._profile.name, name, status, what, advice)


def _span(seconds: float) -> str:
    """Return a stretch of time in its largest unit of which there are two or more."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _questions(client: openai.OpenAI) -> dict[str, Callable[[], Any]]:
    """Return what is asked, by what it is about."""
    return {
        "models": client.models.with_raw_response.list,
        "files": partial(client.files.with_raw_response.list, limit=1),
        "fine-tuning jobs": partial(client.fine_tuning.jobs.with_raw_response.list, limit=1),
    }
