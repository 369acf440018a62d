from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.archive.layout import Names, is_member_name, safe


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("support-chats_v2.1", "support-chats_v2.1"),
        ("sums/train", "sums/train"),
        ("ft:gpt-4o-mini:acme::1", "ft_gpt-4o-mini_acme_1"),
        ("données", "donn_es"),
        ("../../etc/passwd", "_/_/etc/passwd"),
        (".hidden", "_hidden"),
        ("-rf", "_rf"),
        ("a@1", "a_1"),
        ("line\nfeed", "line_feed"),
        ("x" * 99, "x" * 40),
        ("", "_"),
        ("///", "_"),
    ],
)
def test_names_become_paths_that_anybody_can_type(name: str, path: str) -> None:
    assert safe(name) == path


@given(st.text(max_size=60))
def test_no_name_leads_out_of_the_archive(name: str) -> None:
    assert is_member_name(f"datasets/{safe(name)}@1.jsonl")
    assert is_member_name(safe(name))


@pytest.mark.parametrize(
    "name", ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a/.", "a\\b", "a b", "é", "a\n", "\0"]
)
def test_no_other_path_is_a_name_in_an_archive(name: str) -> None:
    assert not is_member_name(name)


def test_names_are_told_apart_where_case_makes_no_difference() -> None:
    names = Names()
    assert [names.claim(name) for name in ("a", "A", "a", "b")] == ["a", "A~2", "a~3", "b"]
