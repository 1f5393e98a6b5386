"""A message as its row in the outbox keeps it: sealed, and bound to the row by its key."""

from base64 import b64decode, b64encode
from typing import Any

import orjson

from commands.chat.messages import Button, Chat, File, Instead, Kind, Outgoing
from db.engine.tx import Row
from db.engine.vault import Unsealable, Vault

Buttons = tuple[tuple[Button, ...], ...]

_PLAIN = ("edits", "answers", "query", "toast", "aside", "eyes", "asks", "sole", "issuer", "prompt")
"""Fields kept as they are, where they say anything."""

_KEPT = (*_PLAIN, "deletes", "calls")


def pack(message: Outgoing, vault: Vault) -> bytes:
    """A message sealed for its row."""
    return vault.seal(_packed(message), _context(message.key))


def unpack(row: Row, vault: Vault) -> Outgoing:
    """The message of an outbox row."""
    body: dict[str, Any] = orjson.loads(vault.open(bytes(row.sealed), _context(row.key)))
    kind: Kind = row.kind
    return Outgoing(
        key=row.key,
        chat=Chat(
            platform=row.platform, id=row.chat, group=body["group"], thread=body.get("thread")
        ),
        kind=kind,
        text=body["text"],
        buttons=_buttons(body.get("buttons", [])),
        files=tuple(
            File(name=name, data=b64decode(data), picture=more[0] if more else "")
            for name, data, *more in body.get("files", ())
        ),
        deletes=tuple(body.get("deletes", ())),
        calls=tuple((account, name) for account, name in body.get("calls", ())),
        instead=_instead(body["instead"]) if "instead" in body else None,
        **{name: body[name] for name in _PLAIN if name in body},
    )


def readable(row: Row, vault: Vault) -> Outgoing | None:
    """The message of an outbox row; None for one that nobody can read."""
    try:
        return unpack(row, vault)
    except (Unsealable, ValueError, LookupError):
        return None


def _packed(message: Outgoing) -> bytes:
    body: dict[str, Any] = {"group": message.chat.group, "text": message.text}
    if message.chat.thread is not None:
        body["thread"] = message.chat.thread
    if message.buttons:
        body["buttons"] = _rows(message.buttons)
    if message.files:
        body["files"] = [
            [one.name, b64encode(one.data).decode(), *([one.picture] if one.picture else ())]
            for one in message.files
        ]
    for name in _KEPT:
        if value := getattr(message, name):
            body[name] = value
    if (other := message.instead) is not None:
        body["instead"] = {
            "text": other.text,
            "buttons": _rows(other.buttons),
            "moot": other.moot,
        }
    return orjson.dumps(body)


def _instead(body: dict[str, Any]) -> Instead:
    return Instead(text=body["text"], buttons=_buttons(body["buttons"]), moot=tuple(body["moot"]))


def _buttons(rows: list[list[list[Any]]]) -> Buttons:
    return tuple(
        tuple(Button(**dict(zip(("label", "says", "kind"), one, strict=False))) for one in row)
        for row in rows
    )


def _rows(buttons: Buttons) -> list[list[list[str]]]:
    return [
        [[one.label, one.says, *([one.kind] if one.kind != "say" else [])] for one in row]
        for row in buttons
    ]


def _context(key: str) -> bytes:
    """The context a message is sealed with, so that it cannot be moved to another row."""
    return f"outbox {key}".encode()
