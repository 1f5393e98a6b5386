"""Decodes one raw update into one `Incoming`; pure.

What is not said to us (joins, another bot's command, in a group also stickers and pictures)
decodes to None. Our own name is
removed from a text: `/score@OurBot` becomes `/score`, `@OurBot 得分` becomes `得分`, both
`addressed`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from bot.adapters.telegram import marks
from bot.adapters.telegram.brought import brings_of, contact_of, photo_of
from bot.adapters.telegram.driver import Update
from commands.chat.messages import MAX_FILE, Chat, Incoming, Right
from scoring.moments import Instant
from scoring.values import frozen

PLATFORM = "telegram"

Entity = Mapping[str, Any]
"""A marked passage of a text, in UTF-16 units: a mention, a link."""

_WEB = re.compile("https?://", re.IGNORECASE)

# Telegram accounts that stand for somebody unknown (their `from` is no person).
_NOBODY = {
    1087968824,  # an anonymous administrator
    136817688,  # a user writing as a channel
    777000,  # a linked channel's post
}
_COMMAND_TO = re.compile(r"\s*(?P<command>[/／]\w{1,32})[@＠](?P<name>[A-Za-z0-9_]{4,32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file stored at Telegram."""

    file_id: str
    name: str
    size: int | None


@frozen
class Decoded:
    """A decoded update; `document` is set if its bytes are worth fetching, `picture` if they may
    be."""

    incoming: Incoming
    document: Document | None = None
    picture: Document | None = None


def kind_of(update: Update) -> str:
    """Return the kind of an update: its only key besides the id."""
    return next((key for key in update if key != "update_id"), "")


def chat_of(update: Update) -> Any:
    """Return the id of the chat of an update; order matters only within a chat."""
    match update:
        case {"callback_query": {"message": {"chat": {"id": chat}}}}:
            return chat
    match update.get(kind_of(update)):
        case {"chat": {"id": chat}}:
            return chat
        case _:
            return None


def decode(
    update: Update, *, username: str, received_at: Instant, reads_all: bool = False
) -> Decoded | None:
    """Decode an update; `username` is our own, without the @. `reads_all`: privacy mode is off."""
    number = str(update["update_id"])
    match kind_of(update):
        case "message" | "edited_message" as kind:
            edited = kind == "edited_message"
            return _message(update[kind], number, edited, username, received_at)
        case "callback_query":
            return _press(update["callback_query"], number, received_at)
        case "my_chat_member":
            return _presence(update["my_chat_member"], number, received_at, reads_all)
        case _:
            return None


def _message(
    raw: dict[str, Any], number: str, edited: bool, username: str, received_at: Instant
) -> Decoded | None:
    if (new := raw.get("migrate_to_chat_id")) is not None:
        return Decoded(incoming=_moved(raw, str(new), number, received_at))
    said, entities = _with_links(
        _clean(raw.get("text") or raw.get("caption") or contact_of(raw)),
        raw.get("entities") or raw.get("caption_entities") or (),
    )
    brings, chat = brings_of(raw), _chat(raw)
    document = photo_of(raw["photo"]) if raw.get("photo") else raw.get("document")
    if brings not in ("", "picture"):
        document = None
        if chat.group and not raw.get("caption"):
            return None
    if not (said or document or brings):
        return None
    text, named = _without_our_name(said, entities, username)
    if text is None and chat.group:
        return None
    replied = _replied(raw)
    # What one sees alone answers us, though what it replies to may be left out of it.
    addressed = named or _is_us(replied.get("from"), username) or _is_aside(raw)
    quote = _quote(raw, replied)
    found = _document(document) if document else None
    wanted = found and (not chat.group or addressed or said)
    album = str(raw.get("media_group_id", ""))
    if brings and chat.group and not (said or wanted or album):
        return None  # none of ours; whether an album is, its first picture tells
    too_big = bool(wanted and found and (found.size or 0) > MAX_FILE)
    incoming = Incoming(
        update=number,
        chat=chat,
        author=_author(raw),
        author_name=_name(raw.get("from") or {}),
        # The time of the edit, not of the original: else an edit could be backdated.
        sent_at=int((edited and raw.get("edit_date")) or raw["date"]),
        received_at=received_at,
        text=said if text is None else text,
        message=_id(raw),
        addressed=addressed,
        aside=_is_aside(raw),
        quote=quote,
        file_too_big=too_big,
        brings=brings,
        album=album,
        forwarded="forward_origin" in raw,
        edited=edited,
    )
    if brings == "picture" and not too_big:
        return Decoded(incoming=incoming, picture=found)
    return Decoded(incoming=incoming, document=found if wanted and not too_big else None)


