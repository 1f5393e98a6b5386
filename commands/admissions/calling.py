"""The waiting leads as 招办 calls them, read by parts: oldest first, suspects last (C17)."""

from collections.abc import Iterator
from functools import partial
from itertools import islice

from commands.chat.requests import Asking
from commands.review import waiting
from db import leads
from db.engine.tx import Reading, Row

LEAD = ("lead",)
SOME = 200
"""Suspects looked up at a time."""


class Calling:
    """The leads that the asker may decide on, of a unit if one is named."""

    def __init__(self, asking: Asking, tx: Reading, unit: str = "") -> None:
        self._asking = asking
        self._tx = tx
        self._unit = unit
        self.suspected = leads.suspected(tx, asking.plan)

    def behind(self, number: int, most: int) -> list[Row]:
        """The first so many after a lead, which need not wait any more; 0: from the first one."""
        return list(islice(self._behind(number), most))

    def waits(self, number: int) -> bool:
        """Whether this lead is one of them."""
        return bool(self._these([number]))

    def _behind(self, number: int) -> Iterator[Row]:
        suspect = number in self.suspected
        if not suspect:
            yield from self._sound(number)
        last = number if suspect else 0
        suspects = sorted(one for one in self.suspected if one > last)
        for start in range(0, len(suspects), SOME):
            yield from self._these(suspects[start : start + SOME])

    def _sound(self, after: int) -> Iterator[Row]:
        read = partial(
            waiting.part, self._asking, self._tx, LEAD, most=waiting.BATCH, unit=self._unit
        )
        while rows := read(after=after):
            yield from (row for row in rows if row.fact not in self.suspected)
            after = int(rows[-1].fact)

    def _these(self, numbers: list[int]) -> list[Row]:
        rows = waiting.these(self._asking, self._tx, numbers)
        return [row for row in rows if row.kind in LEAD and self._unit in ("", row.unit)]
