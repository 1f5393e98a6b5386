"""What the adapter needs of a Telegram library, and the errors it may raise.

A driver moves raw JSON and knows nothing of chats or commands, so supporting another library
takes one small file. Its errors carry at most Telegram's own description, never the token, a
payload or a text, because they are logged.
"""

from typing import Any, Protocol

from commands.chat.errors import Refused, Retry, Unreachable
from scoring.errors import PlatformError

API_BASE = "https://api.telegram.org"

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update to ask for, in every request: Telegram remembers the last list."""

Update = dict[str, Any]


class Unauthorized(Retry):
    """The token is not accepted; nothing gets through until an operator acts."""


class Conflict(Retry):
    """Another process polls with this token, or a webhook is set."""


class Driver(Protocol):
    """One library on one token. Every method raises only `PlatformError`s: Retry (with
    Unauthorized and Conflict), Unreachable (with Moved) and Refused."""

    async def get_updates(self, offset: int | None, wait: int) -> list[Update]:
        """Return the updates of KINDS from `offset` on, oldest first, which confirms all before
        it; an empty list if none comes within `wait` seconds."""

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method and return its result as JSON. A `commands.chat.messages.File` parameter
        is uploaded; mappings and lists are nested JSON."""

    async def download(self, file_id: str) -> bytes:
        """Return the bytes of a file that people sent."""

    async def close(self) -> None:
        """Close the connections."""


# Descriptions of a 400 that concern the chat, not the message (lower case, substrings).
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
    """Return the error for a 400: about the chat (Unreachable) or the message (Refused)."""
    lowered = description.lower()
    if any(words in lowered for words in _NO_WAY_THERE):
        return Unreachable(description)
    return Refused(description)


def about(error: PlatformError, *words: str) -> bool:
    """Return whether Telegram's description contains one of these (lower case) phrases."""
    lowered = str(error).lower()
    return any(phrase in lowered for phrase in words)
