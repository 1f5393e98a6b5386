"""Decodes one message or event of WeCom's bot, as JSON, into one `Incoming`; pure.

The same bodies come over the long connection and the callback. A mention is plain text there, so
our own name is removed wherever it stands. In groups WeCom delivers only what mentions the bot.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.adapters.ticks import gathered
from commands.chat.messages import MOST_TICKS, Chat, Incoming
from db.people import same_account
from scoring.moments import Instant

PLATFORM = "wecom"

WELCOME = "开始"
"""The text that entering the 1:1 chat stands for; the greeting is the answer to it."""

_ENDS = r"(?=[\s\u2005]|$)"
_COMMAND = re.compile(r"(?:^|(?<=[\s\u2005]))[/／]\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that WeCom keeps for five minutes. `key`: its own, "" in callback mode."""

    url: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A decoded body and its kind; `document` is set if there is a file to fetch."""

    incoming: Incoming
    what: Literal["message", "welcome", "press"] = "message"
    document: Document | None = None


def decode(
    body: Mapping[str, Any], *, names: Sequence[str], received_at: Instant
) -> Decoded | None:
    """Decode a message or event; None for what is not said to us (feedback, pictures, events about
    the connection). `names`: the names of the bot. Raises KeyError, TypeError or AttributeError
    for what is not as WeCom describes it."""
    if body["msgtype"] == "event":
        return _event(body, received_at)
    return _message(body, names, received_at)


def _message(body: Mapping[str, Any], names: Sequence[str], received_at: Instant) -> Decoded | None:
    text = _text(body)
    document = body.get("file") if body["msgtype"] == "file" else None
    if not text and document is None:
        return None
    chat = _chat(body)
    incoming = Incoming(
        **_frame(body, chat, received_at),
        text=unnamed(text, names) if chat.group else text,
        message=str(body["msgid"]),
        addressed=True,
        quote=_text(body["quote"]) if body.get("quote") else "",
    )
    if document is None:
        return Decoded(incoming=incoming)
    found = Document(url=str(document["url"]), key=str(document.get("aeskey", "")))
    return Decoded(incoming=incoming, document=found)


def _event(body: Mapping[str, Any], received_at: Instant) -> Decoded | None:
    event = body["event"]
    match event["eventtype"]:
        case "template_card_event":
            card = event["template_card_event"]
            incoming = Incoming(
                **_frame(body, _chat(body), received_at),
                press=gathered(said_by(str(card["event_key"])), _ticked(card)),
                message=str(card["task_id"]),
                addressed=True,
            )
            return Decoded(incoming=incoming, what="press")
        case "enter_chat":
            incoming = Incoming(
                **_frame(body, _chat(body), received_at),
                text=WELCOME,
                message=str(body["msgid"]),
                addressed=True,
            )
            return Decoded(incoming=incoming, what="welcome")
        case _:
            return None


def _ticked(card: Mapping[str, Any]) -> Sequence[str]:
    """Return the ids of the options that were ticked on a card."""
    questions = (card.get("selected_items") or {}).get("selected_item") or ()
    ids = [one for question in questions for one in question["option_ids"]["option_id"]]
    return [str(one) for one in ids][:MOST_TICKS]


def _frame(body: Mapping[str, Any], chat: Chat, received_at: Instant) -> dict[str, Any]:
    return {
        "update": str(body["msgid"]),
        "chat": chat,
        "author": same_account(PLATFORM, str(body["from"]["userid"])),
        "sent_at": min(int(body.get("create_time") or received_at), received_at),
        "received_at": received_at,
    }


def _chat(body: Mapping[str, Any]) -> Chat:
    """Return the chat of a body. Keep the case of a group id: WeCom knows no other (93006)."""
    if body.get("chattype") == "group":
        return Chat(platform=PLATFORM, id=str(body["chatid"]), group=True)
    return Chat(platform=PLATFORM, id=str(body["from"]["userid"]))


def _text(said: Mapping[str, Any]) -> str:
    """Return the text of a message or quote; voice comes already transcribed."""
    match said.get("msgtype"):
        case "text":
            return str(said["text"]["content"])
        case "voice":
            return str(said["voice"]["content"])
        case "mixed":
            return "\n".join(filter(None, map(_text, said["mixed"]["msg_item"])))
        case "markdown":
            return str(said["markdown"]["content"])
        case "template_card":
            return _of_card(said["template_card"])
        case _:
            return ""


def _of_card(card: Mapping[str, Any]) -> str:
    """Return the text of a quoted card; its title has the #number (C3)."""
    title = card.get("main_title") or {}
    return "\n".join(
        filter(None, (str(title.get("title", "")), str(card.get("sub_title_text", ""))))
    )


def unnamed(text: str, names: Sequence[str]) -> str:
    """Return a text without our own name, trying the longest first; a leading mention with a name
    unknown to us is dropped if a command follows."""
    longest = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    cut, found = re.subn(rf"[@＠](?:{longest}){_ENDS}[\s\u2005]*", "", text) if names else (text, 0)
    if found:
        return cut.strip()
    command = _COMMAND.search(text) if text.lstrip()[:1] in ("@", "＠") else None
    return text[command.start() :] if command else text


def key_of(place: int, says: str) -> str:
    """Return the key of a card's button: what it says, unique within the card."""
    return f"{place} {says}"


def said_by(key: str) -> str:
    """Return what a button with this key says."""
    return key.partition(" ")[2]
