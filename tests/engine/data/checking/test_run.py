from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.data.checking.fingerprints import Fingerprints
from engine.data.checking.report import Report
from engine.data.checking.rules import Finding, Method, Problem, Rule
from engine.data.checking.run import CheckSettings, check, fingerprints
from engine.data.reading.files import read_rows
from engine.data.reading.reader import RowList
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import BadRow, Row
from engine.data.shapes.example import Record
from engine.data.tokens.tokenizer import TokenizerSpec
from tests.engine.data.checking.conftest import ANSWER, QUESTION, asked, batch, chat

ENGLISH = "This is a perfectly ordinary answer in English, number {}, I would think."
FRENCH = "Ceci est une réponse tout à fait normale en français, la numéro {}."

Rows = Iterable[dict[str, Any] | BadRow]


def questions(count: int, system: str | None = "Be brief.") -> list[dict[str, Any]]:
    """Rows that nothing is wrong with."""
    return [asked(f"Question {n}?", ENGLISH.format(n), system) for n in range(count)]


def checked(rows: Rows, **settings: Any) -> Report:  # noqa: ANN401 - as the settings have them
    """The report on some rows."""
    return check([batch(rows)], CheckSettings("rows.jsonl", **settings))


def of(report: Report, rule: str) -> list[Finding]:
    """What a rule found."""
    return [finding for finding in report.findings if finding.rule == rule]


@pytest.fixture(scope="session")
def by_o200k(tmp_path_factory: pytest.TempPathFactory) -> TokenizerSpec:
    """A tokenizer of hosted models."""
    return TokenizerSpec("hosted", "o200k_base", tmp_path_factory.mktemp("tokenizers"))


class NoNames:
    """A rule of one's own that travels."""

    rules: Sequence[Rule] = (Rule("no-names", "warning", "row", "Nobody is named."),)

    def may_concern(self, texts: bytes) -> bool:
        return b"Ann" in texts

    def __call__(self, example: Record, columns: Mapping[str, Any]) -> Iterator[Problem]:
        text = json.dumps([example, columns])
        if "Ann" in text:
            yield Problem("no-names", "messages", "Ann is named", text)


def test_a_good_dataset_is_ready() -> None:
    report = checked(questions(60))
    assert report.verdict == "ready"
    assert report.findings == ()
    assert (report.rows, report.examples, report.tier, report.epochs) == (60, 60, "nominal", 3)


def test_the_check_goes_on_after_bad_rows() -> None:
    rows: list[dict[str, Any] | BadRow] = list(questions(20))
    cut_off = '{"messages": [{"ro'
    rows[4] = BadRow("is cut off", cut_off)
    rows[5] = BadRow("is a list, not a JSON object", "[1, 2]")
    rows[6] = {"messages": []}
    report = checked(rows)
    assert report.verdict == "not ready"
    assert (report.rows, report.examples) == (20, 17)
    assert report.findings[:3] == (
        Finding("error", "unreadable-row", "rows.jsonl", 5, "", "The row is cut off", cut_off),
        Finding(
            "error",
            "data-type",
            "rows.jsonl",
            6,
            "",
            "The row is a list, not a JSON object",
            "[1, 2]",
        ),
        Finding(
            "error",
            "missing-messages-list",
            "rows.jsonl",
            7,
            "messages",
            "The list of messages is empty",
            "",
        ),
    )


def test_findings_beyond_the_first_are_counted() -> None:
    report = checked([asked(f"{n}?", "a\x07b") for n in range(50)], keep=3)
    assert report.counts["control-character"] == 50
    assert [finding.line for finding in of(report, "control-character")] == [1, 2, 3]


def test_every_finding_can_be_had_and_a_list_that_is_cut_says_so() -> None:
    rows = [asked(f"{n}?", "a\x07b") for n in range(50)]
    report = checked(rows, keep=sys.maxsize)
    assert len(of(report, "control-character")) == 50
    whole, cut = report.to_json(), report.to_json(3)
    rule = "control-character"
    for said, listed in ((whole, 50), (cut, 3)):
        (told,) = [each for each in said["rules"] if each["rule"] == rule]
        assert (told["count"], told["listed"], told["cut"]) == (50, listed, listed < 50)
        assert sum(finding["rule"] == rule for finding in said["findings"]) == listed


def test_what_is_shown_of_a_row_is_safe_to_print() -> None:
    report = checked([*questions(10), asked("\x1b[2J" + "x" * 500, "Yes.", "Be brief.")])
    (finding,) = of(report, "control-character")
    assert finding.excerpt.startswith("\\x1b[2Jxxx")
    assert len(finding.excerpt) == 120


