"""The vocabulary of chat, shared by the inside and every adapter.

An adapter turns one platform event into an `Incoming` and delivers `Outgoing` messages; the
inside turns a `Request` into a `Reply`. Nothing here knows a platform, a table or a score.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from scoring.moments import Instant
from scoring.values import frozen

MAX_FILE = 5 * 1024 * 1024
MAX_BUTTON = 64
"""Most bytes of a button's data: Telegram's limit, the smallest of all platforms."""

MAX_COPY = 256
"""Most characters that a button copies: Telegram's limit."""

MOST_TICKS = 20
"""Most options on one card: WeCom's limit."""

MOST_CALLED = 12
"""Most people whom one message calls by name."""


@frozen
class Chat:
    """A conversation on one platform: a 1:1 chat or a group (with its topic, if any)."""

    platform: str
    id: str
    group: bool = False
    thread: str | None = None
    title: str = ""


@frozen
class Opened:
    """What the `opener` of a command made of a file: a value, or why it cannot be read. `plain`:
    the value as the JSON that a proposal keeps."""

    opener: str
    value: Any = None
    refused: str = ""
    plain: Any = None


Fetch = Callable[[], Awaitable[bytes]]
"""Gets the bytes of a file from its platform. Raises Refused for one that is too big, any other
PlatformError where it cannot be had."""


@frozen
class File:
    """A file with its bytes; `name` is what people see. `opened`: by the command it came with,
    where that reads files. `fetch`: its bytes are still on the platform, and are only fetched for
    a command that wants them. `picture`: the key of a kept picture, whose bytes are read when it
    is sent."""

    name: str
    data: bytes
    opened: Opened | None = None
    fetch: Fetch | None = None
    picture: str = ""


ButtonKind = Literal["say", "copy", "tick", "gather"]


@frozen
class Button:
    """`label` is shown; `says` is the command line that pressing it sends, at most 64 bytes.

    It never holds a name, a phone number or a reason. A button of kind "tick" is an option, ticked
    or unticked by a press; "gather" sends its line with what the ticked ones say; "copy" copies
    what it says, at most MAX_COPY characters.
    """

    label: str
    says: str
    kind: ButtonKind = "say"

    @classmethod
    def of(cls, label: str, command: str, *said: object) -> "Button":
        """A button that says a command, by its name, with these arguments."""
        return cls(label=label, says=" ".join([command, *map(str, said)]).strip())

    @property
    def fits(self) -> bool:
        """Whether every platform takes what it says."""
        if self.kind == "copy":
            return 0 < len(self.says) <= MAX_COPY
        return 0 < len(self.says.encode()) <= MAX_BUTTON - (self.kind != "say")


Brings = Literal["", "picture", "contact", "voice", "video", "sticker", "location", "other"]
"""What a message is beside its text. A contact's name and number are the text."""

