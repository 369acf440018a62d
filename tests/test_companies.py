from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_table_of_companies_is_what_its_generator_makes() -> None:
    command = [sys.executable, str(_EXAMPLES / "companies.py")]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    assert made == (_EXAMPLES / "companies.csv").read_bytes()
    rows = made.decode("utf-8").splitlines()
    assert rows[0] == "name,description,year,place"
    assert len({row.partition(",")[0] for row in rows[1:]}) == 2000
