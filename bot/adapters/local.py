"""A platform in memory: chats hold messages, buttons can be pressed, nothing leaves the process.

Replay, the console, the web page and the tests all use it. It keeps what a person would see; the
commands decide who may do what.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from bot.adapters import ticks
from commands.chat.errors import Refused
from commands.chat.messages import (
    Button,
    Capabilities,
    Chat,
    File,
    Incoming,
    Outgoing,
    Receipt,
    Receive,
    is_picture,
    though_kept,
)
from scoring.moments import Instant

CAPABILITIES = Capabilities(
    buttons=True,
    edit=True,
    delete=True,
    files=True,
    private_push=True,
    group_push=True,
    needs_mention=False,
    text_limit=4_096,
    text_unit="utf16",
    per_minute=0,
    ticks=True,
    pictures=True,
)
NAME = "local"
MENTIONS = ("@宣传助手", "＠宣传助手")


@dataclass(slots=True, kw_only=True)
class Message:
    """One message as a chat shows it. `author` None: the bot."""

    id: str
    chat: Chat
    author: str | None
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[File, ...] = ()
    answers: str = ""
    at: Instant = 0
    edited: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change in a chat: `said` by a person, `sent` or `edited` by the bot, with the messages
    `deleted` along the way."""

    kind: str
    message: Message
    sent: Outgoing | None = None
    deleted: tuple[Message, ...] = ()


Place = tuple[str, str, bool]
Buttons = tuple[tuple[Button, ...], ...]


def place(chat: Chat) -> Place:
    """Return the key of a chat: a group and a private chat may share an id."""
    return chat.platform, chat.id, chat.group


