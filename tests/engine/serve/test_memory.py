"""Work that is halved until memory suffices."""

from __future__ import annotations

import pytest

from engine.serve.memory import in_halves


class Work:
    """Fails for more rows than fit, and for one of them always."""

    def __init__(self, fits: int, error: Exception, never: int | None = None) -> None:
        self.fits, self.error, self.never = fits, error, never
        self.done: list[list[int]] = []
        self.failed: list[tuple[list[int], Exception]] = []

    def do(self, rows: list[int]) -> None:
        if len(rows) > self.fits or self.never in rows:
            raise self.error
        self.done.append(rows)

    def over(self, rows: list[int]) -> Work:
        in_halves(rows, self.do, lambda failed, error: self.failed.append((failed, error)))
        return self


LACKS = [
    MemoryError(),
    RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
]


@pytest.mark.parametrize("error", LACKS, ids=lambda error: type(error).__name__)
def test_it_goes_on_with_halves(error: Exception) -> None:
    work = Work(2, error).over([1, 2, 3, 4, 5])
    assert work.done == [[1, 2], [3], [4, 5]]
    assert not work.failed


def test_what_does_not_fit_alone_fails_alone() -> None:
    lack = MemoryError()
    work = Work(2, lack, never=3).over([1, 2, 3, 4])
    assert work.done == [[1, 2], [4]]
    assert work.failed == [([3], lack)]


def test_another_fault_is_that_of_all() -> None:
    fault = RuntimeError("a shape does not fit")
    work = Work(2, fault).over([1, 2, 3])
    assert (work.done, work.failed) == ([], [([1, 2, 3], fault)])
