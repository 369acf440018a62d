"""Running many looks at once, each within its time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from engine.doctor.examination import Probe, examine
from engine.doctor.finding import Finding, Status


def _probe(name: str, *looks: Callable[[], Status], seconds: float = 30.0) -> Probe:
    def look() -> Iterator[Finding]:
        for take in looks:
            yield Finding("x", name, take(), "seen")

    return Probe("x", name, look, seconds)


def test_findings_come_in_the_order_of_the_probes() -> None:
    second_done = threading.Event()

    def first() -> Status:
        assert second_done.wait(30)
        return "ok"

    def second() -> Status:
        second_done.set()
        return "warning"

    found = examine([_probe("one", first), _probe("two", second, second)])
    assert [(finding.name, finding.status) for finding in found] == [
        ("one", "ok"),
        ("two", "warning"),
        ("two", "warning"),
    ]


def test_one_that_takes_too_long_is_left_behind() -> None:
    released = threading.Event()

    def hang() -> Status:
        released.wait(30)
        return "ok"

    slow, fast = examine([_probe("slow", hang, seconds=0.05), _probe("fast", lambda: "ok")])
    released.set()
    assert (slow.status, slow.what) == ("failure", "did not come to an end within 0 s")
    assert fast.status == "ok"


def test_a_probe_that_fails_by_itself_hides_no_other_and_tells_no_secret() -> None:
    def fail() -> Status:
        raise KeyError("sk-secret")

    broken, fine = examine([_probe("broken", fail), _probe("fine", lambda: "ok")])
    assert (broken.status, broken.what) == ("failure", "this check itself failed (KeyError)")
    assert fine.status == "ok"


def test_a_file_that_a_probe_may_not_look_at_is_named() -> None:
    def fail() -> Status:
        raise PermissionError(13, "Permission denied", "/data/ftlab.db")

    [found] = examine([_probe("database", fail)])
    assert (found.status, found.what) == ("failure", "/data/ftlab.db: Permission denied")


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    examine([_probe("a"), _probe("b")], lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
