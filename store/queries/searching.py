"""The small language in which people say what they want to see of a list.

Terms stand side by side and all have to hold: `status:running provider:openai loss<1.2 gsm8k`.

- `field:text` asks for a part of a field, its letters large or small; several texts, separated by
  commas, for any of them. `field=text` asks for all of it.
- `field<number`, also `<=`, `>`, `>=`, `=` and `!=`, compares; times are ages (`age<2d`) or
  dates (`ended>2026-11-01`).
- `field:none` and `field:any` ask whether there is a value at all.
- A word without a field is looked for in what names a thing.
- `-` before a term asks for its contrary; quotes keep spaces together: `name:"a b"`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
_CONTRARY = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Language:
    """What can be asked of the things of one list; columns are SQL expressions.

    Attributes:
        thing: what a thing is called.
        texts: columns of text, by the name of their field.
        numbers: columns of numbers.
        times: columns of UTC texts as in `store.times`; a field named `age` is one of these.
        anywhere: the fields in which a word without a field is looked for.
    """

    thing: str
    texts: Mapping[str, str]
    numbers: Mapping[str, str]
    times: Mapping[str, str]
    anywhere: Sequence[str]

    @property
    def fields(self) -> tuple[str, ...]:
        """What can be asked for."""
        return (*self.texts, *self.numbers, *self.times)

    def search(self, text: str) -> Condition:
        """Return what a search asks for; an empty one asks for everything.

        Raises:
            SearchError: if a term names no field, or compares with what is no number or time.
        """
        return all_of([self._term(piece) for piece in _PIECE.findall(text)])

    def _term(self, piece: str) -> Condition:
        found = _TERM.fullmatch(piece)
        if found is None:
            raise SearchError(f"'{piece}' cannot be read")
        field, sign, rest = found["field"], found["sign"], found["rest"].replace('"', "")
        if not rest and (sign or found["no"]):
            raise _unfinished(piece)
        if field is None:
            term = _any_of([_contains(self.texts[name], rest) for name in self.anywhere])
        elif field.lower() in self.fields:
            term = self._of_field(field.lower(), sign, rest)
        else:
            known = ", ".join(self.fields)
            raise SearchError(f"'{field}' is nothing that is known of {self.thing}: try {known}")
        return Condition(f"NOT COALESCE({term.sql}, 0)", term.values) if found["no"] else term

    def _of_field(self, field: str, sign: str, value: str) -> Condition:
        column = self.texts.get(field) or self.numbers.get(field) or self.times[field]
        if sign == ":" and value in ("none", "any"):
            return Condition(f"(({column}) IS {'NOT ' if value == 'any' else ''}NULL)")
        if field in self.texts:
            return _text(field, column, sign, value)
        if field in self.numbers:
            return _compared(column, sign, _number(field, value))
        return _time(field, column, sign, value)


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
