"""Dataset versions in the order of their lineage, each with the lines that lead to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from store.queries.dataset_tree import VersionNode

_LEVELS = 6
"""How many levels of a deep tree are drawn."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A version in the tree.

    Attributes:
        node: the version.
        guide: the lines before its name, `│  ├─ `; empty for one that was made of none.
    """

    node: VersionNode
    guide: str


def branches(nodes: Sequence[VersionNode]) -> list[Branch]:
    """Return versions as a tree, a line each: what was made of one stands below it.

    Those that came from files stand together by name, the name with the newest of them first; what
    was made of a version stands in the order in which it was made. One whose parent is not among
    the nodes begins a tree of its own.

    Args:
        nodes: the versions, the newest first.
    """
    known = {node.id for node in nodes}
    made: defaultdict[str, list[VersionNode]] = defaultdict(list)
    roots: defaultdict[str, list[VersionNode]] = defaultdict(list)
    for node in nodes:
        if node.parent is None or node.parent not in known:
            roots[node.name].append(node)
        else:
            made[node.parent].append(node)
    tree = list(_walk((root for group in roots.values() for root in group), made))
    if len(tree) < len(nodes):
        # A circle of parents, which nothing here makes, has no beginning.
        met = {branch.node.id for branch in tree}
        tree += [Branch(node, "") for node in nodes if node.id not in met]
    return tree


def _walk(roots: Iterable[VersionNode], made: dict[str, list[VersionNode]]) -> Iterator[Branch]:
    for root in roots:
        # A stack and not recursion: what is cleaned again and again makes a deep tree.
        waiting: list[tuple[VersionNode, tuple[bool, ...]]] = [(root, ())]
        while waiting:
            node, lasts = waiting.pop()
            yield Branch(node, _guide(lasts))
            # The newest first, as they are given: the oldest is taken off the stack first.
            children = made.get(node.id, ())
            waiting += [(child, (*lasts, place == 0)) for place, child in enumerate(children)]


def _guide(lasts: tuple[bool, ...]) -> str:
    """Return the lines of a level whose ancestors, and itself, are the last of their parents."""
    if not lasts:
        return ""
    shown = lasts[-_LEVELS:]
    begun = "⋯ " if len(lasts) > _LEVELS else ""
    bars = "".join("   " if last else "│  " for last in shown[:-1])
    return begun + bars + ("└─ " if shown[-1] else "├─ ")
