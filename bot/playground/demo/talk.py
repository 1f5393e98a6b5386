"""The latest messages of the playground's chats, kept beside its database for the next start.

The database knows what was decided, not what was said. This is for display only; unreadable
lines are skipped.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.adapters.local import LocalPlatform, Message
from commands.chat.messages import Button, Chat
from scoring.moments import Instant

MOST = 60
"""Most messages kept per chat."""


def beside(file: Path) -> Path:
    """Return the file that keeps the messages of a database file."""
    return file.with_suffix(".talk")


def keep(platform: LocalPlatform, file: Path, since: Instant = 0) -> None:
    """Save the newest messages of each chat, readable by the owner only: people type phone
    numbers."""
    lines = [
        json.dumps(_written(message), ensure_ascii=False)
        for shown in platform.chats.values()
        for message in [m for m in shown if not m.deleted and m.text and m.at >= since][-MOST:]
    ]
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write("\n".join(lines).encode())
    os.replace(new, file)


def recall(platform: LocalPlatform, file: Path) -> None:
    """Show the saved messages again."""
    platform.recall(_read(file))


def _written(message: Message) -> dict[str, Any]:
    chat = message.chat
    return {
        "id": message.id,
        "chat": [chat.platform, chat.id, chat.group, chat.title],
        "author": message.author,
        "text": message.text,
        "buttons": [[[button.label, button.says] for button in row] for row in message.buttons],
        "answers": message.answers,
        "at": message.at,
        "edited": message.edited,
    }


def _read(file: Path) -> Iterator[Message]:
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        try:
            yield _message(json.loads(line))
        except (ValueError, KeyError, TypeError):
            continue


def _message(said: dict[str, Any]) -> Message:
    platform, place, group, title = said["chat"]
    return Message(
        id=said["id"],
        chat=Chat(platform=platform, id=place, group=group, title=title),
        author=said["author"],
        text=said["text"],
        buttons=tuple(
            tuple(Button(label=label, says=says) for label, says in row) for row in said["buttons"]
        ),
        answers=said["answers"],
        at=said["at"],
        edited=said["edited"],
    )
