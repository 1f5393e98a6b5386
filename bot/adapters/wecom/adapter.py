"""The WeCom adapter: one line that receives and answers, others that reach further.

An answer refers to its message while WeCom still knows that, else it is a new message. A card
that was just pressed is replaced by its answer; later answers are new messages. If the first line
does not reach a chat, the next is tried (C22).
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.adapters.wecom import encode
from bot.adapters.wecom.api import Tokens
from bot.adapters.wecom.decode import PLATFORM, Decoded
from bot.adapters.wecom.files import fetched
from bot.adapters.wecom.line import Asked, Body, Line, Paper, Stale
from commands.chat.errors import Refused, Retry, Unreachable
from commands.chat.messages import Capabilities, File, Incoming, Outgoing, Receipt, Receive
from scoring.errors import PlatformError
from scoring.moments import Instant

log = logging.getLogger("promobot.wecom")

FRESH = 4
"""Seconds in which a pressed card or an entered chat can be answered as such (WeCom: 5)."""

SAME_NOTICE, IN_DOUBT = 1_800, 300
"""Seconds in which WeCom drops the same notice, and what a dead process may have sent."""

PHOTO = "photo.jpg"
"""How a picture is called, whose name WeCom does not tell."""

KEPT = 5_000
"""Most messages remembered for answering."""


@dataclass(frozen=True, slots=True)
class Half:
    """How much of a message was sent: parts of its text on one paper, whether all, and files."""

    paper: Paper | None = None
    texts: int = 0
    whole: bool = False
    files: int = 0


class WecomAdapter:
    """An `Adapter` over lines, the receiving one first. `account`: the bot whose only connection
    this is, "" without one; `now`: the clock for time of receipt."""

    name = PLATFORM

    def __init__(
        self, lines: Sequence[Line], *, account: str = "", now: Callable[[], Instant]
    ) -> None:
        self._lines = tuple(lines)
        self.lease = f"socket:wecom:{account}" if account else ""
        reach = frozenset().union(*(line.reach for line in lines))
        self.capabilities = Capabilities(
            buttons=True,
            edit=False,
            delete=False,
            files="files" in reach,
            private_push="private" in reach,
            group_push="group" in reach,
            needs_mention=True,
            text_limit=encode.BOT.limit,
            text_unit="utf8",
            per_minute=30,
            per_hour=1_000,
            ticks=True,
            calls=any(line.paper.calls for line in lines),
            pictures=True,
        )
        self._now = now
        self._asked: OrderedDict[str, Asked] = OrderedDict()
        self._halves: dict[str, Half] = {}

    @property
    def failures(self) -> int:
        """Attempts in a row at receiving that failed, for `bot.process.health`."""
        return max((getattr(line, "failures", 0) for line in self._lines), default=0)

    def share(self, tokens: Tokens) -> None:
        """Keep access tokens where other replicas find them."""
        for line in self._lines:
            if (use := getattr(line, "use_tokens", None)) is not None:
                use(tokens)

    def mount(self, app: Any) -> None:
        """Add the callbacks of its lines to the HTTP server."""
        for line in self._lines:
            if (mount := getattr(line, "mount", None)) is not None:
                mount(app)

    async def run(self, receive: Receive) -> None:
        """Hand in what comes until cancelled; see `commands.chat.messages.Adapter`."""

        async def hear(decoded: Decoded, asked: Asked) -> None:
            self._remember(decoded.incoming, asked)
            first, *more = [replace(decoded.incoming, **said) for said in _pictured(decoded, asked)]
            await receive(await _with_file(replace(decoded, incoming=first)))
            for one in more:
                await receive(one)

        async with asyncio.TaskGroup() as tasks:
            for line in self._lines:
                tasks.create_task(line.run(hear))

    async def send(self, message: Outgoing) -> Receipt:
        """Send the message; the receipt names its card. If sending breaks off, a retry continues
        after the parts that WeCom has already taken."""
        if message.aside:
            return Receipt(message="")  # a text for one person would be seen by all
        if message.edits and await self._turned(message):
            return Receipt(message=message.edits)
        asked = self._asked.get(message.answers)
        if asked is not None and asked.what != "press":
            try:
                await self._over(asked.line, message, asked)
            except Stale:
                self._asked.pop(message.answers, None)
            else:
                return Receipt(message=encode.task_of(message.key))
        await self._pushed(message)
        return Receipt(message=encode.task_of(message.key))

    def _remember(self, incoming: Incoming, asked: Asked) -> None:
        self._asked[incoming.message] = asked
        self._asked.move_to_end(incoming.message)
        while len(self._asked) > KEPT:
            self._asked.popitem(last=False)

    async def _turned(self, message: Outgoing) -> bool:
        """Replace the pressed card with this text; return whether that was still possible."""
        asked = self._asked.get(message.edits)
        if asked is None or self._now() - asked.at > FRESH or not encode.turns(message):
            return False
        title, _, rest = message.text.partition("\n")
        buttons = [button for row in message.buttons for button in row][: encode.MAX_BUTTONS]
        card = encode.card(title, rest, buttons, message.edits)
        turned: Body = {"response_type": "update_template_card", "template_card": card}
        try:
            await asked.line.answer(asked, turned)
        except Refused as error:
            log.info("wecom card not turned: %s", error)
            return False
        return True

    async def _pushed(self, message: Outgoing) -> None:
        """Send over the first line that reaches the chat; one that calls people before others that
        do not, where its group is the only one."""
        unreachable = Unreachable("no line")
        calls = bool(message.calls) and message.sole
        for line in sorted(self._lines, key=lambda line: not (calls and line.paper.calls)):
            if ("group" if message.chat.group else "private") not in line.reach:
                continue
            try:
                await self._over(line, message, None)
            except Unreachable as error:
                unreachable = error
            else:
                return
        raise unreachable

    async def _over(self, line: Line, message: Outgoing, asked: Asked | None) -> None:
        """Send over one line what has not been sent yet; a text begun on other paper is sent again
        from the start."""
        half = self._halves.pop(message.key, Half())
        if half.paper != line.paper and not half.whole:
            half = replace(half, texts=0)
        half = replace(half, paper=line.paper)
        texts = [] if half.whole else encode.bodies(message, line.paper)[half.texts :]
        try:
            for body in texts:
                await self._say(line, message, asked, body)
                half = replace(half, texts=half.texts + 1)
            half = replace(half, whole=True)
            for file in message.files[half.files :]:
                await self._say(line, message, asked, await line.uploaded(file))
                half = replace(half, files=half.files + 1)
        except (Retry, Stale, asyncio.CancelledError):
            if message.key and (half.texts or half.files):
                self._halves[message.key] = half
            raise

    async def _say(self, line: Line, message: Outgoing, asked: Asked | None, body: Body) -> None:
        if asked is None:
            await line.push(message.chat, body, once=_once(message))
        elif asked.what == "welcome":
            self._asked.pop(message.answers, None)
            if self._now() - asked.at > FRESH:
                raise Stale("the chat was entered too long ago")
            await line.answer(asked, _greeting(body))
        else:
            await line.answer(asked, body)


def _once(message: Outgoing) -> int:
    """For how many seconds the same words are dropped: an answer may be the same as a minute ago,
    unless it is in doubt whether this one has arrived."""
    if message.kind == "notice":
        return SAME_NOTICE
    return IN_DOUBT if message.again else 0


def _greeting(body: Body) -> Body:
    """Return a body for a greeting: text or card, as Markdown is not allowed there."""
    if body["msgtype"] != "markdown":
        return body
    return {"msgtype": "text", "text": body["markdown"]}


def _pictured(decoded: Decoded, asked: Asked) -> Iterator[dict[str, Any]]:
    """What is different of each picture of a message: the first comes with its text, the others
    follow as an album does."""
    incoming = decoded.incoming
    if not decoded.pictures:
        yield {}
    for place, document in enumerate(decoded.pictures):
        fetch = partial(asked.line.picture, document)
        file = File(name=PHOTO, data=b"", fetch=fetch)
        later = {"update": f"{incoming.update} {place}", "text": ""} if place else {}
        yield {"file": file, **later}


async def _with_file(decoded: Decoded) -> Incoming:
    """Return the event with the bytes of its file; without them if the file cannot be fetched, so
    that the text is not held up."""
    incoming = decoded.incoming
    if decoded.document is None:
        return incoming
    try:
        file = await fetched(decoded.document)
    except Refused:
        return replace(incoming, file_too_big=True)
    except PlatformError as error:
        log.warning("wecom file not fetched: %s", error)
        return incoming
    return replace(incoming, file=file)
