"""`ftlab config`: what is settled, where it was said, and settling it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import click

from engine.config.notifying import COMMAND, NOTIFY, ON, URL, WebhookAddress
from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.opening import chosen_database, db_option
from tui.cli.options import json_option
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.config.settings import Setting, Settings

_SETTINGS = ["budget", "slots", "resume-interrupted", "theme", *NOTIFY]
_Value = str | float | list[str] | None
_EXAMPLES = """\b
ftlab config profile add azure-eu --kind azure --base-url https://acme.openai.azure.com
ftlab config key set azure-eu
ftlab config set budget 50
ftlab config set slots 2
ftlab config set resume-interrupted 3
ftlab config set theme ftlab-light
ftlab config set notify.command 'notify-send ftlab'
ftlab config set notify.url - < secret-address
ftlab config set notify.on failed,interrupted
"""


class ConfigGroup(CommandGroup):
    """The commands that settle something."""

    places: ClassVar[Mapping[str, str]] = {
        "profile": "tui.cli.profiles:profile",
        "key": "tui.cli.profiles:key",
    }


@click.group(cls=ConfigGroup, invoke_without_command=True, epilog=_EXAMPLES)
@db_option
@json_option
@click.pass_context
def config(context: click.Context, *, as_json: bool) -> None:
    """Settings, profiles of hosted services, keys.

    Without a command: show all and where each was said. The environment comes first, then .env
    files, then config.toml.
    """
    if context.invoked_subcommand is not None:
        refuse_lost_options(context)
        return
    from engine.config.settings import Settings
    from engine.places import Places
    from tui.cli.output import note, print_json, print_table, say
    from tui.cli.profiles import print_profiles, profile_rows

    settings = Settings.read(Places.find(database=chosen_database(context)))
    rows = _rows(settings)
    if as_json:
        shown = [{"name": name, "value": value, "source": source} for name, value, source in rows]
        print_json({"settings": shown, "profiles": profile_rows(settings)})
        return
    print_table(["setting", "~value", "~said by"], ([n, _text(n, v), s] for n, v, s in rows))
    if not settings.places.config.exists():
        note("There is no configuration file yet: `ftlab config set` and `profile add` begin it.")
    say()
    print_profiles(settings)


def _rows(settings: Settings) -> list[tuple[str, _Value, str]]:
    """Return name, value and source of everything beside the profiles."""
    places, budget, slots = settings.places, settings.budget, settings.slots
    in_home = "the data directory"
    return [
        ("data directory", str(places.home), _said_by("FTLAB_HOME", "the platform")),
        ("database", str(places.database), _database_source(settings) or in_home),
        ("configuration", str(places.config), in_home),
        ("budget", budget.value, budget.source),
        ("slots", slots.value, slots.source),
        ("resume-interrupted", settings.resumptions.value, settings.resumptions.source),
        ("theme", settings.theme.value, settings.theme.source),
        *((name, _shown(said.value), said.source) for name, said in _notifying(settings).items()),
    ]


def _notifying(settings: Settings) -> dict[str, Setting[Any]]:
    return {
        COMMAND: settings.notify_command,
        URL: settings.notify_url,
        ON: settings.notify_on,
    }


def _shown(value: Any) -> _Value:  # noqa: ANN401 - whatever a setting is
    """Return a value as it may be shown: of a webhook the host alone, for the rest is a secret."""
    if isinstance(value, WebhookAddress):
        return value.host
    return [*value] if isinstance(value, tuple) else value


def _database_source(settings: Settings) -> str | None:
    if chosen_database(click.get_current_context()) is not None:
        return "--db"
    inside = settings.places.database == settings.places.home / "ftlab.db"
    return None if inside else _said_by("FTLAB_DB", "")


def _said_by(variable: str, otherwise: str) -> str:
    import os

    return f"{variable} in the environment" if os.environ.get(variable) else otherwise


def _text(name: str, value: _Value) -> str:
    if value is None or isinstance(value, str):
        return value or "none"
    if isinstance(value, list):
        return shlex.join(value) if name == COMMAND else ", ".join(value)
    if name == "slots":
        return f"{number_of(int(value), 'job')} of this machine at a time"
    if name == "resume-interrupted":
        return f"at most {number_of(int(value), 'time')} a job" if value else "never"
    return f"{value:g} US dollars a job"


@config.command()
@json_option
def path(*, as_json: bool) -> None:
    """Print where the configuration file is, or would be."""
    from engine.places import Places
    from tui.cli.output import print_json, say

    file = Places.find().config
    if as_json:
        print_json({"path": str(file), "exists": file.exists()})
    else:
        say(str(file))


@config.command("set")
@click.argument("name", type=click.Choice(_SETTINGS), help="The setting.")
@click.argument(
    "value",
    metavar="VALUE",
    help="budget: US dollars that a job may cost at most; slots: jobs that run here at a time; "
    "resume-interrupted: times that a job goes on by itself while `ftlab daemon` runs; "
    "theme: how the dashboard looks, ctrl+t in it shows them all; "
    "notify.command: run when a job ends, without a shell; notify.url: posted to then, a secret, "
    "so that - reads it from standard input; notify.on: of which ends.",
)
@json_option
def set_value(name: str, value: str, *, as_json: bool) -> None:
    """Settle a value in the configuration file. Comments and order in it stay."""
    from engine.config import edits, file
    from engine.places import Places

    if name == URL and value == "-":
        value = sys.stdin.readline().strip()
    try:
        written = file.READERS[name](value)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'VALUE'") from None
    config_file = Places.find().config
    match written:
        case WebhookAddress():
            edits.set_notifying(config_file, name, written.reveal())
        case tuple():
            edits.set_notifying(config_file, name, written)
        case str():
            _check_theme(written)
            edits.set_text(config_file, name, written)
        case int() | float():
            edits.set_number(config_file, name, written)
    _take_note(name)
    _tell(name, _shown(written), as_json=as_json)


@config.command("unset")
@click.argument("name", type=click.Choice(_SETTINGS), help="The setting.")
@json_option
def unset_value(name: str, *, as_json: bool) -> None:
    """Take a value out of the configuration file again."""
    from engine.config import edits
    from engine.places import Places

    edits.unset(Places.find().config, name)
    _take_note(name)
    _tell(name, None, as_json=as_json)


def _check_theme(name: str) -> None:
    from textual.theme import BUILTIN_THEMES

    from tui.themes import OURS

    known = [*(theme.name for theme in OURS), *sorted(BUILTIN_THEMES)]
    if name not in known:
        words = f"there is no theme {name}: {', '.join(known)}"
        raise click.BadParameter(words, param_hint="'VALUE'")


def _take_note(name: str) -> None:
    """Record at once from when on somebody is told of ends, or no more; else the poller would."""
    if name not in NOTIFY:
        return
    from engine.errors import LabError
    from engine.lab import Lab
    from engine.notifying.telling import Telling
    from engine.places import Places
    from store.errors import StoreError
    from tui.cli.output import note

    places = Places.find()
    if not places.database.exists():
        return
    try:
        with Lab(places, create=False) as lab:
            Telling(lab).begin()
    except (LabError, StoreError) as error:
        note(f"note: it counts from when the poller sees it on, for now: {error}")


def _tell(name: str, written: _Value, *, as_json: bool) -> None:
    """Say what counts now: the environment may say otherwise than the file."""
    from engine.config.settings import USUAL, Settings
    from engine.places import Places
    from tui.cli.output import note, print_json, say

    settings = Settings.read(Places.find())
    all_counts: dict[str, Setting[Any]] = {
        "budget": settings.budget,
        "slots": settings.slots,
        "resume-interrupted": settings.resumptions,
        "theme": settings.theme,
        **_notifying(settings),
    }
    counts = all_counts[name]
    value = _shown(counts.value)
    if as_json:
        print_json({"name": name, "value": value, "source": counts.source})
    else:
        say(f"{name}: {_text(name, written)}")
    if value != written and counts.source != USUAL:
        note(f"note: {counts.source} comes first and says {_text(name, value)}")
