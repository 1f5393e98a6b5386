"""One message or event of WeCom's bot, as JSON, to one `Incoming`; pure.

The same bodies come over the long connection and through the callback. A mention is plain text
there: our own name is cut out wherever it stands; who is written to in a group has been named.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from commands.chat.messages import Chat, Incoming
from scoring.moments import Instant

PLATFORM = "wecom"

WELCOME = "开始"
"""What entering the 1:1 chat says for a person: the greeting is the answer to it."""

_ENDS = r"(?=[\s\u2005]|$)"
_COMMAND = re.compile(r"(?:^|(?<=[\s\u2005]))[/／]\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that lies at WeCom for five minutes. `key`: its own, "" in callback mode."""

    url: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What a body says, and what kind of thing it is; `document` is set if there is a file to
    fetch."""

    incoming: Incoming
    what: Literal["message", "welcome", "press"] = "message"
    document: Document | None = None


def decode(
    body: Mapping[str, Any], *, names: Sequence[str], received_at: Instant
) -> Decoded | None:
    """Translate a message or an event; None for what nobody said (feedback, pictures, an
    event about the connection). `names`: those the bot goes by. Raises KeyError, TypeError or
    AttributeError for what is not as WeCom describes it."""
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
                press=said_by(str(card["event_key"])),
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


def _frame(body: Mapping[str, Any], chat: Chat, received_at: Instant) -> dict[str, Any]:
    return {
        "update": str(body["msgid"]),
        "chat": chat,
        "author": str(body["from"]["userid"]),
        "sent_at": min(int(body.get("create_time") or received_at), received_at),
        "received_at": received_at,
    }


def _chat(body: Mapping[str, Any]) -> Chat:
    """A group keeps the case of its id: another one is unknown to WeCom (93006)."""
    if body.get("chattype") == "group":
        return Chat(platform=PLATFORM, id=str(body["chatid"]), group=True)
    return Chat(platform=PLATFORM, id=str(body["from"]["userid"]))


def _text(said: Mapping[str, Any]) -> str:
    """What a message or a quote says in words; voice comes written down already."""
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
    """The words of a quoted card; its #number stands in the title (C3)."""
    title = card.get("main_title") or {}
    return "\n".join(
        filter(None, (str(title.get("title", "")), str(card.get("sub_title_text", ""))))
    )


def unnamed(text: str, names: Sequence[str]) -> str:
    """A text without our own name, the longest first; a name that we were not told is left
    behind where a command stands after it."""
    longest = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    cut, found = re.subn(rf"[@＠](?:{longest}){_ENDS}[\s\u2005]*", "", text) if names else (text, 0)
    if found:
        return cut.strip()
    command = _COMMAND.search(text) if text.lstrip()[:1] in ("@", "＠") else None
    return text[command.start() :] if command else text


def key_of(place: int, says: str) -> str:
    """The key of a card's button: what it says, told apart from the others of the card."""
    return f"{place} {says}"


def said_by(key: str) -> str:
    """What a button with this key says."""
    return key.partition(" ")[2]
