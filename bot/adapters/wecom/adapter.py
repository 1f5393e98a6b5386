"""WeCom as the inside sees it: one line that hears and answers, others that reach further.

An answer goes to what it answers while WeCom still knows that, else as a message of its own; a
card that was just pressed turns into its answer, later ones are new messages. Where the first
line does not lead to a chat the next one is tried (C22).
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.adapters.wecom import encode
from bot.adapters.wecom.decode import PLATFORM, Decoded
from bot.adapters.wecom.files import fetched
from bot.adapters.wecom.line import Asked, Body, Line, Stale
from commands.chat import Capabilities, Incoming, Outgoing, Receipt, Receive
from commands.errors import Refused, Retry, Unreachable
from scoring.errors import PlatformError
from scoring.moments import Instant

log = logging.getLogger("promobot.wecom")

FRESH = 4
"""Seconds in which a pressed card or an entered chat is still answered as such (WeCom: 5)."""

KEPT = 5_000
"""Messages remembered that can still be answered."""


class WecomAdapter:
    """An `Adapter` over lines, the one that hears first. `now`: the clock of receipts."""

    name = PLATFORM
    capabilities = Capabilities(
        buttons=True,
        edit=False,
        delete=False,
        files=True,
        private_push=True,
        group_push=True,
        needs_mention=True,
        text_limit=encode.BOT.limit,
        text_unit="utf8",
        per_minute=30,
    )

    def __init__(self, lines: Sequence[Line], *, now: Callable[[], Instant]) -> None:
        self._lines = tuple(lines)
        self._now = now
        self._asked: OrderedDict[str, Asked] = OrderedDict()
        self._halves: dict[str, int] = {}

    async def run(self, receive: Receive) -> None:
        """Hand in what comes until cancelled; see `commands.chat.Adapter`."""

        async def hear(decoded: Decoded, asked: Asked) -> None:
            self._remember(decoded.incoming, asked)
            await receive(await _with_file(decoded))

        async with asyncio.TaskGroup() as tasks:
            for line in self._lines:
                tasks.create_task(line.run(hear))

    async def send(self, message: Outgoing) -> Receipt:
        """Show the message; the receipt names its card. What broke off goes on, when tried again,
        behind the parts that WeCom has already taken."""
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
        """Whether the pressed card could still be turned into this text."""
        asked = self._asked.get(message.edits)
        if asked is None or self._now() - asked.at > FRESH or not encode.fits(message.text):
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
        """By the first line that leads there; which it is does not change within a message."""
        unreachable = Unreachable("no line")
        for line in self._lines:
            try:
                await self._over(line, message, None)
            except Unreachable as error:
                unreachable = error
            else:
                return
        raise unreachable

    async def _over(self, line: Line, message: Outgoing, asked: Asked | None) -> None:
        bodies = encode.bodies(message, line.paper)
        done = self._halves.pop(message.key, 0)
        try:
            for body in bodies[done:]:
                await self._say(line, message, asked, body)
                done += 1
            for file in message.files[max(0, done - len(bodies)) :]:
                await self._say(line, message, asked, await line.uploaded(file))
                done += 1
        except (Retry, Stale, asyncio.CancelledError):
            if message.key and done:
                self._halves[message.key] = done
            raise

    async def _say(self, line: Line, message: Outgoing, asked: Asked | None, body: Body) -> None:
        if asked is None:
            await line.push(message.chat, body)
        elif asked.what == "welcome":
            self._asked.pop(message.answers, None)
            if self._now() - asked.at > FRESH:
                raise Stale("the chat was entered too long ago")
            await line.answer(asked, _greeting(body))
        else:
            await line.answer(asked, body)


def _greeting(body: Body) -> Body:
    """A greeting may be a text or a card, not Markdown."""
    if body["msgtype"] != "markdown":
        return body
    return {"msgtype": "text", "text": body["markdown"]}


async def _with_file(decoded: Decoded) -> Incoming:
    """The event with the bytes of its file. A file that cannot be had does not hold up what was
    said with it."""
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
