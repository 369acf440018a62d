"""`ftlab config profile` and `ftlab config key`: hosted services by name, and their keys."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from tui.cli.groups import CommandGroup
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.config.settings import Settings
    from engine.profiles import Profile

_ADD_EXAMPLES = """\b
ftlab config profile add work --kind openai --organization org-abc --project proj_abc
ftlab config profile add azure-eu --kind azure --base-url https://acme.openai.azure.com
ftlab config profile add gpu-box --kind compatible --base-url https://gpu.example.com/v1
"""
_KEY_EXAMPLES = """\b
ftlab config key set openai                 asks for it, without showing it
pass show openai | ftlab config key set openai
"""


def _complete(_context: click.Context, _parameter: click.Parameter, start: str) -> list[str]:
    """Complete the names of profiles; a faulty configuration completes none."""
    from engine.errors import LabError

    try:
        names = _settings().names()
    except (LabError, OSError):
        return []
    return [name for name in names if name.startswith(start)]


profile_argument = click.argument(
    "name", metavar="PROFILE", shell_complete=_complete, help="The profile's name."
)


@click.group(cls=CommandGroup)
def profile() -> None:
    """Hosted services that jobs can run on, each under a name of yours."""


@profile.command(epilog=_ADD_EXAMPLES)
@click.argument("name", metavar="NAME", help="What `--provider` will call it.")
@click.option(
    "--kind",
    type=click.Choice(["openai", "azure", "compatible"]),
    help="OpenAI itself, Azure OpenAI, or a service that speaks the same API.",
)
@click.option("--base-url", metavar="URL", help="Where its API is, with the /v1 if there is one.")
@click.option("--organization", metavar="ID", help="The organization to ask for.")
@click.option("--project", metavar="ID", help="The project to ask for.")
@click.option("--api-version", metavar="DATE", help="Of Azure: a dated version, if not its v1 API.")
@click.option("--key-env", metavar="NAME", help="The environment variable that holds the key.")
@click.option("--allow-http", is_flag=True, help="Let the key cross a network unencrypted.")
@click.option("--replace", is_flag=True, help="Take the place of a profile of the same name.")
@json_option
def add(name: str, *, replace: bool, as_json: bool, **given: str | bool | None) -> None:
    """Add a hosted service. Nothing is asked of it yet: `ftlab doctor` does."""
    from engine import keys, profiles
    from engine.config import edits
    from engine.errors import RequestError
    from tui.cli.output import note, print_json, say

    fields = {field: value for field, value in given.items() if value}
    try:
        profiles.make(name, fields)
    except profiles.ProfileError as error:
        raise _as_usage(error) from None
    settings = _settings()
    if settings.is_configured(name) and not replace:
        raise RequestError(f"there is a profile {name} already: say --replace to write it anew")
    edits.set_profile(settings.places.config, name, fields)
    settings = _settings()
    added = settings.profile(name)
    if as_json:
        print_json(_row(settings, added))
    else:
        say(name)
    if _nearby(settings, added) is None:
        note(f"It has no key yet: {keys.ways_to_give(added)}.")


@profile.command("list")
@json_option
def list_profiles(*, as_json: bool) -> None:
    """List all profiles."""
    from tui.cli.output import print_json

    settings = _settings()
    if as_json:
        print_json(profile_rows(settings))
    else:
        print_profiles(settings)


@profile.command()
@profile_argument
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Show a profile, where each of its fields was said, and where its key is found."""
    from engine import keys
    from tui.cli.output import print_fields, print_json

    settings = _settings()
    shown = settings.profile(name)
    found = keys.find(shown, settings.surroundings)
    sources = {field: said.source for field, said in settings.fields(name).items()}
    row = _row(settings, shown) | {"key": found.source if found else None}
    if as_json:
        print_json({**row, "sources": sources})
        return
    row["key"] = row["key"] or f"none: {keys.ways_to_give(shown)}"
    print_fields(
        (field.replace("_", " "), _with_source(value, sources.get(field)))
        for field, value in row.items()
        if value is not False
    )


def _with_source(value: Any, source: str | None) -> str | None:  # noqa: ANN401 - any field
    if value is None:
        return None
    text = "yes" if value is True else str(value)
    return f"{text}  (from {source})" if source else text


