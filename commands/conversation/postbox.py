"""Outgoing answers and notices: sealed rows of the outbox, written with their cause.

Only here is it decided where a message goes: the asker's chat, their own chat for what is
personal (C8), the best account of somebody who is told. `bot.services.delivery` sends it.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from commands.chat.messages import (
    MOST_CALLED,
    Chat,
    Incoming,
    Instead,
    Kind,
    Notice,
    Outgoing,
    Reply,
    though_kept,
)
from commands.conversation import dialogue
from commands.conversation.packing import Buttons, pack, unpack
from commands.grammar.phones import numbers_in, without_phones
from commands.wording.sentences import lines, say
from db import chats, livecards, outbox, quiet, settings
from db.engine.tx import Reading, Row, Tx
from db.people import directory
from db.schema import outbox as table
from scoring.moments import Instant


def post(tx: Tx, incoming: Incoming, reply: Reply, now: Instant) -> None:
    """Put the answer to an event, and its notices to others, into the outbox; the answer to a page
    is handed back to it by the gateway."""
    key = f"{incoming.chat.platform}:{incoming.update}"
    author = directory(tx).by_account.get((incoming.chat.platform, incoming.author or ""))
    person = None if author is None else author.id
    if incoming.signed_in is not None:
        _notify(tx, incoming, reply, person, now)
        return
    if incoming.chat.group and (incoming.aside or _shown_aside(tx, incoming, reply)):
        answers = [_aside(incoming, reply, f"{key}:0")]
    elif reply.private and incoming.chat.group:
        answers = _answer_privately(tx, incoming, reply, key, person)
    else:
        answers = [_answer(incoming, reply, f"{key}:0")]
    for answer in answers:
        if answer.text or answer.files:
            put(tx, answer, person=person, now=now)
    if reply.live and incoming.chat.group:
        livecards.keep(tx, incoming.chat, reply.live, answers[0].key, said=reply.text, now=now)
    if person is not None and person in outbox.held_people(tx) and not incoming.chat.group:
        release(tx, person, incoming.chat, now)
    _notify(tx, incoming, reply, person, now)


def _notify(tx: Tx, incoming: Incoming, reply: Reply, person: int | None, now: Instant) -> None:
    """Put what others are told because of an answer into the outbox."""
    key = f"{incoming.chat.platform}:{incoming.update}"
    for index, notice in enumerate(reply.notices, start=2):
        mine = person is not None and notice.person == person and notice.due_at is None
        said = replace(notice, prompt=True) if mine else notice
        post_notice(tx, said, now, key=f"{key}:{index}", prefer=incoming.chat.platform)
    if reply.otherwise is not None:
        # They are for later, and delivery withdraws them when the message could be removed.
        for notice in reply.otherwise.notices:
            post_notice(tx, notice, now, prefer=incoming.chat.platform)


def post_notice(tx: Tx, notice: Notice, now: Instant, *, key: str = "", prefer: str = "") -> bool:
    """Put a notice into the outbox, once per key (`key` if it has none of its own). A person gets
    it on a reachable account, on the `prefer`red platform if possible.

    False if it was there already. A notice for a person without a reachable account is held until
    they write; one for no chat at all is buried.
    """
    if notice.key and tx.find_by(table, key=notice.key) is not None:
        return False
    key = notice.key or key
    if not key:
        raise ValueError("a notice without a cause needs a key")
    chat = notice.chat
    if chat is None and notice.person is not None:
        chat = _private_chat(tx, notice.person, prefer)
    message = Outgoing(
        key=key,
        chat=chat or Chat(platform="", id=""),
        kind="notice",
        text=notice.text,
        buttons=notice.buttons,
        files=notice.files,
        issuer=notice.issuer,
        prompt=notice.prompt,
    )
    message = calling(tx, message, notice.calls)
    wanted = now if notice.due_at is None else max(now, notice.due_at)
    put(
        tx,
        message,
        person=notice.person,
        now=max(wanted, quiet.until(tx, quiet.subject(notice.person, notice.chat))),
        failure="" if chat else "no account",
    )
    if notice.live and notice.chat is not None:
        livecards.keep(tx, notice.chat, notice.live, key, said=notice.text, now=now)
    return True


def put(tx: Tx, message: Outgoing, *, person: int | None, now: Instant, failure: str = "") -> None:
    """Append one sealed message, due at `now`; with a `failure` it is held for its person, or
    buried if it has none. Mobile numbers are always masked in a group (C7)."""
    if message.chat.group:
        message = _masked(message, settings.public_numbers(tx))
    for row in message.buttons:
        for button in row:
            if not button.fits:
                raise ValueError(f"a button says more than 64 bytes, or nothing: {button.says!r}")
    state = outbox.WAITING
    if failure:
        state = outbox.BURIED if person is None else outbox.HELD
        tx.bump("held")
    tx.add(
        table,
        key=message.key,
        kind=message.kind,
        platform=message.chat.platform,
        chat=message.chat.id,
        person=person,
        sealed=pack(message, tx.vault),
        due_at=now,
        attempts=0,
        state=state,
        settled_at=now if state == outbox.BURIED else None,
        message="",
        failure=failure,
    )


def _masked(message: Outgoing, own: Collection[str]) -> Outgoing:
    """A message as a group may see it: no mobile number in its text, its buttons or the names of
    its files; a button that would say one is left out."""
    other = message.instead
    if other is not None:
        text, buttons = without_phones(other.text, own), _masked_buttons(other.buttons, own)
        other = replace(other, text=text, buttons=buttons)
    return replace(
        message,
        text=without_phones(message.text, own),
        toast=without_phones(message.toast, own),
        buttons=_masked_buttons(message.buttons, own),
        instead=other,
        files=tuple(replace(one, name=without_phones(one.name, own)) for one in message.files),
    )


def _masked_buttons(rows: Buttons, own: Collection[str]) -> Buttons:
    masked = (
        tuple(
            replace(one, label=without_phones(one.label, own))
            for one in row
            if not numbers_in(one.says, own)
        )
        for row in rows
    )
    return tuple(row for row in masked if row)


def elsewhere(message: Outgoing, chat: Chat) -> Outgoing:
    """The same message for another chat, where it answers, edits and deletes nothing."""
    if message.deletes:
        message = though_kept(message)
    return replace(
        message,
        chat=chat,
        edits="",
        answers="",
        deletes=(),
        query="",
        toast="",
        aside=False,
        eyes="",
        calls=(),
        instead=None,
    )


def unseen(tx: Tx, row: Row, now: Instant) -> None:
    """A message for one person's eyes was not shown in its group: it goes to their own chat, and
    the group is told so, or that they have none."""
    shown = unpack(row, tx.vault)
    chat = None if row.person is None else _private_chat(tx, row.person, row.platform)
    if chat is None:
        outbox.drop(tx, row.id)
    else:
        readdress(tx, row, chat)
    if shown.instead is not None:
        line = replace(
            elsewhere(shown, shown.chat),
            key=f"{row.key}:line",
            text=shown.instead.text if chat else say("postbox.no_private_chat"),
            buttons=(),
            answers=shown.answers,
        )
        put(tx, line, person=row.person, now=now)


def readdress(tx: Tx, row: Row, chat: Chat) -> None:
    """Redirect a waiting message to another chat of its person."""
    message = elsewhere(unpack(row, tx.vault), chat)
    sealed = pack(message, tx.vault)
    outbox.readdress(tx, row.id, chat.platform, chat.id, sealed)


def reseal(tx: Tx, row: Row, message: Outgoing, now: Instant) -> Row:
    """Give a message that is about to be sent other words; its row from now on."""
    outbox.reword(tx, row.id, pack(message, tx.vault))
    return outbox.as_it_is(tx, row.id, now)


def release(tx: Tx, person: int, chat: Chat, now: Instant) -> None:
    """Send the messages held for a person here, now that they write: plain texts as one message,
    and nothing older than a week (C22)."""
    rows = outbox.held_of(tx, person)
    fresh = [row for row in rows if now - row.due_at <= outbox.HELD_FOR]
    plain = [row for row in fresh if _is_plain(unpack(row, tx.vault))]
    merged = "\n".join(unpack(row, tx.vault).text for row in plain)
    for row in rows:
        message = elsewhere(unpack(row, tx.vault), chat)
        state, why = outbox.WAITING, ""
        if row not in fresh:
            state, why = outbox.BURIED, "nobody came for it within a week"
        elif row in plain and row is not plain[0]:
            state, why = outbox.SENT, "said with another one"
        elif row in plain:
            message = replace(message, text=merged)
        sealed = pack(message, tx.vault)
        outbox.release(
            tx,
            row,
            state=state,
            platform=chat.platform,
            chat=chat.id,
            now=now,
            sealed=sealed if state == outbox.WAITING else outbox.BLANK,
            why=why,
        )


def _is_plain(message: Outgoing) -> bool:
    return not (message.buttons or message.files)


def _answer(incoming: Incoming, reply: Reply, key: str) -> Outgoing:
    edits = incoming.message if reply.replaces and incoming.press is not None else ""
    toast = _toast(incoming, reply)
    return Outgoing(
        key=key,
        chat=incoming.chat,
        kind="edit" if edits else "toast" if toast else "reply",
        text=reply.text,
        buttons=reply.buttons,
        files=reply.files,
        asks=reply.asks,
        edits=edits,
        # A message about to be deleted cannot be replied to.
        answers="" if reply.deletes else incoming.message,
        deletes=(incoming.message,) if reply.deletes and incoming.message else (),
        query=incoming.query,
        toast=toast,
        aside=bool(toast),
        instead=_said_instead(reply),
    )


def _said_instead(reply: Reply) -> Instead | None:
    other = reply.otherwise
    if other is None or not reply.deletes:
        return None
    return Instead(
        text=other.text, buttons=other.buttons, moot=tuple(notice.key for notice in other.notices)
    )


def _toast(incoming: Incoming, reply: Reply) -> str:
    """What whoever pressed a button in a group can be shown over it: an answer without more."""
    more = reply.replaces or reply.buttons or reply.files or reply.deletes
    pressed = incoming.press is not None and incoming.chat.group
    return reply.text if pressed and not more else ""


def _shown_aside(tx: Tx, incoming: Incoming, reply: Reply) -> bool:
    """Whether the group itself shows an answer to the asker alone. Whoever asks the same again soon
    may not have seen it, and gets it in their own chat."""
    more = reply.files or reply.deletes
    if not (reply.private and reply.aside) or more or incoming.author is None:
        return False
    place, asked = dialogue.key(incoming), incoming.press or incoming.text
    if dialogue.kept(tx, place, incoming.received_at) == asked:
        dialogue.forget(tx, place)
        return False
    dialogue.put(tx, place, asked, incoming.received_at)
    return True


def _aside(incoming: Incoming, reply: Reply, key: str) -> Outgoing:
    """An answer in the group for the eyes of whoever asked; `instead`: what everybody is told if it
    cannot be shown, where they have seen the question."""
    answer = _answer(incoming, reply, key)
    kind: Kind = "edit" if answer.edits else "reply"
    eyes = incoming.author or ""
    answer = replace(answer, kind=kind, deletes=(), eyes=eyes, aside=False)
    if incoming.aside:
        return replace(answer, instead=None)
    told = Instead(text=say("postbox.sent_privately")) if incoming.press is None else None
    return replace(answer, kind="reply", edits="", instead=told)


def calling(tx: Reading, message: Outgoing, people: Iterable[int]) -> Outgoing:
    """A group's message that calls these people by name, as far as its platform knows them."""
    if not message.chat.group:
        return message
    known, platform = directory(tx), message.chat.platform
    found = (
        (one.account, known.by_id[number].name)
        for number in people
        if number in known.by_id
        for one in known.addresses.get(number, ())
        if one.platform == platform
    )
    calls = tuple(found)[:MOST_CALLED]
    sole = bool(calls) and chats.linked_on(tx, platform) == {message.chat.id}
    return replace(message, calls=calls, sole=sole)


