"""On which line of a TOML text a key stands."""

from __future__ import annotations

import pytest

from engine.toml_lines import line_of

_TEXT = """\
# budget = 1
budget = 5

[profiles.azure]  # not [profiles.openai]
base_url = "https://openai.azure.com"
kind = "azure"

[profiles.openai]
project = "kind"
profiles.kind = "x"

[profiles."with space"]
"quoted" = 1
inline = { deep = 1 }
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (["budget"], 2),
        (["profiles"], 4),
        (["profiles", "azure"], 4),
        (["profiles", "azure", "kind"], 6),
        (["profiles", "openai"], 8),
        (["profiles", "openai", "project"], 9),
        (["profiles", "openai", "profiles", "kind"], 10),
        (["profiles", "with space", "quoted"], 13),
    ],
)
def test_a_key_is_found_under_its_own_table_and_never_in_a_value(
    place: list[str], line: int
) -> None:
    assert line_of(_TEXT, place) == line


def test_what_is_not_written_stands_at_its_table() -> None:
    assert line_of(_TEXT, ["profiles", "openai", "kind"]) == 8
    assert line_of(_TEXT, ["profiles", "with space", "inline", "deep"]) == 14
    assert line_of(_TEXT, ["elsewhere"]) == 1


def test_dotted_keys_are_followed() -> None:
    assert line_of("a.b.c = 1\na.b.d = 2\n", ["a", "b", "d"]) == 2
