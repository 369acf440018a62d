from __future__ import annotations

from tui.faults import QUIET_SECONDS, STORM_OF_ANY, STORM_OF_ONE, WITHIN_SECONDS, Faults, Verdict


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as caught:
        return caught


def test_an_error_is_new_once_and_then_known() -> None:
    faults = Faults()
    assert faults.happened(raised(ValueError("a")), 0) is Verdict.NEW
    assert faults.happened(raised(ValueError("b")), 1) is Verdict.KNOWN
    assert faults.happened(raised(TypeError("a")), 1) is Verdict.NEW


def test_after_a_while_it_is_told_again() -> None:
    faults = Faults()
    faults.happened(raised(ValueError()), 0)
    assert faults.happened(raised(ValueError()), QUIET_SECONDS) is Verdict.AGAIN
    assert faults.happened(raised(ValueError()), QUIET_SECONDS + 1) is Verdict.KNOWN


def test_the_same_place_is_the_same_error_whatever_it_says() -> None:
    def fails(words: str) -> Exception:
        return raised(ValueError(words))

    faults = Faults()
    assert faults.happened(fails("a"), 0) is Verdict.NEW
    assert faults.happened(fails("b"), 0) is Verdict.KNOWN


def test_often_within_seconds_is_a_storm() -> None:
    faults = Faults()
    verdicts = [faults.happened(raised(ValueError()), 0.1 * each) for each in range(STORM_OF_ONE)]
    assert Verdict.STORM not in verdicts[:-1]
    assert verdicts[-1] is Verdict.STORM


def test_once_a_second_is_none() -> None:
    faults = Faults()
    verdicts = [faults.happened(raised(ValueError()), each) for each in range(100)]
    assert STORM_OF_ONE > WITHIN_SECONDS + 1
    assert Verdict.STORM not in verdicts


def test_many_different_errors_are_one_as_well() -> None:
    faults = Faults()
    kinds = [type(f"Error{number}", (Exception,), {}) for number in range(STORM_OF_ANY)]
    verdicts = [faults.happened(raised(kind()), 0) for kind in kinds]
    assert verdicts[-1] is Verdict.STORM


def test_an_error_that_was_never_raised_is_one_like_any_other() -> None:
    assert Faults().happened(ValueError(), 0) is Verdict.NEW
