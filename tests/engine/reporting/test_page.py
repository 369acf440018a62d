"""A report as a page: it is whole in itself, and nothing in it is obeyed."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from engine.data.errors import MissingPackageError
from engine.lab import Lab
from engine.reporting.markdown import markdown
from engine.reporting.page import page
from tests.engine.reporting.conftest import Reported

_VOID = ("meta", "link", "input")
_LOADING = ("src", "srcset", "action", "formaction", "data", "poster", "background")


class Read(HTMLParser):
    """What a page consists of: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def shown(evaluated: Lab, reported: Reported) -> str:
    return page(reported(evaluated))


def test_it_loads_nothing_and_its_policy_allows_only_its_own_style_and_script(shown: str) -> None:
    read = Read(shown)
    assert not [each for each in read.elements if set(each[1]) & {*_LOADING, "style"}]
    assert read.of("link") == [{"rel": "icon", "href": "data:,"}]
    assert all(link["href"].startswith("#") for link in read.of("a"))
    assert not re.search(r"url\(|@import", shown)
    [policy] = [each["content"] for each in read.of("meta") if "http-equiv" in each]
    for tag in ("style", "script"):
        [source] = re.findall(rf"<{tag}>(.*?)</{tag}>", shown, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_its_elements_are_closed_in_order_and_its_links_lead_somewhere(shown: str) -> None:
    read = Read(shown)
    assert (read.unbalanced, read.open) == ([], [])
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in read.of("a")} <= set(ids)
    for chart in read.of("svg"):
        assert set(chart.get("aria-labelledby", "").split()) <= set(ids)


def test_what_models_say_is_text(shown: str) -> None:
    assert "<script>document" not in shown
    assert "&lt;script&gt;document.title = &#39;taken&#39;&lt;/script&gt;" in shown
    assert "⟨U+202E⟩gnp.exe ␛[31mred␀" in shown
    assert "<b>candidate" not in shown
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def test_what_a_judge_cost_stands_apart_from_what_the_answers_did(shown: str) -> None:
    text = " ".join(" ".join(Read(shown).text).split())
    told = "What the evaluations by sums@1 cost what of all answers of judging them"
    assert f"{told} prod $0.00800 $0.0500" in text


def test_a_very_long_name_is_whole_once_and_without_its_middle_over_columns(
    evaluated: Lab, reported: Reported
) -> None:
    name = f"{'a' * 150}middle{'z' * 150}"
    said = reported(evaluated)
    column = replace(said.columns[0], name=name)
    assert column.short == f"{'a' * 32}…{'z' * 32}"
    shown = page(replace(said, columns=(column, said.columns[1])))
    assert f"<bdi>{name}</bdi>" in shown
    assert f'<bdi title="{name}">{column.short}</bdi></th>' in shown


def test_words_that_differ_are_marked(shown: str) -> None:
    assert "It is <del>0</del><ins>7</ins>, is it not?" in shown


def test_the_filter_knows_how_each_answer_did(shown: str) -> None:
    outcomes = [each["data-outcomes"] for each in Read(shown).of("article")]
    assert sorted(outcomes) == ["0-1-tie", "0-1-tie", "0-1-worse", "0-1-worse"]
    differs = [each["data-differs"] for each in Read(shown).of("article")]
    assert sorted(differs) == ["0", "1", "1", "1"]


def test_curves_are_told_in_words_and_numbers_as_well(shown: str) -> None:
    text = " ".join(" ".join(Read(shown).text).split())
    assert "A, prod, loss: lowest 0.2000, last 0.2000 at step 30." in text
    assert "A loss 30 1 to 30 0.2000 3.100 0.2000" in text


def test_it_tells_which_events_it_was_made_from(
    shown: str, evaluated: Lab, reported: Reported
) -> None:
    made = reported(evaluated).made_from
    assert made.seq == evaluated.database.head()
    assert made.hash in shown
    assert f"ftlab history --at {made.seq} --limit 1 --json" in shown
    assert f"ftlab compare mdl_1 mdl_2 --at {made.seq} --report out.html" in shown
    streams = {part.stream: part for part in made.streams}
    assert {"job/job_1", "model/mdl_2", "suite/sums", "scores/mdl_1", "answers/mdl_2"} <= {*streams}
    assert {"evaluation/eval_0001", "evaluation/eval_0002"} <= {*streams}
    assert streams["job/job_1"].events == 3


def test_without_its_template_library_it_says_how_to_install_it(
    evaluated: Lab, reported: Reported, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = reported(evaluated)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(
        MissingPackageError, match=r"pip install 'ftlab\[report\]', or ask for an .md"
    ):
        page(said)
    assert markdown(said).startswith("# prod")


def test_the_same_events_make_the_same_page(shown: str, evaluated: Lab, reported: Reported) -> None:
    assert page(reported(evaluated)) == shown
