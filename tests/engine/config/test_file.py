"""Reading config.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.config.file import ConfigError, ConfigFile, budget, read

_GOOD = """\
# what I may spend
budget = 50

[profiles.azure-eu]
kind = "azure"
base_url = "https://acme.openai.azure.com"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_a_file_that_is_not_there_says_nothing(path: Path) -> None:
    assert read(path) == ConfigFile(None, {})


def test_settings_and_profiles_are_read(path: Path) -> None:
    path.write_text(_GOOD)
    azure: dict[str, object] = {"kind": "azure", "base_url": "https://acme.openai.azure.com"}
    assert read(path) == ConfigFile(50.0, {"azure-eu": azure})


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("budget = \n", 1, "this is no TOML: Invalid value"),
        ("budget = 5\nbudget = 6\n", 2, "this is no TOML"),
        ('budget = 5\n[profiles.x\nkind = "azure"\n', 2, "this is no TOML"),
        ("bugdet = 5\n", 1, "bugdet is unknown: did you mean budget?"),
        ("\n\nprofile = 5\n", 3, "profile is unknown: did you mean profiles?"),
        (
            "colour = 5\n",
            1,
            "colour is unknown: known are budget, slots, resume-interrupted, theme",
        ),
        ('budget = "much"\n', 1, "budget is no amount of US dollars"),
        ("budget = true\n", 1, "budget is no amount of US dollars"),
        ("budget = -1\n", 1, "budget is no amount of US dollars"),
        ("budget = inf\n", 1, "budget is no amount of US dollars"),
        ("profiles = 5\n", 1, "profiles is no table"),
        ("[profiles]\nx = 5\n", 2, "profiles.x is no table"),
        ("keys = 5\n", 1, "keys is no table"),
        ('[keys]\n"job.cancel" = 5\n', 2, 'keys.job.cancel is no key: write "job.cancel" = "x"'),
        ('[profiles.local]\nkind = "openai"\n', 1, "profiles.local cannot stay: no profile can"),
        ('[profiles.x]\nkid = "openai"\n', 2, "profiles.x.kid is unknown: did you mean kind?"),
        ("[profiles.x]\n# kind\n", 1, "profiles.x.kind must be one of openai, azure, compatible"),
        (
            '[profiles.x]\nkind = "compatible"\nbase_url = "http://far.example.com"\n',
            3,
            "profiles.x.base_url is http",
        ),
    ],
)
def test_a_fault_is_told_with_the_file_the_line_and_what_is_wrong(
    path: Path, text: str, line: int, why: str
) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}, line {line}: ")
    assert why in str(refused.value)


def test_keys_of_the_dashboard_are_taken_by_the_ids_of_actions(path: Path) -> None:
    path.write_text('[keys]\n"job.cancel" = "x"\n"list.down" = "n,down"\n')
    assert read(path).keys == {"job.cancel": "x", "list.down": "n,down"}
    path.write_text("")
    assert read(path).keys == {}


def test_a_key_in_the_file_is_refused_and_not_repeated(path: Path) -> None:
    path.write_text('[profiles.x]\nkind = "openai"\napi_key = "sk-secret"\n')
    with pytest.raises(ConfigError, match="a key is never written into this file") as refused:
        read(path)
    assert "sk-secret" not in str(refused.value)


def test_a_file_that_is_no_text_is_named(path: Path) -> None:
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="it is no UTF-8 text"):
        read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read(path)


@pytest.mark.parametrize("value", ["50", "50.5", 0, 12.25])
def test_an_amount_of_dollars_is_a_number_from_0(value: object) -> None:
    assert budget(value) == float(str(value))


@pytest.mark.parametrize("value", ["", "much", "nan", "-1", None, [5]])
def test_anything_else_is_no_amount(value: object) -> None:
    with pytest.raises(ValueError, match="is no amount of US dollars"):
        budget(value)
