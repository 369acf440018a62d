"""`ftlab suite`: the prompts that models are recorded and compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.groups import CommandGroup
from tui.cli.names import names_of
from tui.cli.opening import db_option, opened, reading, standing
from tui.cli.options import at_option, json_option
from tui.cli.suite_check import check

if TYPE_CHECKING:
    from engine.suites.prompts import Prompt
    from store.queries.suites import SuiteRow

_EXAMPLES = """\b
Examples:
  ftlab suite add questions.txt --name smoke
  ftlab suite add tickets.csv --name tickets --system "You answer support tickets." --max-tokens 300
  ftlab suite add support/test --name held-out

\b
A plain text has a question on each line. Other files have a conversation in `messages`, or a
column prompt, question, input, instruction, query or text; the answer that is hoped for stands in
reference, answer, completion, output, response, expected, target or ideal.
"""


@click.group(cls=CommandGroup)
def suite() -> None:
    """Prompts that models are recorded and compared by."""


@suite.command(epilog=_EXAMPLES)
@click.argument(
    "source", metavar="FILE|DS", help="A file of prompts (- for standard input), or a dataset."
)
@click.option("--name", required=True, help="What to call the suite.")
@click.option(
    "--format", "file_format", metavar="F", help="The file's format, if it does not tell."
)
@click.option("--system", metavar="TEXT", help="System prompt for the prompts that have none.")
@click.option("--temperature", type=float, metavar="T", help="At which its answers are sampled.")
@click.option(
    "--max-tokens", type=click.IntRange(min=1), metavar="N", help="Of the longest answer."
)
@click.option("--stop", multiple=True, metavar="TEXT", help="Ends an answer; up to four times.")
@click.option(
    "--scorer",
    "scorers",
    multiple=True,
    metavar="SPEC",
    help="What its answers are scored by; `ftlab suite scorers` lists what there is.",
)
@db_option
@json_option
def add(
    source: str,
    name: str,
    file_format: str | None,
    system: str | None,
    temperature: float | None,
    max_tokens: int | None,
    stop: tuple[str, ...],
    scorers: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Record prompts as a version of a suite. The same ones again make none."""
    from engine.chatting.sampling import Sampling
    from engine.scoring.specs import parse
    from engine.suites.defining import define
    from tui.cli.output import note, plain, print_json, say
    from tui.wording import number_of

    sampling = Sampling(temperature=temperature, max_tokens=max_tokens, stop=stop)
    chosen = list(map(parse, scorers))
    with opened(begins=True) as lab:
        found = define(
            lab,
            source,
            name,
            system=system,
            sampling=sampling,
            file_format=file_format,
            scorers=chosen,
        )
    if as_json:
        print_json({**plain(found.suite), "new": found.new, "repeated": found.repeated})
        return
    row = found.suite
    known = "" if found.new else "  (there already)"
    say(f"{row.name}@{row.version}  {_prompts(row)}  {row.id}{known}")
    if found.repeated:
        rows = number_of(found.repeated, "row")
        note(f"{rows} left out: a row before asks, and hopes for, the very same.")


@suite.command("list")
@at_option
@db_option
@json_option
def list_(at: str | None, *, as_json: bool) -> None:
    """List suites, every version of each."""
    from store.queries.suites import suite_list
    from tui import wording
    from tui.cli.output import note, print_json, print_table

    with reading(at) as connection:
        found = suite_list(connection)
    if as_json:
        print_json(found)
    elif found:
        print_table(
            ["suite", ">prompts", ">references", "defined", "id"],
            (
                [
                    f"{row.name}@{row.version}",
                    str(row.prompts),
                    str(row.answered),
                    wording.local_time(row.defined_at),
                    row.id,
                ]
                for row in found
            ),
        )
    else:
        note("No suites yet: `ftlab suite add questions.txt --name NAME` makes one.")


@suite.command()
@click.argument(
    "name", metavar="SUITE", shell_complete=names_of("suite"), help="name, name@version or id."
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="Prompts to show.",
)
@at_option
@db_option
@json_option
def show(name: str, limit: int, at: str | None, *, as_json: bool) -> None:
    """Show a suite and its first prompts."""
    from itertools import islice

    from engine.suites.prompts import kept
    from store.queries.suites import suite as find
    from tui.cli.output import plain, print_json

    with opened() as lab, standing(lab, at) as connection:
        found = find(connection, name)
        prompts = list(islice(kept(lab.blobs, found.content), limit))
    if as_json:
        print_json({**plain(found), "first": [prompt.to_json() for prompt in prompts]})
    else:
        _print(found, prompts)


def _print(found: SuiteRow, prompts: list[Prompt]) -> None:
    import json

    from engine.suites.prompts import text_of
    from tui import wording
    from tui.cli.output import print_fields, say, say_lines

    print_fields(
        [
            ("suite", f"{found.name}@{found.version}  {found.id}"),
            ("prompts", f"{_prompts(found)}, content {found.content[:12]}"),
            ("from", found.source or found.dataset),
            ("system", found.system),
            ("temperature", None if found.temperature is None else f"{found.temperature:g}"),
            ("max tokens", None if found.max_tokens is None else str(found.max_tokens)),
            ("stop", ", ".join(map(repr, json.loads(found.stop_json))) or None),
            ("scored by", _scorers(found)),
            ("defined", wording.local_time(found.defined_at)),
        ]
    )
    for number, prompt in enumerate(prompts, 1):
        say()
        say(f"{number}. {prompt.question.splitlines()[0] if prompt.question else ''}")
        say_lines("\n".join(prompt.question.splitlines()[1:]), "   ")
        if prompt.reference is not None:
            say_lines(text_of(prompt.reference), "   -> ")
    if found.prompts > len(prompts):
        say()
        say(f"… and {found.prompts - len(prompts)} more")


def _scorers(row: SuiteRow) -> str:
    import json

    from engine.scoring.registry import from_json
    from engine.scoring.specs import label

    known = [label(from_json(said)) for said in json.loads(row.scorers_json)]
    return ", ".join(known) or "whatever suits the answers that are hoped for"


@suite.command()
@json_option
def scorers(*, as_json: bool) -> None:
    """List what answers can be scored by, with what each needs to know of them."""
    from engine.scoring.errors import ScorerError
    from engine.scoring.registry import BUILT_IN, kind_of, scorer_ids
    from tui.cli.output import note, plain, print_json, print_table

    found = []
    for each in scorer_ids():
        try:
            found.append(kind_of(each).about)
        except ScorerError as error:
            # One that another package has spoiled hides none of the others.
            note(f"! {error}")
    if as_json:
        print_json([plain(about) for about in found])
        return
    print_table(
        ["scorer", "better", "needs", "~measures"],
        (
            [
                about.id if about.main is None else f"{about.id}:{about.main.upper()}",
                {True: "higher", False: "lower", None: ""}[about.higher_is_better],
                ", ".join(about.needs),
                about.says if about.id in BUILT_IN else f"{about.says} (of another package)",
            ]
            for about in found
        ),
    )


def _prompts(row: SuiteRow) -> str:
    from tui.wording import number_of

    references = f", {number_of(row.answered, 'reference')}" if row.answered else ""
    return f"{number_of(row.prompts, 'prompt')}{references}"


suite.add_command(check)
