"""Clocks: the only place that asks for the time of day; the rest is handed an instant."""

import time
from typing import Protocol

from scoring.moments import Instant


class Clock(Protocol):
    """Tells the current time of the school."""

    def now(self) -> Instant: ...


class RealClock:
    """The machine's clock."""

    def now(self) -> Instant:
        return int(time.time())


class RunningClock:
    """Runs at real speed from a chosen start, for the playground. `offset`, in seconds from the
    machine's clock, is what a restart needs."""

    def __init__(self, offset: int) -> None:
        self.offset = offset

    @classmethod
    def starting_at(cls, start: Instant) -> "RunningClock":
        """Return a clock that shows `start` now and runs on."""
        return cls(start - int(time.time()))

    def now(self) -> Instant:
        return int(time.time()) + self.offset

    def advance(self, to: Instant) -> None:
        """Move forward to an instant; moving back would break what is recorded and is ignored."""
        self.offset = max(self.offset, to - int(time.time()))


class VirtualClock:
    """Stands still until moved; for replay and tests."""

    def __init__(self, start: Instant = 0) -> None:
        self.at = start

    def now(self) -> Instant:
        return self.at

    def advance(self, to: Instant) -> None:
        """Move forward to an instant, never back."""
        self.at = max(self.at, to)
