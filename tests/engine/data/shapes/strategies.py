"""Examples and the rows they are made of, for property tests."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from engine.data.errors import RowError
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.example import Record

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
"""Any text that UTF-8 has, blanks and control characters and all."""

FILLED = TEXT.filter(bool)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
FINITE = SCALARS.filter(lambda value: value not in (float("inf"), float("-inf")))
JSON = st.recursive(
    FINITE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
COLUMN_NAMES = st.sampled_from(["id", "source", "score", "größe", "a b", "", "zeta"])
"""Names that are no field of any shape."""
TEXT_COLUMNS = st.dictionaries(COLUMN_NAMES, TEXT, max_size=3)
COLUMNS = st.dictionaries(COLUMN_NAMES, JSON, max_size=3)

_ARGUMENTS = st.dictionaries(TEXT, JSON, max_size=2).map(
    lambda value: json.dumps(value, ensure_ascii=False)
)
_FUNCTIONS = st.fixed_dictionaries({"name": FILLED, "arguments": _ARGUMENTS | TEXT})
CALLS = st.lists(
    st.fixed_dictionaries(
        {"id": FILLED, "type": st.just("function"), "function": _FUNCTIONS},
    ),
    min_size=1,
    max_size=2,
)
TOOLS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.just("function"),
            "function": st.fixed_dictionaries({"name": FILLED}, optional={"parameters": JSON}),
        }
    ),
    max_size=2,
)


def said_by(*roles: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return messages of a role and a text."""
    return st.fixed_dictionaries({"role": st.sampled_from(roles), "content": TEXT})


NAMED = st.fixed_dictionaries(
    {"role": st.just("user"), "content": TEXT, "name": FILLED},
)
WEIGHTED = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": TEXT, "weight": st.integers(0, 1)},
)
CALLING = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none(), "tool_calls": CALLS},
)
ANSWERING = st.fixed_dictionaries(
    {"role": st.just("tool"), "content": TEXT, "tool_call_id": FILLED},
)
REFUSING = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none(), "refusal": FILLED},
)
IN_PARTS = st.fixed_dictionaries(
    {
        "role": st.just("user"),
        "content": st.lists(
            st.fixed_dictionaries({"type": st.just("text"), "text": TEXT})
            | st.just({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}),
            min_size=1,
            max_size=2,
        ),
    },
)
LEGACY = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none(), "function_call": _FUNCTIONS},
) | st.fixed_dictionaries({"role": st.just("function"), "content": TEXT, "name": FILLED})
ANY_MESSAGE = (
    said_by("system", "developer", "user", "assistant")
    | NAMED
    | WEIGHTED
    | CALLING
    | ANSWERING
    | REFUSING
    | IN_PARTS
    | LEGACY
)
ANSWER = said_by("assistant")

PLAIN_MESSAGES = st.tuples(
    st.lists(said_by("system"), max_size=1),
    st.lists(st.tuples(said_by("user"), ANSWER), min_size=1, max_size=3),
).map(lambda parts: [*parts[0], *(message for turn in parts[1] for message in turn)])
RICH_MESSAGES = st.tuples(st.lists(ANY_MESSAGE, max_size=4), ANSWER).map(
    lambda parts: [*parts[0], parts[1]]
)
_SETTINGS = st.fixed_dictionaries(
    {}, optional={"tools": TOOLS, "parallel_tool_calls": st.booleans()}
)


def _converted(row: dict[str, Any]) -> Record:
    [record] = Conversion().examples(row)
    return record


def chat_rows(columns: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return rows of OpenAI's chat format with such columns, plain ones and rich ones."""
    messages = (PLAIN_MESSAGES | RICH_MESSAGES).map(lambda found: {"messages": found})
    return st.tuples(messages, _SETTINGS, columns).map(lambda parts: parts[0] | parts[1] | parts[2])


def preference_rows(
    columns: st.SearchStrategy[dict[str, Any]],
) -> st.SearchStrategy[dict[str, Any]]:
    """Return rows of OpenAI's preference format with such columns, plain ones and rich ones."""
    prompts = st.lists(ANY_MESSAGE, min_size=1, max_size=3)
    given = st.tuples(prompts.map(lambda found: {"messages": found}), _SETTINGS).map(
        lambda parts: parts[0] | parts[1]
    )
    answers = st.lists(ANSWER, min_size=1, max_size=1) | st.tuples(
        st.lists(ANSWER | CALLING | ANSWERING, max_size=2), ANSWER
    ).map(lambda parts: [*parts[0], parts[1]])
    pair = st.fixed_dictionaries(
        {"input": given, "preferred_output": answers, "non_preferred_output": answers}
    )
    return st.tuples(pair, columns).map(lambda parts: parts[0] | parts[1])


def records(columns: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Record]:
    """Return examples of both kinds with such columns."""
    return (chat_rows(columns) | preference_rows(columns)).map(_converted)


def exchanges(columns: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Record]:
    """Return examples of one question and its answer, without a system prompt."""
    messages = st.tuples(said_by("user"), ANSWER).map(lambda found: {"messages": list(found)})
    return st.tuples(messages, columns).map(lambda parts: _converted(parts[0] | parts[1]))


def plain_records(columns: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Record]:
    """Return examples of texts: conversations that alternate, and pairs of single answers."""
    chat = PLAIN_MESSAGES.map(lambda found: {"messages": found})
    pairs = st.fixed_dictionaries(
        {
            "input": st.tuples(st.lists(said_by("system"), max_size=1), said_by("user")).map(
                lambda parts: {"messages": [*parts[0], parts[1]]}
            ),
            "preferred_output": ANSWER.map(lambda answer: [answer]),
            "non_preferred_output": ANSWER.map(lambda answer: [answer]),
        }
    )
    return st.tuples(chat | pairs, columns).map(lambda parts: _converted(parts[0] | parts[1]))


def fits(record: Record, shaped: Any) -> bool:  # noqa: ANN401 - a shaper of any target
    """Tell whether a target's shape can say the example."""
    try:
        shaped(record, True)
    except RowError:
        return False
    return True
