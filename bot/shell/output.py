"""Shared by the subcommands: printing, asking, and parsing times."""

import re
import sys
from datetime import datetime

from bot.wording import say
from scoring.errors import OperatorError
from scoring.moments import ZONE, Instant, end_of, instant


def out(text: str) -> None:
    """Print a line."""
    print(text, flush=True)  # noqa: T201


def agreed(question: str) -> bool:
    """Return whether somebody at the keyboard says yes; without a keyboard, no."""
    if not sys.stdin.isatty():
        return False
    print(say("asked.confirm", question=question), end="", flush=True)  # noqa: T201
    return sys.stdin.readline().strip().lower() in {"y", "yes", "是", "确认"}


def moment(text: str, *, option: str) -> Instant:
    """Parse 2024-04-05, 2024-04-05T18:00 or …T18:00+08:00 (Beijing time unless an offset is
    given; a day alone and T24:00 mean its last second). Raises OperatorError."""
    fault = OperatorError(say("asked.moment", option=option, text=text[:40]))
    ended = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[T ]24:00(?::00)?(?:\+08:00)?)?", text.strip())
    try:
        if ended:
            day = datetime.fromisoformat(ended[1]).date()
            return end_of(day) - 1
        found = datetime.fromisoformat(text.strip())
        return instant(found if found.tzinfo else found.replace(tzinfo=ZONE))
    except (ValueError, OverflowError):
        raise fault from None