@profile.command()
@profile_argument
@json_option
def remove(name: str, *, as_json: bool) -> None:
    """Remove a profile, and its key from the system keyring. The service notices nothing."""
    from engine import keys, system_keyring
    from engine.config import edits
    from engine.errors import RequestError
    from tui.cli.output import note, print_json, say

    settings = _settings()
    removed = settings.profile(name)
    if not settings.is_configured(name):
        raise RequestError(f"{name} is built in: there is nothing of it to remove")
    forgotten = system_keyring.trouble() is None and system_keyring.remove(keys.account(removed))
    edits.remove_profile(settings.places.config, name)
    if as_json:
        print_json({"removed": name, "key_removed": forgotten})
    else:
        say(name)
    if forgotten:
        note("Its key is gone from the system keyring too.")


@click.group(cls=CommandGroup)
def key() -> None:
    """Keys in the system keyring. The environment and .env files come before it."""


@key.command(
    "set",
    epilog=_KEY_EXAMPLES,
    # Whatever stands behind the name is taken, to be refused without being repeated.
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@profile_argument
@json_option
@click.pass_context
def set_key(context: click.Context, name: str, *, as_json: bool) -> None:
    """Put a profile's key into the system keyring. It is asked for, or read from a pipe."""
    from engine import keys, system_keyring
    from tui.cli.output import note, print_json, say

    if context.args:
        raise click.UsageError(
            "a key is never taken from the command line, where others can see it and the shell "
            "writes it down: leave it out, then it is asked for. If that was a key, revoke it."
        )
    settings = _settings()
    chosen = _profile_of_key(settings, name)
    account = keys.account(chosen)
    given = keys.Key(_asked(chosen), "what was given")
    keyring = system_keyring.store(account, given.reveal())
    if as_json:
        print_json({"profile": name, "account": account, "keyring": keyring})
    else:
        say(f"{name}: kept in {keyring} as {account}")
    first = _nearby(settings, chosen)
    if first is not None:
        note(f"note: {first} comes first")


@key.command("remove")
@profile_argument
@json_option
def remove_key(name: str, *, as_json: bool) -> None:
    """Remove a profile's key from the system keyring."""
    from engine import keys, system_keyring
    from store.errors import NotFoundError
    from tui.cli.output import print_json, say

    chosen = _profile_of_key(_settings(), name)
    if not system_keyring.remove(keys.account(chosen)):
        raise NotFoundError(f"the system keyring has no key for {keys.account(chosen)}")
    if as_json:
        print_json({"profile": name, "account": keys.account(chosen)})
    else:
        say(f"{name}: its key is gone from the system keyring")


def profile_rows(settings: Settings) -> list[dict[str, Any]]:
    """Return what is to be printed of every profile; no keyring is asked for that."""
    return [_row(settings, settings.profile(name)) for name in settings.names()]


def print_profiles(settings: Settings) -> None:
    """Print a table of all profiles."""
    from tui.cli.output import print_table

    print_table(
        ["profile", "kind", "~address", "~key"],
        (
            [row["name"], row["kind"], row["base_url"], row["key"] or f"not in {row['key_env']}"]
            for row in profile_rows(settings)
        ),
    )


def _row(settings: Settings, shown: Profile) -> dict[str, Any]:
    from tui.cli.output import plain

    return {**plain(shown), "key": _nearby(settings, shown)}


def _settings() -> Settings:
    from engine.config.settings import Settings
    from engine.places import Places

    return Settings.read(Places.find())


def _nearby(settings: Settings, shown: Profile) -> str | None:
    """Return where the key is in the environment or a .env file."""
    from engine import keys

    found = keys.nearby(shown, settings.surroundings)
    return found.source if found else None


def _profile_of_key(settings: Settings, name: str) -> Profile:
    """Return the profile; a name that is none is not repeated: it may be the key."""
    from store.errors import NotFoundError

    if name not in settings.names():
        known = ", ".join(settings.names())
        raise NotFoundError(f"there is no profile of this name. There are: {known}")
    return settings.profile(name)


def _asked(chosen: Profile) -> str:
    """Ask for the key without showing it, or take it from a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.read()
    text: str = click.prompt(f"Key for {chosen.name} ({chosen.host})", hide_input=True, err=True)
    return text


def _as_usage(error: Any) -> click.UsageError:  # noqa: ANN401 - ProfileError, imported when used
    if error.field is None:
        return click.BadParameter(str(error), param_hint="'NAME'")
    option = f"'--{error.field.replace('_', '-')}'"
    return click.BadParameter(error.what, param_hint=option)
