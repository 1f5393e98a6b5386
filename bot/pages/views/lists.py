"""Pages of long lists, by the number of the last row, never by counting rows."""

from collections.abc import Sequence
from typing import TypeVar

from bot.pages.door import NotShown
from bot.pages.visits import Visit
from bot.wording import say

T = TypeVar("T")

PAGE = 50
"""Rows of a page."""

LARGEST = 1 << 53


def number(visit: Visit, name: str) -> int:
    """A whole number that an address asks for, 0 if it does not. Raises NotShown."""
    given = visit.given.get(name, "")
    if not given:
        return 0
    if not (given.isascii() and given.isdigit() and int(given[:20]) < LARGEST):
        raise NotShown(say("pages.no_filter"))
    return int(given)


def chosen(visit: Visit, name: str, known: Sequence[str]) -> str:
    """One of the known values that an address asks for, "" if it does not. Raises NotShown."""
    given = visit.given.get(name, "")
    if given and given not in known:
        raise NotShown(say("pages.no_filter"))
    return given
