"""`ftlab data merge`."""

from __future__ import annotations

import click

from tui.cli.names import datasets_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

_EXAMPLES = """\b
Examples:
  ftlab data merge support billing --name all-questions
  ftlab data merge support@1 support@2 --name support-once --dedupe
"""


@click.command(epilog=_EXAMPLES)
@datasets_argument
@click.option("--name", required=True, help="The dataset's name.")
@click.option("--dedupe", is_flag=True, help="Leave out examples that equal an earlier one.")
@db_option
@json_option
def merge(datasets: tuple[str, ...], name: str, *, dedupe: bool, as_json: bool) -> None:
    """Make one version of several, their examples one after the other."""
    from tui.cli.data.recorded import say_versions
    from tui.cli.output import print_json, say
    from tui.cli.progress import bytes_read
    from tui.wording import number_of

    with opened() as lab:
        with bytes_read(f"Merging into {name}") as progress:
            version, left_out = lab.datasets.merge(datasets, name, dedupe=dedupe, progress=progress)
        if as_json:
            print_json({"version": version, "left_out": left_out})
            return
        say_versions(lab.database.reader, version)
    if left_out:
        say(f"{number_of(left_out, 'duplicate')} left out")