@dataclass
class LocalPlatform:
    """Chats in memory behind the `Adapter` port. `hooks` are called for every change."""

    name: str = NAME
    capabilities: Capabilities = CAPABILITIES
    now: Callable[[], Instant] = lambda: 0
    prefix: str = ""
    """Prefix of update ids, so that a later process on the same database repeats none."""
    keep: int = 0
    """Most messages a chat keeps; 0: all."""
    refuses_deletes: bool = False
    """Whether messages of people stay, as where the bot lacks the right to remove them."""
    hooks: list[Callable[[Event], None]] = field(default_factory=list)
    chats: dict[Place, list[Message]] = field(default_factory=dict)
    receive: Receive | None = None
    _ids: Iterator[int] = field(default_factory=lambda: count(1))
    _updates: Iterator[int] = field(default_factory=lambda: count(1))
    _started: asyncio.Event = field(default_factory=asyncio.Event)

    # --- the port -------------------------------------------------------------------------

    async def run(self, receive: Receive) -> None:
        """Accept messages until cancelled."""
        self.open(receive)
        await asyncio.Event().wait()

    def open(self, receive: Receive) -> None:
        """Accept events from now on; return at once."""
        self.receive = receive
        self._started.set()

    async def send(self, message: Outgoing) -> Receipt:
        """Show, replace or remove messages; the receipt names the message shown."""
        if not message.text.strip() and not message.files:
            raise Refused("an empty message")
        if not all(button.fits for row in message.buttons for button in row):
            raise Refused("a button that says too much or nothing")
        if kept := bool(message.deletes) and self.refuses_deletes:
            message = though_kept(message)
        gone = tuple(m for m in map(self.message, message.deletes) if m and not m.deleted)
        for old in gone:
            old.deleted = True
        old_card = self.message(message.edits) if message.edits else None
        if old_card is not None and not old_card.deleted:
            old_card.text, old_card.buttons = message.text, _shown(message.buttons)
            old_card.files = message.files or old_card.files
            old_card.edited = True
            self._tell(Event(kind="edited", message=old_card, sent=message, deleted=gone))
            return Receipt(message=old_card.id, kept=kept)
        shown = self._append(message.chat, None, message)
        self._tell(Event(kind="sent", message=shown, sent=message, deleted=gone))
        return Receipt(message=shown.id, kept=kept)

    # --- people ---------------------------------------------------------------------------

    async def says(
        self,
        author: str,
        chat: Chat,
        text: str = "",
        *,
        quote: str = "",
        file: File | None = None,
        author_name: str = "",
        message: str = "",
        answers: str = "",
    ) -> Message:
        """A person writes or sends a file; return after the effects are committed.

        `answers`: id of the message that `quote` comes from.
        """
        files = (file,) if file else ()
        said = Outgoing(key="", chat=chat, kind="reply", text=text, files=files, answers=answers)
        shown = self._append(chat, author, said, id_=message)
        self._tell(Event(kind="said", message=shown))
        await self._hand_in(
            chat, author, author_name, text=text, quote=quote, file=file, message=shown.id
        )
        return shown

    async def presses(
        self, author: str, chat: Chat, message: Message, button: Button, author_name: str = ""
    ) -> None:
        """A person presses a button of a message; return after the effects are committed."""
        if button.kind == "tick":
            message.buttons = _turned(message.buttons, button)
            self._tell(Event(kind="edited", message=message))
            return
        said = button.says
        if button.kind == "gather":
            options = (one for row in message.buttons for one in row if one.kind == "tick")
            said = ticks.gathered(said, (one.says for one in options if ticks.is_on(one.label)))
        await self._hand_in(chat, author, author_name, press=said, message=message.id)

    async def _hand_in(
        self,
        chat: Chat,
        author: str,
        author_name: str,
        *,
        message: str,
        text: str = "",
        quote: str = "",
        file: File | None = None,
        press: str | None = None,
    ) -> None:
        await self._started.wait()
        assert self.receive is not None  # noqa: S101 - set before the event
        now = self.now()
        await self.receive(
            Incoming(
                update=f"{self.prefix}{next(self._updates)}",
                chat=chat,
                author=author,
                author_name=author_name,
                sent_at=now,
                received_at=now,
                text=text,
                message=message,
                addressed=bool(quote) or any(name in text for name in MENTIONS),
                quote=quote,
                press=press,
                file=file,
                brings="picture" if file is not None and is_picture(file.name) else "",
            )
        )

    # --- what is on the screen ------------------------------------------------------------

    def transcript(self, chat: Chat) -> list[Message]:
        """Return the messages of a chat, oldest first, without deleted ones."""
        return [m for m in self.chats.get(place(chat), ()) if not m.deleted]

    def message(self, id_: str) -> Message | None:
        """Return the message with this id, in any chat."""
        return self._by_id.get(id_)

    def newest_with(self, chat: Chat, label: str) -> tuple[Message, Button] | None:
        """Return the newest message of a chat with a button of this label, else with one whose
        label begins with it, and that button."""
        shown = [
            (message, button)
            for message in reversed(self.transcript(chat))
            for row in message.buttons
            for button in row
        ]
        exact = (pair for pair in shown if pair[1].label == label)
        begins = (pair for pair in shown if pair[1].label.startswith(label))
        return next(exact, None) or next(begins, None)

    def recall(self, messages: Iterable[Message]) -> None:
        """Show messages of an earlier process again, oldest first."""
        for message in messages:
            self._by_id[message.id] = message
            self.chats.setdefault(place(message.chat), []).append(message)

    # --- inside ---------------------------------------------------------------------------

    def __post_init__(self) -> None:
        self._by_id: dict[str, Message] = {}

    def _append(self, chat: Chat, author: str | None, shown: Outgoing, *, id_: str = "") -> Message:
        message = Message(
            id=id_ or f"{self.prefix}m{next(self._ids)}",
            chat=chat,
            author=author,
            text=shown.text,
            buttons=_shown(shown.buttons),
            files=shown.files,
            answers=shown.answers,
            at=self.now(),
        )
        self._by_id[message.id] = message
        shown_here = self.chats.setdefault(place(chat), [])
        shown_here.append(message)
        if self.keep and len(shown_here) > self.keep:
            self._by_id.pop(shown_here.pop(0).id, None)
        return message

    def _tell(self, event: Event) -> None:
        for hook in self.hooks:
            hook(event)


def _shown(rows: Buttons) -> Buttons:
    """The buttons as they stand at first."""
    return tuple(tuple(map(ticks.shown, row)) for row in rows)


def _turned(rows: Buttons, pressed: Button) -> Buttons:
    return tuple(
        tuple(replace(one, label=ticks.turned(one.label)) if one == pressed else one for one in row)
        for row in rows
    )
