"""`ftlab config`: what is settled, where it was said, and settling it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import click

from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.opening import chosen_database, db_option
from tui.cli.options import json_option
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.config.settings import Setting, Settings

_SETTINGS = ["budget", "slots", "resume-interrupted"]
_EXAMPLES = """\b
ftlab config profile add azure-eu --kind azure --base-url https://acme.openai.azure.com
ftlab config key set azure-eu
ftlab config set budget 50
ftlab config set slots 2
ftlab config set resume-interrupted 3
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


def _rows(settings: Settings) -> list[tuple[str, str | float | None, str]]:
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
    ]


def _database_source(settings: Settings) -> str | None:
    if chosen_database(click.get_current_context()) is not None:
        return "--db"
    inside = settings.places.database == settings.places.home / "ftlab.db"
    return None if inside else _said_by("FTLAB_DB", "")


def _said_by(variable: str, otherwise: str) -> str:
    import os

    return f"{variable} in the environment" if os.environ.get(variable) else otherwise


def _text(name: str, value: str | float | None) -> str:
    if value is None or isinstance(value, str):
        return value or "none"
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
    "resume-interrupted: times that a job goes on by itself while `ftlab daemon` runs.",
)
@json_option
def set_value(name: str, value: str, *, as_json: bool) -> None:
    """Settle a value in the configuration file. Comments and order in it stay."""
    from engine.config import edits, file
    from engine.places import Places

    try:
        written = file.READERS[name](value)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'VALUE'") from None
    edits.set_number(Places.find().config, name, written)
    _tell(name, written, as_json=as_json)


@config.command("unset")
@click.argument("name", type=click.Choice(_SETTINGS), help="The setting.")
@json_option
def unset_value(name: str, *, as_json: bool) -> None:
    """Take a value out of the configuration file again."""
    from engine.config import edits
    from engine.places import Places

    edits.unset(Places.find().config, name)
    _tell(name, None, as_json=as_json)


def _tell(name: str, written: float | None, *, as_json: bool) -> None:
    """Say what counts now: the environment may say otherwise than the file."""
    from engine.config.settings import USUAL, Settings
    from engine.places import Places
    from tui.cli.output import note, print_json, say

    settings = Settings.read(Places.find())
    all_counts: dict[str, Setting[float] | Setting[float | None]] = {
        "budget": settings.budget,
        "slots": settings.slots,
        "resume-interrupted": settings.resumptions,
    }
    counts = all_counts[name]
    if as_json:
        print_json({"name": name, "value": counts.value, "source": counts.source})
    else:
        say(f"{name}: {_text(name, written)}")
    if counts.value != written and counts.source != USUAL:
        note(f"note: {counts.source} comes first and says {_text(name, counts.value)}")
