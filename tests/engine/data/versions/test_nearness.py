from __future__ import annotations

from engine.data.versions.checks import CheckWish
from engine.data.versions.contents import records_of
from engine.data.versions.dividing import SplitSizes
from engine.lab import Lab
from tests.engine.data.versions.conftest import Add, row

_QUESTION = (
    "Natalia sold some clips to many of her friends in April, and then she sold half as many of "
    "them to people whom she had never met before in May. How many clips did Natalia sell "
    "altogether in the months of April and May of {}?"
)
_ANSWER = "She sold all of the clips that she had bought at the market on the hill in spring."


def test_near_duplicates_stay_on_one_side_of_a_split(lab: Lab, add: Add) -> None:
    pairs = [row(_QUESTION.format(n // 2), _ANSWER + f" {n}") for n in range(8)]
    others = [row(f"Question {n}: " + "abcdefghij"[n % 10] * 40, f"{n}") for n in range(40)]
    add("talk", *pairs, *others)
    parts = lab.datasets.split("talk", SplitSizes(test=12, group=("near-duplicates",))).parts
    near = [
        sum("Natalia" in str(record) for record in records_of(lab, part)) for part in parts.values()
    ]
    assert sorted(near) == [0, 8]


def test_a_question_with_another_answer_stays_on_the_same_side(lab: Lab, add: Add) -> None:
    answers = ["Forty.", "She sold thirty-six in April and half of that in May.", "Nobody knows."]
    asked = [row(_QUESTION.format(n), answers[n % 3]) for n in range(6)]
    others = [row(f"Question {n}: " + "abcdefghij"[n % 10] * 40, f"{n}") for n in range(30)]
    add("talk", *asked, *others, *(row("Who?", f"Me, {n}.") for n in range(4)))
    for seed in range(5):
        sizes = SplitSizes(test=12, group=("near-duplicates",), seed=seed)
        parts = lab.datasets.split("talk", sizes).parts
        test = f"talk/test@{parts['test'].version}"
        wish = CheckWish(against=(test,), near=True)
        _, report = lab.datasets.check(parts["train"].id, wish)
        assert not [rule for rule in report.counts if "overlap" in rule]


def test_a_wish_for_groups_may_name_a_column_beside_near_duplicates(lab: Lab, add: Add) -> None:
    asked = [row(_QUESTION.format(n), "Forty.", user=n) for n in range(3)]
    others = [row(f"Question {n}: " + "abcdefghij"[n % 10] * 40, "No.", user=n) for n in range(20)]
    add("talk", *asked, *others)
    sizes = SplitSizes(test=6, group=("near-duplicates", "user"))
    parts = lab.datasets.split("talk", sizes).parts.values()
    sides = [{record["user"] for record in records_of(lab, part)} for part in parts]
    assert sides[0].isdisjoint(sides[1])
    assert any({0, 1, 2} <= side for side in sides)


def test_near_duplicates_are_found_by_a_check_that_looks_for_them(lab: Lab, add: Add) -> None:
    add(
        "talk",
        row(_QUESTION.format(1), _ANSWER),
        row("Else?", "No."),
        row(_QUESTION.format(1).replace("altogether", "in all"), _ANSWER),
    )
    _, report = lab.datasets.check("talk", CheckWish(near=True))
    assert report.counts["near-duplicate"] == 1
    [finding] = [found for found in report.findings if found.rule == "near-duplicate"]
    assert (finding.line, finding.message) == (3, "It is nearly the same as row 1")
    assert "near-duplicate" not in lab.datasets.check("talk", CheckWish())[1].counts


def test_prompts_that_leaked_are_found_in_other_words(lab: Lab, add: Add) -> None:
    add("train", row("Else?", "No."), row(_QUESTION.format(1), _ANSWER))
    add(
        "test",
        row(_QUESTION.format(1).replace("altogether", "in all"), "Forty."),
        row("New?", "Yes."),
    )
    _, report = lab.datasets.check("train", CheckWish(against=("test",), near=True))
    [finding] = [found for found in report.findings if found.rule == "near-overlap"]
    assert (finding.line, finding.message) == (2, "Its prompt is nearly that of test@1, row 1")
