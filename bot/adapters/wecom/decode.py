"""Decodes one message or event of WeCom's bot, as JSON, into one `Incoming`; pure.

The same bodies come over the long connection and the callback. A mention is plain text there, so
our own name is removed wherever it stands. In groups WeCom delivers only what mentions the bot.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.adapters.ticks import gathered
from commands.chat.messages import MOST_TICKS, Brings, Chat, Incoming
from db.people import same_account
from scoring.moments import Instant

PLATFORM = "wecom"

WELCOME = "开始"
"""The text that entering the 1:1 chat stands for; the greeting is the answer to it."""

SPEECHLESS: Mapping[str, Brings] = {"voice": "voice", "video": "video", "location": "location"}
"""What is answered though it says nothing that we can read; a voice mostly comes as text."""

_ENDS = r"(?=[\s\u2005]|$)"
_COMMAND = re.compile(r"(?:^|(?<=[\s\u2005]))[/／]\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that WeCom keeps for five minutes. `key`: its own, "" in callback mode. Of the app,
    `url` is the id of a medium instead."""

    url: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A decoded body and its kind; `document` is set if there is a file to fetch, `pictures` may
    be."""

    incoming: Incoming
    what: Literal["message", "welcome", "press"] = "message"
    document: Document | None = None
    pictures: tuple[Document, ...] = ()


def decode(
    body: Mapping[str, Any], *, names: Sequence[str], received_at: Instant
) -> Decoded | None:
    """Decode a message or event; None for what is not said to us (feedback, events about the
    connection). `names`: the names of the bot. Raises KeyError, TypeError or AttributeError
    for what is not as WeCom describes it."""
    if body["msgtype"] == "event":
        return _event(body, received_at)
    return _message(body, names, received_at)


def _message(body: Mapping[str, Any], names: Sequence[str], received_at: Instant) -> Decoded | None:
    text = _text(body)
    document = body.get("file") if body["msgtype"] == "file" else None
    pictures = tuple(_pictures(body))
    brings: Brings = "picture" if pictures else SPEECHLESS.get(str(body["msgtype"]), "")
    if not (text or document or brings):
        return None
    chat = _chat(body)
    incoming = Incoming(
        **_frame(body, chat, received_at),
        text=unnamed(text, names) if chat.group else text,
        message=str(body["msgid"]),
        addressed=True,
        quote=_text(body["quote"]) if body.get("quote") else "",
        brings=brings,
        album=str(body["msgid"]) if len(pictures) > 1 else "",
    )
    if document is None:
        return Decoded(incoming=incoming, pictures=pictures)
    return Decoded(incoming=incoming, document=_document(document))


def _document(said: Mapping[str, Any]) -> Document:
    return Document(url=str(said["url"]), key=str(said.get("aeskey", "")))


def _pictures(said: Mapping[str, Any]) -> Iterator[Document]:
    """The pictures of a message, alone or mixed with text."""
    match said.get("msgtype"):
        case "image":
            yield _document(said["image"])
        case "mixed":
            for item in said["mixed"]["msg_item"]:
                yield from _pictures(item)


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