def test_duplicates_name_the_first_and_come_with_their_tokens(by_o200k: TokenizerSpec) -> None:
    rows = questions(20)
    report = checked([*rows, rows[3], rows[3]], tokenizer=by_o200k)
    assert [(each.line, each.message) for each in of(report, "duplicate-example")] == [
        (21, "The same example as in line 4"),
        (22, "The same example as in line 4"),
    ]
    assert report.tokens is not None
    assert report.repeats == (2, 2 * report.tokens.total.values[3])


def test_columns_and_the_order_of_keys_make_no_other_example() -> None:
    row = asked("Which?", "This.", "Be brief.")
    other = {"id": 7, "messages": [dict(reversed(m.items())) for m in row["messages"]]}
    report = checked([*questions(10), row, other])
    assert [each.line for each in of(report, "duplicate-example")] == [12]


def test_one_prompt_with_several_answers_is_told() -> None:
    report = checked([*questions(12), asked("Question 5?", "Who knows?", "Be brief.")])
    (finding,) = of(report, "conflicting-answers")
    assert (finding.line, finding.message) == (13, "The prompt of line 6, answered otherwise")


def test_an_answer_with_another_weight_is_no_other_answer() -> None:
    rows = [asked(f"Question {n}?", ENGLISH.format(n)) for n in range(12)]
    weighted = [QUESTION | {"content": "Question 5?"}, ANSWER | {"content": ENGLISH.format(5)}]
    rows.append(chat(weighted[0], weighted[1] | {"weight": 0}))
    report = checked(rows)
    assert "conflicting-answers" not in report.counts
    assert "duplicate-example" not in report.counts


def test_one_prompt_of_several_preference_pairs_is_as_it_should_be() -> None:
    pair = {"input": {"messages": [QUESTION]}, "preferred_output": [ANSWER]}
    rows = [
        pair | {"non_preferred_output": [ANSWER | {"content": f"{n} clips?"}]} for n in range(12)
    ]
    report = checked(rows, method="dpo")
    assert "conflicting-answers" not in report.counts
    assert report.examples == 12


@pytest.mark.parametrize(
    ("count", "tier", "rule"),
    [
        (9, "too few", "too-few-examples"),
        (10, "minimum", "few-examples"),
        (49, "minimum", "few-examples"),
        (50, "nominal", None),
        (499, "nominal", None),
        (500, "expert", None),
        (1000, "expert", None),
        (1001, "master", None),
    ],
)
def test_the_number_of_examples_has_its_tier(count: int, tier: str, rule: str | None) -> None:
    report = checked(questions(count))
    assert report.tier == tier
    assert list(report.counts) == ([rule] if rule else [])


def test_a_local_training_may_want_fewer_examples() -> None:
    assert "too-few-examples" not in checked(questions(3), minimum=1).counts


def test_rows_with_errors_are_no_examples() -> None:
    report = checked([*questions(9), {"messages": []}])
    assert of(report, "too-few-examples")[0].message == "There are 9 examples, 10 are the minimum"


def test_rows_of_several_formats_are_refused() -> None:
    rows = [*questions(10), {"prompt": "a", "completion": "b"}]
    (finding,) = of(checked(rows), "mixed-formats")
    assert finding.message == "The rows are of several formats: 10 supervised, 1 completion"


def test_rows_are_checked_for_the_method_that_is_asked_for() -> None:
    report = checked(questions(10), method="dpo")
    assert report.counts["preference-missing-key"] == 10
    assert report.examples == 0


def test_columns_of_another_format_do_not_disturb_the_method() -> None:
    row = {"prompt": "a?", "completion": "b", "messages": "?", "input": 3}
    methods: list[Method] = ["completion"]
    for method in methods:
        report = checked([row] * 10, method=method)
        assert report.examples == 10
        assert set(report.counts) == {
            "unrecognized-key",
            "duplicate-example",
            "no-system-prompt",
        } | {"few-examples"}


def test_examples_over_the_limit_say_what_would_be_cut(by_o200k: TokenizerSpec) -> None:
    long = asked("How?", "So and so. " * 40 + "The end.", "Be brief.")
    report = checked([*questions(30), long], tokenizer=by_o200k, limit=100)
    (finding,) = of(report, "over-token-limit")
    assert report.tokens is not None
    count = report.tokens.total.maximum
    assert finding.line == 31
    assert finding.message == (
        f"{count} tokens are {count - 100} over the limit of 100: the end of messages[2] would be "
        "cut off"
    )
    assert finding.excerpt.endswith("The end.")
    assert report.tokens.total.over(100) == 1
    assert report.to_json()["limit"] == 100


def test_tokens_are_counted_in_the_same_pass(by_o200k: TokenizerSpec) -> None:
    tokens = checked(questions(300), tokenizer=by_o200k).tokens
    assert tokens is not None
    assert (tokens.tokenizer, tokens.total.examples) == ("o200k_base", 300)
    counts = by_o200k.load().counts(questions(300))
    assert list(zip(tokens.total.values, tokens.assistant.values, strict=True)) == [
        count[:2] for count in counts
    ]
    assert tokens.system == 300 * 3


