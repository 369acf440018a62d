from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.reading import plaintext
from engine.data.reading.plaintext import cut
from engine.data.reading.rows import Row
from tests.engine.data.reading.conftest import fault_of, rows_in, rows_of, values_of, words

PROSE = st.lists(
    st.sampled_from(["Holmes ", "Watson. ", "the\n", "\n", "  ", "\r\n", "woman", "ж", "x" * 30]),
    max_size=60,
).map("".join)


def test_paragraphs_stand_between_blank_lines() -> None:
    assert rows_in("sherlock.txt") == [
        Row(
            1,
            {
                "text": "To Sherlock Holmes she is always the woman.\n"
                "I have seldom heard him mention her\nunder any other name."
            },
        ),
        Row(5, {"text": "In his eyes she eclipses and predominates the whole of her sex."}),
        Row(8, {"text": "It was not that he felt any emotion akin to love for Irene Adler."}),
    ]


def test_each_line_can_be_a_row() -> None:
    rows = rows_in("sherlock.txt", chunk="line")
    assert [row.line for row in rows] == [1, 2, 3, 5, 8]
    assert rows[2].value == {"text": "under any other name."}


def test_rows_can_be_so_many_tokens() -> None:
    rows = rows_in("sherlock.txt", chunk="tokens:12", count_tokens=words)
    assert [row.line for row in rows] == [1, 2, 5, 8, 8]
    texts = [row.value["text"] for row in rows if isinstance(row.value, dict)]
    assert texts[0] == "To Sherlock Holmes she is always the woman."
    assert texts[1] == "I have seldom heard him mention her\nunder any other name."
    assert max(map(words, texts)) <= 12


@given(PROSE, st.integers(1, 20), st.sampled_from([len, words]))
def test_pieces_are_short_enough_and_lose_nothing_but_white_space(
    text: str, most: int, count: plaintext.CountTokens
) -> None:
    if not text.strip():
        return
    values = values_of(
        text.encode(), "a.txt", file_format="text", chunk=f"tokens:{most}", count_tokens=count
    )
    texts = [value["text"] for value in values if isinstance(value, dict)]
    assert all(count(piece) <= most for piece in texts)
    assert "".join("".join(texts).split()) == "".join(text.split())


@given(PROSE, st.integers(1, 9))
def test_a_text_cut_in_pieces_is_all_there(text: str, most: int) -> None:
    pieces = list(cut(text, most, len))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(len(piece) == tokens <= most for piece, tokens in pieces)


def test_texts_are_cut_where_a_sentence_ends() -> None:
    text = "She was tall. He was small and round. They met."
    assert [piece for piece, _ in cut(text, 8, words)] == [
        "She was tall. ",
        "He was small and round. They met.",
    ]


def test_a_line_longer_than_any_row_is_cut_by_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaintext, "_PIECE_CHARACTERS", 50)
    text = "one two three four five six seven eight nine ten " * 20
    rows = rows_of(text.encode(), "a.txt", chunk="tokens:25", count_tokens=words)
    assert {row.line for row in rows} == {1}
    texts = [row.value["text"] for row in rows if isinstance(row.value, dict)]
    assert "".join(texts).split() == text.split()


@pytest.mark.parametrize("chunk", ["line", "paragraph", "tokens:3"])
def test_a_byte_that_is_not_utf8_spoils_its_row_only(chunk: str) -> None:
    content = "été déjà vu\n\n".encode() + b"caf\xe9\n\n" + "là-bas\n".encode()
    first, bad, last = rows_of(content, "a.txt", chunk=chunk, count_tokens=words)
    assert first == Row(1, {"text": "été déjà vu"})
    assert bad.line == 3
    assert fault_of(bad) == "is not UTF-8: byte 0xe9 at byte 4 of line 3"
    assert last == Row(5, {"text": "là-bas"})


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_understood(ending: str) -> None:
    content = ending.join(["  one", "two  ", "", "three"]).encode()
    assert rows_of(content, "a.txt") == [
        Row(1, {"text": "  one\ntwo  "}),
        Row(4, {"text": "three"}),
    ]


@pytest.mark.parametrize("chunk", ["words", "tokens", "tokens:0", "tokens:-1", "tokens:x"])
def test_an_unknown_chunk_is_refused_with_the_known_ones(chunk: str) -> None:
    with pytest.raises(DataError, match=r"no chunk .*paragraph, line, tokens:N"):
        rows_of(b"a", "a.txt", chunk=chunk, count_tokens=words)


def test_tokens_are_refused_where_nobody_can_count_them() -> None:
    with pytest.raises(DataError, match="Tokens cannot be counted here"):
        rows_of(b"a", "a.txt", chunk="tokens:5")
