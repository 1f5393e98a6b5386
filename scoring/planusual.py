"""What a plan file may leave out stands there as in the plan that comes with the program.

A number of the plan is thus written once, in the plan, and a text stored before a line existed is
still read.
"""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any


@cache
def usual() -> dict[str, Any]:
    """The tables of the shipped plan of 2024."""
    text = (Path(__file__).parent / "plans" / "2024.toml").read_text("utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def usual_table(*path: str) -> dict[str, Any]:
    """One of its tables; empty where it has none."""
    found: dict[str, Any] = usual()
    for key in path:
        found = found.get(key, {})
    return found
