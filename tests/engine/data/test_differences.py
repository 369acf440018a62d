from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.data.differences import Span, word_spans

TEXT = st.text(st.sampled_from("ab \n\t.,é\u200b"), max_size=40)


@given(TEXT, TEXT)
def test_the_spans_make_up_both_texts(before: str, after: str) -> None:
    spans = word_spans(before, after)
    assert "".join(span.text for span in spans if span.mark != "added") == before
    assert "".join(span.text for span in spans if span.mark != "removed") == after
    assert all(span.text for span in spans)
    assert all(one.mark != other.mark for one, other in pairwise(spans))


def test_words_that_differ_stand_between_those_that_do_not() -> None:
    assert word_spans("The cafÃ© is open", "The café is open") == [
        Span("same", "The "),
        Span("removed", "cafÃ©"),
        Span("added", "café"),
        Span("same", " is open"),
    ]


def test_blanks_that_go_are_seen() -> None:
    assert word_spans("end  \n", "end") == [Span("same", "end"), Span("removed", "  \n")]


def test_equal_texts_are_one_span() -> None:
    assert word_spans("same", "same") == [Span("same", "same")]
    assert word_spans("", "") == []


def test_long_texts_that_differ_everywhere_are_replaced_whole() -> None:
    before, after = " ".join(map(str, range(20_000))), " ".join(map(str, range(20_000, 40_000)))
    assert word_spans(before, after) == [Span("removed", before), Span("added", after)]
