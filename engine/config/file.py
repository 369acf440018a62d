"""Reading config.toml: what it says, and on which line it is at fault."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from engine import profiles
from engine.config import notifying
from engine.config.notifying import NOTIFY, WebhookAddress
from engine.errors import LabError
from engine.profiles import Profile, ProfileError
from engine.toml_lines import line_of

RESUME_INTERRUPTED = "resume-interrupted"
SETTINGS = ("budget", "slots", RESUME_INTERRUPTED, "theme")
"""The settings beside the profiles."""

MOST_SLOTS = 1000
"""More jobs than any machine runs at a time: a number above it is a slip of the hand."""

MOST_RESUMPTIONS = 1000

_Value = TypeVar("_Value")
_KEYS = (*SETTINGS, "profiles", "keys", "notify")
_PLACE_IN_ERROR = re.compile(r" \(at line (\d+), column \d+\)$")
_THEME = re.compile(r"[\w-]+")
_KEY_ENV = re.compile(r"""key_env["']?\s*=\s*["'](\w+)["']""")


class ConfigError(LabError):
    """The configuration file cannot be followed."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What a configuration file says.

    Attributes:
        budget: US dollars that a job may cost at most unless another limit is given; None if the
            file says nothing of it.
        profiles: what it says of each profile, by name, checked to make one.
        slots: how many jobs of this machine may run before others have to wait in the queue.
        resumptions: how often an interrupted job goes on by itself while a daemon runs.
        keys: the user's own keys in the dashboard, by the id of the action.
        notify_command: what is run when a job ends: a program and its arguments.
        notify_url: where is posted to when a job ends.
        notify_on: of which ends somebody is told.
        theme: the name of the dashboard's theme.
    """

    budget: float | None
    profiles: dict[str, dict[str, object]]
    slots: int | None = None
    resumptions: int | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    notify_command: tuple[str, ...] | None = None
    notify_url: WebhookAddress | None = None
    notify_on: tuple[str, ...] | None = None
    theme: str | None = None


def read(path: Path) -> ConfigFile:
    """Return what a configuration file says; nothing if there is none.

    Raises:
        ConfigError: if it is at fault, with the line.
    """
    return parse(text_of(path), path)


def text_of(path: Path) -> str:
    """Return the text of a configuration file, its line breaks as they are; none if there is none.

    Raises:
        ConfigError: if it cannot be read.
    """
    try:
        # Some editors put a mark before the first letter that TOML does not know.
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return opened.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise ConfigError(f"{path} cannot be read: {why}") from None


def key_variables(path: Path) -> frozenset[str]:
    """Return the environment variables that a configuration file names as holding keys.

    Whatever else is wrong with the file: what may be a key is to be known as one.
    """
    try:
        return frozenset(_KEY_ENV.findall(text_of(path)))
    except ConfigError:
        return frozenset()


def parse(text: str, path: Path) -> ConfigFile:
    """Return what the text of a configuration file says.

    Args:
        text: the text.
        path: the file, for errors to name.

    Raises:
        ConfigError: if it is at fault, with the line.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE_IN_ERROR.search(str(error))
        line = int(found[1]) if found else len(text.splitlines())
        why = _PLACE_IN_ERROR.sub("", str(error))
        raise ConfigError(f"{path}, line {line}: this is no TOML: {why}") from None
    return _Reading(path, text, content).whole()


def budget(value: object) -> float:
    """Return a budget in US dollars.

    Raises:
        ValueError: if it is none.
    """
    if isinstance(value, str):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("is no amount of US dollars such as 50")  # noqa: TRY004 - one error for all
    if not isfinite(value) or value < 0:
        raise ValueError("is no amount of US dollars such as 50")
    return float(value)


def slots(value: object) -> int:
    """Return a number of slots.

    Raises:
        ValueError: if it is none.
    """
    return _whole(value, (1, MOST_SLOTS), "jobs", 1)


def resumptions(value: object) -> int:
    """Return how often something may go on by itself.

    Raises:
        ValueError: if it is no such number.
    """
    return _whole(value, (0, MOST_RESUMPTIONS), "times", 3)


