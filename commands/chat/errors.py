"""Errors of chat: what a person is told, and what a platform did not take."""

from scoring.errors import PlatformError, UserError


class Refusal(UserError):
    """The answer to a request that was not carried out; nothing of it is kept."""


class Retry(PlatformError):
    """Not now. `seconds`: how long the platform asked us to wait (None: our own back-off)."""

    def __init__(self, cause: str, seconds: float | None = None) -> None:
        super().__init__(cause)
        self.seconds = seconds


class Unreachable(PlatformError):
    """The chat or person cannot be written to: blocked, never started, kicked."""


class Moved(Unreachable):
    """The group goes on under another id, `to`."""

    def __init__(self, to: str) -> None:
        super().__init__(f"group moved to {to}")
        self.to = to


class Refused(PlatformError):
    """The platform will never take this message: malformed, too long, gone."""
