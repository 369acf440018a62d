"""`ftlab data check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
from click.exceptions import Exit

from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.data.checking.dataset import HeldApart
    from engine.data.checking.report import Report
    from engine.data.checking.rules import Finding, Method, Severity
    from engine.data.versions.checks import CheckWish
    from engine.lab import Lab

_FOUND_ERRORS = 3
_FINDINGS_SHOWN = 3

_EXAMPLES = """\b
Examples:
  ftlab data check support --model gpt-4o-mini-2024-07-18
  ftlab data check support/train --against support/test
  ftlab data check new.jsonl --against support/test --near
  ftlab data check collected.jsonl --method supervised --json --findings 0

\b
Exit status: 0 if nothing worse than a warning was found, 3 if there are
errors.
"""


@click.command(epilog=_EXAMPLES)
@click.argument("target", metavar="DS|FILE", help="A dataset version, or a file to look at.")
@click.option("--model", help="Count its tokens too: a hosted or a local model.")
@click.option(
    "--method",
    type=click.Choice(["supervised", "dpo", "completion"]),
    help="What it is for, if the rows do not tell.",
)
@click.option(
    "--against",
    multiple=True,
    metavar="DS|FILE",
    help="What it should share no example with; may be given again.",
)
@click.option("--near", is_flag=True, help="Look for near duplicates too, which takes a while.")
@click.option("--format", "file_format", help="The file's format, if it does not tell.")
@click.option(
    "--findings",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"List N findings of each rule, 0 for all [default: {_FINDINGS_SHOWN}; with --json 20].",
)
@db_option
@json_option
def check(
    target: str,
    model: str | None,
    method: str | None,
    against: tuple[str, ...],
    file_format: str | None,
    findings: int | None,
    *,
    near: bool,
    as_json: bool,
) -> None:
    """Tell what a provider would refuse and what is probably not meant, with line and reason."""
    from engine.data.checking.run import KEPT
    from engine.data.versions.checks import ALL, CheckWish
    from tui.cli.output import print_json

    kept = ALL if findings == ALL else max(findings or 0, KEPT)
    wish = CheckWish(model, cast("Method | None", method), against, near, kept)
    with opened() as lab:
        report = _checked(lab, target, wish, file_format)
    if as_json:
        print_json(report.to_json(KEPT if findings is None else findings or None))
    else:
        _print(report, _FINDINGS_SHOWN if findings is None else findings or None)
    if report.total("error"):
        raise Exit(_FOUND_ERRORS)


def _checked(lab: Lab, target: str, wish: CheckWish, file_format: str | None) -> Report:
    """Check a file if there is one of this name (or `-`), else the dataset version."""
    from engine.data.reading.options import ReadingOptions
    from engine.data.versions.row_sources import file_or_version
    from tui.cli.progress import bytes_read

    found = file_or_version(lab, target)
    with bytes_read(f"Checking {target}") as progress:
        if isinstance(found, Path):
            options = ReadingOptions(file_format=file_format)
            return lab.datasets.check_file(found, wish, options, progress)
        return lab.datasets.check(found.id, wish, progress)[1]


def _print(report: Report, most: int | None) -> None:
    from engine.data.checking.report import first_of_each
    from tui.cli.data.statistics import print_histogram, print_statistics
    from tui.cli.output import note, print_fields, print_table, say, say_heading

    for finding in first_of_each(report.findings, most):
        say(_sentence(finding))
    found = report.to_json()
    if found["rules"]:
        say()
        print_table(
            ["severity", "rule", ">found", "what it wants"],
            [
                [rule["severity"], rule["rule"], str(rule["count"]), rule["explanation"]]
                for rule in found["rules"]
            ],
        )
        say()
    print_fields(
        [
            ("checked", report.file),
            ("rows", f"{report.rows}, {report.examples} of them examples"),
            ("so many are", _tier(report)),
            *(_held_apart(report, other) for other in report.held_apart),
            ("duplicates", str(report.repeats.examples) if report.repeats.examples else None),
        ]
    )
    if report.tokens is not None:
        say()
        say_heading(f"Tokens of an example ({report.tokens.tokenizer})")
        counted = report.tokens.to_json()
        print_statistics(counted["total"], counted["assistant"], counted["messages"])
        print_histogram(report.tokens.total)
    for left_out in report.skipped:
        note(f"not looked for: {left_out}")
    say()
    say(f"{report.verdict}: {_total(report)}")


def _held_apart(report: Report, other: HeldApart) -> tuple[str, str]:
    """Say what of a dataset that should be held apart is in this one, be it nothing."""
    from tui.wording import number_of

    examples = number_of(other.examples, "example")
    if other.found:
        share = f"{other.found} of {report.examples}"
        return f"against {other.name}", f"{share} are among its {examples}, or have a prompt of it"
    return f"against {other.name}", f"nothing of its {examples} is among these {report.examples}"


def _tier(report: Report) -> str:
    if not report.examples:
        return report.tier
    return f"{report.tier}; a provider trains {report.epochs} epochs by default"


def _sentence(finding: Finding) -> str:
    where = finding.file if finding.line is None else f"{finding.file}:{finding.line}"
    place = f" {finding.place}" if finding.place else ""
    excerpt = f"  {finding.excerpt}" if finding.excerpt else ""
    return f"{where}{place}: {finding.severity}: {finding.message} [{finding.rule}]{excerpt}"


def _total(report: Report) -> str:
    from tui.wording import number_of

    severities: tuple[Severity, ...] = ("error", "warning", "note")
    return ", ".join(number_of(report.total(severity), severity) for severity in severities)
