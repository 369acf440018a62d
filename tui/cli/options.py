"""Options that several commands share, and the kinds of values that they take."""

from __future__ import annotations

import click

from store.times import parse_when, to_text

_HIGHEST_SEQ = 2**63 - 1


class Moment(click.ParamType[str]):
    """A time as people write it, turned into the UTC text of the log."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the UTC text of a time; wrong usage if it is none."""
        try:
            return to_text(parse_when(str(value)))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        except OverflowError:
            self.fail(f"'{value}' is too long ago or too far ahead", param, ctx)


class EventOrMoment(Moment):
    """The seq of an event, or a time."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return a seq as it is and a time as its UTC text; wrong usage if it is neither."""
        text = str(value)
        if not text.isdecimal():
            return super().convert(text, param, ctx)
        if int(text) > _HIGHEST_SEQ:
            self.fail(f"there is no event {text}", param, ctx)
        return str(int(text))


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
at_option = click.option(
    "--at",
    type=EventOrMoment(),
    metavar="SEQ|TIME",
    help="Answer as of an event or a time: 120, 2026-11-20T18:30, tuesday, 2d (ago).",
)
