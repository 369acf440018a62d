"""How models did in suites, in few cells: `0.62 [0.48, 0.74]`."""

from __future__ import annotations

from store.queries.model_scores import SuiteFigure, SuiteScore
from tui.wording import number_of

_PLAIN_LEAST, _PLAIN_MOST = 0.01, 10


def figure_words(figure: SuiteFigure) -> str:
    """Return a figure with its 95% interval, where that is known."""
    value = _short(figure.value)
    if figure.low is None or figure.high is None:
        return value
    return f"{value} [{_short(figure.low)}, {_short(figure.high)}]"


def score_words(score: SuiteScore | None) -> str:
    """Return the main figure of a model in a suite; of an older version of it, with its number."""
    if score is None or score.main is None:
        return ""
    words = figure_words(score.main)
    return words if score.newest else f"{words} @{score.version}"


def all_figures(score: SuiteScore) -> list[str]:
    """Return a line for each scorer: `number_match 0.62 [0.48, 0.74], 50 rows`."""
    return [
        f"{figure.label} {figure_words(figure)}, {number_of(figure.rows, 'row')}"
        for figure in score.figures
    ]


def _short(value: float) -> str:
    if value == 0 or _PLAIN_LEAST <= abs(value) < _PLAIN_MOST:
        return f"{value:.2f}"
    return f"{value:.3g}"
