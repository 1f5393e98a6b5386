"""Encodes one `Outgoing` into Bot API calls; pure.

Plain text without a parse mode: what people wrote can never turn into markup. What Telegram
would refuse for its size is refused here, before anything is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.adapters.parts import parts
from commands.chat.errors import Refused
from commands.chat.messages import MAX_BUTTON, Button, File, Outgoing

MAX_UNITS = 4_000
"""UTF-16 units of one message; Telegram's limit is 4,096."""

PICTURES = (".png", ".jpg", ".jpeg")
MOST_PICTURE = 10_000_000
"""Most bytes of a picture; a larger one is sent as a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A method of the Bot API with its parameters. `carries`: its message has the buttons.
    `anew`: for an edit, the sendMessage that says the same if the message is gone."""

    method: str
    params: dict[str, Any]
    anew: dict[str, Any] | None = None
    carries: bool = False


def calls_of(message: Outgoing) -> list[Call]:
    """Return the calls of a message in order: its text in parts, then its files."""
    texts = split(message.text)
    if not texts and not message.files:
        raise Refused("the message is empty")
    place = _place(message)
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("sendMessage", {**place, "text": part, "link_preview_options": {"is_disabled": True}})
        for part in texts
    ]
    bodies += [_sent(place, file) for file in message.files]
    if message.answers and not message.edits:
        answered = {"message_id": number(message.answers), "allow_sending_without_reply": True}
        bodies[0][1]["reply_parameters"] = answered
    carrier = len(texts or bodies) - 1
    if message.buttons:
        bodies[carrier][1]["reply_markup"] = keyboard(message.buttons)
    calls = [
        Call(method=method, params=params, carries=index == carrier)
        for index, (method, params) in enumerate(bodies)
    ]
    if message.edits and texts:
        calls[0] = _edit(calls[0], message.edits)
    return calls


def _sent(place: Mapping[str, Any], file: File) -> tuple[str, dict[str, Any]]:
    """Send a picture as a photo, any other file as a document."""
    if file.name.lower().endswith(PICTURES) and len(file.data) <= MOST_PICTURE:
        return "sendPhoto", {**place, "photo": file}
    return "sendDocument", {**place, "document": file}


def _place(message: Outgoing) -> dict[str, Any]:
    place: dict[str, Any] = {"chat_id": number(message.chat.id)}
    if message.chat.thread is not None:
        place["message_thread_id"] = number(message.chat.thread)
    return place


def _edit(call: Call, edits: str) -> Call:
    # An edited message stays in its topic; without reply_markup it loses its buttons.
    kept = {name: value for name, value in call.params.items() if name != "message_thread_id"}
    params = {**kept, "message_id": number(edits)}
    return replace(call, method="editMessageText", params=params, anew=call.params)


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any]:
    """Return the inline keyboard of rows of buttons; raise Refused if one says too much."""
    for button in (button for row in rows for button in row):
        if not 0 < len(button.says.encode()) <= MAX_BUTTON:
            raise Refused(f"a button says {len(button.says.encode())} bytes")
    return {
        "inline_keyboard": [
            [{"text": button.label, "callback_data": button.says} for button in row] for row in rows
        ]
    }


def number(identifier: str) -> int:
    """Parse a chat, thread or message id of Telegram; raise Refused if it is none."""
    try:
        return int(identifier)
    except ValueError:
        raise Refused("not an id of Telegram") from None


def units(text: str) -> int:
    """Return the length of a text as Telegram counts it, in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def split(text: str, limit: int = MAX_UNITS) -> list[str]:
    """Split a text into parts of at most `limit` UTF-16 units, at line ends where possible."""
    return parts(text, limit, units)
