"""How an account is bound to a person: by the roster file, an administrator or a one-time code.

An account belongs to one person; a person may have several. Who may confirm what is decided
elsewhere.
"""

import secrets
from dataclasses import dataclass
from unicodedata import normalize

from sqlalchemy import bindparam, delete, func, select, update

from db.engine.tx import Reading, Row, Tx
from db.people import (
    ADMIN,
    NOBODY,
    Address,
    account_holders,
    bound_with_role,
    changed,
    directory,
    heard,
)
from db.platforms import FOLDS, PLATFORMS
from db.schema import accounts, bindings, codes
from scoring.moments import DAY, Instant

BIND = "bind"
FIRST_ADMIN = "admin"
SECOND = "second"
"""Purposes of one-time codes: to bind a person; to make the first administrator; to stand for the
second person while a school has one administrator."""

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The characters of one-time codes, without those that are easily confused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A request to be recognised as `person`, waiting for an administrator."""

    id: int
    platform: str
    account: str
    chat: str
    shown_name: str
    person: int
    asked_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a one-time code was issued for. `person`: who may use it, or is bound by it; None:
    nobody in particular."""

    purpose: str
    person: int | None


ACCOUNT = (accounts.c.platform == bindparam("on")) & (
    (accounts.c.account == bindparam("named"))
    | (
        accounts.c.platform.in_(sorted(FOLDS))
        & (func.lower(accounts.c.account) == bindparam("named"))
    )
)
REASSIGN = (
    update(accounts)
    .where(ACCOUNT)
    .values(
        person=bindparam("who"),
        chat=bindparam("place"),
        since=bindparam("now"),
        reachable=bindparam("open"),
        seen_at=bindparam("seen"),
    )
)
TOUCH = (
    update(accounts)
    .where(ACCOUNT)
    .values(chat=bindparam("place"), reachable=1, seen_at=bindparam("now"))
)
CUT_OFF = update(accounts).where(ACCOUNT).values(reachable=0)
SPEND_ALL = (
    update(codes)
    .where(
        codes.c.person == bindparam("who"),
        codes.c.purpose == bindparam("what"),
        codes.c.used_at.is_(None),
    )
    .values(used_at=bindparam("now"))
)


def bind(tx: Tx, platform: str, account: str, chat: str, person: int, *, at: Instant) -> None:
    """Bind an account to a person, reached in `chat`; the person's open codes expire."""
    _hold(tx, platform, account, chat, person, at=at, reachable=True, seen_at=at)
    tx.change(SPEND_ALL, who=person, what=BIND, now=at)


def register(tx: Tx, platform: str, account: str, person: int, *, at: Instant) -> None:
    """Bind an account named in the roster file. It has not written yet: where the platform does
    not let the bot write first, it cannot be reached until it does."""
    reachable = PLATFORMS[platform].writes_first
    _hold(tx, platform, account, account, person, at=at, reachable=reachable, seen_at=0)


def _hold(
    tx: Tx,
    platform: str,
    account: str,
    chat: str,
    person: int,
    *,
    at: Instant,
    reachable: bool,
    seen_at: Instant,
) -> None:
    if tx.find(accounts, platform, account) is None and (platform, account) not in account_holders(
        tx
    ):
        tx.add(
            accounts,
            platform=platform,
            account=account,
            person=person,
            chat=chat,
            since=at,
            reachable=int(reachable),
            seen_at=seen_at,
        )
    else:
        tx.change(
            REASSIGN,
            on=platform,
            named=account,
            who=person,
            place=chat,
            now=at,
            open=int(reachable),
            seen=seen_at,
        )
    changed(tx)


def touch_account(tx: Tx, platform: str, account: str, chat: str, now: Instant) -> bool:
    """Note that a bound account has written in its 1:1 chat; its person is reached there from now
    on. Writes only if that changes something, so it may be called for every private message."""
    known = directory(tx)
    person = known.by_account.get((platform, account))
    if person is None or known.account_of(person.id) == (platform, account, chat):
        return False
    tx.change(TOUCH, on=platform, named=account, place=chat, now=now)
    heard(tx, person.id, Address(platform=platform, account=account, chat=chat, reachable=True))
    return True


def mark_unreachable(tx: Tx, platform: str, account: str) -> None:
    """Note that the platform refused to deliver to this account; its next message clears this."""
    if tx.change(CUT_OFF, on=platform, named=account):
        changed(tx)


# --- asking to be bound -------------------------------------------------------------------

OPEN = select(bindings).where(bindings.c.state == "open").order_by(bindings.c.id)
REPLACE = (
    update(bindings)
    .where(
        bindings.c.platform == bindparam("on"),
        bindings.c.account == bindparam("named"),
        bindings.c.state == "open",
    )
    .values(state="replaced")
)
SETTLE = (
    update(bindings)
    .where(bindings.c.id == bindparam("number"), bindings.c.state == "open")
    .values(state=bindparam("outcome"))
)


def request_binding(
    tx: Tx, platform: str, account: str, chat: str, *, shown_name: str, person: int, at: Instant
) -> int:
    """The number of the account's one open request; an earlier one for another person lapses."""
    for wish in open_bindings(tx):
        if (wish.platform, wish.account, wish.person) == (platform, account, person):
            return wish.id
    tx.change(REPLACE, on=platform, named=account)
    return tx.add(
        bindings,
        platform=platform,
        account=account,
        chat=chat,
        shown_name=shown_name,
        person=person,
        asked_at=at,
        state="open",
    )


