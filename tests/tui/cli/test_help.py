"""What the commands say of themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import tui
from tui.cli.root import root

_README = Path(tui.__file__).parents[1] / "README.md"
_PRINT_NO_DATA = {"demo", "daemon", "completion", "web"}
_USE_NO_DATABASE = {
    *("completion", "suite.scorers"),
    *("config.path", "config.set", "config.unset", "config.key.set", "config.key.remove"),
    *(f"config.profile.{name}" for name in ("add", "list", "show", "remove")),
}
_FIXED = {
    *("demo", "train", "compare", "chat", "history", "poll", "daemon", "completion"),
    *("notify", "notify.test", "web"),
    *("verify", "rebuild", "backup", "doctor"),
    *("export", "export.archive", "import", "import.archive"),
    *("config", "config.path", "config.set", "config.unset"),
    *("config.key", "config.key.set", "config.key.remove"),
    *(
        "config.profile",
        "config.profile.add",
        "config.profile.list",
        "config.profile.show",
        "config.profile.remove",
    ),
    *(
        "data",
        "data.add",
        "data.list",
        "data.show",
        "data.check",
        "data.tokens",
        "data.clean",
        "data.split",
        "data.merge",
        "data.sample",
        "data.diff",
        "data.export",
    ),
    *("jobs", "jobs.show", "jobs.metrics", "jobs.follow", "jobs.logs", "jobs.cancel"),
    *("jobs.resume", "queue", "queue.move", "queue.priority", "models", "models.show"),
    *("models.tag", "models.untag"),
    *("models.delete", "files", "files.list", "files.delete", "chats", "chats.show"),
    *("models.record", "models.recreate", "models.retire-check", "models.table"),
    *("recordings", "recordings.show", "recordings.export", "recordings.dataset"),
    *("suite", "suite.add", "suite.list", "suite.show", "suite.scorers"),
    *("eval", "evals", "evals.show"),
    *("sweep", "sweep.run", "sweep.resume", "sweep.cancel", "sweep.list", "sweep.show"),
    "sweep.plot",
}


def _walk(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield ".".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from _walk(command, (*path, name))


_COMMANDS = dict(_walk(root))


def _help(path: str) -> str:
    done = CliRunner().invoke(root, [*path.split("."), "--help"], prog_name="ftlab")
    assert done.exit_code == 0
    return done.stdout


def _options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def test_the_names_that_scripts_rely_on_are_there() -> None:
    assert set(_COMMANDS) >= _FIXED


@pytest.mark.parametrize("path", _COMMANDS)
def test_every_command_describes_itself_its_arguments_and_its_options(path: str) -> None:
    command = _COMMANDS[path]
    assert command.help is not None
    assert command.help.partition(".")[0] in re.sub(r"\n +", " ", _help(path))
    for parameter in command.params:
        assert isinstance(parameter, click.Argument | click.Option)
        assert parameter.help


@pytest.mark.parametrize("path", _COMMANDS)
def test_every_command_takes_a_database_and_json_where_it_prints_data(path: str) -> None:
    command = _COMMANDS[path]
    if isinstance(command, click.Group) and not command.invoke_without_command:
        return
    assert ("--db" in _options(command)) == (path not in _USE_NO_DATABASE)
    assert ("--json" in _options(command)) == (path not in _PRINT_NO_DATA)


def test_the_root_lists_every_command_with_a_whole_sentence() -> None:
    listed = CliRunner().invoke(root, ["-h"], prog_name="ftlab").stdout
    for path, command in _COMMANDS.items():
        if "." not in path:
            assert re.search(rf"^  {path} +\S", listed, re.MULTILINE), command.help
    assert "..." not in listed.partition("Commands:")[2]


@pytest.mark.parametrize("path", [path for path, command in _COMMANDS.items() if command.epilog])
def test_examples_are_printed_as_they_are_typed(path: str) -> None:
    shown = _help(path)
    for line in inspect.cleandoc(str(_COMMANDS[path].epilog)).splitlines():
        assert line.strip("\b") in shown


@pytest.mark.parametrize("path", _COMMANDS)
def test_the_readme_mentions_every_command(path: str) -> None:
    assert f"ftlab {path.replace('.', ' ')}" in _README.read_text(encoding="utf-8")
