"""JSON that is not quite JSON: what it says beyond doubt, and what had to be mended.

The damages are known ones: commas too many, line breaks inside of texts, curly quotes, Python's way
of writing. Each is undone exactly. What is left over goes to a lenient parser (json-repair), whose
answer counts only if it holds all that was there beside JSON's own punctuation, in its order.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any, NamedTuple

Json = list[Any] | dict[str, Any]

TRAILING_COMMA = "trailing comma"
CONTROL_CHARACTER = "line break or tab in a text"
CURLY_QUOTES = "curly quotes"
PYTHON = "written by Python, not as JSON"
LOOSE = "quotes or commas of the JSON set right"
CUT_OFF = "cut off, and closed where it ends"

_ENDS_EARLY = "EOF while parsing"
_LONGEST_MENDED = 256 * 1024
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"|,(?=\s*[\]}])', re.DOTALL)
_CONTROL = re.compile(r"[\0-\x1f]")
_CONTROL_NAMES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_STRAIGHT_FOR_CURLY = str.maketrans("“”„", '"""')
_PYTHON_KEY = re.compile(r"[{,]\s*'")
_PYTHON_TEXT = re.compile(r"[{\[,:]\s*'")
_BESIDE = re.compile(r"""["']\s*["']""")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PYTHON_ESCAPES = frozenset("\\'\"nrtxuU")
_JSON_ESCAPES = frozenset("\\'\"/nrtbfu")
_PYTHON_WORDS = re.compile(r"\b(?:None|True|False)\b")
_JSON_WORDS = {"None": "null", "True": "true", "False": "false"}
_PUNCTUATION = re.compile(r"""[\s"',:\[\]{}\\]+""")
_EMPTY_TEXT = re.compile(r"""""|''""")
_INNER_STRUCTURE = re.compile(r"""["']\s*[,:]\s*["'{\[]|["']\s*\}|^\s*[,:]\s*$""")


class Mended(NamedTuple):
    """What a piece of damaged JSON says.

    Attributes:
        value: the array or object.
        kinds: what was mended, in short names.
    """

    value: Json
    kinds: tuple[str, ...]


def mended(text: str, *, loosely: bool = True) -> Mended | None:
    """Return the one array or object that a text says, None if that is not sure.

    Args:
        text: the whole text, which is no valid JSON.
        loosely: also ask the lenient parser.
    """
    if len(text) > _LONGEST_MENDED or not _is_whole(text):
        return None
    for mend in (_punctuated, _straightened, _python_literal):
        found = mend(text)
        if found is not None:
            return found
    return _leniently_read(text) if loosely else None


def closed(text: str) -> Mended | None:
    """Return what there is of an object that a text begins and does not end."""
    from pydantic_core import from_json

    try:
        from_json(text)
    except ValueError as error:
        # The parser would leave out what stands behind an object, too.
        if not str(error).startswith(_ENDS_EARLY):
            return None
    else:
        return None
    try:
        value = from_json(text, allow_partial="trailing-strings")
    except ValueError:
        return None
    return Mended(value, (CUT_OFF,)) if isinstance(value, dict) and value else None


def parsed(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what a text of valid JSON holds, None for any other."""
    from pydantic_core import from_json

    try:
        return from_json(text)
    except ValueError:
        return None


def _is_whole(text: str) -> bool:
    return text[:1] + text[-1:] in ("[]", "{}")


def _punctuated(text: str) -> Mended | None:
    """Read JSON with commas before closing brackets, or with control characters in its texts."""
    kinds = dict[str, None]()

    def put_right(token: re.Match[str]) -> str:
        if token.group() == ",":
            kinds[TRAILING_COMMA] = None
            return ""
        escaped = _CONTROL.sub(_escaped, token.group())
        if escaped != token.group():
            kinds[CONTROL_CHARACTER] = None
        return escaped

    value = parsed(_STRING_OR_COMMA.sub(put_right, text))
    return Mended(value, tuple(kinds)) if isinstance(value, list | dict) else None


def _escaped(control: re.Match[str]) -> str:
    character = control.group()
    return _CONTROL_NAMES.get(character) or f"\\u{ord(character):04x}"


def _straightened(text: str) -> Mended | None:
    """Read JSON whose quotes are all curly, as word processors make them."""
    if '"' in text:
        return None
    value = parsed(text.translate(_STRAIGHT_FOR_CURLY))
    return Mended(value, (CURLY_QUOTES,)) if isinstance(value, list | dict) else None


def _python_literal(text: str) -> Mended | None:
    """Read what Python's `str` makes of an array or object."""
    from pydantic_core import from_json, to_json

    # Python warns of escapes that it does not know.
    if not _PYTHON_TEXT.search(text) or not _PYTHON_ESCAPES.issuperset(_ESCAPE.findall(text)):
        return None
    try:
        if _BESIDE.search(text) and _has_glued_texts(text):
            return None
        value = ast.literal_eval(text)
        # Python writes more than JSON has: sets, tuples, keys that are no texts.
        if from_json(to_json(value)) != value:
            return None
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError, tokenize.TokenError):
        return None
    return Mended(value, (PYTHON,)) if isinstance(value, list | dict) else None


def _has_glued_texts(text: str) -> bool:
    """Tell whether two texts stand side by side: Python takes them for one, a comma is missing."""
    kinds = [
        token.type
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type != tokenize.NL
    ]
    return any(one == other == tokenize.STRING for one, other in pairwise(kinds))


def _leniently_read(text: str) -> Mended | None:
    """Read with the lenient parser, if that keeps all that the text says."""
    # Whether a backslash too few escapes what follows or is one itself, nobody can tell.
    if _PYTHON_KEY.search(text) or not _JSON_ESCAPES.issuperset(_ESCAPE.findall(text)):
        return None
    if not _is_balanced(text):
        return None
    try:
        from json_repair import loads

        value = loads(text)
    except (ImportError, ValueError, RecursionError, IndexError):
        return None
    if isinstance(value, list | dict) and _says_the_same(text, value):
        return Mended(value, (LOOSE,))
    return None


def _is_balanced(text: str) -> bool:
    return text.count("[") == text.count("]") and text.count("{") == text.count("}")


def _says_the_same(text: str, value: Json) -> bool:
    """Tell whether all that is no punctuation of JSON's is there, and nothing was made up."""
    from pydantic_core import to_json

    texts = list(_texts(value))
    if any(map(_INNER_STRUCTURE.search, texts)):
        return False
    if texts.count("") > len(_EMPTY_TEXT.findall(text)):
        return False
    try:
        written = to_json(value).decode()
    except ValueError:
        return False
    return _content(text) == _content(written)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_texts, value))
    elif isinstance(value, dict):
        yield from chain.from_iterable(map(_texts, value.values()))


def _content(text: str) -> str:
    text = _PYTHON_WORDS.sub(lambda word: _JSON_WORDS[word.group()], text)
    return _PUNCTUATION.sub("", text)
