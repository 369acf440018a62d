"""Reading the figures: ftlab's own data file, and the user's over it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

from engine.errors import LabError
from engine.pricing.figures import Catalogue, Figure, Source, TrainedBy, TrainsOn

USERS_FILE = "pricing.toml"
"""The name of the user's own file, in the data directory."""

_SHIPPED = Path(__file__).with_name("models.toml")
_FIGURE_KEYS = ("value", "source")
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")


def catalogue(users_file: Path | None = None) -> Catalogue:
    """Return what is known of hosted models.

    Args:
        users_file: figures that come before ftlab's own; that it is missing is no fault.

    Raises:
        LabError: if the file cannot be read or holds something else than figures, with the line.
    """
    return _changed(_shipped(), users_file)


def users_own(users_file: Path) -> Catalogue:
    """Return what the user's own file says, and nothing else: for services other than OpenAI's.

    Raises:
        LabError: see `catalogue`.
    """
    return _changed(Catalogue({}), users_file)


def _changed(figures: Catalogue, users_file: Path | None) -> Catalogue:
    if users_file is None or not users_file.exists():
        return figures
    return figures.with_changes(_FigureFile(users_file).models())


@cache
def _shipped() -> Catalogue:
    return Catalogue({}).with_changes(_FigureFile(_SHIPPED).models())


