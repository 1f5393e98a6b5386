"""What every way to WeCom can do: hand in what comes, answer it, write first, send a file.

The bot works over a long connection or a callback; a self-built app writes to people who never
wrote to the bot, a group's webhook to its group. The adapter has one of the first two and any of
the others.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.adapters.wecom.decode import Decoded, Document
from commands.chat.errors import Refused
from commands.chat.messages import Chat, File
from scoring.moments import Instant

Body = dict[str, Any]
What = Literal["message", "welcome", "press"]
Reach = frozenset[Literal["private", "group", "files"]]
"""What a line can do: write first to members, to groups; send files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something to answer: its request, its kind, when it came. `reply`: a one-time URL or code
    for a late answer."""

    line: "Line"
    request: str
    what: What
    at: Instant
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a line can show: the kind of its texts, their limit in bytes, whether it has buttons.
    `calls`: it can call members by name, in the one group that it leads to."""

    kind: Literal["markdown", "text"]
    limit: int
    buttons: bool = True
    calls: bool = False


Hear = Callable[[Decoded, Asked], Awaitable[None]]
"""Takes what came; returns once it is committed, raises if it could not be."""


class Stale(Refused):
    """It cannot be sent as an answer any more, only as a new message."""


class Line(Protocol):
    """A way to WeCom. Errors are those of an adapter's `send`; `answer` also raises Stale."""

    paper: Paper
    reach: Reach

    async def run(self, hear: Hear) -> None:
        """Hand in what comes until cancelled."""

    async def answer(self, asked: Asked, body: Body) -> None:
        """Send a body as the answer to what was asked."""

    async def push(self, chat: Chat, body: Body, *, once: int = 0) -> None:
        """Send a body as a message of its own; raise Unreachable if this way does not lead to the
        chat. `once`: where WeCom can, the same words within so many seconds are dropped."""

    async def picture(self, document: Document) -> bytes:
        """Get a picture that came over this line; see `commands.chat.messages.Fetch`."""

    async def uploaded(self, file: File) -> Body:
        """Upload a file; return the body that shows it over this line."""
