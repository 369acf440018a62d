"""What runs for each tab of a browser: `python -m tui.web.inside`, started by `tui.web.tab`."""

from __future__ import annotations

import sys

import click

from tui.cli.opening import db_option, opened


@click.command()
@db_option
@click.option("--read-only", is_flag=True, help="Nothing is recorded or started.")
def inside(*, read_only: bool) -> int:
    """Show the dashboard through the pipes to `ftlab web`."""
    from tui.app import run

    with opened(role="ui", read_only=read_only) as lab:
        return run(lab)


def _main() -> int:
    try:
        status = inside.main(standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - the last place where an error can be put in words
        from tui.cli.failures import status_of, tell

        tell(error)
        return status_of(error)
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    sys.exit(_main())
