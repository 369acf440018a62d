from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.providers.hosted.result_files import parse

CSV = (
    "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n"
    "1,1.5,0.4,,\n"
    "2,1.25,0.5,1.4,0.45\n"
)


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        base64.b64encode(CSV.encode()),
        base64.encodebytes(CSV.encode()),
        "\ufeff".encode() + CSV.encode(),
        CSV.replace("\n", "\r\n").encode(),
    ],
    ids=["plain", "base64", "base64 in lines", "byte order mark", "DOS"],
)
def test_steps_and_metrics_are_read_by_the_names_of_the_events(content: bytes) -> None:
    found = parse(content)
    assert found.malformed_count == 0
    assert found.points == [
        (1, {"train_loss": 1.5, "train_mean_token_accuracy": 0.4}),
        (
            2,
            {
                "train_loss": 1.25,
                "train_mean_token_accuracy": 0.5,
                "valid_loss": 1.4,
                "valid_mean_token_accuracy": 0.45,
            },
        ),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "row 1: it is empty"),
        (b"epoch,loss\n1,2\n", "row 1: no column step"),
        (b"step,loss\nx,2\n", "row 2: step is no number: 'x'"),
        (b"step,loss\n1.5,2\n", "row 2: the step is 1.5"),
        (b"step,loss\n1,high\n", "row 2: loss is no number: 'high'"),
        (b"step,loss\n1,2,3\n", "row 2: 3 cells, not 2"),
        (b"step,loss\ninf,2\n", "row 2: the step is inf"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_row(content: bytes, told: str) -> None:
    assert parse(content).malformed[0].startswith(told)


def test_good_rows_beside_bad_ones_are_read() -> None:
    found = parse(b"step,loss\n1,2\n\nbad\n3,nan\n")
    assert found.points == [(1, {"loss": 2.0}), (3, {})]
    assert found.malformed_count == 1


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda rest: b"step,a\n" + rest))
def test_no_content_is_an_error(content: bytes) -> None:
    found = parse(content)
    assert all(told.startswith("row ") for told in found.malformed)
