"""Changing config.toml: comments, order and everything else in it stay as they are."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine.config import file
from engine.config.file import ConfigError
from engine.training.durable import sync_folder

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def set_number(path: Path, setting: str, number: float) -> None:
    """Settle a value.

    Args:
        path: the configuration file; begun if there is none.
        setting: one of `file.SETTINGS`.
        number: what `file.READERS` reads for it.

    Raises:
        ConfigError: if the file is at fault.
    """
    with _changed(path) as content:
        content[setting] = int(number) if float(number).is_integer() else number


def set_text(path: Path, setting: str, text: str) -> None:
    """Settle a value that is a text; see `set_number`.

    Raises:
        ConfigError: if the file is at fault.
    """
    with _changed(path) as content:
        content[setting] = text


def set_notifying(path: Path, setting: str, value: str | Sequence[str]) -> None:
    """Settle something of how somebody is told that a job has ended.

    Args:
        path: the configuration file; begun if there is none.
        setting: one of `notifying.NOTIFY`.
        value: as config.toml says it.

    Raises:
        ConfigError: if the file is at fault.
    """
    import tomlkit

    table, _, name = setting.partition(".")
    with _changed(path) as content:
        if table not in content:
            content[table] = tomlkit.table()
        content[table][name] = value if isinstance(value, str) else [*value]


def unset(path: Path, setting: str) -> None:
    """Let the usual value count again; that nothing was settled is no fault.

    Raises:
        ConfigError: if the file is at fault.
    """
    with _changed(path) as content:
        table, _, name = setting.rpartition(".")
        inner = content.get(table, {}) if table else content
        inner.pop(name, None)
        if table and not inner:
            content.pop(table, None)


def set_profile(path: Path, name: str, fields: Mapping[str, str | bool]) -> None:
    """Write a profile; of one that has its name already nothing but the comments stays.

    Args:
        path: the configuration file; begun if there is none.
        name: what to call it.
        fields: what is said of it.

    Raises:
        ConfigError: if the file is at fault, or would be with this profile in it.
    """
    import tomlkit

    with _changed(path) as content:
        if "profiles" not in content:
            content["profiles"] = tomlkit.table(is_super_table=True)
        written = content["profiles"].setdefault(name, {})
        for field in set(written) - set(fields):
            del written[field]
        written.update(fields)


def remove_profile(path: Path, name: str) -> None:
    """Take a profile out; that it is not there is no fault.

    Raises:
        ConfigError: if the file is at fault.
    """
    with _changed(path) as content:
        tables = content.get("profiles", {})
        tables.pop(name, None)
        if not tables:
            content.pop("profiles", None)


@contextmanager
def _changed(path: Path) -> Iterator[TOMLDocument]:
    """Give the file's content to be changed, and write it whole if it is still good."""
    import tomlkit

    file.read(path)
    real = path.resolve()  # A link into a folder of settings that are shared stays a link.
    real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _one_at_a_time(real):
        file.read(real)
        before = file.text_of(real)
        content = tomlkit.parse(before)
        yield content
        after = tomlkit.dumps(content)
        try:
            file.parse(after, path)
        except ConfigError as error:
            raise ConfigError(f"{path} was left as it is. With the change: {error}") from None
        if after != before:
            _write_private(real, after)


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Wait for other processes that change the file, so that none undoes another's change."""
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_private(path: Path, content: str) -> None:
    """Replace a file, whole or not at all, by one that only its owner may read."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
