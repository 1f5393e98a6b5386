"""Who may look at the signed-in pages: one-time links, and the sessions they open.

Both are random secrets of which only the keyed hash is kept. A session holds the rights that its
person had at the entry; whoever asks compares them with those of now.
"""

import secrets
from typing import Literal

from sqlalchemy import bindparam, delete

from db.engine.tx import Reading, Tx
from db.people import Person
from db.schema import page_keys
from scoring.moments import HOUR, MINUTE, Instant
from scoring.values import frozen

Kind = Literal["link", "session"]

LASTS: dict[Kind, int] = {"link": 10 * MINUTE, "session": 12 * HOUR}
"""Seconds for which each is good."""

TOPIC = "page key"
"""The topic of the keyed hash."""

_END = delete(page_keys).where(
    page_keys.c.hash == bindparam("which"), page_keys.c.ends_at > bindparam("now")
)
_END_ALL = delete(page_keys).where(
    page_keys.c.person == bindparam("who"), page_keys.c.kind == "session"
)
_END_LINKS = delete(page_keys).where(
    page_keys.c.person == bindparam("who"), page_keys.c.kind == "link"
)
_FORGET = delete(page_keys).where(page_keys.c.ends_at <= bindparam("now"))


@frozen
class Account:
    """Where somebody asked for the link: what they do on a page is done from there."""

    platform: str
    account: str
    chat: str


@frozen
class Entrance:
    """A link or session: whose, from which account, with which rights, until when."""

    person: int
    account: Account
    rights: str
    ends_at: Instant


def rights_of(who: Person) -> str:
    """All that decides what somebody may do, as text to compare."""
    lent, stands_for = sorted(who.lent), sorted(f"{r}={p.id}" for r, p in who.stands_for)
    return " ".join((who.unit, *sorted(who.roles), *lent, *stands_for, *who.classes))


def issue(tx: Tx, kind: Kind, who: Person, account: Account, now: Instant) -> str:
    """A new secret that opens a link or session; what has expired is forgotten. A new link ends
    the earlier ones of its person."""
    tx.change(_FORGET, now=now)
    if kind == "link":
        tx.change(_END_LINKS, who=who.id)
    secret = secrets.token_urlsafe(32)
    tx.add(
        page_keys,
        hash=tx.vault.digest(TOPIC, secret),
        kind=kind,
        person=who.id,
        platform=account.platform,
        account=account.account,
        chat=account.chat,
        rights=rights_of(who),
        ends_at=now + LASTS[kind],
    )
    return secret


def held(tx: Reading, kind: Kind, secret: str, now: Instant) -> Entrance | None:
    """What a secret opens; None for one that is unknown, ended or of the other kind."""
    row = tx.find(page_keys, tx.vault.digest(TOPIC, secret))
    if row is None or row.kind != kind or row.ends_at <= now:
        return None
    return Entrance(
        person=int(row.person),
        account=Account(platform=row.platform, account=row.account, chat=row.chat),
        rights=row.rights,
        ends_at=int(row.ends_at),
    )


def spend(tx: Tx, secret: str, now: Instant) -> bool:
    """End a link or session; False if that was done before, by this process or another."""
    return tx.change(_END, which=tx.vault.digest(TOPIC, secret), now=now) == 1


def end_all(tx: Tx, person: int) -> int:
    """End the sessions and links of somebody; how many sessions there were."""
    tx.change(_END_LINKS, who=person)
    return tx.change(_END_ALL, who=person)
