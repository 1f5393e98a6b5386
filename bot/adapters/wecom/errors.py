"""WeCom's error codes as the inside knows failures: one table for all its doors."""

from bot.adapters.wecom.line import Stale
from commands.chat.errors import Refused, Retry, Unreachable
from scoring.errors import PlatformError

BLOCKED = 60.0
"""Seconds that a limit by the minute lasts."""

BUSY = (-1, 6000, 45033)
OFTEN = (45009,)
NOT_SUBSCRIBED = 846609
STALE = (846605, 846608)
"""What is answered is too old, or was an event: it can be said, but not as an answer."""

NOBODY = (93006, 81013, 60111, 46004, 40003)


class Misconfigured(Retry):
    """Only the console of WeCom can mend it: tried again, seldom."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause, 300.0)


MISCONFIGURED = (853000, 40001, 40013, 40091, 48002, 48009, 60011, 60020, 301002, 93000)


def fault(code: int, text: str) -> PlatformError:
    """The failure that an answer with this code means. `text` is WeCom's, cut short for the log."""
    cause = f"{code} {text[:200]}"
    if code in OFTEN:
        return Retry(cause, BLOCKED)
    if code in BUSY:
        return Retry(cause)
    if code == NOT_SUBSCRIBED:
        return Retry(cause, 2.0)
    if code in STALE:
        return Stale(cause)
    if code in NOBODY:
        return Unreachable(cause)
    if code in MISCONFIGURED:
        return Misconfigured(cause)
    return Refused(cause)
