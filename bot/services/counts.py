"""Counts of what a process has done, cheap enough to keep for every event."""

from bisect import bisect_left
from collections import Counter

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds."""


class Times:
    """How often something took how long. `within`: counts by BOUNDS, and of what took longer."""

    __slots__ = ("count", "total", "within")

    def __init__(self) -> None:
        self.within = [0] * (len(BOUNDS) + 1)
        self.count = 0
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self.within[bisect_left(BOUNDS, seconds)] += 1
        self.count += 1
        self.total += seconds


class Intake:
    """What came in: how long until its effects were committed, what failed, what was slow."""

    __slots__ = ("failed", "slow", "times")

    def __init__(self) -> None:
        self.times = Times()
        self.failed: Counter[str] = Counter()
        self.slow: Counter[str] = Counter()
