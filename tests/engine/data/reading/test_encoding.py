# ruff: noqa: RUF001 - texts in many languages
from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.reading import encoding as encodings
from engine.data.reading.encoding import Decoded, checked_encoding, detected_encoding
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from tests.engine.data.reading.conftest import FILES, file_of, values_of

SAMPLES = {
    "cp1252": "frage,antwort\nWie heißt die größte Stadt Österreichs?,Wien – „schön“ für 5 €\n",
    "latin-1": "question,réponse\nQuel âge a-t-il ?,Il a été élève à l'école près du château\n",
    "cp1250": "pytanie,odpowiedź\nGdzie leży Łódź?,W środkowej Polsce; duże miasto przemysłowe\n",
    "cp1251": "вопрос,ответ\nКак тебя зовут?,Меня зовут Иван и я живу в Москве\n",
    "koi8-r": "вопрос,ответ\nКак тебя зовут?,Меня зовут Иван и я живу в Москве\n",
    "cp1253": "ερώτηση,απάντηση\nΠού είναι η Αθήνα,Στην Ελλάδα είναι η πρωτεύουσα\n",
    "cp1254": "soru,cevap\nİstanbul nerede?,Türkiye'nin kuzeybatısında, Boğaz'ın iki yakasında\n",
    "shift_jis": "質問,回答\n東京はどこですか,日本の首都です。とても大きい都市です。\n",
    "gb18030": "问题,答案\n北京在哪里？,北京是中国的首都，是一个很大的城市。\n",
    "big5": "問題,答案\n台北在哪裡？,台北是台灣的首都，是一個很大的城市。\n",
    "euc-kr": "질문,답변\n서울은 어디에 있습니까?,서울은 대한민국의 수도입니다.\n",
    "utf-16": "q,a\nWo?,Köln\n",
    "utf-16-le": "q,a\nhello there,this is a text without a mark\n",
    "utf-32": "q,a\nWo?,Köln\n",
    "utf-8-sig": "q,a\nWo?,Köln\n",
    "utf-8": "q,a\nWo?,Köln\n",
    "ascii": "q,a\nWo?,Da\n",
}


@pytest.mark.parametrize("encoding", SAMPLES)
@pytest.mark.parametrize("times", [1, 40])
def test_texts_in_many_encodings_are_read_right_without_being_told(
    encoding: str, times: int
) -> None:
    text = SAMPLES[encoding] * times
    data = text.encode(encoding)
    found = detected_encoding(data, cut=False)
    assert data.decode(found).removeprefix("\ufeff") == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (b"caf\xe9", "cp1252"),
        (b'{"a": "\xe9"}', "cp1252"),
        (b"It\x92s \x93fine\x94", "cp1252"),
        (b"caf\xc3\xa9, caf\xe9", "utf-8"),
        (b"plain", "utf-8"),
        (b"caf\xc3", "utf-8"),
    ],
)
def test_few_odd_bytes_are_western_and_damaged_utf8_stays_utf8(text: bytes, encoding: str) -> None:
    assert detected_encoding(text, cut=text.endswith(b"\xc3")) == encoding


def test_the_encoding_that_was_found_is_told() -> None:
    with read_rows(FILES / "fragen.csv") as rows:
        assert rows.encoding == "cp1252"
        assert [row.value for row in rows] == [
            {
                "frage": "Wie heißt die größte Stadt Österreichs?",
                "antwort": "Wien, natürlich – „schön“ für 5 €",
            },
            {"frage": "Wo liegt Köln?", "antwort": "Am Rhein, und es ist für den Dom berühmt."},
        ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "cp1252", "utf-8", "UTF8"])
def test_a_given_encoding_counts_and_a_mark_is_dropped(encoding: str) -> None:
    data = "\ufeff".encode(encoding, "ignore") + "a,b\nKöln,2\n".encode(encoding)
    if encoding in ("utf-16", "utf-32"):
        data = "a,b\nKöln,2\n".encode(encoding)
    assert values_of(data, "a.csv", encoding=encoding) == [{"a": "Köln", "b": "2"}]


def test_an_unknown_encoding_is_refused_with_the_likeliest() -> None:
    with pytest.raises(DataError, match=r"no encoding 'cp1525' \(did you mean 'cp125\d'\?\)"):
        checked_encoding("cp1525")
    for wrong in ("hex", "rot13", "zip", "x\0y", ""):
        with pytest.raises(DataError, match="no encoding"):
            checked_encoding(wrong)


def test_an_encoding_that_gives_up_is_told_of() -> None:
    with (
        file_of(b"a,b\n1,2\n", "a.csv") as path,
        pytest.raises(DataError, match=r"a\.csv cannot be read as idna"),
    ):
        read_rows(path, ReadingOptions(encoding="idna"))


@given(
    st.binary(max_size=60),
    st.sampled_from(["utf-16", "shift_jis", "cp1252", "utf-7"]),
    st.integers(1, 9),
)
def test_any_bytes_become_text_with_marks_where_they_do_not_fit(
    data: bytes, encoding: str, at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encodings, "BUFFER_BYTES", at_once)
        try:
            decoded = io.BufferedReader(
                Decoded(io.BufferedReader(io.BytesIO(data)), encoding, "f")
            ).read()
        except DataError:
            assert encoding == "utf-16"
            return
    expected = data.decode(encoding, "replace").removeprefix("\ufeff")
    assert len(decoded.decode("utf-8", "surrogateescape")) <= len(expected) + 1
    if "\ufffd" not in expected and not any("\ud800" <= one <= "\udfff" for one in expected):
        assert decoded.decode() == expected


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    st.sampled_from(["utf-16", "utf-32", "gb18030"]),
)
def test_any_text_comes_back_equal_from_another_encoding(text: str, encoding: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encodings, "BUFFER_BYTES", 3)
        stream = io.BufferedReader(io.BytesIO(text.encode(encoding)))
        decoded = io.BufferedReader(Decoded(stream, encoding, "f")).read()
    assert decoded.decode() == text.removeprefix("\ufeff")
