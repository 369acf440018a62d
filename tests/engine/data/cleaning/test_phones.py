from __future__ import annotations

import pytest

from engine.data.cleaning.secrets import find_secrets, masked


@pytest.mark.parametrize(
    "number",
    [
        "+1 (555) 123-4567",
        "+1-202-555-0143",
        "+12025550143",
        "(415) 555-2671",
        "415-555-2671",
        "+44 20 7946 0958",
        "020 7946 0958",
        "+49 30 901820",
        "+49 (0)30 901820",
        "030 1234567",
        "06 12 34 56 78",
        "06\u00a012\u00a034\u00a056\u00a078",
        "+33612345678",
        "+81 3-1234-5678",
        "03-1234-5678",
    ],
)
def test_phone_numbers_are_masked(number: str) -> None:
    assert masked(f"Reach me under {number}, please.") == "Reach me under [PHONE], please."
    assert masked(f"{number}\n{number}") == "[PHONE]\n[PHONE]"
    assert masked(f"({number})").count("[PHONE]") == 1


@pytest.mark.parametrize(
    "text",
    ["Phone: 4155552671", "tel. 98765 43210", "call me at 555 1234", "Fax number 12 34 56 78"],
)
def test_a_word_before_it_makes_any_number_a_phone_number(text: str) -> None:
    assert masked(text).endswith("[PHONE]")
    assert len(find_secrets(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "On 2023-01-15 at 10:30:00, or 15.01.2023, or 01/02/2023 12:00",
        "48+24 = <<48+24=72>>72, 100-50-30-15 = $<<100-50-30-15=5>>5",
        "0900-0130 = 0730 hours, 450000-200000=250000",
        "3.14159265358979, 0.0001 0.0002 0.0003, 1,000,000,000",
        "1 2 3 4 5 6 7 8 9 10 11 12 13",
        "<Buffer 01 02 03 04 05>",
        "200 300 400 500 600 700",
        "x = 5 +12345678 - 1511583*x + 15975845",
        "ISBN 978-3-16-148410-0, ISSN 0209-9683, order 20231015, id 1234567890",
        "1700000000 seconds since 1970, 0x12345678, v1.2.3.4567",
        "$1 234 567 or 1234567 €; 50 000 000 people",
        "they call it 911 and phone 7 friends",
        "call of 20 March 2023 12:45",
    ],
)
def test_numbers_that_are_none_are_left(text: str) -> None:
    assert find_secrets(text) == []