def test_a_system_prompt_in_part_of_the_examples_is_told() -> None:
    report = checked([*questions(12), *questions(3, system=None)])
    (finding,) = of(report, "partial-system-prompt")
    assert finding.line == 13
    assert finding.message == (
        "12 of 15 examples have a system prompt; the first without one is here"
    )
    report = checked([*questions(12, system=None), *questions(3)])
    assert of(report, "partial-system-prompt")[0].excerpt == "Be brief."


def test_differing_system_prompts_are_told() -> None:
    report = checked([*questions(11), asked("Why?", "Because.", "Be long.")])
    (finding,) = of(report, "differing-system-prompts")
    assert (finding.line, finding.excerpt) == (12, "Be long.")
    assert finding.message.startswith("There are 2 different system prompts")


def test_a_great_many_system_prompts_are_counted_to_a_thousand() -> None:
    rows = [asked("Why?", str(n), f"Be number {n}.") for n in range(1100)]
    (finding,) = of(checked(rows), "differing-system-prompts")
    assert finding.message.startswith("There are 1,000 at least different system prompts")


def test_no_system_prompt_at_all_is_a_note() -> None:
    (finding,) = checked(questions(60, system=None)).findings
    assert (finding.severity, finding.rule) == ("note", "no-system-prompt")


def test_a_label_that_is_far_more_common_is_told() -> None:
    rows = [asked(f"{n}?", "spam" if n % 20 == 0 else "fine", "Label it.") for n in range(60)]
    (finding,) = of(checked(rows), "label-imbalance")
    assert finding.message == (
        "There are 2 different answers; 'fine' is 57 times there, 'spam' 3 times"
    )
    even = [asked(f"{n}?", "spam" if n % 3 else "fine", "Label it.") for n in range(60)]
    assert "label-imbalance" not in checked(even).counts
    ninety = [asked(f"{n}?", "spam" if n % 10 == 0 else "fine", "Label it.") for n in range(100)]
    assert "label-imbalance" in checked(ninety).counts
    same = [asked(f"{n}?", "fine", "Label it.") for n in range(60)]
    assert of(checked(same), "label-imbalance")[0].message == "Every example has the same answer"


def test_one_far_longer_example_is_told(by_o200k: TokenizerSpec) -> None:
    rows = [*questions(40), asked("Tell me all.", "All of it. " * 900, "Be brief.")]
    (finding,) = of(checked(rows, tokenizer=by_o200k), "uneven-lengths")
    assert finding.line == 41
    assert "tokens" in finding.message
    assert "characters" in of(checked(rows), "uneven-lengths")[0].message
    assert "uneven-lengths" not in checked(questions(40)).counts


def test_answers_in_another_language_are_told() -> None:
    french = [asked(f"Q {n}", FRENCH.format(n), "Be brief.") for n in range(5)]
    (finding,) = of(checked([*questions(45), *french]), "mixed-languages")
    assert finding.line == 46
    assert "en 90%, fr 10%; the first in fr is here" in finding.message
    assert "mixed-languages" not in checked(questions(45)).counts


def test_examples_of_another_dataset_are_told() -> None:
    test = [questions(9)[8], asked("Question 3?", "Otherwise.", "Be brief."), questions(90)[80]]
    held_out = fingerprints([batch(test)])
    report = check([batch(questions(60))], CheckSettings("train"), {"test": held_out})
    assert [(each.line, each.message) for each in of(report, "overlap")] == [
        (4, "The prompt of test:2, with another answer"),
        (9, "The same example as in test:1"),
    ]
    assert len(held_out) == 3


def test_prompts_with_completions_overlap_with_the_chats_made_of_them() -> None:
    rows = [{"prompt": f"{n}?", "completion": f"{n}!"} for n in range(12)]
    held_out = fingerprints([batch([asked("3?", "3!"), asked("4?", "Else.")])])
    report = check([batch(rows)], CheckSettings("train"), {"test": held_out})
    assert [(each.line, each.message) for each in of(report, "overlap")] == [
        (4, "The same example as in test:1"),
        (5, "The prompt of test:2, with another answer"),
    ]


def test_a_row_is_named_as_the_reader_names_it() -> None:
    rows = questions(20)
    report = checked([*rows, rows[0]], place="sheet 'Data', row")
    assert of(report, "duplicate-example")[0].message == (
        "The same example as in sheet 'Data', row 1"
    )


