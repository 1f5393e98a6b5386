"""What every way to WeCom can do: hand in what comes, answer it, write first, show a file.

The bot comes over a long connection or through a callback; a self-built app writes to people who
never wrote to the bot, a group's webhook to the group. The adapter holds one of the first two and
whatever there is of the others.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.adapters.wecom.decode import Decoded
from commands.chat.errors import Refused
from commands.chat.messages import Chat, File
from scoring.moments import Instant

Body = dict[str, Any]
What = Literal["message", "welcome", "press"]
Reach = frozenset[Literal["private", "group", "files"]]
"""What a line can do unasked: write to members, to groups; and whether it sends files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something that can be answered: by which request, what it was, when it came. `reply`: a
    one-time address for a late answer."""

    line: "Line"
    request: str
    what: What
    at: Instant
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a message is written on: the kind of its texts, their bytes, whether it has buttons."""

    kind: Literal["markdown", "text"]
    limit: int
    buttons: bool = True


Hear = Callable[[Decoded, Asked], Awaitable[None]]
"""Takes what came; returns once it is committed, raises when it could not be."""


class Stale(Refused):
    """Not as an answer: as a message of its own."""


class Line(Protocol):
    """A way to WeCom. Errors are those of an adapter's `send`; `answer` also raises Stale."""

    paper: Paper
    reach: Reach

    async def run(self, hear: Hear) -> None:
        """Hand in what comes until cancelled."""

    async def answer(self, asked: Asked, body: Body) -> None:
        """Say it as the answer to what was asked."""

    async def push(self, chat: Chat, body: Body) -> None:
        """Say it without being asked; Unreachable where this way does not lead to the chat."""

    async def uploaded(self, file: File) -> Body:
        """The body that shows a file over this line."""
