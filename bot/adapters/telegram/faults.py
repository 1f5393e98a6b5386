"""How long to wait after a fault of Telegram, and how the log names it."""

import secrets

from bot.adapters.telegram.driver import Conflict, Unauthorized
from commands.chat.errors import Retry
from scoring.errors import OperatorError, PlatformError


def back_off(fault: Exception, failures: int) -> float:
    """Return the seconds to wait after the n-th failure in a row."""
    match fault:
        case Unauthorized():
            return 1.0 if failures <= 3 else 30.0
        case Conflict():
            return 3.0
        case OperatorError():  # our database is away: be there when it is back
            return 1.0
        case Retry(seconds=float() | int() as seconds):
            return seconds + 0.5
        case _:
            jitter = 0.75 + secrets.randbelow(251) / 1000
            return min(30.0, 1.5 ** min(failures, 20)) * jitter


def named(fault: Exception) -> str:
    """Describe an error for the log; only our own with text, others may quote what people said."""
    kind = type(fault).__name__
    return f"{kind}: {fault}" if isinstance(fault, PlatformError) else kind
