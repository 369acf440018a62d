from __future__ import annotations

from engine.data.reading.repairs import Repairs


def noted(*places: int, kind: str = "trailing comma") -> Repairs:
    repairs = Repairs()
    for place in places:
        repairs.note(place, [kind])
    return repairs


def test_each_kind_is_told_with_its_first_rows() -> None:
    repairs = noted(2, 5, 9)
    repairs.note(5, ["curly quotes"])
    assert repairs.told() == [
        "3 rows repaired: trailing comma (lines 2, 5, 9)",
        "1 row repaired: curly quotes (line 5)",
    ]
    assert repairs.told("sheet 'Data', row")[1] == (
        "1 row repaired: curly quotes (sheet 'Data', row 5)"
    )


def test_of_very_many_rows_the_first_are_named_and_all_are_counted() -> None:
    repairs = noted(*range(1, 1001))
    assert repairs.told() == ["1000 rows repaired: trailing comma (lines 1, 2, 3, 4, 5, …)"]
    assert repairs.to_json() == {
        "trailing comma": {"count": 1000, "first": list(range(1, 21))},
    }


def test_those_of_later_rows_are_added_in_their_order() -> None:
    repairs = noted(1, 2)
    repairs.add_all(noted(30))
    repairs.add_all(noted(40, kind="curly quotes"))
    assert repairs.told() == [
        "3 rows repaired: trailing comma (lines 1, 2, 30)",
        "1 row repaired: curly quotes (line 40)",
    ]


def test_what_is_handed_over_is_forgotten() -> None:
    repairs = noted(1)
    assert repairs.handed_over() == noted(1)
    assert not repairs
    assert repairs.told() == []
