"""How many commands a person may type in a minute before he is asked to slow down (C17).

Kept in memory: it protects this process, and nothing is scored or stored by it.
"""

from collections import defaultdict, deque
from typing import Literal

from scoring.moments import MINUTE, Instant

MOST = 20
"""Commands a minute; presses of buttons are not counted, nor lines that stay unanswered."""

PEOPLE = 10_000
"""People remembered at most."""

Mood = Literal["fine", "warn", "silent"]


class Patience:
    """Asked once a typed command; `most` None never loses it."""

    def __init__(self, most: int | None = MOST) -> None:
        self.most = most
        self._recent: dict[str, deque[Instant]] = defaultdict(deque)
        self._silent_until: dict[str, Instant] = {}

    def mood(self, person: str, now: Instant) -> Mood:
        """Whether to answer: `warn` once when it becomes too much, then `silent` for a minute."""
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