def _moved(raw: dict[str, Any], new: str, number: str, received_at: Instant) -> Incoming:
    """Decode that the group has become a supergroup with another id."""
    return Incoming(
        update=number,
        chat=_chat(raw),
        author=None,
        sent_at=int(raw["date"]),
        received_at=received_at,
        moved_to=new,
    )


def _presence(
    raw: dict[str, Any], number: str, received_at: Instant, reads_all: bool
) -> Decoded | None:
    """Decode that we were added or removed, or got other rights in a group; None for what changes
    nothing for us."""
    chat, old, new = _chat(raw), raw["old_chat_member"], raw["new_chat_member"]
    lacks = _lacks(new, reads_all) if chat.group else ()
    presence: Literal["came", "left", "rights"]
    match _is_in(old), _is_in(new):
        case False, True:
            presence = "came"
        case True, False:
            presence, lacks = "left", ()
        case True, True if chat.group and lacks != _lacks(old, reads_all):
            presence = "rights"
        case _:
            return None
    incoming = Incoming(
        update=number,
        chat=chat,
        author=_author(raw),
        sent_at=int(raw["date"]),
        received_at=received_at,
        presence=presence,
        lacks=lacks,
    )
    return Decoded(incoming=incoming)


def _is_in(member: Mapping[str, Any]) -> bool:
    return member["status"] in _IN or bool(member.get("is_member", False))


def _lacks(member: Mapping[str, Any], reads_all: bool) -> tuple[Right, ...]:
    """What we may not do as this member. An administrator reads all, whatever the privacy mode."""
    if member["status"] != "administrator":
        return ("delete",) if reads_all else ("read", "delete")
    return () if member.get("can_delete_messages") else ("delete",)


_IN = ("creator", "administrator", "member")
"""Statuses that make us a member; for `restricted`, `is_member` tells."""


def _press(query: dict[str, Any], number: str, received_at: Instant) -> Decoded | None:
    card, says = query.get("message"), query.get("data")
    if not card or not says:
        return None
    incoming = Incoming(
        update=number,
        chat=_chat(card),
        author=_author(query),
        author_name=_name(query.get("from") or {}),
        # A press has no time of its own; `date` there is that of the card (or 0).
        sent_at=received_at,
        received_at=received_at,
        aside=_is_aside(card),
        message=_id(card),
        press=marks.said(says, card.get("reply_markup") or {}),
        query=str(query["id"]),
    )
    return Decoded(incoming=incoming)


def _id(raw: dict[str, Any]) -> str:
    """Return the id of a message, "" for one that cannot be answered. One that its author alone
    sees has 0 and a number of its own."""
    return (
        f"{marks.ASIDE}{raw['ephemeral_message_id']}"
        if _is_aside(raw)
        else str(raw["message_id"] or "")
    )


def _is_aside(raw: dict[str, Any]) -> bool:
    return bool(raw.get("ephemeral_message_id"))


def _chat(raw: dict[str, Any]) -> Chat:
    chat = raw["chat"]
    # Replies in ordinary groups have a thread id too; only a topic can be answered in.
    thread = raw.get("message_thread_id") if raw.get("is_topic_message") else None
    return Chat(
        platform=PLATFORM,
        id=str(chat["id"]),
        group=chat.get("type") in ("group", "supergroup"),
        thread=None if thread is None else str(thread),
        title=_clean(chat.get("title") or ""),
    )


