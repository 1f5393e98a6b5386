"""How many commands a person may type in a minute before being asked to slow down (C17).

Kept in memory: it only protects this process; nothing is scored or stored.
"""

from collections import defaultdict, deque
from typing import Literal

from scoring.moments import MINUTE, Instant

MOST = 20
"""Commands per minute; button presses and unanswered lines do not count."""

PEOPLE = 10_000
"""Most people remembered."""

Mood = Literal["fine", "warn", "silent"]


class Patience:
    """Consulted once per typed command; with `most` None it never runs out."""

    def __init__(self, most: int | None = MOST) -> None:
        self.most = most
        self._recent: dict[str, deque[Instant]] = defaultdict(deque)
        self._silent_until: dict[str, Instant] = {}

    def mood(self, person: str, now: Instant) -> Mood:
        """Return how to answer: `warn` once when it becomes too much, then `silent` a minute."""
        if self.most is None:
            return "fine"
        if now < self._silent_until.get(person, 0):
            return "silent"
        if len(self._recent) > PEOPLE:
            self._recent.clear()
        recent = self._recent[person]
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        recent.append(now)
        if len(recent) <= self.most:
            return "fine"
        recent.clear()
        self._silent_until[person] = now + MINUTE
        return "warn"
