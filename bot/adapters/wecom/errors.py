"""Maps WeCom's error codes to our errors, for all ways to WeCom."""

from bot.adapters.wecom.line import Stale
from commands.chat.errors import Refused, Retry, Unreachable
from scoring.errors import PlatformError

BLOCKED = 60.0
"""Seconds that a per-minute limit lasts."""

BUSY = (-1, 6000, 45033)
OFTEN = (45009,)
NOT_SUBSCRIBED = 846609
STALE = (846605, 846608)
"""The message is too old or was an event: the text can be sent, but not as an answer."""

NOBODY = (93006, 81013, 60111, 46004, 40003)


class Misconfigured(Retry):
    """Can only be fixed in WeCom's console; retried seldom."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause, 300.0)


MISCONFIGURED = (853000, 40001, 40013, 40091, 48002, 48009, 60011, 60020, 301002, 93000)


def fault(code: int, text: str) -> PlatformError:
    """Return the error that a code means. `text` is WeCom's, shortened for the log."""
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
