"""When a platform was out of reach: two rows of the audit trail, so that a new start knows it."""

from db import audit
from db.engine.tx import Reading, Row, Tx
from scoring.moments import Instant
from scoring.values import frozen

SUBJECT = "platform:"
"""What the subject of such a row begins with; the platform's name follows."""

LATEST = 20


@frozen
class Outage:
    """`until`: when the platform answered again, None while it does not."""

    platform: str
    since: Instant
    until: Instant | None


def begin(tx: Tx, *, platform: str, since: Instant) -> None:
    """Note that a platform has been out of reach since an instant, unless that is known."""
    if _open(tx, platform) is None:
        subject = SUBJECT + platform
        audit.note(tx, at=since, person=None, action="disconnected", subject=subject, chat="")


def end(tx: Tx, *, platform: str, now: Instant) -> Outage | None:
    """Note that a platform answers; the outage that this ends, None if none was noted."""
    began = _open(tx, platform)
    if began is None:
        return None
    subject = SUBJECT + platform
    audit.note(tx, at=now, person=None, action="reconnected", subject=subject, chat="")
    return Outage(platform=platform, since=began.at, until=now)


def latest(tx: Reading, since: Instant) -> list[Outage]:
    """The outages that were not over at an instant or began later, newest first; LATEST at most."""
    began, _ = audit.page(tx, 0, LATEST, action="disconnected")
    ended, _ = audit.page(tx, 0, LATEST, action="reconnected")
    found = []
    for row in began:
        later = [one for one in ended if one.subject == row.subject and one.id > row.id]
        until = later[-1].at if later else None
        if until is None or until > since:
            platform = row.subject.removeprefix(SUBJECT)
            found.append(Outage(platform=platform, since=row.at, until=until))
    return found


def _open(tx: Reading, platform: str) -> Row | None:
    row = audit.last(tx, SUBJECT + platform)
    return row if row is not None and row.action == "disconnected" else None
