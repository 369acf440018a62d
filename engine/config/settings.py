"""What counts now: the environment first, then .env, then config.toml, then the usual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Generic, TypeVar

from engine import keys, profiles
from engine.config import file, notifying
from engine.config.file import ConfigError, ConfigFile
from engine.config.notifying import WebhookAddress
from engine.config.surroundings import Found, Surroundings
from engine.keys import Key
from engine.places import Places
from engine.profiles import BUILT_IN, Profile
from store.errors import NotFoundError

BUDGET_VARIABLE = "FTLAB_BUDGET"
SLOTS_VARIABLE = "FTLAB_SLOTS"
RESUMPTIONS_VARIABLE = "FTLAB_RESUME_INTERRUPTED"
THEME_VARIABLE = "FTLAB_THEME"
NOTIFY_VARIABLES = {
    notifying.COMMAND: "FTLAB_NOTIFY_COMMAND",
    notifying.URL: "FTLAB_NOTIFY_URL",
    notifying.ON: "FTLAB_NOTIFY_ON",
}
USUAL = "usual"
"""The source of what nobody has said otherwise."""

_SDK_VARIABLES = {
    "base_url": "OPENAI_BASE_URL",
    "organization": "OPENAI_ORG_ID",
    "project": "OPENAI_PROJECT_ID",
}
"""What the built-in profile heeds, as the openai package does."""

T_co = TypeVar("T_co", covariant=True)
_Value = TypeVar("_Value")
_Usual = TypeVar("_Usual")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T_co]):
    """A value that counts, and where it was said."""

    value: T_co
    source: str


class Settings:
    """What counts now, everything with its source.

    Args:
        places: where config.toml is.
        surroundings: what the environment and the .env files say.

    Attributes:
        places: where config.toml is.
        surroundings: what the environment and the .env files say.

    Raises:
        LabError: if anything that was said is at fault, with where it was said.
    """

    def __init__(self, places: Places, surroundings: Surroundings) -> None:
        self.places = places
        self.surroundings = surroundings
        self._file: ConfigFile = file.read(places.config)

    @classmethod
    def read(
        cls,
        places: Places,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> Settings:
        """Read everything as it is now; see `Surroundings.look`."""
        return cls(places, Surroundings.look(places, environment, folder))

    @property
    def budget(self) -> Setting[float | None]:
        """US dollars that a job may cost at most unless another limit is given; None for no limit.

        Raises:
            LabError: if what the environment says is no amount.
        """
        return self._settled(BUDGET_VARIABLE, file.budget, self._file.budget, None)

    @property
    def slots(self) -> Setting[int]:
        """How many jobs of this machine may run before others have to wait in the queue.

        Raises:
            LabError: if what the environment says is no such number.
        """
        return self._settled(SLOTS_VARIABLE, file.slots, self._file.slots, 1)

    @property
    def resumptions(self) -> Setting[int]:
        """How often an interrupted job goes on by itself while a daemon runs; 0 for never.

        Raises:
            LabError: if what the environment says is no such number.
        """
        return self._settled(RESUMPTIONS_VARIABLE, file.resumptions, self._file.resumptions, 0)

    @property
    def theme(self) -> Setting[str | None]:
        """The name of the dashboard's theme; None for the one that suits the terminal.

        Raises:
            LabError: if what the environment says is no name.
        """
        return self._settled(THEME_VARIABLE, file.theme, self._file.theme, None)

    @property
    def notify_command(self) -> Setting[tuple[str, ...] | None]:
        """What is run when a job ends: a program and its arguments; None if nothing is.

        Raises:
            LabError: if what the environment says is no command.
        """
        said = self._own(notifying.COMMAND)
        return self._counting(said, notifying.command, self._file.notify_command, None)

    @property
    def notify_url(self) -> Setting[WebhookAddress | None]:
        """Where is posted to when a job ends; None if nowhere.

        Raises:
            LabError: if what the environment says is no address.
        """
        said = self._own(notifying.URL)
        return self._counting(said, notifying.address, self._file.notify_url, None)

    @property
    def notify_on(self) -> Setting[tuple[str, ...]]:
        """Of which ends somebody is told.

        Raises:
            LabError: if what the environment says are none.
        """
        said = self._own(notifying.ON)
        return self._counting(said, notifying.ends, self._file.notify_on, notifying.ENDS)

    def _own(self, setting: str) -> Found | None:
        return self.surroundings.find_own(NOTIFY_VARIABLES[setting], self.places)

    def _settled(
        self,
        variable: str,
        read: Callable[[object], _Value],
        written: _Value | None,
        usual: _Usual,
    ) -> Setting[_Value | _Usual]:
        """Return what counts: the variable's value, what the file says, or the usual."""
        return self._counting(self.surroundings.find(variable), read, written, usual)

    def _counting(
        self,
        said: Found | None,
        read: Callable[[object], _Value],
        written: _Value | None,
        usual: _Usual,
    ) -> Setting[_Value | _Usual]:
        if said is not None:
            try:
                return Setting(read(said.value), said.source)
            except ValueError as error:
                raise ConfigError(f"{said.source} {error}") from None
        if written is not None:
            return Setting(written, str(self.places.config))
        return Setting(usual, USUAL)

    def names(self) -> list[str]:
        """Return the names of all profiles, the built-in one first."""
        return list(dict.fromkeys((BUILT_IN, *self._file.profiles)))

    def is_configured(self, name: str) -> bool:
        """Tell whether config.toml has a profile of this name."""
        return name in self._file.profiles

    def profile(self, name: str) -> Profile:
        """Return the profile of a name.

        Raises:
            NotFoundError: if there is none.
            LabError: if what the environment says of it cannot be.
        """
        fields = self.fields(name)
        try:
            return profiles.make(name, {field: said.value for field, said in fields.items()})
        except profiles.ProfileError as error:
            source = fields[error.field].source if error.field in fields else BUILT_IN
            raise ConfigError(f"{source}: {error}") from None

    def fields(self, name: str) -> dict[str, Setting[object]]:
        """Return what is said of a profile, by field, with where it was said.

        Raises:
            NotFoundError: if there is none of this name.
        """
        if name not in self.names():
            raise NotFoundError(f"there is no profile '{name}'{_hint(name, self.names())}")
        written = self._file.profiles.get(name, {})
        said = {field: Setting(value, str(self.places.config)) for field, value in written.items()}
        return self._from_environment(said) | said if name == BUILT_IN else said

    def key(self, profile: Profile) -> Key:
        """Return a profile's key; see `engine.keys.need`."""
        return keys.need(profile, self.surroundings)

    def unheeded(self, profile: Profile) -> list[str]:
        """Return the variables of .env files that do not count, since the key is from elsewhere."""
        if profile.name != BUILT_IN:
            return []
        near = self.surroundings
        lost = (near.lost_beside(name, profile.key_env) for name in _SDK_VARIABLES.values())
        return [found.source for found in lost if found is not None]

    def _from_environment(self, said: Mapping[str, Setting[object]]) -> dict[str, Setting[object]]:
        """Return what the openai package's variables say of the built-in profile."""
        if "kind" in said and said["kind"].value != "openai":
            return {}
        key_env = str(said["key_env"].value) if "key_env" in said else "OPENAI_API_KEY"
        near = self.surroundings
        looked = {
            field: near.find_beside(variable, key_env) for field, variable in _SDK_VARIABLES.items()
        }
        return {
            field: Setting(found.value, found.source) for field, found in looked.items() if found
        }


def _hint(name: str, known: list[str]) -> str:
    likely = get_close_matches(name, known, n=1)
    if likely:
        return f": did you mean {likely[0]}?"
    return ": `ftlab config profile add` makes one, `ftlab config profile list` shows all"