def open_bindings(tx: Reading) -> tuple[Binding, ...]:
    """The requests that no administrator has answered yet, oldest first."""
    return tuple(
        Binding(
            id=row.id,
            platform=row.platform,
            account=row.account,
            chat=row.chat,
            shown_name=row.shown_name,
            person=row.person,
            asked_at=row.asked_at,
        )
        for row in tx.run(OPEN)
    )


UNKNOWN = "unknown"
"""The state of a wish for a number that is not on the roster: it is only counted."""

TRIES_OF = select(bindings.c.asked_at).where(
    bindings.c.platform == bindparam("on"),
    bindings.c.account == bindparam("named"),
    bindings.c.asked_at >= bindparam("since"),
)
FORGET = delete(bindings).where(
    bindings.c.state == UNKNOWN, bindings.c.asked_at < bindparam("before")
)
UNKNOWN_SINCE = select(bindings.c.id).where(
    bindings.c.state == UNKNOWN, bindings.c.asked_at >= bindparam("since")
)


def note_unknown(tx: Tx, platform: str, account: str, at: Instant) -> None:
    """Count a wish that names nobody, for a day; what was typed is not kept."""
    tx.change(FORGET, before=at - DAY)
    tx.add(
        bindings,
        platform=platform,
        account=account,
        chat="",
        shown_name="",
        person=NOBODY.id,
        asked_at=at,
        state=UNKNOWN,
    )


def tried(tx: Reading, platform: str, account: str, since: Instant) -> tuple[int, Instant]:
    """How often an account has asked to be bound since an instant, and when last (0: never)."""
    rows = tx.run(TRIES_OF, on=platform, named=account, since=since)
    return len(rows), max((row.asked_at for row in rows), default=0)


def unknown_since(tx: Reading, since: Instant) -> int:
    """How many wishes since an instant named nobody, from all accounts."""
    return len(tx.run(UNKNOWN_SINCE, since=since))


def settle_binding(tx: Tx, number: int, confirmed: bool, at: Instant) -> Binding | None:
    """Answer a request and, if confirmed, bind the account; None if it is no longer open."""
    wish = next((wish for wish in open_bindings(tx) if wish.id == number), None)
    if wish is None:
        return None
    tx.change(SETTLE, number=number, outcome="confirmed" if confirmed else "refused")
    if confirmed:
        bind(tx, wish.platform, wish.account, wish.chat, wish.person, at=at)
    return wish


# --- one-time codes -----------------------------------------------------------------------

SPEND_FIRST = (
    update(codes)
    .where(codes.c.purpose == bindparam("what"), codes.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
SPEND = (
    update(codes)
    .where(
        codes.c.hash == bindparam("digest"),
        codes.c.used_at.is_(None),
        codes.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
)


def issue_code(tx: Tx, purpose: str, person: int | None, now: Instant, ttl: int = DAY) -> str:
    """A new code such as 7K2M-QX9D, valid once within `ttl` seconds. Only its keyed hash is kept;
    the person's earlier codes for this purpose lapse."""
    if person is not None:
        tx.change(SPEND_ALL, who=person, what=purpose, now=now)
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    tx.add(
        codes,
        hash=_digest(tx, letters),
        purpose=purpose,
        person=person,
        expires_at=now + ttl,
        used_at=None,
    )
    return f"{letters[:4]}-{letters[4:]}"


def redeem_code(tx: Tx, code: str, now: Instant) -> Code | None:
    """Use up a code for binding and return what it was issued for; None if it is not valid.

    The first use of a first-start code ends all of them, and none is valid once an administrator
    is bound. Codes are looked up by keyed hash, so the time taken reveals nothing about stored
    ones.
    """
    row = tx.find(codes, _digest(tx, code))
    if row is None or row.purpose == SECOND or not _spend(tx, row, now):
        return None
    if row.purpose == FIRST_ADMIN:
        if bound_with_role(directory(tx).at(now), ADMIN):
            return None
        tx.change(SPEND_FIRST, what=FIRST_ADMIN, now=now)
    return Code(purpose=row.purpose, person=row.person)


def redeem_second(tx: Tx, code: str, person: int, now: Instant) -> bool:
    """Use up the code that stands for the second person; False if it is not valid for `person`,
    or if the school has another administrator by now."""
    row = tx.find(codes, _digest(tx, code))
    if row is None or (row.purpose, row.person) != (SECOND, person):
        return False
    alone = [one.id for one in bound_with_role(directory(tx).at(now), ADMIN)] == [person]
    return alone and _spend(tx, row, now)


def is_spent(tx: Reading, code: str, now: Instant) -> bool:
    """Whether a code was issued once but is used up or too old."""
    row = tx.find(codes, _digest(tx, code))
    return row is not None and (row.used_at is not None or row.expires_at <= now)


def _spend(tx: Tx, row: Row, now: Instant) -> bool:
    """The condition is in the statement: of two processes that try, one changes the row."""
    return tx.change(SPEND, digest=bytes(row.hash), now=now) == 1


def _digest(tx: Reading, code: str) -> bytes:
    letters = "".join(char for char in normalize("NFKC", code).upper() if char.isalnum())
    return tx.vault.digest("code", letters)
