"""Make up companies, as a table to learn from.

    python examples/companies.py > examples/companies.csv

A company's name tells its trade and nothing else: its place, its year, and which of its trade's
goods are its own, are known from the table alone. The same number of rows is the same table each
time.
"""

from __future__ import annotations

import csv
import random
import sys

ROWS = 2000
SEED = 20
COLUMNS = ("name", "description", "year", "place")

_FIRST = (
    *("Alder", "Amber", "Ash", "Aspen", "Birch", "Bramble", "Briar", "Cedar", "Clover", "Copper"),
    *("Coral", "Crane", "Delta", "Elder", "Ember", "Falcon", "Fern", "Flint", "Fox", "Frost"),
    *("Garnet", "Granite", "Hawk", "Hazel", "Heron", "Holly", "Iron", "Ivory", "Jasper", "Juniper"),
    *("Kestrel", "Larch", "Linden", "Lynx", "Maple", "Marble", "Moss", "Oak", "Olive", "Opal"),
    *("Otter", "Pearl", "Pine", "Quartz", "Raven", "Rowan", "Sage", "Silver", "Slate", "Sparrow"),
    *("Thistle", "Walnut", "Willow", "Wren"),
)
_SECOND = (
    *("arch", "bank", "beck", "bridge", "brook", "burn", "cliff", "combe", "court", "cove"),
    *("crest", "croft", "dale", "dell", "den", "fall", "fell", "field", "ford", "gate"),
    *("glade", "glen", "grove", "harbour", "haven", "heath", "hill", "holm", "hurst", "lake"),
    *("lantern", "lea", "march", "mead", "mere", "mill", "moor", "mount", "point", "pool"),
    *("ridge", "shore", "spring", "stone", "stream", "thorpe", "vale", "view", "ward", "water"),
    *("well", "wick", "wood", "worth"),
)
_PLACES = {
    "Lisbon": "Portugal",
    "Porto": "Portugal",
    "Lyon": "France",
    "Nantes": "France",
    "Turin": "Italy",
    "Verona": "Italy",
    "Ghent": "Belgium",
    "Bremen": "Germany",
    "Leipzig": "Germany",
    "Graz": "Austria",
    "Bergen": "Norway",
    "Malmö": "Sweden",
    "Tampere": "Finland",
    "Gdańsk": "Poland",
    "Brno": "Czechia",
    "Bilbao": "Spain",
}
_TRADES = {
    "Bakery": ("bakes", ("sourdough bread", "rye bread", "almond cakes"), "cafés and hotels"),
    "Boats": ("builds", ("sailing boats", "rowing boats", "ferries"), "harbours and clubs"),
    "Ceramics": ("makes", ("tiles", "stoneware", "porcelain cups"), "shops and kitchens"),
    "Clocks": ("repairs", ("tower clocks", "watches", "ship's clocks"), "towns and collectors"),
    "Energy": ("runs", ("wind parks", "solar roofs", "heat grids"), "cities and farms"),
    "Foods": ("packs", ("olives", "smoked fish", "dried fruit"), "markets and grocers"),
    "Garden": ("grows", ("roses", "fruit trees", "kitchen herbs"), "parks and gardeners"),
    "Logistics": ("moves", ("parcels", "pianos", "fresh fish"), "traders and museums"),
    "Optics": ("grinds", ("lenses", "mirrors", "prisms"), "laboratories and observatories"),
    "Press": ("prints", ("maps", "schoolbooks", "posters"), "publishers and schools"),
    "Robotics": ("builds", ("robot arms", "sorting machines", "drones"), "factories and growers"),
    "Textiles": ("weaves", ("linen", "wool blankets", "sailcloth"), "tailors and shipyards"),
}


def companies(count: int = ROWS, seed: int = SEED) -> list[dict[str, str]]:
    """Return made-up companies, no two of one name.

    Args:
        count: how many.
        seed: of all that is drawn.
    """
    draw = random.Random(seed)  # noqa: S311 (made-up companies need no cryptography)
    names = draw.sample([first + second for first in _FIRST for second in _SECOND], count)
    return [_company(draw, name) for name in names]


def _company(draw: random.Random, name: str) -> dict[str, str]:
    trade, place = draw.choice(tuple(_TRADES)), draw.choice(tuple(_PLACES))
    does, goods, buyers = _TRADES[trade]
    return {
        "name": f"{name} {trade}",
        "description": f"{does} {draw.choice(goods)} for {buyers}",
        "year": str(draw.randint(1850, 2020)),
        "place": f"{place}, {_PLACES[place]}",
    }


def main() -> None:
    """Write the table to standard output."""
    sys.stdout.reconfigure(encoding="utf-8")
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(companies())


if __name__ == "__main__":
    main()
