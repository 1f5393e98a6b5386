"""Every number of the plan of 2024 beside its clause, as it was last read by a person."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from scoring.planshow import show
from scoring.planusual import usual
from tests.worlds.plan import PLAN

GOLDEN = Path(__file__).with_name("plan_2024.txt")


def test_the_plan_reads_as_it_was_last_read() -> None:
    assert show(PLAN) == GOLDEN.read_text("utf-8").rstrip("\n")


def test_each_number_of_the_file_stands_in_the_listing_beside_its_clause() -> None:
    lines = show(PLAN).split("\n")
    seen = 0
    for clause, value in _numbers(usual()):
        seen += 1
        said = re.compile(rf"(?<![0-9.]){re.escape(value)}(?![0-9])")
        beside = [line for line in lines if said.search(line) and (not clause or clause in line)]
        assert beside, (clause, value)
    assert seen > 100


def _numbers(found: Any, clause: str = "") -> Any:
    """Each figure of the file with the clause that stands by it."""
    if isinstance(found, dict):
        own = found.get("clause", clause)
        for key, value in found.items():
            if key in {"is", "due", "max"} or isinstance(value, (dict, list)):
                yield from _numbers(value, own)
    elif isinstance(found, list):
        for value in found:
            yield from _numbers(value, clause)
    elif isinstance(found, (int, Decimal)) and not isinstance(found, bool):
        yield clause, str(found)
    elif isinstance(found, str) and re.fullmatch(r"[0-9]{2}-[0-9]{2}", found):
        month, day = found.split("-")
        yield clause, f"{int(month)}月{int(day)}日"
    elif isinstance(found, str) and re.fullmatch(r"[0-9]+%", found):
        yield clause, found