def theme(value: object) -> str:
    """Return the name of a theme as it is written: only the dashboard knows which there are.

    Raises:
        ValueError: if it is no name.
    """
    if not isinstance(value, str) or not _THEME.fullmatch(value):
        raise ValueError("is no name of a theme such as ftlab-light")
    return value


READERS: Mapping[str, Callable[[object], object]] = {
    "budget": budget,
    "slots": slots,
    RESUME_INTERRUPTED: resumptions,
    "theme": theme,
    notifying.COMMAND: notifying.command,
    notifying.URL: notifying.address,
    notifying.ON: notifying.ends,
}
"""What reads the value of each setting."""


def _whole(value: object, ends: tuple[int, int], thing: str, example: int) -> int:
    if isinstance(value, str):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise ValueError(f"is no number of {thing} such as {example}")
    least, most = ends
    if not least <= value <= most:
        raise ValueError(f"is no number of {thing} from {least} to {most}")
    return int(value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


class _Reading:
    """One reading of one file.

    Args:
        path: the file.
        text: its text.
        content: what the text says as TOML.
    """

    def __init__(self, path: Path, text: str, content: dict[str, Any]) -> None:
        self._path = path
        self._text = text
        self._content = content

    def whole(self) -> ConfigFile:
        for key in self._content:
            if key not in _KEYS:
                raise self._fault((key,), profiles.unknown(key, _KEYS))
        tables = self._content.get("profiles", {})
        if not isinstance(tables, dict):
            raise self._fault(("profiles",), "is no table: begin one with [profiles.NAME]")
        for name, fields in tables.items():
            self._check_profile(name, fields)
        return ConfigFile(
            self._said("budget", budget),
            tables,
            self._said("slots", slots),
            self._said(RESUME_INTERRUPTED, resumptions),
            self._own_keys(),
            self._said_of_notifying(notifying.COMMAND, notifying.command),
            self._said_of_notifying(notifying.URL, notifying.address),
            self._said_of_notifying(notifying.ON, notifying.ends),
            self._said("theme", theme),
        )

    def _said_of_notifying(self, setting: str, read: Callable[[object], _Value]) -> _Value | None:
        table = self._content.get("notify", {})
        if not isinstance(table, dict):
            raise self._fault(("notify",), "is no table: begin one with [notify]")
        known = tuple(name.partition(".")[2] for name in NOTIFY)
        for name in table.keys() - set(known):
            raise self._fault(("notify", name), profiles.unknown(name, known))
        field = setting.partition(".")[2]
        if field not in table:
            return None
        try:
            return read(table[field])
        except ValueError as error:
            raise self._fault(("notify", field), str(error)) from None

    def _own_keys(self) -> Mapping[str, str]:
        found = self._content.get("keys", {})
        if not isinstance(found, dict):
            raise self._fault(("keys",), "is no table: begin one with [keys]")
        for action, key in found.items():
            if not isinstance(key, str) or not key.strip():
                raise self._fault(("keys", action), 'is no key: write "job.cancel" = "x"')
        return found

    def _said(self, setting: str, read: Callable[[object], _Value]) -> _Value | None:
        if setting not in self._content:
            return None
        try:
            return read(self._content[setting])
        except ValueError as error:
            raise self._fault((setting,), str(error)) from None

    def _check_profile(self, name: str, fields: object) -> Profile:
        place = ("profiles", name)
        if not isinstance(fields, dict):
            raise self._fault(place, "is no table: begin one with [profiles.NAME]")
        try:
            return profiles.make(name, fields)
        except ProfileError as error:
            if error.field is None:
                raise self._fault(place, f"cannot stay: {error.what}") from None
            raise self._fault((*place, error.field), error.what) from None

    def _fault(self, place: tuple[str, ...], what: str) -> ConfigError:
        line = line_of(self._text, place)
        return ConfigError(f"{self._path}, line {line}: {'.'.join(place)} {what}")
