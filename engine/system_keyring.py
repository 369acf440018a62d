"""The system's keyring (Secret Service, macOS Keychain, KWallet) as a place for keys.

The package `keyring` is optional, and a server without a desktop has mostly no keyring: reading
then finds nothing, and storing says why.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import LabError

_SERVICE = "ftlab"
_INSTALL = "it needs the package keyring: pip install 'ftlab[keyring]'"
_INSTEAD = "Put the key into the environment or a .env file instead."


def trouble() -> str | None:
    """Say why there is no keyring to use; None if there is one."""
    if importlib.util.find_spec("keyring") is None:
        return _INSTALL
    import keyring
    from keyring.backends.fail import Keyring as NoKeyring

    try:
        chosen = keyring.get_keyring()
    except Exception as error:  # noqa: BLE001 - a backend that the user names may be anything
        return f"the one that is set here cannot be loaded ({type(error).__name__})"
    if isinstance(chosen, NoKeyring):
        return "this machine offers none, as is usual without a desktop"
    return None


def read(account: str) -> str | None:
    """Return the secret of an account; None if there is none, or no keyring.

    Raises:
        LabError: if the keyring is there and cannot be read.
    """
    if trouble() is not None:
        return None
    import keyring

    with _told("read"):
        return keyring.get_password(_SERVICE, account)


def store(account: str, secret: str) -> str:
    """Keep the secret of an account and return the name of the keyring that now has it.

    Raises:
        LabError: if there is no keyring, or it refuses.
    """
    _need()
    import keyring

    with _told("written"):
        keyring.set_password(_SERVICE, account, secret)
    return str(keyring.get_keyring().name)


def remove(account: str) -> bool:
    """Forget the secret of an account; tell whether there was one.

    Raises:
        LabError: if there is no keyring, or it refuses.
    """
    _need()
    import keyring

    with _told("changed"):
        if keyring.get_password(_SERVICE, account) is None:
            return False
        keyring.delete_password(_SERVICE, account)
    return True


def _need() -> None:
    why = trouble()
    if why is not None:
        raise LabError(f"there is no system keyring to use: {why}. {_INSTEAD}")


@contextmanager
def _told(done: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - backends raise what their buses and files do
        # Only the kind: a backend's own words could hold what it was given.
        kind = type(error).__name__
        raise LabError(
            f"the system keyring could not be {done} ({kind}): unlock it and try again. {_INSTEAD}"
        ) from None
