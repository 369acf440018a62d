"""What each panel shows, in a sentence or two, and which keys are its own: for the help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class About:
    """What the help says of a panel.

    Attributes:
        title: what it is called.
        words: what it shows.
        topics: the topics of the actions that are its own, as `tui.actions.Action.topic`.
    """

    title: str
    words: str
    topics: tuple[str, ...] = ()


ABOUT: Mapping[str, About] = {
    "job-rows": About(
        "The list of jobs",
        "A row a job: status, name, what is trained, how far it is, the last loss and its course. "
        "A row is marked with * by space, and kept at the top with ^ by f.",
        ("Job", "List"),
    ),
    "headline": About(
        "The headline", "How the selected job stands, and why it stands so.", ("Job",)
    ),
    "overview": About(
        "Overview",
        "Everything that is recorded of the selected job: data, model, settings, cost, result.",
        ("Panel",),
    ),
    "curves": About(
        "Curves",
        "The metrics of the selected job, or one metric of all marked jobs. Each column has the "
        "lowest and the highest value of its steps, so that no spike is lost.",
        ("Curves", "Panel"),
    ),
    "metrics": About(
        "Metrics", "A row a metric: its last, lowest and highest value, and where.", ("Panel",)
    ),
    "events": About(
        "Events", "What the log says of the selected job, the newest last.", ("Panel", "Event")
    ),
    "log": About("Log", "The end of what the training process prints.", ("Panel",)),
    "event-rows": About(
        "History",
        "Everything that was ever recorded, the newest first, and who recorded it.",
        ("History",),
    ),
    "event-lines": About(
        "An event", "What is recorded, what led to it and what it led to.", ("Event",)
    ),
    "model-rows": About(
        "The list of models", "A row a model: what it is made of, and its loss.", ("Model",)
    ),
    "transcript": About("The conversation", "What was said, the newest at the end.", ("Chat",)),
    "chat-input": About("The line to write in", "What stands in it is sent by enter.", ("Chat",)),
    "compare-lines": About(
        "The comparison", "What differs, and how they did: * is the best.", ("Compare",)
    ),
}
"""By the panel's id on the screen; a widget may say it of itself instead, as its `about`."""


def about(widget: Widget) -> About | None:
    """Return what a widget shows; None if there is nothing to say of it."""
    own = getattr(widget, "about", None)
    return own if isinstance(own, About) else ABOUT.get(widget.id or "")


def told_of(widgets: list[Widget], focused: Widget | None) -> list[About]:
    """Return what is said of the panels in sight, the one in focus first."""
    first = [] if focused is None else list(focused.ancestors_with_self)
    ordered = [node for node in first if isinstance(node, Widget)]
    ordered += [widget for widget in widgets if widget not in ordered]
    found = [about(widget) for widget in ordered]
    return list(dict.fromkeys(each for each in found if each is not None))
