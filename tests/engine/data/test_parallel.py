from __future__ import annotations

import os
import subprocess
import sys
from itertools import count, islice

import psutil
import pytest

from engine.data.errors import DataError
from engine.data.parallel import in_order


def _squared(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def _refusing(number: int) -> int:
    if number == 3:
        raise DataError("three is refused")
    return number


def test_results_come_in_the_order_of_the_pieces() -> None:
    found = list(in_order(_squared, range(40)))
    assert [result for result, _ in found] == [number * number for number in range(40)]


def test_few_pieces_are_worked_on_here() -> None:
    assert list(in_order(_squared, range(2))) == [(0, os.getpid()), (1, os.getpid())]


def test_nothing_gives_nothing() -> None:
    assert list(in_order(_squared, [])) == []


def test_pieces_are_taken_only_as_far_ahead_as_needed() -> None:
    """An endless file is no problem, and whoever stops leaves no process behind."""
    taken = count()
    results = in_order(_squared, taken)
    assert [result for result, _ in islice(results, 5)] == [0, 1, 4, 9, 16]
    results.close()
    assert next(taken) < 200


def test_an_error_in_a_piece_reaches_the_caller() -> None:
    results = in_order(_refusing, range(40))
    with pytest.raises(DataError, match="three is refused"):
        list(results)


def test_no_process_outlives_the_one_that_started_it() -> None:
    program = (
        "import time\n"
        "from engine.data.parallel import in_order\n"
        "from tests.engine.data.test_parallel import _squared\n"
        "if __name__ == '__main__':\n"
        "    for result, pid in in_order(_squared, iter(int, 1)):\n"
        "        print(pid, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        worker = psutil.Process(int(process.stdout.readline()))
        process.kill()
        worker.wait(10)
