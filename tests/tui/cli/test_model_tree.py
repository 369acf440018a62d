"""`ftlab models`: what is said of models that nobody can ask any more."""

from __future__ import annotations

import json

import pytest

from tests.tui.conftest import StillLab, Story
from tests.tui.model_story import tell_models
from tui.cli.model_tree import as_json, print_tree, read_tree


@pytest.fixture
def models(lab: StillLab, story: Story) -> StillLab:
    tell_models(story.log)
    return lab


def test_who_is_gone_or_shut_down_is_told_in_words(
    models: StillLab, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = read_tree(models.database.reader)
    print_tree(tree)
    titles, *lines = capsys.readouterr().out.splitlines()
    assert "state" in titles
    gone = [item.row.name for item in tree.items if item.row.gone_at is not None]
    assert gone
    for name in gone:
        [line] = [line for line in lines if f"─{name} " in line]
        assert "✗ gone" in line
    assert sum("✗ gone" in line for line in lines) == len(gone)
    states = {each["name"]: each["state"] for each in json.loads(json.dumps(as_json(tree)))}
    assert {states[name] for name in gone} == {"gone"}
    assert "local" in states.values()
