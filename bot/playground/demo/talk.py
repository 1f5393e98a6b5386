"""What the playground's chats show, kept beside its database as it happens.

The database knows what was decided, not what was said. This is for display only: what cannot be
read is left out. A killed process loses no message; one that is removed from its chat is
overwritten here, too.
"""

import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from bot.adapters.local import Event, LocalPlatform, Message
from commands.chat.messages import Button, Chat, File
from scoring.moments import Instant

MOST = 60
"""Most messages kept per chat of a school that has just been made."""

TABLES = """
CREATE TABLE IF NOT EXISTS messages (
  place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, chat TEXT NOT NULL, said TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS files (
  message TEXT NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (message, place)
);
"""
ENTER = """
INSERT INTO messages (id, chat, said) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET said = excluded.said
"""
OLDER = """
SELECT id FROM (
  SELECT id, row_number() OVER (PARTITION BY chat ORDER BY place DESC) AS age FROM messages
) WHERE age > ?
"""

log = logging.getLogger("promobot.talk")


def beside(file: Path) -> Path:
    """Return the file that keeps the messages of a database file."""
    return file.with_suffix(".talk")


class Talk:
    """The messages in a file, readable by the owner only: people type phone numbers. A file that
    is none of ours is replaced. For one thread."""

    def __init__(self, file: Path) -> None:
        try:
            self._db = _opened(file)
        except sqlite3.DatabaseError as fault:
            if isinstance(fault, sqlite3.OperationalError):  # in use, or no room
                raise
            _remove(file)
            self._db = _opened(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def note(self, event: Event) -> None:
        """Keep a change of a chat; a hook of the platform."""
        try:
            self.keep([event.message], [gone.id for gone in event.deleted])
        except sqlite3.Error as fault:
            # What was said has its effect all the same.
            log.warning("talk not kept", extra={"cause": str(fault)})

    def keep(self, messages: Iterable[Message], gone: Iterable[str] = ()) -> None:
        """Enter messages, those already there in their places, and remove others."""
        with self._db:
            for message in messages:
                chat = message.chat
                where = json.dumps([chat.platform, chat.id, chat.group])
                said = json.dumps(_written(message), ensure_ascii=False)
                self._db.execute(ENTER, (message.id, where, said))
                self._db.execute("DELETE FROM files WHERE message = ?", (message.id,))
                self._db.executemany(
                    "INSERT INTO files VALUES (?, ?, ?, ?)",
                    (
                        (message.id, place, file.name, file.data)
                        for place, file in enumerate(message.files)
                    ),
                )
            removed = self._remove(gone)
        if removed:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the log would hold it still

    def recall(self, platform: LocalPlatform) -> None:
        """Show the kept messages again, in each chat at most as many as the platform keeps."""
        if platform.keep:
            with self._db:
                self._remove([id_ for (id_,) in self._db.execute(OLDER, (platform.keep,))])
        platform.recall(self._read())

    def _read(self) -> Iterator[Message]:
        for id_, said in self._db.execute("SELECT id, said FROM messages ORDER BY place"):
            files = self._db.execute(
                "SELECT name, data FROM files WHERE message = ? ORDER BY place", (id_,)
            )
            try:
                yield _message(json.loads(said), [File(name=n, data=d) for n, d in files])
            except (ValueError, KeyError, TypeError):
                continue

    def _remove(self, ids: Iterable[str]) -> int:
        """Return how many have been removed."""
        removed = 0
        for id_ in ids:
            self._db.execute("DELETE FROM files WHERE message = ?", (id_,))
            removed += self._db.execute("DELETE FROM messages WHERE id = ?", (id_,)).rowcount
        return removed


def _opened(file: Path) -> sqlite3.Connection:
    if not file.exists():
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    db = sqlite3.connect(file, timeout=0.2)
    try:
        # A killed process leaves what it wrote to the system, which needs no waiting for the disk.
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA secure_delete = ON")
        db.executescript(TABLES)
    except BaseException:
        db.close()
        raise
    return db


def _remove(file: Path) -> None:
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)


def keep_newest(platform: LocalPlatform, file: Path, since: Instant = 0) -> None:
    """Keep the newest messages of each chat in a file, in place of what was there."""
    _remove(new := file.with_name(f"{file.name}.new"))
    with Talk(new) as talk:
        for shown in platform.chats.values():
            talk.keep([m for m in shown if not m.deleted and m.at >= since][-MOST:])
    _remove(file)
    os.replace(new, file)


def _written(message: Message) -> dict[str, Any]:
    chat = message.chat
    return {
        "id": message.id,
        "chat": [chat.platform, chat.id, chat.group, chat.title],
        "author": message.author,
        "text": message.text,
        "buttons": [[asdict(button) for button in row] for row in message.buttons],
        "answers": message.answers,
        "at": message.at,
        "edited": message.edited,
    }


def _message(said: dict[str, Any], files: list[File]) -> Message:
    platform, place, group, title = said["chat"]
    return Message(
        id=said["id"],
        chat=Chat(platform=platform, id=place, group=group, title=title),
        author=said["author"],
        text=said["text"],
        buttons=tuple(tuple(Button(**one) for one in row) for row in said["buttons"]),
        files=tuple(files),
        answers=said["answers"],
        at=said["at"],
        edited=said["edited"],
    )
