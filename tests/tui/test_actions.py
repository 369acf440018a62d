from __future__ import annotations

from collections import Counter

import pytest

from tui.actions import (
    ACTIONS,
    BESIDE,
    Place,
    actions_of,
    bindings,
    clashes,
    key_line,
    unknown_actions,
)


def test_ids_are_unique_and_have_a_topic() -> None:
    assert max(Counter(action.id for action in ACTIONS).values()) == 1
    assert all("." in action.id for action in ACTIONS)


def test_topics_are_words_and_no_identifiers() -> None:
    topics = {action.topic for action in ACTIONS}
    assert "New job" in topics
    assert not [topic for topic in topics if "_" in topic]


@pytest.mark.parametrize("place", [place for place in BESIDE if place != "everywhere"])
def test_no_key_means_two_things_at_once(place: Place) -> None:
    places: list[tuple[Place, ...]] = [
        tuple(other for other in BESIDE[place] if other != left_out)
        # The cursor is in a list or in a text, never in both.
        for left_out in ("rows", "lines")
    ]
    for together in places:
        _nothing_clashes(together)


def _nothing_clashes(places: tuple[Place, ...]) -> None:
    keys = Counter(key for action in actions_of(*places) for key in action.keys.split(","))
    assert [key for key, times in keys.items() if times > 1] == []


def test_every_action_says_what_it_does() -> None:
    assert all(action.help and action.help[-1] != "." for action in ACTIONS)


def test_bindings_carry_the_actions_ids() -> None:
    made = {getattr(binding, "id", None) for binding in bindings("jobs")}
    assert made == {action.id for action in actions_of("jobs")}


def test_the_line_of_keys_begins_with_what_matters_most_and_ends_with_the_way_out() -> None:
    offered = [action.id for action in key_line("jobs", "everywhere")]
    assert offered[-2:] == ["ftlab.help", "ftlab.quit"]
    assert offered.index("job.cancel") < offered.index("panel.metric")


def test_keys_are_shown_as_people_name_them() -> None:
    shown = {action.id: action.shown_keys for action in ACTIONS}
    assert shown["list.down"] == "j ↓"
    assert shown["ftlab.help"] == "? f1"


def test_own_keys_take_the_place_of_the_usual_ones() -> None:
    own = {"job.cancel": "x", "list.down": "n,down"}
    shown = {action.id: action.keys for action in actions_of("jobs", "rows", own=own)}
    assert (shown["job.cancel"], shown["list.down"], shown["list.up"]) == ("x", "n,down", "k,up")
    line = {action.id: action.first_key for action in key_line("jobs", own=own)}
    assert (line["job.cancel"], line["job.resume"]) == ("x", "r")


def test_own_keys_that_cannot_be_are_told() -> None:
    own = {"job.cancel": "q", "job.fly": "f", "list.down": "n"}
    assert unknown_actions(own) == ["job.fly"]
    assert clashes(own) == ["q: job.cancel and ftlab.quit"]
