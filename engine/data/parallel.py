"""The same work on many pieces, on all cores and in order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing import get_context
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_AHEAD = 2
"""How many pieces a process has waiting: it is never idle, and memory stays bounded."""


def in_order(
    work: Callable[[Piece], Result], pieces: Iterable[Piece], *, alone: int = 2
) -> Generator[Result, None, None]:
    """Give the results of the pieces, in their order, computed by as many processes as cores.

    Work and pieces travel to other processes, so both must be picklable: functions of modules, and
    instances of their classes. What a process should keep between pieces (a tokenizer) it keeps in
    a cache of its module.

    Args:
        work: what is done with each piece.
        pieces: taken only as far ahead as the processes need, so that an endless file is no
            problem.
        alone: up to so many pieces are worked on here: starting processes would take longer.
    """
    rest = iter(pieces)
    first = list(islice(rest, alone + 1))
    cores = _cores()
    if len(first) <= alone or cores == 1:
        yield from map(work, chain(first, rest))
        return
    # Not forked: threads (a poller, a progress bar) may hold locks that a fork would keep for ever.
    context = get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context, initializer=_end_with_parent) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for piece in chain(first, rest):
                # Each of the first pieces may start one more process.
                with _interrupts_held_back():
                    waiting.append(pool.submit(work, piece))
                if len(waiting) >= _AHEAD * cores:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: it is this process that stops them.

    A mask is inherited and holds from a process's first moment on, when its imports could not be
    interrupted without a traceback. Here an interrupt is only late.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """Leave no process behind when the one that started it is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for_end, args=(parent,), daemon=True).start()


def _wait_for_end(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
