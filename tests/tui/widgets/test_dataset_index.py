"""Reading and searching the examples of a version where one looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store.blobs import BlobStore
from store.errors import BlobCorruptError, NotFoundError
from tui.widgets.dataset_index import ExampleFile, gist, record_of


def _line(number: int, answer: str = "Yes.") -> bytes:
    messages = [
        {"role": "user", "content": f"Question {number}?"},
        {"role": "assistant", "content": answer},
    ]
    example = {"messages": messages, "customer": f"c{number}"}
    return json.dumps(example, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def _found(blobs: BlobStore, *lines: bytes) -> ExampleFile:
    file = ExampleFile(blobs, blobs.put(b"".join(lines)))
    file.find(lambda: None, lambda: False)
    return file


def _search(file: ExampleFile, text: str) -> list[int]:
    return [row for _, rows in file.search(text, lambda: False) for row in rows]


def test_any_rows_are_read_by_their_numbers(blobs: BlobStore) -> None:
    lines = [_line(number, "long " * (number * 900)) for number in range(120)]
    file = _found(blobs, *lines)
    assert (file.rows, file.is_whole) == (120, True)
    assert file.read([0, 119, 60, 500, -1]) == {0: lines[0], 119: lines[119], 60: lines[60]}


def test_rows_can_be_read_before_all_are_found(blobs: BlobStore) -> None:
    lines = [_line(number, "long " * 3_000) for number in range(200)]
    file = ExampleFile(blobs, blobs.put(b"".join(lines)))
    seen: list[int] = []
    file.find(lambda: seen.append(len(file.read([0]))), lambda: len(seen) >= 2)
    assert seen == [1, 1]
    assert not file.is_whole
    assert 0 < file.rows < 200


def test_a_search_finds_what_a_person_sees_in_any_letters(blobs: BlobStore) -> None:
    quoted = _line(2, 'He said "größer"\nand left.')
    file = _found(blobs, _line(0), _line(1, "NO."), quoted)
    assert _search(file, "no.") == [1]
    assert _search(file, '"GRÖSSER"') == _search(file, '"größer"') == [2]
    assert _search(file, "c2") == [2]
    assert _search(file, "question") == [0, 1, 2]
    assert _search(file, "content") == []


def test_content_that_is_missing_or_was_changed_is_told(blobs: BlobStore) -> None:
    with pytest.raises(NotFoundError):
        ExampleFile(blobs, "c" * 64).find(lambda: None, lambda: False)
    content = blobs.put(_line(1))
    blobs.path(content).chmod(0o600)
    blobs.path(content).write_bytes(_line(2))
    with pytest.raises(BlobCorruptError):
        ExampleFile(blobs, content).find(lambda: None, lambda: False)


def test_the_gist_is_what_is_asked_first_and_answered_last() -> None:
    assert gist(record_of(_line(7))) == ("Question 7?", "Yes.", 2)
    call = {"function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
    called = {"role": "assistant", "content": None, "tool_calls": [call]}
    assert gist({"messages": [called]}) == ("", 'weather({"city": "Oslo"})', 1)
    preference = {
        "input": {"messages": [{"role": "user", "content": "Hi"}]},
        "preferred_output": [{"role": "assistant", "content": "Hello"}],
        "non_preferred_output": [{"role": "assistant", "content": "No"}],
    }
    assert gist(preference) == ("Hi", "Hello", 3)
