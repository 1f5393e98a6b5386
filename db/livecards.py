"""Cards in groups that are updated in place: which, under which outbox key, and until when."""

from hashlib import sha256

from sqlalchemy import bindparam, delete, select, update

from db.engine.tx import Reading, Row, Tx
from db.quiet import Place
from db.schema import live_cards, outbox
from scoring.moments import DAY, Instant

SCORE, TASK = "score", "task"
LASTS = {SCORE: DAY, TASK: 30 * DAY}
"""The kinds of cards, and how long one is kept up to date."""

_FORGET = delete(live_cards).where(
    live_cards.c.platform == bindparam("on"),
    live_cards.c.chat == bindparam("where"),
    live_cards.c.what == bindparam("of"),
)
_LIVE = (
    select(live_cards, outbox.c.message)
    .join(outbox, outbox.c.key == live_cards.c.key)
    .where(live_cards.c.until > bindparam("now"), outbox.c.message != "")
    .order_by(live_cards.c.platform, live_cards.c.chat, live_cards.c.what)
)
_SHOWN = (
    update(live_cards)
    .where(live_cards.c.key == bindparam("which"))
    .values(shown=bindparam("said"), turned_at=bindparam("now"))
)


def digest(said: str) -> str:
    """A short hash of what a card says, to notice changes."""
    return sha256(said.encode()).hexdigest()[:16]


def keep(tx: Tx, place: Place, what: str, key: str, *, said: str, now: Instant) -> None:
    """Make the message with this outbox key the live card of its kind in a chat; an older card is
    no longer updated."""
    tx.change(_FORGET, on=place.platform, where=place.id, of=what)
    tx.add(
        live_cards,
        platform=place.platform,
        chat=place.id,
        what=what,
        key=key,
        shown=digest(said),
        turned_at=now,
        until=now + LASTS[what.partition(":")[0]],
    )


def live(tx: Reading, now: Instant) -> list[Row]:
    """The live cards that have been sent, each with its `message` id on the platform."""
    return tx.run(_LIVE, now=now)


def turned(tx: Tx, key: str, said: str, now: Instant) -> None:
    """Note what a card says now."""
    tx.change(_SHOWN, which=key, said=digest(said), now=now)