def _answer_privately(
    tx: Tx, incoming: Incoming, reply: Reply, key: str, person: int | None
) -> list[Outgoing]:
    """Send the content to the asker's own chat; the group is told at most that it went there. After
    a press the group is told nothing, for the presser sees it happen (walkthrough 1.3)."""
    chat = None if person is None else _private_chat(tx, person, incoming.chat.platform)
    if chat is None:
        line = _group_line(incoming, reply, key, say("postbox.no_private_chat"))
        return [replace(line, toast=_toast(incoming, reply) or line.toast)]
    answers = [
        Outgoing(
            key=f"{key}:0",
            chat=chat,
            kind="reply",
            text=reply.text,
            buttons=reply.buttons,
            files=reply.files,
            query=incoming.query,
            toast=_toast(incoming, reply),
        )
    ]
    if incoming.press is None or reply.deletes:
        answers.append(_group_line(incoming, reply, key, say("postbox.sent_privately")))
    return answers


def _group_line(incoming: Incoming, reply: Reply, key: str, text: str) -> Outgoing:
    """What the group hears of a private answer; if its message stays, also how to recall it."""
    other = reply.otherwise
    if other is not None:
        other = replace(other, text=lines(text, other.text))
    line = Reply(text=text, deletes=reply.deletes, otherwise=other)
    return _answer(incoming, line, f"{key}:1")


def _private_chat(tx: Tx, person: int, prefer: str) -> Chat | None:
    """The chat where a person was last reached, on the preferred platform if possible."""
    addresses = directory(tx).addresses.get(person, ())
    reachable = [one for one in addresses if one.reachable and one.chat]
    reachable.sort(key=lambda one: one.platform != prefer)
    return Chat(platform=reachable[0].platform, id=reachable[0].chat) if reachable else None
