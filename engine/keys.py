"""Keys of hosted services: held so that nothing shows them, and found where the user keeps them."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, NoReturn

from engine import system_keyring
from engine.errors import LabError

if TYPE_CHECKING:
    from engine.config.surroundings import Surroundings
    from engine.profiles import Profile

_HIDDEN = "[key]"
_SENDABLE = re.compile(r"[!-~]+")
_QUOTES = "\"'`"
_RUN = 6
"""Characters in a row that a text may not share with a key."""
_END = 4
"""Characters of a key's beginning or end that servers like to repeat."""
_WORD = re.compile(r"[^\s\"'`<>(){}\[\],;]+")
_BETWEEN = re.compile(r"[.*…•:=/]+")
_SEARCHED = 20_000


class Key:
    """A key that no print, log, traceback, copy on disk or JSON ever shows.

    Args:
        text: the key.
        source: where it was found, in words.

    Attributes:
        source: where it was found, in words.

    Raises:
        LabError: if it cannot be sent: the words name the source and never the key.
    """

    __slots__ = ("__text", "source")

    def __init__(self, text: str, source: str) -> None:
        self.source = source
        self.__text = text.strip()
        if not _SENDABLE.fullmatch(self.__text):
            raise LabError(
                f"the key from {source} is empty, or has a space, a line break or a letter in it "
                "that no key has: set it anew"
            )
        if self.__text[0] in _QUOTES:
            raise LabError(f"the key from {source} stands in quotation marks: leave them out")

    def reveal(self) -> str:
        """Return the key itself: for the header of a request, and for the system keyring."""
        return self.__text

    def hide_in(self, text: str) -> str:
        """Return a text without the key or any telling part of it: some servers repeat those."""
        return _WORD.sub(lambda word: _HIDDEN if self._is_told_by(word[0]) else word[0], text)

    def _is_told_by(self, word: str) -> bool:
        if "***" in word or word == self.__text:
            return True
        key = self.__text
        if any(key[start : start + _RUN] in word for start in range(len(key) - _RUN + 1)):
            return True
        parts = (part for part in _BETWEEN.split(word) if len(part) >= _END)
        return any(key.startswith(part) or key.endswith(part) for part in parts)

    def __repr__(self) -> str:
        return f"<Key from {self.source}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Key):
            return NotImplemented
        return hmac.compare_digest(self.__text, other.__text)

    def __hash__(self) -> int:
        return hash(self.__text)

    def __getstate__(self) -> NoReturn:
        raise TypeError("a key is never written down")

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a key is never written down")

    def __copy__(self) -> Key:
        return self

    def __deepcopy__(self, _memo: object) -> Key:
        return self


NOT_NEEDED = "EMPTY"
"""What is sent to a server of this machine that asks for no key; vLLM's users know this word."""


def find(profile: Profile, surroundings: Surroundings) -> Key | None:
    """Return a profile's key: from the environment, a .env file, else the system keyring.

    Raises:
        LabError: if what was found is no key, or the keyring is locked.
    """
    found = nearby(profile, surroundings)
    if found is not None:
        return found
    text = system_keyring.read(account(profile))
    if text is not None:
        return Key(text, f"the system keyring ({account(profile)})")
    if profile.on_this_machine:
        return Key(NOT_NEEDED, "nowhere (a server of this machine may need none)")
    return None


def nearby(profile: Profile, surroundings: Surroundings) -> Key | None:
    """Return a profile's key if the environment or a .env file has it, without asking a keyring.

    Raises:
        LabError: if what was found is no key.
    """
    found = surroundings.find(profile.key_env)
    return Key(found.value, found.source) if found else None


def need(profile: Profile, surroundings: Surroundings) -> Key:
    """Return a profile's key.

    Raises:
        LabError: if there is none, with the ways to give it.
    """
    key = find(profile, surroundings)
    if key is not None:
        return key
    raise LabError(f"there is no key for the profile {profile.name}: {ways_to_give(profile)}")


def ways_to_give(profile: Profile) -> str:
    """Say how a profile can be given its key."""
    ways = f"set {profile.key_env} in the environment or in a .env file"
    if system_keyring.trouble() is None:
        return f"{ways}, or run `ftlab config key set {profile.name}`"
    return ways


def account(profile: Profile) -> str:
    """Return the name under which the system keyring has a profile's key.

    The host is a part of it: a profile that is pointed elsewhere does not take its key along.
    """
    return f"{profile.name}@{profile.host}"
