"""Groups linked by an administrator, and hints that are given once a day."""

from sqlalchemy import bindparam, delete, select, update

from db.engine.tx import Reading, Row, Tx
from db.schema import chats, hints, outbox, quiet
from scoring.moments import Instant, day_of

_LINKED = select(chats.c.platform, chats.c.chat).where(chats.c.linked_at.is_not(None))
_ALL = select(chats).where(chats.c.linked_at.is_not(None)).order_by(chats.c.linked_at)
_FORGET = delete(chats).where(
    chats.c.platform == bindparam("platform"), chats.c.chat == bindparam("chat_id")
)
_MOVE = (
    update(chats)
    .where(chats.c.platform == bindparam("on"), chats.c.chat == bindparam("old"))
    .values(chat=bindparam("new"))
)
_RIGHTS = (
    update(chats)
    .where(chats.c.platform == bindparam("on"), chats.c.chat == bindparam("where"))
    .values(lacks=bindparam("missing"))
)
_MOVE_QUIET = (
    update(quiet).where(quiet.c.subject == bindparam("old")).values(subject=bindparam("new"))
)
_MOVE_WAITING = (
    update(outbox)
    .where(
        outbox.c.platform == bindparam("on"),
        outbox.c.chat == bindparam("old"),
        outbox.c.settled_at.is_(None),
    )
    .values(chat=bindparam("new"))
)


def linked(tx: Reading) -> frozenset[tuple[str, str]]:
    """(platform, chat id) of every linked group."""
    return frozenset((row.platform, row.chat) for row in tx.run(_LINKED))


def linked_on(tx: Reading, platform: str) -> frozenset[str]:
    """The ids of the groups linked on a platform."""
    return frozenset(chat for on, chat in linked(tx) if on == platform)


def groups(tx: Reading) -> list[Row]:
    """The linked groups, first linked first."""
    return tx.run(_ALL)


def link(
    tx: Tx,
    *,
    platform: str,
    chat: str,
    title: str,
    unit: str | None,
    thread: str | None = None,
    by: int | None,
    at: Instant,
) -> None:
    """Link a group, so that the bot speaks there; linking again changes its unit. `thread`: the
    topic in which it speaks unasked."""
    before = tx.find(chats, platform, chat)
    tx.change(_FORGET, platform=platform, chat_id=chat)
    tx.add(
        chats,
        platform=platform,
        chat=chat,
        title=title,
        unit=unit,
        linked_at=at,
        linked_by=by,
        thread=thread,
        lacks=before.lacks if before is not None else None,
    )
    tx.bump("world")


def note_rights(tx: Tx, platform: str, chat: str, title: str, lacks: str) -> None:
    """Note what the bot cannot do in a group, linked or not: words separated by blanks."""
    if tx.find(chats, platform, chat) is not None:
        tx.change(_RIGHTS, on=platform, where=chat, missing=lacks)
    else:
        tx.add(
            chats,
            platform=platform,
            chat=chat,
            title=title,
            unit=None,
            linked_at=None,
            linked_by=None,
            thread=None,
            lacks=lacks,
        )


def lacks(tx: Reading, platform: str, chat: str) -> str | None:
    """What the bot cannot do in a group, as it was last told; None if it never was."""
    row = tx.find(chats, platform, chat)
    return None if row is None else row.lacks


def unlink(tx: Tx, platform: str, chat: str) -> str | None:
    """Unlink a group, so that the bot no longer speaks there. The group's title, or None if it was
    not linked."""
    row = tx.find(chats, platform, chat)
    if row is None:
        return None
    tx.change(_FORGET, platform=platform, chat_id=chat)
    if row.linked_at is None:
        return None
    tx.bump("world")
    return str(row.title)


def move(tx: Tx, platform: str, old: str, new: str) -> None:
    """Move a group to its new id, with its link, its quiet and the messages waiting for it."""
    if tx.change(_MOVE, on=platform, old=old, new=new):
        tx.bump("world")
    tx.change(_MOVE_QUIET, old=f"group:{platform}:{old}", new=f"group:{platform}:{new}")
    tx.change(_MOVE_WAITING, on=platform, old=old, new=new)


def first_today(tx: Tx, subject: str, at: Instant) -> bool:
    """Note that a subject has come up today; True if it is the first time."""
    day = day_of(at).isoformat()
    if tx.find(hints, subject, day) is not None:
        return False
    tx.add(hints, subject=subject, day=day)
    return True
