from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.errors import DataError, MissingPackageError
from engine.data.tokens import encodings
from engine.data.tokens.encodings import (
    CARRIED,
    base_model,
    encoding_name,
    load_encoding,
    text_counter,
    unpacked,
)
from engine.errors import LabError

# A proxy that nobody listens at: whatever wants the network fails at once.
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}

SNIPPETS = st.sampled_from(
    [
        "don't",
        "  ",
        "\r\n\n",
        "123456",
        "<|endoftext|>",
        "日本語",
        "😀",
        "é",
        "\t//",
        "ÀÉ",
        "\ud800",
    ]
)
TEXTS = st.lists(st.one_of(SNIPPETS, st.text(max_size=30)), max_size=12).map("".join)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which vocabularies are kept."""
    return tmp_path_factory.mktemp("tokenizers")


@pytest.fixture
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have tiktoken forget what it has loaded, and keep it off the network and the user's cache."""
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.delenv("DATA_GYM_CACHE_DIR", raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in NO_NETWORK.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4o", "o200k_base"),
        ("gpt-4o-mini-2024-07-18", "o200k_base"),
        ("gpt-4.1-nano-2025-04-14", "o200k_base"),
        ("gpt-4-0613", "cl100k_base"),
        ("gpt-3.5-turbo-0125", "cl100k_base"),
        ("davinci-002", "cl100k_base"),
        ("babbage-002", "cl100k_base"),
        ("gpt-oss-20b", "o200k_base"),
        ("ft:gpt-4o-mini-2024-07-18:acme:tone:B1x", "o200k_base"),
        ("ft:gpt-3.5-turbo-0125:acme::B1x", "cl100k_base"),
        ("ft:davinci-002:acme::B1x", "cl100k_base"),
        ("gpt-4.1-2025-04-14.ft-0a1b2c", "o200k_base"),
    ],
)
def test_a_models_encoding_is_the_one_that_tiktoken_has(model: str, encoding: str) -> None:
    assert encoding_name(model) == encoding


def test_a_fine_tune_of_gpt_4_1_is_read_like_its_base() -> None:
    assert tiktoken.encoding_name_for_model("ft:gpt-4.1-2025-04-14:acme::B1x") == "cl100k_base"
    assert encoding_name("ft:gpt-4.1-2025-04-14:acme::B1x") == "o200k_base"


def test_the_base_of_any_other_name_is_the_name_itself() -> None:
    assert base_model("gpt-4o") == "gpt-4o"


def test_an_unknown_model_is_named_with_the_likeliest() -> None:
    with pytest.raises(DataError, match=r"no model 'gpt-4p'.* Did you mean gpt-4"):
        encoding_name("gpt-4p")


def test_an_unknown_encoding_is_answered_with_those_there_are(cache: Path) -> None:
    with pytest.raises(DataError, match=r"no encoding 'o300k_base'.* o200k_base"):
        load_encoding("o300k_base", cache)


@pytest.mark.parametrize("name", CARRIED)
@settings(max_examples=100)
@given(text=TEXTS)
def test_the_fast_counter_agrees_with_tiktoken(cache: Path, name: str, text: str) -> None:
    encode = load_encoding(name, cache).encode_ordinary
    assert text_counter(name, cache)(text) == len(encode(text))


@pytest.mark.parametrize("text", ["b" * 100_000, " " * 100_000, "\n" * 50_000, "a1" * 40_000])
def test_the_fast_counter_agrees_on_long_monotonous_texts(cache: Path, text: str) -> None:
    encode = load_encoding("cl100k_base", cache).encode_ordinary
    assert text_counter("cl100k_base", cache)(text) == len(encode(text))


def test_special_tokens_in_a_text_count_as_the_text_they_are(cache: Path) -> None:
    assert text_counter("o200k_base", cache)("<|endoftext|>") == 7


@pytest.mark.usefixtures("nothing_loaded")
def test_without_the_wheels_counter_tiktoken_counts(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "_fast_counter", lambda _name: None)
    assert text_counter("o200k_base", cache)("hello world") == 2


@pytest.mark.usefixtures("nothing_loaded")
def test_a_carried_vocabulary_needs_no_network(tmp_path: Path) -> None:
    encoding = load_encoding("cl100k_base", tmp_path / "new")
    assert encoding.decode(encoding.encode_ordinary("Grüße")) == "Grüße"
    address = "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"
    name = hashlib.sha1(address.encode(), usedforsecurity=False).hexdigest()
    assert [file.name for file in (tmp_path / "new").iterdir()] == [name]


@pytest.mark.usefixtures("nothing_loaded")
def test_the_users_own_cache_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "users"
    users.mkdir()
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(users))
    load_encoding("cl100k_base", tmp_path / "ours")
    assert os.environ["TIKTOKEN_CACHE_DIR"] == str(users)
    assert list(users.iterdir()) == []


@pytest.mark.usefixtures("nothing_loaded")
def test_the_users_own_cache_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users = tmp_path / "users"
    assert unpacked("cl100k_base", users)
    (file,) = users.iterdir()
    monkeypatch.setenv("DATA_GYM_CACHE_DIR", str(users))
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / file.name).write_bytes(b"damaged")
    assert load_encoding("cl100k_base", ours).encode_ordinary("hello world") == [15339, 1917]


@pytest.mark.usefixtures("nothing_loaded")
def test_the_environment_is_left_without_a_setting_that_it_did_not_have(tmp_path: Path) -> None:
    load_encoding("o200k_base", tmp_path)
    assert "TIKTOKEN_CACHE_DIR" not in os.environ


@pytest.mark.usefixtures("nothing_loaded")
def test_what_to_install_is_said_when_a_vocabulary_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "_wheel", lambda: None)
    with pytest.raises(LabError, match=r"o200k_base is not on this machine.*ftlab\[data\]"):
        text_counter("o200k_base", tmp_path)


@pytest.mark.usefixtures("nothing_loaded")
def test_a_vocabulary_that_no_wheel_carries_needs_the_network_once(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"p50k_base is not on this machine.*network once"):
        load_encoding("p50k_base", tmp_path)


def test_a_missing_package_is_no_fault_of_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    with pytest.raises(MissingPackageError, match=r"tiktoken: pip install 'ftlab\[data\]'"):
        load_encoding("p50k_base", tmp_path)
    with pytest.raises(MissingPackageError, match="tiktoken"):
        encoding_name("gpt-4o")
    assert not issubclass(MissingPackageError, DataError)


def test_counting_loads_none_of_the_wheels_own_python(cache: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from engine.data.tokens.encodings import *; "
        "print(text_counter('o200k_base', Path(sys.argv[1]))('hello world'), "
        "'bpe_openai' in sys.modules, 'tiktoken' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(cache)], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["2", "False", "False"]
