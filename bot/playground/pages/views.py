"""Data for a page: people, messages and changes as JSON, and the queue of one open page."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from bot.adapters.local import NAME, Message
from commands.chat.messages import Chat, File
from scoring.moments import Instant, local

PRIVATE = "private"
"""The name of a person's 1:1 chat in a request, as in a replay."""

PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""How the pictures begin that the page shows; what begins otherwise is only handed out."""

BEHIND = 2_000
"""Changes a page may lag behind before it must reload everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A person who can be picked; `account` is the bare account id from the roster."""

    account: str
    name: str
    unit: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A line that a first visitor may have said by a click; `label` says what it is."""

    person: str
    label: str
    says: str


class Stream:
    """One open page: `watching` are the people whose private chats it shows."""

    def __init__(self, watching: frozenset[str]) -> None:
        self.watching = watching
        self.frames: asyncio.Queue[bytes] = asyncio.Queue(BEHIND)
        self.lost = False

    def tell(self, kind: str, data: Any) -> None:
        """Queue a change; a page that does not keep up is cut off and reconnects."""
        try:
            self.frames.put_nowait(frame(kind, data))
        except asyncio.QueueFull:
            self.lost = True


def frame(kind: str, data: Any) -> bytes:
    """Return one server-sent event."""
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def private_chat(account: str) -> Chat:
    """Return the 1:1 chat of an account with the bot."""
    return Chat(platform=NAME, id=account)


def chat_key(chat: Chat) -> str:
    """Return the page's name for a chat: staff, private:u-li."""
    return chat.id if chat.group else f"{PRIVATE}:{chat.id}"


def picture_type(file: File) -> str:
    """Return the media type of a picture that the page shows, "" for any other file."""
    return next((kind for begin, kind in PICTURES.items() if file.data.startswith(begin)), "")


def shown_time(at: Instant) -> str:
    """Format an instant for people: 4月5日 14:30."""
    moment = local(at)
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"


def shown_person(person: PersonView) -> dict[str, Any]:
    """Return a person as JSON for the picker."""
    return {
        "account": person.account,
        "name": person.name,
        "unit": person.unit,
        "roles": list(person.roles),
    }


def shown_message(message: Message, names: dict[str, str]) -> dict[str, Any]:
    """Return a message as JSON; `names`: account -> name of those who can be picked."""
    author = message.author
    return {
        "id": message.id,
        "author": author,
        "name": names.get(author, author) if author is not None else "宣传助手",
        "text": message.text,
        "buttons": [[button.label for button in row] for row in message.buttons if row],
        "files": [
            {
                "id": f"{message.id}.{index}",
                "name": file.name,
                "bytes": len(file.data),
                "shown": bool(picture_type(file)),
            }
            for index, file in enumerate(message.files)
        ],
        "answers": message.answers,
        "at": message.at,
        "edited": message.edited,
    }
