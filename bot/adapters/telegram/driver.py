"""What the adapter needs of a Telegram library, and the errors it may meet.

A driver moves raw JSON and knows nothing of chats or commands, so a second library is one more
small file. Its errors carry Telegram's own description at most, never the token, a payload or
a text: they end in the log.
"""

from typing import Any, Protocol

from commands.chat.errors import Refused, Retry, Unreachable
from scoring.errors import PlatformError

API_BASE = "https://api.telegram.org"

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update asked for, each time anew: Telegram remembers the last list."""

Update = dict[str, Any]


class Unauthorized(Retry):
    """The token is not accepted; until an operator acts, nothing gets through."""


class Conflict(Retry):
    """Somebody else polls with this token, or a webhook is set."""


class Driver(Protocol):
    """One library on one token. Every method raises only `PlatformError`s: Retry (with
    Unauthorized and Conflict), Unreachable (with Moved) and Refused."""

    async def get_updates(self, offset: int | None, wait: int) -> list[Update]:
        """The updates from `offset` on (which confirms all before it), of KINDS only, oldest
        first; if there is none yet, after at most `wait` seconds an empty list."""

    async def call(self, method: str, **params: Any) -> Any:
        """The result of a method, as JSON. A parameter that is a `commands.chat.messages.File` is
        uploaded; mappings and lists are nested JSON."""

    async def download(self, file_id: str) -> bytes:
        """The bytes of a file people sent."""

    async def close(self) -> None:
        """Give the connections back."""


# Descriptions of a 400 that mean the chat, not the message (lower case, substrings).
_NO_WAY_THERE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "chat_write_forbidden",
    "group chat was deactivated",
    "have no rights to send",
    "not enough rights to send",
)


def bad_request(description: str) -> PlatformError:
    """The error for a 400 answer: about the chat (Unreachable) or the message (Refused)."""
    lowered = description.lower()
    if any(words in lowered for words in _NO_WAY_THERE):
        return Unreachable(description)
    return Refused(description)


def about(error: PlatformError, *words: str) -> bool:
    """Whether Telegram's description holds one of these (lower case) phrases."""
    lowered = str(error).lower()
    return any(phrase in lowered for phrase in words)
