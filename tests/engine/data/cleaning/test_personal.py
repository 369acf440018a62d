from __future__ import annotations

import pytest

from engine.data.cleaning.secret import KINDS
from engine.data.cleaning.secrets import find_secrets, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to jane.doe@example.com.", "Write to [EMAIL]."),
        ("<a.b+c@mail.example.co.uk>,joe@x.io", "<[EMAIL]>,[EMAIL]"),
        ("mailto:müller@bücher.example", "mailto:[EMAIL]"),
        ("INFO@SHOP.COM or email:o'neil@shop.net!", "[EMAIL] or email:[EMAIL]!"),
    ],
)
def test_e_mail_addresses_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "@app.route('/') def f(self): return w@x.T + A@B.transpose() - y@self.weight",
        "git clone git@github.com:user/repo.git",
        "logo@2x.png, user@host, npm i pkg@1.2.3, @user@mastodon",
        "at 5 @ $3 each",
    ],
)
def test_what_only_has_an_at_sign_is_no_address(text: str) -> None:
    assert find_secrets(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111111111111111",
        "5500 0000 0000 0004",
        "3782 822463 10005",
        "378282246310005",
        "6011000990139424",
        "3530111333300000",
        "30569309025904",
    ],
)
def test_card_numbers_are_masked(number: str) -> None:
    assert masked(f"My card is {number}.") == "My card is [CARD]."


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "1234 5678 9012 3456",
        "0.4111111111111111",
        "x4111111111111111",
        "4111 11111111 1111",
        "0000 0000 0000 0000",
    ],
)
def test_numbers_that_no_card_has_are_left(text: str) -> None:
    assert find_secrets(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "GB82 WEST 1234 5698 7654 32",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO9386011117947",
    ],
)
def test_account_numbers_are_masked_and_nothing_after_them(number: str) -> None:
    assert masked(f"IBAN {number}") == "IBAN [IBAN]"
    assert masked(f"{number} PLEASE PAY") == "[IBAN] PLEASE PAY"


@pytest.mark.parametrize(
    "text",
    ["DE88 3704 0044 0532 0130 00", "DE8937040044053201300", "XX89370400440532013000", "AB12"],
)
def test_account_numbers_that_cannot_be_are_left(text: str) -> None:
    assert find_secrets(text) == []


def test_addresses_of_machines_are_masked_only_when_asked_for() -> None:
    text = "8.8.8.8, 2001:4860:4860::8888, 192.168.0.1, 127.0.0.1, 1.2.3, 999.1.1.1, std::x"
    assert find_secrets(text) == []
    assert masked(text, ("ip",)) == (
        "[IP_ADDRESS], [IP_ADDRESS], 192.168.0.1, 127.0.0.1, 1.2.3, 999.1.1.1, std::x"
    )


def test_every_placeholder_stays_as_it_is() -> None:
    text = " ".join(KINDS.values()) * 3
    assert masked(text, tuple(KINDS)) == text
