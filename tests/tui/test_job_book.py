from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.queries.job_index import JobIndex, Order
from store.queries.jobs import JobSummary
from tui.job_book import KEPT_ROWS, JobBook, View
from tui.job_rows import JobRow

MOMENT = "2026-11-20T18:00:00.000000Z"


def _row(name: str, status: str = "running") -> JobRow:
    return JobRow(
        JobSummary(
            id=name,
            name=name,
            provider="local",
            base_model="tiny",
            status=status,
            step=1,
            total_steps=10,
            loss=1.0,
            planned_at=MOMENT,
            started_at=MOMENT,
            ended_at=None,
            updated_at=MOMENT,
        )
    )


def _book(ids: str, *groups: tuple[int, str]) -> JobBook:
    book = JobBook()
    book.take(View(), JobIndex(list(ids), list(groups)))
    return book


def test_a_job_stands_on_a_line_of_its_own() -> None:
    book = _book("dcba")
    assert book.lines == 4
    assert [book.job_at(line) for line in range(5)] == ["d", "c", "b", "a", None]
    assert [book.line_of(job) for job in ("d", "a", "x", None)] == [0, 3, None, None]


def test_a_group_has_a_line_before_its_jobs() -> None:
    book = _book("dcba", (0, "moods"), (3, "talks"))
    assert book.lines == 6
    assert [book.heading(line) for line in range(6)] == [
        *(("moods", 3), None, None, None, ("talks", 1), None),
    ]
    assert [book.job_at(line) for line in range(7)] == [None, "d", "c", "b", None, "a", None]


@given(st.lists(st.integers(1, 4), max_size=6))
def test_lines_and_jobs_lead_to_each_other(sizes: list[int]) -> None:
    ids = [f"job{number}" for number in range(sum(sizes))]
    begins = [sum(sizes[:group]) for group in range(len(sizes))]
    book = JobBook()
    book.take(View(), JobIndex(ids, [(begin, str(begin)) for begin in begins]))

    assert [book.job_at(line) for line in map(book.line_of, ids) if line is not None] == ids
    headings = [line for line in range(book.lines) if book.heading(line) is not None]
    assert len(headings) == len(sizes)
    assert book.lines == len(ids) + len(headings)


def test_rows_that_were_never_read_are_told() -> None:
    book = _book("dcba", (0, "moods"))
    book.remember([_row("c")])
    assert book.unknown(-3, 4) == ["d", "b"]
    assert book.unknown(0, 99) == ["d", "b", "a"]
    assert book.knows(["c", "x"]) == ["c"]


def test_of_many_rows_the_oldest_are_forgotten() -> None:
    book = JobBook()
    book.remember(_row(str(number)) for number in range(KEPT_ROWS))
    book.remember([_row("0"), _row("new")])
    assert book.get("1") is None
    assert book.get("0") is not None
    assert book.get("new") is not None


def test_jobs_keep_their_places_unless_what_sorts_them_changes() -> None:
    assert View().is_steady
    assert View(order=Order("name")).is_steady
    assert not View(search="loss<1").is_steady
    assert not View(order=Order("loss")).is_steady
    assert not View(order=Order(group="status")).is_steady
