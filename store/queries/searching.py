"""The small language in which people say what they want to see of a list.

Terms stand side by side and all have to hold: `status:running provider:openai loss<1.2 gsm8k`.

- `field:text` asks for a part of a field, its letters large or small; several texts, separated by
  commas, for any of them. `field=text` asks for all of it.
- `field<number`, also `<=`, `>`, `>=`, `=` and `!=`, compares; times are ages (`age<2d`) or
  dates (`ended>2026-11-01`).
- A date to come is compared by the days until then (`retires<30d`, `retires<4w`) or as a date.
- A field that has several texts, such as `tag:`, fits if one of them does.
- `field:none` and `field:any` ask whether there is a value at all.
- A word without a field is looked for in what names a thing.
- `-` before a term asks for its contrary; quotes keep spaces together: `name:"a b"`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from store.times import parse_when, to_text


class SearchError(ValueError):
    """A search that cannot be understood; the message says which term, and what would be."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a search asks, in SQL.

    Attributes:
        sql: an expression that is true of what is wanted.
        values: the values of its placeholders, in their order.
    """

    sql: str
    values: tuple[str | float, ...] = ()


EVERY = Condition("1")
"""Everything."""

_TERM = re.compile(
    r"(?P<no>-?)(?:(?P<field>[A-Za-z_]+)(?P<sign>:|!=|<=|>=|<|>|=))?(?P<rest>.*)", re.DOTALL
)
_PIECE = re.compile(r'(?:[^\s"]|"[^"]*(?:"|$))+')
_DAYS = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)([dw]?)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTRARY = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_WHETHER = ("none", "any")


class Coming(NamedTuple):
    """Columns of a date to come: the days until then, and the date as `YYYY-MM-DD`."""

    days: str
    date: str


@dataclass(frozen=True, slots=True)
class Language:
    """What can be asked of the things of one list; columns are SQL expressions.

    Attributes:
        thing: what a thing is called.
        texts: columns of text, by the name of their field.
        numbers: columns of numbers.
        times: columns of UTC texts as in `store.times`; a field named `age` is one of these.
        anywhere: the fields in which a word without a field is looked for.
        lists: of fields that have several texts the questions that give them, as `value`.
        coming: dates to come.
    """

    thing: str
    texts: Mapping[str, str]
    numbers: Mapping[str, str]
    times: Mapping[str, str]
    anywhere: Sequence[str]
    lists: Mapping[str, str] = field(default_factory=dict)
    coming: Mapping[str, Coming] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """What can be asked for."""
        return (*self.texts, *self.lists, *self.numbers, *self.times, *self.coming)

    def search(self, text: str) -> Condition:
        """Return what a search asks for; an empty one asks for everything.

        Raises:
            SearchError: if a term names no field, or compares with what is no number or time.
        """
        return all_of([self._term(piece) for piece in _PIECE.findall(text)])

    def understands(self, text: str) -> bool:
        """Tell whether a search can be understood."""
        try:
            self.search(text)
        except SearchError:
            return False
        return True

    def _term(self, piece: str) -> Condition:
        found = _TERM.fullmatch(piece)
        if found is None:
            raise SearchError(f"'{piece}' cannot be read")
        field, sign, rest = found["field"], found["sign"], found["rest"].replace('"', "")
        if not rest and (sign or found["no"]):
            raise _unfinished(piece)
        if field is None:
            term = _any_of([self._word(name, rest) for name in self.anywhere])
        elif field.lower() in self.fields:
            term = self._of_field(field.lower(), sign, rest)
        else:
            known = ", ".join(self.fields)
            raise SearchError(f"'{field}' is nothing that is known of {self.thing}: try {known}")
        return Condition(f"NOT COALESCE({term.sql}, 0)", term.values) if found["no"] else term

    def _word(self, field: str, word: str) -> Condition:
        if field in self.lists:
            return _one_of(self.lists[field], _contains("value", word))
        return _contains(self.texts[field], word)

    def _of_field(self, field: str, sign: str, value: str) -> Condition:
        if field in self.lists:
            return _listed(field, self.lists[field], sign, value)
        if field in self.coming:
            return _coming(field, self.coming[field], sign, value)
        column = self.texts.get(field) or self.numbers.get(field) or self.times[field]
        if sign == ":" and value in _WHETHER:
            return _whether(column, value)
        if field in self.texts:
            return _text(field, column, sign, value)
        if field in self.numbers:
            return _compared(column, sign, _number(field, value))
        return _time(field, column, sign, value)


def asked_texts(text: str, field: str) -> list[tuple[str, str]]:
    """Return which texts a search wants a field to have, each with the sign before it.

    What it does not want is left out, and `field:none` and `field:any`, which are no texts.
    """
    asked: list[tuple[str, str]] = []
    for piece in _PIECE.findall(text):
        found = _TERM.fullmatch(piece)
        if found is None or found["no"] or (found["field"] or "").lower() != field:
            continue
        value = found["rest"].replace('"', "")
        if found["sign"] == "=":
            asked.append(("=", value))
        elif found["sign"] == ":" and value not in _WHETHER:
            asked += [(":", part) for part in value.split(",") if part]
    return asked


def all_of(terms: Sequence[Condition]) -> Condition:
    """Return what is true where all terms are."""
    if not terms:
        return EVERY
    values = tuple(value for term in terms for value in term.values)
    return Condition(" AND ".join(term.sql for term in terms), values)


def _any_of(terms: Sequence[Condition]) -> Condition:
    values = tuple(value for term in terms for value in term.values)
    return Condition(f"({' OR '.join(term.sql for term in terms)})", values)


def _text(field: str, column: str, sign: str, value: str) -> Condition:
    if sign == "=":
        return Condition(f"(LOWER({column}) = LOWER(?))", (value,))
    if sign == "!=":
        return Condition(f"(LOWER(COALESCE({column}, '')) <> LOWER(?))", (value,))
    if sign != ":":
        raise SearchError(f"{field} is a text: write {field}:{value}")
    parts = [_contains(column, part) for part in value.split(",") if part]
    if not parts:
        raise _unfinished(f"{field}:{value}")
    return _any_of(parts)


def _whether(column: str, value: str) -> Condition:
    return Condition(f"(({column}) IS {'NOT ' if value == 'any' else ''}NULL)")


def _one_of(texts: str, condition: Condition) -> Condition:
    return Condition(f"EXISTS (SELECT 1 FROM ({texts}) WHERE {condition.sql})", condition.values)


def _listed(field: str, texts: str, sign: str, value: str) -> Condition:
    if sign == ":" and value in _WHETHER:
        return Condition(f"{'NOT ' if value == 'none' else ''}EXISTS ({texts})")
    if sign == "!=":
        having = _one_of(texts, _text(field, "value", "=", value))
        return Condition(f"NOT {having.sql}", having.values)
    return _one_of(texts, _text(field, "value", sign, value))


def _coming(field: str, columns: Coming, sign: str, value: str) -> Condition:
    if sign == ":" and value in _WHETHER:
        return _whether(columns.date, value)
    if _DATE.fullmatch(value):
        return _compared(columns.date, sign, value)
    days = _DAYS.fullmatch(value)
    if days is None:
        raise SearchError(
            f"'{value}' is no time: write {field}<30d, or {field}<2027-01-14, for example"
        )
    return _compared(columns.days, sign, float(days[1]) * (7 if days[2] == "w" else 1))


def _contains(column: str, text: str) -> Condition:
    return Condition(f"(INSTR(LOWER({column}), LOWER(?)) > 0)", (text,))


def _number(field: str, value: str) -> float:
    try:
        return float(value.removeprefix("$").removesuffix("%"))
    except ValueError:
        raise SearchError(f"'{value}' is no number: write {field}<1.5, for example") from None


def _time(field: str, column: str, sign: str, value: str) -> Condition:
    try:
        moment = to_text(parse_when(value))
    except (ValueError, OverflowError):
        raise SearchError(
            f"'{value}' is no time: write {field}<2d, or {field}>2026-11-20, for example"
        ) from None
    # The older, the earlier: what is less than two days old began after the moment two days ago.
    is_age = "-" not in value
    return _compared(column, _CONTRARY.get(sign, sign) if is_age else sign, moment)


def _compared(column: str, sign: str, value: str | float) -> Condition:
    operator = {":": "=", "!=": "<>"}.get(sign, sign)
    return Condition(f"(({column}) {operator} ?)", (value,))


def _unfinished(piece: str) -> SearchError:
    return SearchError(f"'{piece}' is not finished: what shall it be compared with?")
