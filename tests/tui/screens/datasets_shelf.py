"""A lab with datasets of every kind, recorded at fixed moments under fixed ids."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from store.events import (
    DatasetChecked,
    DatasetCounted,
    DatasetImported,
    DatasetVersionRecorded,
    Fact,
    LeftOut,
)
from tests.tui.conftest import StillLab, Story

HISTOGRAM = [
    {"low": 10, "high": 19, "examples": 3},
    {"low": 20, "high": 29, "examples": 41},
    {"low": 30, "high": 39, "examples": 120},
    {"low": 40, "high": 49, "examples": 12},
    {"low": 50, "high": 310, "examples": 2},
]


def chat(question: str, answer: str, **columns: object) -> dict[str, Any]:
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": messages, **columns}


CHATS = [
    chat("Where is my parcel?", "It was sent yesterday.", customer="c1"),
    chat("I want my money back.", "We are sorry.  ", customer="c2"),
    chat("أين طلبي؟", "تم الإرسال أمس", customer="c3"),
    chat("注文はどこですか", "昨日発送しました。", customer="c1"),
    chat("The blade broke.", "Write to \x1b[31mhelp@example.com\u202e please.", customer="c4"),
    *(chat(f"Question {number}?", f"Answer {number}.", customer="c5") for number in range(6, 41)),
]
CLEANED = [
    CHATS[0],
    chat("I want my money back.", "We are sorry.", customer="c2"),
    *CHATS[2:4],
    chat("The blade broke.", "Write to [EMAIL] please.", customer="c4"),
    *CHATS[5:38],
    chat("Something new?", "Yes.", customer="c9"),
]


class Shelf:
    """Records dataset versions.

    Args:
        lab: where their contents go.
        story: where the facts go.
    """

    def __init__(self, lab: StillLab, story: Story) -> None:
        self._lab, self._story = lab, story
        self._numbers: dict[str, int] = {}

    def add(
        self,
        key: str,
        name: str,
        examples: Sequence[dict[str, Any]],
        *parents: str,
        before: Sequence[Fact] = (),
        **recipe: Any,  # noqa: ANN401 - whatever a recipe says
    ) -> None:
        """Record a version; its number is the next one of its name."""
        lines = (json.dumps(each, ensure_ascii=False) + "\n" for each in examples)
        data = "".join(lines).encode()
        version = self._numbers[name] = self._numbers.get(name, 0) + 1
        fact = DatasetVersionRecorded(
            id=f"ds_{key}",
            name=name,
            version=version,
            content=self._lab.blobs.put(data),
            kind="chat",
            examples=len(examples),
            messages=2 * len(examples),
            characters=40 * len(examples),
            bytes=len(data),
            parents=tuple(f"ds_{parent}" for parent in parents),
            recipe=recipe,
        )
        self._story.log.append(f"dataset/{name}", *before, fact)

    def checked(self, key: str, name: str, **report: Any) -> None:  # noqa: ANN401 - a report
        """Record a check with two errors and a warning."""
        findings = [
            _finding("error", "blank-answer", 2, "messages[1].content", "The answer is blank"),
            _finding("error", "blank-answer", 5, "messages[1].content", "The answer is blank"),
            _finding("warning", "too-few-examples", None, "", "40 examples are few"),
        ]
        rules = [
            _rule("error", "blank-answer", 12, "An answer says something."),
            _rule("warning", "too-few-examples", 1, "50 to 100 examples are the least."),
        ]
        told = {
            "verdict": "not ready",
            "tier": "minimum",
            "default_epochs": 3,
            "rules": rules,
            "findings": findings,
            "skipped": [],
        }
        fact = DatasetChecked(
            version=f"ds_{key}",
            method=report.pop("method", "supervised"),
            model=report.pop("model", "gpt-4o-mini-2024-07-18"),
            errors=report.pop("errors", 12),
            warnings=1,
            report=told | report,
        )
        self._story.log.append(f"dataset/{name}", fact)

    def counted(self, key: str, name: str) -> None:
        """Record a count of tokens."""
        described = {
            "examples": 178,
            "total": 6_120,
            "min": 12,
            "max": 310,
            "mean": 34.4,
            "median": 33.0,
            "p5": 19.0,
            "p95": 44.5,
            "histogram": HISTOGRAM,
        }
        fact = DatasetCounted(
            version=f"ds_{key}",
            tokenizer="o200k_base",
            tokens=6_120,
            assistant_tokens=2_900,
            statistics={"total": described, "assistant": described, "messages": described},
        )
        self._story.log.append(f"dataset/{name}", fact)


def _finding(
    severity: str, rule: str, line: int | None, place: str, message: str
) -> dict[str, Any]:
    return {
        "severity": severity,
        "rule": rule,
        "file": "support@1",
        "line": line,
        "place": place,
        "message": message,
        "excerpt": "We are sorry." if line else "",
    }


def _rule(severity: str, name: str, count: int, explanation: str) -> dict[str, Any]:
    return {
        "severity": severity,
        "rule": name,
        "count": count,
        "listed": min(count, 2),
        "cut": count > 2,
        "explanation": explanation,
    }


def fill(lab: StillLab, story: Story) -> Shelf:
    """Record a family of versions, one with errors, and names that are hard to show."""
    shelf = Shelf(lab, story)
    story.at(60 * 24 * 9)
    imported = DatasetImported(
        source="/data/support.jsonl",
        bytes=9_000,
        format="jsonl",
        rows=42,
        left_out_count=2,
        left_out=(
            LeftOut(line=13, reason="is cut off"),
            LeftOut(line=30, reason="has no answer"),
        ),
    )
    shelf.add(
        "a1",
        "support",
        CHATS,
        before=[imported],
        made="imported",
        source="/data/support.jsonl",
        left_out=2,
    )
    story.at(60 * 24 * 8)
    shelf.checked("a1", "support")
    story.at(60 * 24 * 7)
    shelf.add("a2", "support", CLEANED, "a1", made="cleaned", of="support@1")
    shelf.counted("a2", "support")
    story.at(60 * 24 * 6)
    split: dict[str, Any] = {
        "made": "split",
        "of": "support@2",
        "test": 0.1,
        "validation": 0,
        "seed": 0,
    }
    shelf.add("a3", "support/train", CLEANED[:35], "a2", part="train", **split)
    shelf.add("a4", "support/test", CLEANED[35:], "a2", part="test", **split)
    story.at(60 * 24 * 5)
    shelf.add("b1", "日本語のとても長い名前のデータセット", CHATS[3:4], made="imported", source="x")
    shelf.add("b2", "بيانات-تدريب", CHATS[2:3], made="imported", source="y")
    return shelf
