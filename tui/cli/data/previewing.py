"""What cleaning would do, or did, to examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.data.cleaning.preview import Change
    from engine.data.versions.tally import Tally


def print_preview(changes: list[Change], place: str, *, as_json: bool) -> None:
    """Print the first examples that would change, with the words that would be others marked.

    Args:
        changes: what would change.
        place: what the number of an example counts ("row", "line").
        as_json: whether as data.
    """
    from tui.cli.output import note, print_json

    if as_json:
        print_json([_as_json(change) for change in changes])
        return
    if not changes:
        note("Nothing would change.")
    for change in changes:
        _print(change, place)


def _as_json(change: Change) -> dict[str, object]:
    return {
        "line": change.line,
        "steps": list(change.steps),
        "dropped_by": change.dropped_by,
        "repeats": change.repeats,
        "texts": [
            {"place": text.place, "before": text.before, "after": text.after}
            for text in change.texts
        ],
    }


def _print(change: Change, place: str) -> None:
    from tui.cli.data.changes import lines_of, print_changed_text
    from tui.cli.output import say, say_heading

    if change.dropped_by is not None:
        repeats = f" of {place} {change.repeats}" if change.repeats is not None else ""
        say_heading(f"{place} {change.line}  left out by {change.dropped_by}{repeats}")
        for line in lines_of(change.record):
            say(f"- {line}")
    else:
        say_heading(f"{place} {change.line}  {', '.join(change.steps)}")
        for text in change.texts:
            say(text.place)
            print_changed_text(text.before, text.after)
    say()


def print_tally(tally: Tally, place: str) -> None:
    """Print what each cleaning step did; nothing if none did anything.

    Args:
        tally: what they did.
        place: what the numbers of the examples that were left out count.
    """
    from tui.cli.output import print_table

    if not tally.steps:
        return
    print_table(
        ["cleaned", ">examples changed", ">left out", f"{place.rpartition(' ')[2]}s"],
        [
            [name, str(step.changed), str(step.dropped), _first(step.places, step.dropped)]
            for name, step in tally.steps.items()
        ],
    )


def _first(places: list[int], count: int) -> str:
    shown = ", ".join(map(str, places[:8]))
    return f"{shown}, …" if count > 8 else shown