def test_rules_of_ones_own_find_what_they_look_for() -> None:
    rows = [*questions(10), asked("Who is Ann?", "A friend.", "Be brief."), chat(QUESTION)]
    report = checked(rows, extra=(NoNames(),))
    (finding,) = of(report, "no-names")
    assert (finding.severity, finding.line) == ("warning", 11)
    assert report.rules["no-names"].explanation == "Nobody is named."
    assert "no-names" in [rule["rule"] for rule in report.to_json()["rules"]]


def test_an_example_that_the_models_template_refuses_is_told(
    tiny_base: Path, tmp_path: Path
) -> None:
    late = chat(QUESTION, {"role": "system", "content": "Be brief."}, ANSWER)
    spec = TokenizerSpec("local", str(tiny_base), tmp_path)
    report = checked([*questions(10), late], tokenizer=spec, limit=20)
    (finding,) = of(report, "chat-template")
    assert finding.line == 11
    assert report.examples == 10
    assert report.tokens is not None
    assert report.tokens.total.examples == 10
    assert "of them the assistant's) would be cut off" in of(report, "over-token-limit")[0].message


def test_a_report_is_plain_json(by_o200k: TokenizerSpec) -> None:
    rows = [*questions(20), *questions(2), {"messages": []}]
    said = checked(rows, tokenizer=by_o200k, limit=10).to_json()
    assert json.loads(json.dumps(said)) == said
    assert (said["errors"], said["verdict"]) == (1, "not ready")
    assert [rule["severity"] for rule in said["rules"]] == ["error", "warning", "warning", "note"]
    assert said["duplicates"]["examples"] == 2
    assert said["tokens"]["total"]["examples"] == 22
    assert said["skipped"] == []


def test_what_others_found_is_added() -> None:
    near = Rule("near-duplicate", "warning", "dataset", "No example is nearly there twice.")
    finding = Finding("warning", near.name, "rows.jsonl", 7, "", "Much like line 3", "")
    report = checked(questions(60))
    assert report.adding(near, [], 0) is report
    report = report.adding(near, [finding], 4)
    assert (report.verdict, report.total("warning")) == ("ready with warnings", 4)
    assert report.to_json()["rules"][0]["rule"] == "near-duplicate"


def test_a_dataset_without_a_row_is_not_ready() -> None:
    report = check([], CheckSettings("rows.jsonl"))
    assert list(report.counts) == ["too-few-examples"]
    assert report.to_json()["messages"]["examples"] == 0


def test_many_batches_on_all_cores_find_what_one_finds(by_o200k: TokenizerSpec) -> None:
    rows = [*questions(300), questions(3)[2], {"messages": []}, asked("Q?", "A", "Be long.")]
    settings = CheckSettings("rows.jsonl", tokenizer=by_o200k, limit=40, keep=5)
    pieces = [batch(rows[start : start + 50], start + 1) for start in range(0, len(rows), 50)]
    one, many = check([batch(rows)], settings), check(pieces, settings)
    assert many.to_json() == one.to_json()
    assert many.keys.lines == one.keys.lines
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301


def test_what_was_mended_in_reading_is_an_error_in_what_a_provider_would_get() -> None:
    mended = Repairs()
    for line in range(1, 31):
        mended.note(line, ["trailing comma"])
    rows = RowList([Row(line, row) for line, row in enumerate(questions(60), 1)], mended)
    report = check([rows], CheckSettings("rows.jsonl", file_format="jsonl", keep=2))
    assert report.counts == {"repaired-row": 30}
    assert [(each.line, each.message) for each in report.findings] == [
        (1, "The row was mended in reading: trailing comma"),
        (2, "The row was mended in reading: trailing comma"),
    ]
    assert report.examples == 60
    report = check([rows], CheckSettings("rows.csv", file_format="csv"))
    assert [each.message for each in report.findings] == ["It was read as csv"]


def test_what_a_file_was_taken_for_is_told() -> None:
    wish = {"file_format": "jsonl", "notes": ("its lines end in carriage returns",)}
    (finding,) = checked(questions(60), **wish).findings
    assert (finding.severity, finding.rule) == ("note", "other-format")
    assert finding.message == "It was read as jsonl: its lines end in carriage returns"


def test_a_file_is_checked_as_its_reader_gives_it(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    lines = [json.dumps(row) for row in questions(20)]
    file.write_text("\n".join([*lines[:10], '{"messages": [', "", "[]", *lines[10:]]) + "\n")
    with read_rows(file) as opened:
        report = check(opened.batches(), CheckSettings(opened.name, opened.place))
    assert [(each.rule, each.line) for each in report.findings[:2]] == [
        ("unreadable-row", 11),
        ("data-type", 13),
    ]
    assert report.rows == 22


def test_fingerprints_grow_by_24_bytes_an_example() -> None:
    keys = fingerprints([batch(questions(30))])
    assert isinstance(keys, Fingerprints)
    assert sum(part.itemsize for part in (keys.lines, keys.prompts, keys.answers)) == 24
