"""`ftlab config`: what is settled, where it was said, and settling it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import click

from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.opening import chosen_database, db_option
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.config.settings import Settings

_SETTINGS = ["budget"]
_EXAMPLES = """\b
ftlab config profile add azure-eu --kind azure --base-url https://acme.openai.azure.com
ftlab config key set azure-eu
ftlab config set budget 50
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
    print_table(["setting", "~value", "~said by"], ([n, _text(v), s] for n, v, s in rows))
    if not settings.places.config.exists():
        note("There is no configuration file yet: `ftlab config set` and `profile add` begin it.")
    say()
    print_profiles(settings)


def _rows(settings: Settings) -> list[tuple[str, str | float | None, str]]:
    """Return name, value and source of everything beside the profiles."""
    places, budget = settings.places, settings.budget
    in_home = "the data directory"
    return [
        ("data directory", str(places.home), _said_by("FTLAB_HOME", "the platform")),
        ("database", str(places.database), _database_source(settings) or in_home),
        ("configuration", str(places.config), in_home),
        ("budget", budget.value, budget.source),
    ]


def _database_source(settings: Settings) -> str | None:
    if chosen_database(click.get_current_context()) is not None:
        return "--db"
    inside = settings.places.database == settings.places.home / "ftlab.db"
    return None if inside else _said_by("FTLAB_DB", "")


def _said_by(variable: str, otherwise: str) -> str:
    import os

    return f"{variable} in the environment" if os.environ.get(variable) else otherwise


def _text(value: str | float | None) -> str:
    if isinstance(value, float):
        return f"{value:g} US dollars a job"
    return "none" if value is None else value


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
@click.argument("value", metavar="VALUE", help="US dollars that a job may cost at most: 50.")
@json_option
def set_value(name: str, value: str, *, as_json: bool) -> None:
    """Settle a value in the configuration file. Comments and order in it stay."""
    from engine.config import edits, file
    from engine.places import Places

    try:
        dollars = file.budget(value)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'VALUE'") from None
    edits.set_budget(Places.find().config, dollars)
    _tell(name, dollars, as_json=as_json)


@config.command("unset")
@click.argument("name", type=click.Choice(_SETTINGS), help="The setting.")
@json_option
def unset_value(name: str, *, as_json: bool) -> None:
    """Take a value out of the configuration file again."""
    from engine.config import edits
    from engine.places import Places

    edits.unset_budget(Places.find().config)
    _tell(name, None, as_json=as_json)


def _tell(name: str, written: float | None, *, as_json: bool) -> None:
    """Say what counts now: the environment may say otherwise than the file."""
    from engine.config.settings import Settings
    from engine.places import Places
    from tui.cli.output import note, print_json, say

    counts = Settings.read(Places.find()).budget
    if as_json:
        print_json({"name": name, "value": counts.value, "source": counts.source})
    else:
        say(f"{name}: {_text(written)}")
    if counts.value != written:
        note(f"note: {counts.source} comes first and says {_text(counts.value)}")
