from __future__ import annotations

import pytest

from engine.config.settings import Settings
from engine.places import Places
from tests.tui.conftest import StillLab, Story
from tui.actions import actions_of
from tui.palette import (
    Entry,
    commands,
    fitting,
    named_things,
    setting_entries,
    theme_entries,
)
from tui.screens.jobs import Jobs

JOBS = commands(Jobs.PLACES)


def labels(entries: list[Entry]) -> list[str]:
    return [f"{entry.topic}: {entry.label}" for entry in entries]


def entry(topic: str, label: str, told: str = "", keys: str = "") -> Entry:
    return Entry(topic, label, told, keys, "app.nothing")


def test_everything_that_can_be_done_on_a_screen_is_offered_but_moving_about() -> None:
    offered = {each.does for each in JOBS}
    wanted = {action.does for action in actions_of("jobs", "everywhere")}
    assert offered == wanted - {"app.command_palette"}


def test_what_leads_to_another_screen_comes_first() -> None:
    topics = list(dict.fromkeys(each.topic for each in JOBS))
    assert topics[0] == "Go to"
    goes = labels(JOBS)[: sum(each.topic == "Go to" for each in JOBS)]
    assert {"Go to: jobs", "Go to: datasets", "Go to: models", "Go to: history"} <= {*goes}


def test_keys_are_the_users_own() -> None:
    keys = {each.label: each.keys for each in commands(Jobs.PLACES, {"job.cancel": "x"})}
    assert keys["cancel"] == "x"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cancel", "Job: cancel"),
        ("CANC", "Job: cancel"),
        ("job canc", "Job: cancel"),
        ("go models", "Go to: models"),
        ("^p", "Curves: smooth"),
        ("O", "List: other way"),
        ("logarithms", "Curves: log scale"),
    ],
)
def test_what_is_typed_finds_what_is_meant(text: str, first: str) -> None:
    if text == "^p":
        assert fitting(JOBS, text) == []
        return
    assert labels(fitting(JOBS, text))[0] == first


def test_a_label_counts_more_than_a_topic_and_that_more_than_a_sentence() -> None:
    entries = [
        entry("Other", "one", "there is a list in here"),
        entry("List", "two"),
        entry("Other", "my list"),
        entry("Other", "list them"),
    ]
    assert [each.label for each in fitting(entries, "list")] == [
        "list them",
        "my list",
        "two",
        "one",
    ]


def test_letters_in_their_order_are_found_last() -> None:
    entries = [entry("Go to", "new job"), entry("Go to", "njord")]
    assert [each.label for each in fitting(entries, "nj")] == ["njord", "new job"]


def test_all_words_must_fit() -> None:
    assert fitting(JOBS, "cancel qqq") == []


def test_nothing_typed_leaves_everything_as_it_was() -> None:
    assert fitting(JOBS, "  ") == JOBS


def test_our_themes_come_first_and_the_present_one_says_so() -> None:
    entries = theme_entries(["nord", "ftlab", "terminal", "dracula"], "nord")
    assert [each.label for each in entries] == [
        "ftlab",
        "ftlab-light",
        "terminal",
        "terminal-light",
        "dracula",
        "nord",
    ]
    assert entries[-1].help == "This is how it looks now"


def test_settings_are_shown_with_who_said_them(empty_lab: StillLab) -> None:
    places: Places = empty_lab.places
    places.config.write_text("budget = 50\n")
    entries = setting_entries(Settings.read(places, {"FTLAB_SLOTS": "3"}))
    told = {each.label: each.help for each in entries}
    assert told["budget = 50.0"] == f"Said by: {places.config}"
    assert told["slots = 3"] == "Said by: FTLAB_SLOTS in the environment"
    assert "theme = none" in told


def test_jobs_datasets_and_models_are_found_by_a_part_of_their_names(lab: StillLab) -> None:
    found = named_things(lab.database.reader, "GSM8K")
    assert labels(found)[0] == "Job: gsm8k-5"
    assert {"Dataset: gsm8k/train", "Dataset: gsm8k/validation", "Model: gsm8k-1"} <= {
        *labels(found)
    }
    assert named_things(lab.database.reader, " ") == []


@pytest.mark.parametrize("text", ['"', "a:b", "loss<", "-", "a,b", "%", "'", "\\", 'name:"'])
def test_whatever_is_typed_is_a_name_and_no_search(lab: StillLab, text: str) -> None:
    assert all(text in each.label for each in named_things(lab.database.reader, text))


def test_no_more_than_a_handful_is_offered(lab: StillLab, story: Story) -> None:
    for number in range(20):
        story.job(f"n{number}", name=f"many-{number}")
    assert len(named_things(lab.database.reader, "many")) == 6