class _FigureFile:
    """One file of figures, checked key by key.

    Args:
        path: the file.

    Raises:
        LabError: if it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._text = path.read_text(encoding="utf-8")
            self._content = tomllib.loads(self._text)
        except (OSError, UnicodeDecodeError) as error:
            raise LabError(f"{path} cannot be read: {error}") from error
        except tomllib.TOMLDecodeError as error:
            raise LabError(f"{path} is not valid TOML: {error}") from error
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        self._itself = Source(str(path), changed.date().isoformat())
        self._only_keys(self._content, ("sources", "models"), ())
        tables = self._table(self._content.get("sources", {}), ("sources",))
        self._sources = {name: self._source(name, value) for name, value in tables.items()}

    def models(self) -> dict[str, dict[str, Any]]:
        """Return the given fields of each model.

        Raises:
            LabError: if a key is unknown or a value of the wrong kind, with the line.
        """
        tables = self._table(self._content.get("models", {}), ("models",))
        return {name: self._model(name, value) for name, value in tables.items()}

    def _model(self, name: str, value: object) -> dict[str, Any]:
        place = ("models", name)
        table = self._table(value, place)
        self._whole_name(table, place)
        self._only_keys(table, tuple(_FIELDS), place)
        return {key: _FIELDS[key](self, item, (*place, key)) for key, item in table.items()}

    def _source(self, name: str, value: object) -> Source:
        place = ("sources", name)
        table = self._table(value, place)
        self._only_keys(table, ("title", "url", "date"), place)
        url = self._text_of(table["url"], (*place, "url")) if "url" in table else None
        for key in ("title", "date"):
            if key not in table:
                raise self._fault(place, f"has no {key}")
        day = self._text_of(table["date"], (*place, "date"))
        if not _is_date(day):
            raise self._fault((*place, "date"), 'is no date such as "2026-11" or "2026-11-03"')
        return Source(self._text_of(table["title"], (*place, "title")), day, url)

    def price(self, value: object, place: tuple[str, ...]) -> Figure[float]:
        """Read a price: a number that is not negative."""
        number, source = self._figure(value, place)
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < 1e9:
            raise self._fault(place, "is no price in US dollars for a million tokens")
        return Figure(float(number), source)

    def limit(self, value: object, place: tuple[str, ...]) -> Figure[int]:
        """Read a limit: a whole number over zero."""
        number, source = self._figure(value, place)
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise self._fault(place, "is no number of tokens")
        return Figure(number, source)

    def day(self, value: object, place: tuple[str, ...]) -> Figure[date]:
        """Read a day."""
        day, source = self._figure(value, place)
        if isinstance(day, datetime) or not isinstance(day, date):
            raise self._fault(place, "is no day such as 2027-01-14 (without quotes)")
        return Figure(day, source)

    def names(self, value: object, place: tuple[str, ...]) -> tuple[str, ...]:
        """Read a list of names."""
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self._fault(place, "is no list of names")
        return tuple(value)

    def text(self, value: object, place: tuple[str, ...]) -> str:
        """Read a text."""
        return self._text_of(value, place)

    def shape(self, value: object, place: tuple[str, ...]) -> TrainsOn:
        """Read what a model trains on."""
        if value == "chat" or value == "completion":
            return value
        raise self._fault(place, 'is neither "chat" nor "completion"')

    def methods(self, value: object, place: tuple[str, ...]) -> tuple[TrainedBy, ...]:
        """Read by what a model is trained."""
        known = get_args(TrainedBy)
        names = self.names(value, place)
        if not set(names) <= set(known):
            raise self._fault(place, f"has another method than {', '.join(known)}")
        return cast(tuple[TrainedBy, ...], names)

    def _figure(self, value: object, place: tuple[str, ...]) -> tuple[object, Source]:
        """Return a figure's value and source: the file itself, where a bare value names none."""
        if not isinstance(value, dict):
            return value, self._itself
        self._only_keys(value, _FIGURE_KEYS, place)
        if "value" not in value:
            raise self._fault(place, "has no value")
        if "source" not in value:
            return value["value"], self._itself
        name = self._text_of(value["source"], place)
        if name not in self._sources:
            raise self._fault(place, f"names the source '{name}', which is not under [sources]")
        return value["value"], self._sources[name]

    def _table(self, value: object, place: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._fault(place, "is no table")
        return value

    def _whole_name(self, table: dict[str, Any], place: tuple[str, ...]) -> None:
        """Make sure that a name with dots in it is in quotes: without them TOML cuts it at each."""
        for key, value in table.items():
            if (
                key not in _FIELDS
                and isinstance(value, dict)
                and not set(value) <= set(_FIGURE_KEYS)
            ):
                self._whole_name(value, (*place, key))
                name = ".".join((*place[1:], key))
                raise self._fault(
                    (*place, key), f'is no key, but part of a name with dots: [models."{name}"]'
                )

    def _text_of(self, value: object, place: tuple[str, ...]) -> str:
        if not isinstance(value, str):
            raise self._fault(place, "is no text")
        return value

    def _only_keys(
        self, table: dict[str, Any], known: tuple[str, ...], place: tuple[str, ...]
    ) -> None:
        for key in table:
            if key not in known:
                likely = get_close_matches(key, known, n=1)
                hint = f"Did you mean {likely[0]}?" if likely else f"Known are {', '.join(known)}."
                raise self._fault((*place, key), f"is an unknown key. {hint}")

    def _fault(self, place: tuple[str, ...], what: str) -> LabError:
        line = _line_of(self._text, place)
        return LabError(f"{self._path}, line {line}: {'.'.join(place)} {what}")


_FIELDS: dict[str, Callable[[_FigureFile, object, tuple[str, ...]], Any]] = {
    "aliases": _FigureFile.names,
    "encoding": _FigureFile.text,
    "training_price": _FigureFile.price,
    "example_limit": _FigureFile.limit,
    "trains_on": _FigureFile.shape,
    "methods": _FigureFile.methods,
    "retires": _FigureFile.day,
    "input_price": _FigureFile.price,
    "cached_input_price": _FigureFile.price,
    "output_price": _FigureFile.price,
    "tuned_input_price": _FigureFile.price,
    "tuned_cached_input_price": _FigureFile.price,
    "tuned_output_price": _FigureFile.price,
}
"""The keys of a model, and what reads each."""


def _is_date(text: str) -> bool:
    """Tell whether a text is a day or a month that there is."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text if text.count("-") > 1 else f"{text}-01")
    except ValueError:
        return False
    return True


def _line_of(text: str, place: tuple[str, ...]) -> int:
    """Return the line on which a key stands, from 1.

    tomllib tells no lines, so the key's names are followed through the text, one after the other.
    """
    found = 1
    lines = text.splitlines()
    for name in place:
        word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        rest = enumerate(lines[found - 1 :], start=found)
        found = next(
            (number for number, line in rest if word.search(line.partition("#")[0])), found
        )
    return found
