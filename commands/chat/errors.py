"""Errors of chat: refusals told to a person, and failures of a platform."""

from commands.chat.messages import Reply
from scoring.errors import PlatformError, UserError


class Refusal(UserError):
    """The answer to a request that is not carried out; nothing of it is stored. `reply`: the same
    words with more to it, such as the removal of the request from a group."""

    def __init__(self, sentence: str, reply: Reply | None = None) -> None:
        super().__init__(sentence)
        self.reply = reply


class Retry(PlatformError):
    """Try again later. `seconds`: the wait the platform asked for (None: our own back-off)."""

    def __init__(self, cause: str, seconds: float | None = None) -> None:
        super().__init__(cause)
        self.seconds = seconds


class Unreachable(PlatformError):
    """The chat or person cannot be written to: bot blocked, never started, or kicked."""


class Unseen(Unreachable):
    """A message for one person's eyes cannot be shown in this group."""


class Moved(Unreachable):
    """The group now has another id, `to`."""

    def __init__(self, to: str) -> None:
        super().__init__(f"group moved to {to}")
        self.to = to


class Refused(PlatformError):
    """The platform will never take this message: malformed, too long, gone."""
