"""The Telegram adapter: receiving by our own poll loop or a webhook, and sending.

The loop never ends by itself, whatever the network or Telegram does. An update is confirmed by
the next poll only after `receive` has returned for it and all before it; a webhook call is
confirmed only after `receive` has returned. So a crash or cancellation loses nothing, and the
gateway recognises repeated updates by their number.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from aiohttp import web

from bot.adapters.telegram.asides import Asides
from bot.adapters.telegram.decode import Decoded, chat_of, decode, kind_of
from bot.adapters.telegram.downloads import fetched
from bot.adapters.telegram.driver import KINDS, Driver, Update, about
from bot.adapters.telegram.encode import Call, calls_of, number
from bot.adapters.telegram.faults import back_off, named
from bot.adapters.telegram.marks import ASIDE
from bot.adapters.telegram.presses import PATIENCE, Presses
from bot.adapters.telegram.texts import Texts
from bot.adapters.telegram.webhook import Keeping, Webhook, route
from commands.chat.errors import Moved, Refused, Retry
from commands.chat.messages import (
    Capabilities,
    File,
    Incoming,
    Outgoing,
    Receipt,
    Receive,
    though_kept,
)
from scoring.errors import PlatformError
from scoring.moments import Instant

log = logging.getLogger("promobot.telegram")

_UNCHANGED = ("message is not modified",)
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
_NO_TOPIC = ("message thread not found", "topic_closed", "topic_deleted")
_REMOVED = ("message to delete not found", "message_id_invalid")
WATCH = 600.0
"""Seconds between two checks whether Telegram still calls the webhook."""

_SCOPES = {"private": "all_private_chats", "group": "all_group_chats", "chat": "chat"}
"""Telegram's names for the scopes of `commands.help.menus`."""

_HALVES = 1_000
"""Most half-sent messages remembered."""


LOUD = tuple(2**n for n in range(2, 40))
"""How many failures in a row are worth a line: what passes by itself is none."""


