"""Keyrings for tests: one in a file, one that is locked, and none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

__all__ = ["FileKeyring", "LockedKeyring", "NoKeyring", "used"]

FILE_VARIABLE = "FTLAB_TEST_KEYRING"


class FileKeyring(KeyringBackend):
    """A keyring in the file that a variable names, so that processes share it."""

    name = "a file for tests"
    # Never chosen by itself.
    priority = -1

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret of an account."""
        found: str | None = self._all().get(f"{service}/{username}")
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the secret of an account."""
        self._write({**self._all(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Forget the secret of an account."""
        kept = self._all()
        del kept[f"{service}/{username}"]
        self._write(kept)

    def _all(self) -> dict[str, str]:
        file = self._file()
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def _write(self, secrets: dict[str, str]) -> None:
        self._file().write_text(json.dumps(secrets))

    def _file(self) -> Path:
        return Path(os.environ[FILE_VARIABLE])


class LockedKeyring(KeyringBackend):
    """A keyring that its owner has locked, and whose complaint repeats what it was given."""

    priority = -1

    def get_password(self, service: str, username: str) -> str | None:
        """Refuse."""
        raise KeyringLocked(f"{service} {username} is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Refuse, tactlessly."""
        raise KeyringLocked(f"{service} {username} {password} is locked")

    def delete_password(self, service: str, username: str) -> None:
        """Refuse."""
        raise KeyringLocked(f"{service} {username} is locked")


@contextmanager
def used(kind: Callable[[], KeyringBackend]) -> Iterator[None]:
    """Have a keyring take the place of this machine's own while the block runs."""
    before = keyring.get_keyring()
    keyring.set_keyring(kind())
    try:
        yield
    finally:
        keyring.set_keyring(before)
