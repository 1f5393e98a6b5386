"""How much one account may cause before being asked to slow down (C17): what it sends, what it
presses, and what others are told because of it.

Kept in memory: it only protects this process; nothing is scored or stored.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Literal

from scoring.moments import MINUTE, Instant

MOST = 20
"""Commands typed in a minute (C17). Unanswered lines are not commands."""

Cause = Literal["event", "command", "press", "file", "notice", "page", "picture", "guess"]

LIMITS: Mapping[Cause, tuple[int, int]] = {
    "event": (120, MINUTE),  # anything at all, talk in groups included
    "command": (MOST, MINUTE),
    "press": (60, MINUTE),
    "file": (20, MINUTE),  # handed to us, not shown to a group
    "notice": (30, 10 * MINUTE),  # to one other person
    "page": (240, MINUTE),  # looked at or posted to, signed in
    "picture": (1_200, MINUTE),  # of those that a page shows
    "guess": (30, MINUTE),  # links that open nothing
}
"""The most of each in so many seconds."""

AGAIN = 3
"""Seconds within which the same press on the same card is the same press."""

PEOPLE = 10_000
"""Most people remembered."""

Mood = Literal["fine", "warn", "silent"]


class Patience:
    """Consulted for everything that an account causes; with `most` None it never runs out."""

    def __init__(self, most: int | None = MOST) -> None:
        self.most = most
        self._recent: dict[tuple[Cause, str], deque[Instant]] = defaultdict(deque)
        self._silent_until: dict[str, Instant] = {}
        self._pressed: dict[tuple[str, ...], tuple[Instant, str]] = {}

    def silent(self, person: str, now: Instant) -> bool:
        """Whether this account is not heard at the moment."""
        return now < self._silent_until.get(person, 0)

    def mood(self, person: str, now: Instant, cause: Cause = "command") -> Mood:
        """Return how to answer: `warn` once when it becomes too much, then `silent` a while."""
        if self.most is None:
            return "fine"
        if self.silent(person, now):
            return "silent"
        most, seconds = LIMITS[cause]
        if cause == "command":
            most = self.most
        if len(self._recent) > PEOPLE:
            self._forget(now)
        recent = self._recent[cause, person]
        while recent and recent[0] <= now - seconds:
            recent.popleft()
        recent.append(now)
        if len(recent) <= most:
            return "fine"
        recent.clear()
        self._silent_until[person] = now + seconds
        return "warn"

    def pressed_again(self, press: tuple[str, ...], update: str, now: Instant) -> bool:
        """Whether this very press (account, chat, card, words) was made a moment ago. An `update`
        that the platform delivers twice is one press."""
        before, first = self._pressed.get(press, (now - AGAIN, update))
        if self.most is None or (now - before < AGAIN and first == update):
            return False
        if now - before < AGAIN:
            return True
        if len(self._pressed) > PEOPLE:
            self._pressed.clear()
        self._pressed[press] = now, update
        return False

    def _forget(self, now: Instant) -> None:
        self._recent.clear()
        self._silent_until = {
            person: until for person, until in self._silent_until.items() if until > now
        }
