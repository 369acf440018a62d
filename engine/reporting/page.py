"""A report as a page: one file that asks nobody for anything, in light and dark and on paper."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from engine.data.errors import MissingPackageError
from engine.reporting import words
from engine.reporting.cleaning import cleaned
from engine.reporting.report import LETTERS, lineage_words

if TYPE_CHECKING:
    from jinja2 import Environment

    from engine.reporting.bars import Bar
    from engine.reporting.exchanges import Exchange
    from engine.reporting.report import Report

_TEMPLATE, _STYLE, _SCRIPT = "page.html", "page.css", "page.js"


def require_jinja() -> None:
    """Make sure that what fills the page's template is installed.

    Raises:
        MissingPackageError: if it is not, naming the way to install it.
    """
    try:
        import jinja2  # noqa: F401
    except ImportError as error:
        raise MissingPackageError(
            "Pages are made with Jinja: pip install 'ftlab[report]', or ask for an .md file"
        ) from error


def page(said: Report) -> str:
    """Return a report as HTML.

    Its policy allows the style and the script that stand in it, known by their hashes, and nothing
    else: were something of an answer taken for markup, it would still not run or load anything.

    Raises:
        MissingPackageError: if jinja2 is not installed.
    """
    require_jinja()
    environment = _environment()
    style, script = _source(_STYLE), _source(_SCRIPT)
    return environment.get_template(_TEMPLATE).render(
        report=said,
        letters=LETTERS,
        style=style,
        script=script,
        policy=_policy(style, script),
        lineage_words=lineage_words,
        outcomes=_outcomes,
        bar=_bar,
        words=words,
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("engine.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"share": _share, "moment": words.moment, "with_code": _with_code}
    return made


def _shown(value: Any) -> Any:  # noqa: ANN401 - whatever a template writes
    """Return what is written of a value: texts from outside without what would be obeyed."""
    from markupsafe import Markup

    if isinstance(value, str) and not isinstance(value, Markup):
        return cleaned(value)
    return value


def _source(name: str) -> str:
    """Return a part of the page that is ours, which stands in it as it is."""
    from markupsafe import Markup

    text = (files("engine.reporting") / "templates" / name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _outcomes(row: Exchange) -> str:
    """Return how answers did as words that the filter looks for: `0-1-better`."""
    return " ".join(f"{scorer}-{place}-{how}" for (scorer, place), how in row.outcomes.items())


def _bar(bar: Bar) -> dict[str, str]:
    """Return the places of a bar as SVG writes them."""
    return {
        "low": _share(bar.low),
        "value": _share(bar.value),
        "high": _share(bar.high),
        "zero": "" if bar.zero is None else _share(bar.zero),
    }


def _with_code(text: str) -> str:
    """Return a sentence of ours with what stands in backquotes as code."""
    from markupsafe import Markup, escape

    parts = cleaned(text).split("`")
    if len(parts) % 2 == 0:
        return escape(cleaned(text))
    shown = (
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
    return Markup("").join(shown)


def _share(value: float) -> str:
    """Return a part of a width or a height as SVG writes it."""
    return f"{value:.2%}"