PICTURES = (".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".heic", ".heif", ".svg")
"""How the names of pictures end, of those that cannot be opened too."""


def is_picture(name: str) -> bool:
    """Whether a file is a picture, by its name."""
    return name.casefold().endswith(PICTURES)


Right = Literal["read", "delete"]
"""What a bot needs in a group: to read what is not said to it, to remove a child's number."""


@frozen
class Incoming:
    """One platform event, translated and not yet understood.

    `update` is unique per platform and account of ours. `sent_at` is the platform's message
    time, that of a press when it came. `addressed`: it mentions or answers the bot (a private
    chat or a leading slash counts without this); `aside`: nobody else in its group sees it.
    `press`: the `says` of a pressed button; then `message` is the id of the message that carried
    it, and `query` the platform's id of the press. `author` None: an anonymous admin or a channel
    (C20). `album`: the platform's name for the pictures that were sent together.

    `signed_in`: it comes from a page, where this person signed in from the account of `author`:
    nobody else may have said it, and its answer goes back to the page, not to the chat. `fetches`:
    so do the files of long work, see `Reply.makes`.

    Without any message: `moved_to`: the group now has this id; `presence`: the bot was added
    (came) or removed (left), in a 1:1 chat by its person, or got other rights in a group, or the
    platform's contacts changed. `lacks`: what it cannot do in a group that it is in.
    """

    update: str
    chat: Chat
    author: str | None
    author_name: str = ""
    sent_at: Instant
    received_at: Instant
    text: str = ""
    message: str = ""
    addressed: bool = False
    aside: bool = False
    quote: str = ""
    press: str | None = None
    query: str = ""
    file: File | None = None
    file_too_big: bool = False
    brings: Brings = ""
    album: str = ""
    forwarded: bool = False
    edited: bool = False
    moved_to: str = ""
    presence: Literal["", "came", "left", "rights", "contacts"] = ""
    lacks: tuple["Right", ...] = ()
    signed_in: int | None = None
    fetches: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform can do; the inside decides by this, never by the platform's name.

    `per_minute`: messages to one group, and to one person unless `per_minute_private` says
    otherwise; `per_hour`: to one chat of either kind; `apart`: seconds between two to the same
    chat; `per_second`: to all chats together. 0 means no limit.

    `asides`: a message in a group for the eyes of one person, whose arrival is not certain;
    `ticks`: options of which several are chosen on one card; `copies`: buttons that copy a text;
    `asks`: a question opens the input for its answer; `calls`: people are called by name in a
    group; `pictures`: it brings us the pictures that people send, unfetched if it can; `keeps`:
    what people say while nothing listens comes later, for some hours.
    """

    buttons: bool
    edit: bool
    delete: bool
    files: bool
    private_push: bool
    group_push: bool
    needs_mention: bool
    text_limit: int
    text_unit: Literal["utf16", "utf8"]
    per_minute: int
    per_minute_private: int | None = None
    per_hour: int = 0
    apart: float = 0.0
    per_second: int = 0
    asides: bool = False
    ticks: bool = False
    copies: bool = False
    asks: bool = False
    calls: bool = False
    pictures: bool = False
    keeps: bool = False


@frozen
class Notice:
    """A message to a person (privately) or a linked group, in addition to the answer.

    A notice with the same `key` goes out only once. `live`: see `Reply`. `issuer`: the person who
    is told if a group did not get it as meant. `prompt`: it answers somebody who is writing, so it
    passes the gate of night and quiet times. `calls`: people whom a group's message calls by the
    names that stand in it.
    """

    text: str
    person: int | None = None
    chat: Chat | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[File, ...] = ()
    key: str = ""
    due_at: Instant | None = None
    live: str = ""
    issuer: int | None = None
    prompt: bool = False
    calls: tuple[int, ...] = ()


@frozen
class Reply:
    """The answer to a request: at most three lines, then rows of buttons. Without text and files
    nothing is said.

    `private`: a question from a group is answered in the asker's 1:1 chat, and the group gets
    "已私信您" (C8); `aside`: the platform may show it in the group, to the asker alone. `replaces`:
    the pressed card becomes this text. `deletes`: the asker's message is removed where the platform
    can (C7). `live`: in a group it is a card of this kind, as named in
    `commands.scores.live_cards`, and is updated in place. `awaits`: the line that the next message
    of a 1:1 chat may complete; `asks`: that message is the answer to a question. `makes`: the kind
    and the arguments of long work that whoever `fetches` has done, instead of a queued job.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[File, ...] = ()
    private: bool = False
    aside: bool = False
    replaces: bool = False
    deletes: bool = False
    live: str = ""
    awaits: str = ""
    asks: bool = False
    notices: tuple[Notice, ...] = ()
    otherwise: "Reply | None" = None
    makes: tuple[str, Mapping[str, Any]] | None = None


@frozen
class Instead:
    """What an answer says if a message that it calls removed could not be. `moot`: keys of the
    notices that wait for that case, withdrawn when the message is gone."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    moot: tuple[str, ...] = ()


Kind = Literal["reply", "notice", "edit", "toast"]
"""A toast is a word over a pressed button, or nothing: it takes no place among the messages."""


@frozen
class Outgoing:
    """A message on its way to a platform. `edits`: id of the platform message it replaces;
    `answers`: id of the message it replies to; `deletes`: ids removed before it is sent, and
    `instead`: what is sent if the platform refuses. `query`: the press it answers; `toast`: what
    the presser alone is shown where the platform can and it comes in time, and then nothing is
    sent; `aside`: what would be a message to everybody is dropped where it cannot be shown so;
    `eyes`: the account that alone sees it in its group, else `Unseen` is raised; `asks`: see
    `Reply`; `calls`: accounts called, each with its name in the text, `sole`: in the only group of
    the platform; `issuer`, `prompt`: see `Notice`. `again`: its sender died with it,
    so it may have arrived; where a platform can, it is not shown twice."""

    key: str
    chat: Chat
    kind: Kind
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[File, ...] = ()
    edits: str = ""
    answers: str = ""
    deletes: tuple[str, ...] = ()
    query: str = ""
    toast: str = ""
    aside: bool = False
    eyes: str = ""
    asks: bool = False
    calls: tuple[tuple[str, str], ...] = ()
    sole: bool = False
    instead: Instead | None = None
    issuer: int | None = None
    prompt: bool = False
    again: bool = False


def though_kept(message: Outgoing) -> Outgoing:
    """Return what is sent when the messages that it should remove still stand."""
    if message.instead is None:
        return replace(message, deletes=())
    text, buttons = message.instead.text, message.instead.buttons
    return replace(message, text=text, buttons=buttons, deletes=(), instead=None)


def within(message: Outgoing, can: Capabilities) -> Outgoing:
    """Return the message without what a platform cannot show, where its text says the same. An
    adapter never sees more than its capabilities."""
    rows = message.buttons
    if not can.copies:
        rows = tuple(tuple(one for one in row if one.kind != "copy") for row in rows)
    if not can.ticks:
        rows = tuple(tuple(one for one in row if one.kind != "tick") for row in rows)
        rows = tuple(tuple(replace(one, kind="say") for one in row) for row in rows)
    return replace(
        message,
        buttons=tuple(row for row in rows if row),
        asks=message.asks and can.asks,
        calls=message.calls if can.calls else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A sent message's id on its platform, to edit or quote it later. `kept`: the platform refused
    to remove others, so that what was sent is the message's `instead`. `astray`: its topic is gone,
    and it went to the group's root."""

    message: str
    kept: bool = False
    astray: bool = False


Receive = Callable[[Incoming], Awaitable[None]]
"""The gateway's entry; returns once the effects of the event are committed."""


class Adapter(Protocol):
    """A platform as the inside sees it. Errors of `send` are those of `commands.chat.errors`:
    Retry (with its seconds), Unreachable, Refused."""

    name: str
    capabilities: Capabilities

    async def run(self, receive: Receive) -> None:
        """Hand in events until cancelled. An event is acknowledged to the platform only after
        `receive` has returned, when its effects are committed."""

    async def send(self, message: Outgoing) -> Receipt: ...
