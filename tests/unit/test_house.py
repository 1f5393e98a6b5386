"""A module is short enough to be read in one go."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("bench", "bot", "commands", "db", "reminders", "scoring")
MOST = 400

LONGER = (
    "db/migrations/versions/v0001_tables.py",  # a table
    "db/schema.py",  # a table
)
"""The modules over the limit, and why."""


def test_no_module_is_longer_than_the_limit_but_those_named() -> None:
    longer = {
        file.relative_to(ROOT).as_posix()
        for floor in FLOORS
        for file in (ROOT / floor).rglob("*.py")
        if len(file.read_text("utf-8").splitlines()) > MOST
    }
    assert longer == set(LONGER)