class TelegramAdapter:
    """An `Adapter` over one driver. `webhook`: where Telegram calls, None to poll; `account`: the
    bot's own number, which names the lease of its only poller; `now`: the clock for time of
    receipt; `pause`: how it waits."""

    name = "telegram"
    capabilities = Capabilities(
        buttons=True,
        edit=True,
        delete=True,
        files=True,
        private_push=True,
        group_push=True,
        needs_mention=False,
        text_limit=4_096,
        text_unit="utf16",
        per_minute=20,
        per_minute_private=60,
        apart=1.0,
        per_second=30,
        asides=True,
        keeps=True,
        ticks=True,
        copies=True,
        asks=True,
        calls=True,
        pictures=True,
    )

    def __init__(
        self,
        driver: Driver,
        bot_username: str | None = None,
        poll_seconds: int = 25,
        *,
        webhook: Webhook | None = None,
        account: str = "",
        now: Callable[[], Instant],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        press_seconds: float = PATIENCE,
    ) -> None:
        self._driver = driver
        self._username = bot_username or ""
        self._poll_seconds = poll_seconds
        self._now = now
        self._pause = pause
        self._webhook = webhook
        self.lease = f"poller:telegram:{account}" if account and webhook is None else ""
        self.keeping = Keeping(f"webhook:telegram:{account}" if account and webhook else "")
        self._receive: Receive | None = None
        self._offset: int | None = None
        self._ready = False
        self._reads_all = False
        self.failures = 0
        """Turns in a row that failed, for `bot.process.health`."""
        self._presses = Presses(driver, press_seconds)
        self._asides = Asides(driver, now)
        self._texts = Texts()
        self._halves: dict[str, Half] = {}

    async def run(self, receive: Receive) -> None:
        """Hand in updates until cancelled; see `commands.chat.messages.Adapter`."""
        self._receive = receive
        self.failures = 0
        try:
            while True:
                fault = await self._turn(receive)
                if self.failures >= LOUD[0] and not fault:
                    log.warning("telegram answers again")
                self.failures = self.failures + 1 if fault else 0
                if fault:
                    failed = self.failures
                    loud = logging.WARNING if failed in LOUD else logging.DEBUG
                    log.log(loud, "telegram poll failed %d in a row: %s", failed, named(fault))
                    await self._pause(back_off(fault, failed))
                elif self._webhook is not None and self._ready:
                    self._ready = not await self.keeping.rest(WATCH)  # Telegram calls
        finally:
            self._receive = None
            self._presses.close()

    def mount(self, app: web.Application) -> None:
        """Add the webhook's route to the HTTP server, if there is one."""
        if self._webhook is not None:
            app.router.add_routes([route(self._webhook.secret, self._called)])

    async def close(self) -> None:
        """Close the driver's connections."""
        await self._driver.close()

    async def send(self, message: Outgoing) -> Receipt:
        """Delete, edit and send what the message says, in this order.

        The receipt names the message with the buttons. If sending breaks off, a retry continues
        after the parts that Telegram has already taken.
        """
        if self._presses.tell(message) or message.aside:
            return Receipt(message="")
        if message.eyes:
            await self._asides.show(message)
            return Receipt(message="")
        calls = calls_of(message)
        half = self._halves.pop(message.key, None) or Half(kept=await self._keeps(message))
        if half.kept:
            message = though_kept(message)
            calls = calls_of(message)
        try:
            for call in calls[len(half.sent) :]:
                half.sent.append(await self._place(call, half))
        except (Retry, Moved, asyncio.CancelledError):
            self._remember(message.key, half)
            raise
        carrier = next(index for index, call in enumerate(calls) if call.carries)
        return Receipt(message=half.sent[carrier], kept=half.kept, astray=half.astray)

    async def set_menu(self, scope: str, entries: Sequence[tuple[str, str]]) -> None:
        """Set the menu of a scope: words with their descriptions."""
        kind, _, chat = scope.partition(":")
        where = {"type": _SCOPES[kind], **({"chat_id": number(chat)} if chat else {})}
        commands = [{"command": name, "description": told} for name, told in entries]
        await self._driver.call("setMyCommands", commands=commands, scope=where)

    # Receiving

    async def _called(self, update: Update) -> None:
        """Handle a webhook call; while nobody receives, fail, so that Telegram calls again."""
        if self._receive is None:
            raise RuntimeError("not listening")
        await self._one(update, self._receive)

    async def _turn(self, receive: Receive) -> Exception | None:
        """Poll once and hand in the result; return what went wrong, if anything."""
        try:
            if not self._ready:
                await self._introduce()
                return None
            if self._webhook is not None:
                if self.keeping.ours:
                    await self._watch(self._webhook)
                return None
            page = await self._driver.get_updates(self._offset, self._poll_seconds)
            return await self._hand_in(page, receive)
        except Exception as error:
            # Includes bugs, the library's or ours: nothing else receives if this loop ends.
            return error

    async def _introduce(self) -> None:
        """Learn our own name and choose how updates come: webhook and polling exclude each
        other."""
        me = await self._driver.call("getMe")
        self._username = self._username or str(me["username"])
        self._reads_all = bool(me.get("can_read_all_group_messages"))
        if not self._reads_all:
            log.warning("telegram privacy mode is on: in groups only commands and replies arrive")
        if self._webhook is None:
            await self._driver.call("deleteWebhook")
        elif self.keeping.ours:
            await self._driver.call(
                "setWebhook",
                url=self._webhook.url,
                secret_token=self._webhook.secret,
                allowed_updates=list(KINDS),
            )
        self._ready = True

    async def _watch(self, webhook: Webhook) -> None:
        """Check that Telegram still calls us: a poll elsewhere with our token removes the webhook
        for good, and a proxy in between may refuse calls that we never see."""
        told = await self._driver.call("getWebhookInfo")
        if told.get("url") != webhook.url:
            log.warning("telegram webhook was removed elsewhere, it is set again")
            self._ready = False
        elif told.get("last_error_date", 0) > self._now() - WATCH:
            waiting, why = told.get("pending_update_count"), told.get("last_error_message")
            log.warning("telegram cannot call us, %s updates wait: %s", waiting, why)

    async def _hand_in(self, page: list[Update], receive: Receive) -> Exception | None:
        """Hand in a page, chats in parallel, each in order; then move the offset past it."""
        if not page:
            return None
        chats: dict[object, list[Update]] = {}
        for update in page:
            chats.setdefault(chat_of(update), []).append(update)
        stops = await asyncio.gather(*(self._in_order(line, receive) for line in chats.values()))
        broken = [stop for stop in stops if stop is not None]
        if not broken:
            self._offset = page[-1]["update_id"] + 1
            return None
        self._offset, fault = min(broken, key=lambda stop: stop[0])
        return fault

    async def _in_order(
        self, updates: list[Update], receive: Receive
    ) -> tuple[int, Exception] | None:
        """Hand in one chat's updates; return where and why it stopped, if it did."""
        for update in updates:
            try:
                await self._one(update, receive)
            except Exception as error:
                # The database may be unreachable; later updates of this chat must not overtake.
                return update["update_id"], error
        return None

    async def _one(self, update: Update, receive: Receive) -> None:
        if await self._presses.ticked(update):
            return
        decoded = self._decoded(update)
        if decoded is None or self._texts.same(decoded.incoming):
            log.info("telegram update passed over: %s", kind_of(update)[:40])
            return
        await receive(await self._with_file(decoded))
        self._texts.keep(decoded.incoming)

    def _decoded(self, update: Update) -> Decoded | None:
        try:
            if query := update.get("callback_query"):
                self._presses.begin(query["id"])
            return decode(
                update,
                username=self._username,
                received_at=self._now(),
                reads_all=self._reads_all,
            )
        except Exception as error:
            # Decoding is pure, so it is not as the Bot API describes it; retrying would block all
            # later updates.
            log.error("telegram update not understood: %s", type(error).__name__)  # noqa: TRY400 - a trace could show what was said
            return None

    async def _with_file(self, decoded: Decoded) -> Incoming:
        """Return the event with its file: a picture unfetched, any other with its bytes, or without
        if it cannot be fetched, so that the text is not held up."""
        incoming, document = decoded.incoming, decoded.document or decoded.picture
        if document is None:
            return incoming
        fetch = partial(fetched, self._driver, document.file_id, self._pause)
        if decoded.picture is not None:
            return replace(incoming, file=File(name=document.name, data=b"", fetch=fetch))
        try:
            data = await fetch()
        except Refused:
            return replace(incoming, file_too_big=True)
        except PlatformError:
            return incoming
        return replace(incoming, file=File(name=document.name, data=data))

    # Sending

    async def _keeps(self, message: Outgoing) -> bool:
        """Remove what the message says; return whether Telegram refused to."""
        kept = False
        for identifier in message.deletes:
            if identifier.startswith(ASIDE):
                continue  # nobody else sees it
            try:
                await self._driver.call(
                    "deleteMessage",
                    chat_id=number(message.chat.id),
                    message_id=number(identifier),
                )
            except Retry:
                raise
            except PlatformError as error:
                if not about(error, *_REMOVED):
                    log.warning("telegram message not deleted: %s", named(error))
                    kept = True
        return kept

    async def _place(self, call: Call, half: "Half") -> str:
        """Make a call; return the id of the message that now shows its text."""
        try:
            result = await self._driver.call(call.method, **call.params)
        except Refused as error:
            if call.anew is not None and about(error, *_UNCHANGED):
                return str(call.params["message_id"])
            other = _otherwise(call, error)
            if other is None:
                raise
            half.astray = half.astray or other.method == call.method
            return await self._place(other, half)
        return str(result["message_id"])

    def _remember(self, key: str, half: "Half") -> None:
        if key and (half.sent or half.kept):
            self._halves[key] = half
            if len(self._halves) > _HALVES:
                del self._halves[next(iter(self._halves))]


@dataclass(slots=True)
class Half:
    """A message of which a part is sent. `kept`: what it was to remove still stands; `astray`: it
    went to the group's root instead of its topic."""

    kept: bool
    astray: bool = False
    sent: list[str] = field(default_factory=list)


def _otherwise(call: Call, error: Refused) -> Call | None:
    """Another call that shows the same: a new message for a card that was removed, the group's
    root for a topic that was closed or deleted."""
    if call.anew is not None and about(error, *_GONE):
        return replace(call, method="sendMessage", params=call.anew, anew=None)
    if "message_thread_id" in call.params and about(error, *_NO_TOPIC):
        log.warning("telegram topic is gone, the group's root gets the message")
        params = {name: value for name, value in call.params.items() if name != "message_thread_id"}
        return replace(call, params=params)
    return None
