from __future__ import annotations

import stat
from pathlib import Path

import pytest

from engine.places import Places
from tui.reporting import known_secrets, save_report, without_secrets


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "home", tmp_path / "home" / "ftlab.db")


def fault(words: str) -> Exception:
    of_a_variable = words + "!"
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - any words
        int(of_a_variable)
    return ValueError(words).with_traceback(raised.tb)


def test_a_report_tells_what_happened_where_and_with_which_versions(places: Places) -> None:
    report = save_report(fault("no such row"), places, {"screens": "Jobs > Help", "size": "80x24"})
    assert report is not None
    text = report.read_text()
    for told in ("ValueError: no such row", "Jobs > Help", "80x24", "textual", "in fault"):
        assert told in text
    assert "no such row!" not in text


def test_only_its_owner_may_read_it(places: Places) -> None:
    report = save_report(fault("x"), places, {})
    assert report is not None
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert stat.S_IMODE(report.parent.stat().st_mode) == 0o700


def test_two_of_one_second_have_a_file_each(places: Places) -> None:
    reports = {save_report(fault(f"{number}"), places, {}) for number in range(5)}
    assert len(reports) == 5
    assert None not in reports


def test_no_more_than_fifty_are_kept(places: Places) -> None:
    folder = places.home / "reports"
    folder.mkdir(parents=True)
    for number in range(60):
        (folder / f"2020{number:02}.txt").touch()
    newest = save_report(fault("x"), places, {})
    kept = sorted(folder.iterdir())
    assert len(kept) == 50
    assert kept[-1] == newest


def test_keys_are_taken_out_wherever_they_are_known_from(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.home.mkdir()
    places.config.write_text('[profiles.a]\nkind = "openai"\nkey_env = "MINE"\n')
    places.dotenv.write_text("OTHER_TOKEN=from-the-file-77\n")
    monkeypatch.setenv("MINE", "named-by-the-profile-88")
    monkeypatch.setenv("SOME_API_KEY", "known-by-its-name-99")
    secrets = ("from-the-file-77", "named-by-the-profile-88", "known-by-its-name-99")
    assert {*secrets} <= known_secrets(places)
    report = save_report(fault(" ".join([*secrets, "sk-0123456789abcdefghij"])), places, {})
    assert report is not None
    text = report.read_text()
    assert not any(secret in text for secret in (*secrets, "sk-0123456789"))
    assert "ValueError: [key] [key] [key] [key]" in text


def test_short_values_are_words_and_stay() -> None:
    assert without_secrets("true is true", set()) == "true is true"


def test_where_nothing_can_be_written_there_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert save_report(fault("x"), Places(tmp_path / "file", tmp_path / "db"), {}) is None


def test_letters_that_no_file_can_hold_are_no_hindrance(places: Places) -> None:
    report = save_report(fault("\ud800 and \x1b[2J"), places, {})
    assert report is not None
    assert "ValueError" in report.read_text("utf-8")


def test_the_home_folder_is_not_named(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    report = save_report(fault(f"{tmp_path}/secret-project/x"), places, {})
    assert report is not None
    assert "~/secret-project/x" in report.read_text()
    assert str(tmp_path) not in report.read_text()
