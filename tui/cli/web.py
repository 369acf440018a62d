"""`ftlab web`: the dashboard in a browser."""

from __future__ import annotations

import errno
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from tui.cli.opening import chosen_database, db_option

if TYPE_CHECKING:
    from pathlib import Path

_PORT = 8765
_TABS = 8
_PORTS = 65535
_EXAMPLES = """\b
ftlab web --open
ftlab web --db ftlab.db.example --read-only
ssh -L 8765:127.0.0.1:8765 HOST ftlab web
"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "--port",
    type=click.IntRange(0, _PORTS),
    metavar="N",
    default=_PORT,
    show_default=True,
    help="Where to listen; 0 for any port that is free.",
)
@click.option(
    "--host",
    metavar="NAME",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen; another one than this machine itself needs --allow-remote.",
)
@click.option(
    "--allow-remote",
    is_flag=True,
    help="Let others come in over the network, unencrypted. A tunnel by ssh is safer.",
)
@click.option("--read-only", is_flag=True, help="Only look: nothing is recorded or started.")
@click.option(
    "--tabs",
    type=click.IntRange(min=1),
    metavar="N",
    default=_TABS,
    show_default=True,
    help="Tabs at once.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in a browser of this machine.")
@db_option
def web(
    *, port: int, host: str, allow_remote: bool, read_only: bool, tabs: int, opens: bool
) -> None:
    """Show the dashboard in a browser, for those without a terminal. Ctrl-C ends it.

    It is behind a token in the address that it prints, anew at each start: whoever has the address
    may do what you may. Each tab is a process of its own.
    """
    from engine.data.errors import MissingPackageError
    from engine.errors import LabError, RequestError

    try:
        from tui.web.server import Serving, serve
    except ImportError as error:
        package = (error.name or "a package").partition(".")[0]
        raise MissingPackageError(
            f"`ftlab web` needs {package}, which is not installed: pip install 'ftlab[web]'"
        ) from error
    from tui.cli.output import note, say
    from tui.web.opening import opened

    if not _is_loopback(host) and not allow_remote:
        raise RequestError(
            f"{host} is not this machine alone: with --allow-remote others may come in who have "
            "the address, and what is sent can be read on the way. "
            f"`ssh -L {port}:127.0.0.1:{port} HOST` is safer"
        )
    chosen = _database(chosen_database(click.get_current_context()))
    serving = Serving(host, port, _arguments(chosen, read_only=read_only), tabs, allow_remote)
    with ExitStack() as until_ended:

        def started(address: str, token: str) -> None:
            if allow_remote:
                note("note: what is sent is not encrypted: anybody on the way can read the token")
            say(f"{address}?token={token}")
            note("Whoever has this address may do what you may. Ctrl-C ends it.")
            if opens:
                until_ended.enter_context(opened(f"{address}?token={token}"))

        try:
            serve(serving, started)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise LabError(f"{host}:{port} cannot be listened at: {error.strerror}") from None
            raise LabError(
                f"port {port} is taken: --port chooses another one, --port 0 any that is free"
            ) from None


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _database(chosen: Path | None) -> Path | None:
    """Return the file that was named, if it is there: else every tab would say that it is not."""
    from store.errors import NotFoundError

    if chosen is not None and not chosen.exists():
        raise NotFoundError(f"there is no database {chosen}")
    return chosen


def _arguments(database: Path | None, *, read_only: bool) -> list[str]:
    """Return what each app is started with."""
    named = [] if database is None else ["--db", str(database.absolute())]
    return [*named, "--read-only"] if read_only else named
