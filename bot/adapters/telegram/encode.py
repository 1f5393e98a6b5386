"""Encodes one `Outgoing` into Bot API calls; pure.

Plain text without a parse mode: what people wrote can never turn into markup. What Telegram
would refuse for its size is refused here, before anything is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.adapters.parts import parts
from bot.adapters.telegram.marks import ASIDE, data_of
from bot.adapters.ticks import shown
from commands.chat.errors import Refused
from commands.chat.messages import Button, File, Outgoing

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
    if texts and (called := _called(texts[0], message.calls)):
        bodies[0][1]["entities"] = called
    carrier = len(texts or bodies) - 1
    if markup := _markup(message):
        bodies[carrier][1]["reply_markup"] = markup
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


def aside_calls(message: Outgoing) -> list[Call]:
    """Return the calls that show a text to one member of its group. The recipient is named as 10.3
    and as 10.2 do: a server that knows only one of them must not show it to all."""
    eyes: dict[str, Any] = {"receiver_user_id": number(message.eyes)}
    if message.edits:
        place = {"chat_id": number(message.chat.id), **eyes}
        edited = {"ephemeral_message_id": number(message.edits.removeprefix(ASIDE))}
        texts = [("editEphemeralMessageText", {**place, **edited, "text": message.text})]
    else:
        seen = {**eyes, **({"callback_query_id": message.query} if message.query else {})}
        place = {**_place(message), **seen, "ephemeral_message_parameters": seen}
        if message.answers.startswith(ASIDE):
            answered = number(message.answers.removeprefix(ASIDE))
            place["reply_parameters"] = {"ephemeral_message_id": answered}
        texts = [("sendMessage", {**place, "text": part}) for part in split(message.text)]
    if not texts:
        raise Refused("the message is empty")
    if message.buttons:
        texts[-1][1]["reply_markup"] = keyboard(message.buttons)
    return [Call(method=method, params=params) for method, params in texts]


def _markup(message: Outgoing) -> dict[str, Any]:
    """Return the buttons of a message and whether a reply to it opens, which an edit cannot say."""
    asks = {"force_reply": True} if message.asks and not message.edits else {}
    return {**(keyboard(message.buttons) if message.buttons else {}), **asks}


def _called(text: str, calls: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the entities that make names in a text call their people."""
    found = []
    for account, name in calls:
        at = text.find(name)
        if at >= 0:
            place = {"offset": units(text[:at]), "length": units(name)}
            user = {"id": number(account), "is_bot": False, "first_name": name}
            found.append({"type": "text_mention", **place, "user": user})
    return found


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any]:
    """Return the inline keyboard of rows of buttons; raise Refused if one says too much."""
    if not all(button.fits for row in rows for button in row):
        raise Refused("a button says too much or nothing")
    return {"inline_keyboard": [[_key(shown(button)) for button in row] for row in rows]}


def _key(button: Button) -> dict[str, Any]:
    if button.kind == "copy":
        return {"text": button.label, "copy_text": {"text": button.says}}
    return {"text": button.label, "callback_data": data_of(button)}


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
