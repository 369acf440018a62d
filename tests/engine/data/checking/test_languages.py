from __future__ import annotations

import pytest

from engine.data.checking import languages as module
from engine.data.checking.facts import SAMPLED, Answer, lowest
from engine.data.checking.languages import languages
from engine.data.checking.run import CheckSettings, check
from tests.engine.data.checking.conftest import asked, batch


def test_the_languages_of_answers_are_told_the_most_frequent_first() -> None:
    texts = [
        "Ihre Bestellung wurde versandt und kommt am Dienstag an.",
        "Your order has shipped and will arrive on Tuesday.",
        "You can follow it with the link in the e-mail that we sent you.",
        "42",
        "refund",
        "def f(x): return x + 1",
    ]
    found = languages([Answer(n, n + 1, text) for n, text in enumerate(texts)])
    assert found is not None
    assert [(each.code, each.answers, each.line) for each in found] == [("en", 2, 2), ("de", 1, 1)]


def test_without_the_package_the_report_says_what_was_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> None:
        raise ModuleNotFoundError("py3langid")

    monkeypatch.setattr(module, "_identifier", missing)
    rows = [asked(f"{n}?", f"The answer to this is number {n}.") for n in range(30)]
    report = check([batch(rows)], CheckSettings("rows"))
    assert report.skipped == ("languages: pip install 'ftlab[data]'",)


def test_the_sample_is_the_same_however_the_rows_are_divided() -> None:
    answers = [Answer(rank * 7919 % 10_007, rank, "text") for rank in range(2000)]
    whole = lowest(answers)
    parts = lowest([*lowest(answers[:700]), *lowest(answers[700:])])
    assert parts == whole
    assert len(whole) == SAMPLED