def _author(raw: dict[str, Any]) -> str | None:
    sender = raw.get("from") or {}
    if "sender_chat" in raw or raw.get("is_automatic_forward"):
        return None
    if sender.get("id") in _NOBODY or sender.get("is_bot") or "id" not in sender:
        return None
    return str(sender["id"])


def _name(sender: dict[str, Any]) -> str:
    parts = (sender.get("first_name"), sender.get("last_name"))
    return _clean(" ".join(part for part in parts if part))


def _replied(raw: dict[str, Any]) -> dict[str, Any]:
    replied: dict[str, Any] = raw.get("reply_to_message") or {}
    # In a topic every message "replies" to the message that opened it.
    return {} if "forum_topic_created" in replied else replied


def _quote(raw: dict[str, Any], replied: dict[str, Any]) -> str:
    # A passage quoted by hand is more precise than the whole message.
    picked = raw.get("quote") or {}
    whole = replied.get("text") or replied.get("caption")
    part = picked.get("text")
    return _clean((part if picked.get("is_manual") else None) or whole or part or "")


def _document(document: dict[str, Any]) -> Document:
    return Document(
        file_id=document.get("file_id", ""),
        name=_clean(document.get("file_name") or "file"),
        size=document.get("file_size"),
    )


def _is_us(user: dict[str, Any] | None, username: str) -> bool:
    return bool(user) and str((user or {}).get("username", "")).lower() == username.lower()


def _with_links(text: str, entities: Sequence[Entity]) -> tuple[str, Sequence[Entity]]:
    """Return the text with the address behind each linked passage written after it, and the
    entities where they stand now."""
    if not any(entity.get("type") == "text_link" for entity in entities):
        return text, entities
    units, moved, grown = text.encode("utf-16-le"), [], 0
    for entity in sorted(entities, key=lambda entity: int(entity["offset"])):
        moved.append({**entity, "offset": entity["offset"] + grown})
        address = _clean(str(entity.get("url", "")))
        if entity.get("type") == "text_link" and address not in text and _WEB.match(address):
            end = 2 * (entity["offset"] + grown + entity["length"])
            added = f" {address} ".encode("utf-16-le")
            units = units[:end] + added + units[end:]
            grown += len(added) // 2
    return units.decode("utf-16-le", "replace").strip(), moved


def _without_our_name(
    text: str, entities: Sequence[Entity], username: str
) -> tuple[str | None, bool]:
    """Return the text without our name and whether it was there; None: a command to another bot."""
    named = "@" in text or "＠" in text
    if named and (command := _COMMAND_TO.match(text)):
        if command["name"].lower() != username.lower():
            return None, False
        return command["command"] + text[command.end() :], True
    for entity in entities:
        if entity.get("type") == "text_mention" and _is_us(entity.get("user"), username):
            return _cut(text, entity["offset"], entity["length"]), True
    bare, found = _our_mention(username).subn(" ", text) if named else (text, 0)
    return (bare.strip(), True) if found else (text, False)


@cache
def _our_mention(username: str) -> re.Pattern[str]:
    # Also matches the full-width ＠ of Chinese keyboards, which Telegram does not mark as a
    # mention; not the end of a mail address or part of a link.
    return re.compile(
        rf"[ \u3000]*(?<![A-Za-z0-9_/.@＠-])[@＠]{re.escape(username)}(?![A-Za-z0-9_])[ \u3000]*",
        re.IGNORECASE,
    )


def _cut(text: str, offset: int, length: int) -> str:
    """Return the text without a passage given in UTF-16 units, as Telegram counts."""
    units = text.encode("utf-16-le")
    kept = units[: 2 * offset] + b" \0" + units[2 * (offset + length) :]
    return kept.decode("utf-16-le", "replace").strip()


def _clean(text: str) -> str:
    # A lone surrogate is valid in JSON, but in no database.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
