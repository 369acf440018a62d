"""Addresses of services, as people write them."""

from __future__ import annotations

import pytest

from engine.addresses import AddressError, checked, host_of, is_loopback


@pytest.mark.parametrize(
    "address",
    [
        "https://api.openai.com/v1",
        "https://acme.openai.azure.com",
        "https://gpu.example.com:8443/some/path/v1",
        "http://127.0.0.1:8000/v1",
        "http://localhost:8000/v1",
        "http://[::1]:8000/v1",
        "https://acme.services.ai.azure.com/models",
        "https://sk-telecom.example.com/v1",
    ],
)
def test_https_is_good_and_so_is_http_on_this_machine(address: str) -> None:
    assert checked(address) == address


def test_slashes_at_the_end_make_no_difference() -> None:
    assert checked("https://api.example.com/v1//") == "https://api.example.com/v1"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://gpu.example.com/v1", "is http"),
        ("ftp://gpu.example.com/v1", "is no address"),
        ("gpu.example.com/v1", "is no address"),
        ("https://", "is no address"),
        ("https://gpu.example.com:port/v1", "is no address"),
        ("https://[::1/v1", "is no address"),
        ("https://ada:hidden@gpu.example.com/v1", "a user or a password"),
        ("https://gpu.example.com/v1?key=hidden", "behind a ? or #"),
        ("https://gpu.example.com/v1#hidden", "behind a ? or #"),
        ("https://gpu.example.com/v1 hidden", "a space"),
        ("https://gpu.example.com/\nv1", "a control character"),
        ("https://gpu.example.com/sk-proj-hidden-hidden-hidden/v1", "looks like a key"),
        ("https://gpu.example.com/v1/chat/completions", "leads to one endpoint"),
        ("https://gpu.example.com/v1/fine_tuning/jobs/", "leads to one endpoint"),
    ],
)
def test_what_no_key_may_be_sent_to_is_refused_without_being_repeated(
    address: str, why: str
) -> None:
    with pytest.raises(AddressError) as refused:
        checked(address)
    assert why in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_http_over_a_network_can_be_allowed_outright() -> None:
    assert checked("http://gpu.lan/v1", allow_http=True) == "http://gpu.lan/v1"


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://[::1]/v1", True),
        ("http://LOCALHOST/v1", True),
        ("http://localhost.example.com/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_this_machine_is_told_from_others(address: str, here: bool) -> None:
    assert is_loopback(address) is here


def test_a_host_has_its_port_where_one_is_named() -> None:
    assert host_of("https://Api.Example.com/v1") == "api.example.com"
    assert host_of("http://[::1]:8000/v1") == "[::1]:8000"
