from __future__ import annotations

import json

import pytest

from engine.serve.settings import ServedModel, ServerSettings, SettingsError, read_settings

KEY = "one-time-key-3141592653"
MODEL = {"id": "m", "base": "/models/m", "adapter": None}


def line(**changes: object) -> bytes:
    return json.dumps({"key": KEY, "models": [MODEL], **changes}).encode()


def test_settings_survive_the_way_through_the_line() -> None:
    models = (ServedModel("a", "hub/a"), ServedModel("b", "/models/a", "/models/b"))
    settings = ServerSettings(KEY, models, "127.0.0.1", 8123)
    assert read_settings(settings.to_line().encode()) == settings


def test_a_server_listens_on_loopback_and_a_free_port_unless_told_otherwise() -> None:
    settings = read_settings(line())
    assert (settings.host, settings.port) == ("127.0.0.1", 0)


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (b"", "as a whole"),
        (b"{not json " + KEY.encode(), "as a whole"),
        (line(key=""), "key"),
        (line(key=[KEY]), "key"),
        (line(models=[]), "models"),
        (line(models=[{"id": KEY}]), "models.0.base"),
        (line(models=[MODEL, MODEL]), "models: m is named twice"),
        (line(port=70000), "port"),
    ],
)
def test_a_bad_line_is_refused_with_its_place_and_without_its_content(
    bad: bytes, named: str
) -> None:
    with pytest.raises(SettingsError, match=named) as refusal:
        read_settings(bad)
    assert KEY not in str(refusal.value)


def test_the_key_is_not_in_the_repr() -> None:
    assert KEY not in repr(read_settings(line()))
