"""The order and the lines of the tree of dataset versions."""

from __future__ import annotations

from store.queries.dataset_tree import VersionNode
from tui.widgets.dataset_tree import branches


def _node(key: str, parent: str | None = None) -> VersionNode:
    name, _, version = key.partition("@")
    return VersionNode(key, name, int(version or 1), parent)


def _drawn(*nodes: VersionNode) -> list[str]:
    """The tree of nodes that are given from the oldest to the newest."""
    return [f"{each.guide}{each.node.id}" for each in branches(nodes[::-1])]


def test_what_was_made_of_a_version_stands_below_it_in_the_order_of_its_making() -> None:
    assert _drawn(
        _node("talks@1"),
        _node("talks@2", "talks@1"),
        _node("talks/train", "talks@2"),
        _node("talks/test", "talks@2"),
        _node("small", "talks@1"),
    ) == [
        "talks@1",
        "├─ talks@2",
        "│  ├─ talks/train",
        "│  └─ talks/test",
        "└─ small",
    ]


def test_versions_of_a_name_stand_together_the_newest_name_and_version_first() -> None:
    drawn = _drawn(_node("a@1"), _node("b@1"), _node("a@2"), _node("c@1"))
    assert drawn == ["c@1", "a@2", "a@1", "b@1"]


def test_one_whose_parent_is_not_listed_begins_a_tree() -> None:
    assert _drawn(_node("b@1", "a@1"), _node("c@1", "b@1")) == ["b@1", "└─ c@1"]


def test_of_a_deep_tree_only_the_last_levels_are_drawn() -> None:
    chain = [_node("v@1"), *(_node(f"v@{n}", f"v@{n - 1}") for n in range(2, 5_000))]
    drawn = _drawn(*chain)
    assert len(drawn) == 4_999
    assert drawn[-1] == "⋯ " + "   " * 5 + "└─ v@4999"


def test_a_circle_of_parents_is_listed_all_the_same() -> None:
    assert sorted(_drawn(_node("a@1", "b@1"), _node("b@1", "a@1"))) == ["a@1", "b@1"]
