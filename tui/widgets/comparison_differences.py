"""What differs between jobs and models, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.formats import count, duration, measure, short_model
from tui.ink import Ink, look
from tui.widgets.comparison_table import BEST, Cell, Heading, Row, Section
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.comparing.comparison import Comparison
    from engine.comparing.data import DataDifference
    from engine.comparing.metrics import Measured
    from engine.comparing.settings import Setting, Value
    from engine.comparing.subjects import Subject

_FAIR = "jobs that succeeded, or stand at the same step, on the same data"
_MARKED = (
    f"{BEST} marks the best of {_FAIR}. A training loss is marked only where no evaluation tells."
)
_UNMARKED = f"None is marked {BEST} as the best: that takes two {_FAIR}."
_COUNTS = ("examples", "examples_in_validation", "steps", "steps_planned", "tokens_trained")
_TUNED = "ft:"
"""What the names that services give to fine-tuned models have in them."""
_MONEY = ("cost", "cost_estimated")
_TWO = 2
_NAMES = {
    "seconds": "time",
    "cost_estimated": "cost, estimated",
    "steps_planned": "steps, planned",
    "tokens_trained": "tokens trained on",
    "goes_on_from": "goes on from",
}


def heading(of: Subject) -> Heading:
    """Return what stands over a column."""
    if of.is_gone:
        return Heading(of.name, "✗", "gone", "warn")
    if of.job is not None and (of.model is None or of.id == of.job.id):
        shown = look(of.job.status)
        return Heading(of.name, shown.glyph, shown.word, shown.ink)
    if of.model is not None:
        return Heading(of.name, "◆", f"model, {of.model.kind}", "dim")
    return Heading(of.name, "◆", "hosted model" if _TUNED in of.name else "base model", "dim")


def differences(
    found: Comparison,
    data: Sequence[DataDifference],
    *,
    everything: bool,
    more: str = "a shows them, too",
) -> list[Section]:
    """Return a comparison as sections of a table.

    Args:
        found: what was compared.
        data: how the dataset versions differ, as far as that is known by now.
        everything: whether what is the same for all is shown, too.
        more: what shows it, in words.
    """
    from engine.comparing.settings import TOPICS

    sections = [_beginning(found, everything=everything, more=more)]
    for topic in TOPICS:
        settings = [each for each in found.settings if each.topic == topic]
        rows = [_setting(each) for each in settings if everything or _is_told(each, found)]
        notes = [_data_words(each) for each in data] if topic == "data" else []
        if rows or notes:
            sections.append(Section(topic.upper(), rows, notes))
    if len(sections) == 1:
        sections.append(Section("", notes=["They differ in nothing that is recorded of them."]))
    if everything or found.only_trained is None:
        sections.append(_metrics(found.metrics, everything=everything))
    same = sum(not (each.is_alone or _is_told(each, found)) for each in found.settings)
    same += sum(not each.differs for each in found.metrics)
    if same and not everything:
        rest = f"{number_of(same, 'line')} more, the same for all: {more}."
        sections.append(Section("", notes=[rest]))
    return [section for section in sections if section.rows or section.notes]


def _is_told(setting: Setting, found: Comparison) -> bool:
    """Tell whether a setting says something; of little that can be compared, all does."""
    return setting.differs or (found.only_trained is not None and not setting.is_alone)


def _beginning(found: Comparison, *, everything: bool, more: str) -> Section:
    if found.lineage:
        names = " → ".join(short_model(name) for name in found.lineage)
        return Section("", notes=[f"All of them were made of {names}."])
    trained = found.only_trained
    if trained is None or not (trained.job or trained.model):
        return Section("")
    others = " and ".join(each.name for each in found.subjects if each is not trained)
    was = "was" if len(found.subjects) == _TWO else "were"
    where = "" if everything else f" ({more})"
    told = (
        f"{others} {was} not trained here: there is nothing to set beside the settings and metrics "
        f"of {trained.name}{where}."
    )
    return Section("", notes=[told])


def _setting(setting: Setting) -> Row:
    first = setting.values[0]
    cells = []
    for place, value in enumerate(setting.values):
        ink: Ink = "plain" if setting.differs else "dim"
        if place and setting.differs and value != first:
            ink = "strong"
        cells.append(Cell(in_words(setting.name, value), "faint" if value is None else ink))
    return Row(_NAMES.get(setting.name, setting.name.replace("_", " ")), cells)


def in_words(name: str, value: Value) -> str:
    """Return a setting's value as people write it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "status":
        return look(str(value)).word
    if name == "base_model":
        return short_model(str(value))
    if isinstance(value, str):
        return value
    if name in _MONEY:
        return f"${value:,.4f}" if value < 1 else f"${value:,.2f}"
    if name == "seconds":
        return duration(value)
    if name in _COUNTS:
        return count(int(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _data_words(found: DataDifference) -> str:
    before, after = (f"{each.name}@{each.version}" for each in (found.before, found.after))
    held = f"{after} against {before}: "
    if found.why_not is not None:
        return f"{held}not compared. {found.why_not}"
    if not found.added and not found.removed:
        return f"{held}the same examples"
    return (
        f"{held}{number_of(found.added, 'example')} added, {count(found.removed)} removed, "
        f"{count(found.same)} the same"
    )


def _metrics(metrics: Sequence[Measured], *, everything: bool) -> Section:
    if not metrics:
        return Section("METRICS", notes=["None yet: they come with the first steps of a job."])
    rows = [metric_row(each) for each in metrics if everything or each.differs]
    if not rows:
        return Section("METRICS", notes=["The same for all."])
    return Section("METRICS", rows, [_MARKED if any(each.best for each in metrics) else _UNMARKED])


def metric_row(metric: Measured, words: Callable[[float | None], str] | None = None) -> Row:
    """Return a metric's row, the best value marked.

    Args:
        metric: what was measured.
        words: writes a value; None writes it in the unit that its name tells.
    """
    words = words or partial(measure, metric.name.partition(",")[0])
    cells = [
        Cell(
            words(value),
            "good" if place in metric.best else "faint" if value is None else "plain",
            place in metric.best,
        )
        for place, value in enumerate(metric.values)
    ]
    return Row(metric.name, cells)
