"""What is forgotten when its time is over: ended dialogues and proposals at once, the people behind
leads and the pictures 365 days after the end of their plan's year. Points stay as they are."""

import logging
from collections.abc import Iterable, Iterator
from datetime import date

from db import erasures, pictures
from db.engine.tx import Reading, Tx
from scoring.moments import DAY, Instant, start_of
from scoring.plan import Plan

RETAINED = 365 * DAY
PAGE = 100
"""Leads erased in one transaction, since the writer has others to serve."""

log = logging.getLogger("promobot.upkeep")


def forgotten_at(plan: Plan) -> Instant:
    """From when on nothing is kept of the people behind a plan's leads."""
    return start_of(date(plan.year + 1, 1, 1)) + RETAINED


def due(tx: Reading, plans: Iterable[Plan], now: Instant) -> Iterator[tuple[Plan, int]]:
    """The plans whose leads have had their time, and how many of them still hold a person."""
    for plan in plans:
        if forgotten_at(plan) <= now and (total := erasures.kept_leads(tx, plan)):
            yield plan, total


def pictured(tx: Reading, plans: Iterable[Plan], now: Instant) -> Iterator[Plan]:
    """The plans whose pictures have had their time."""
    return (plan for plan in plans if forgotten_at(plan) <= now and pictures.in_plan(tx, plan))


def idle(tx: Reading, plans: Iterable[Plan], now: Instant) -> bool:
    """Whether there is nothing to forget."""
    plans = tuple(plans)
    return not (
        erasures.has_ended(tx, now) or any(due(tx, plans, now)) or any(pictured(tx, plans, now))
    )


def forget(tx: Tx, plans: Iterable[Plan], now: Instant) -> None:
    """Forget what has ended, and one page of leads or pictures."""
    plans = tuple(plans)
    erasures.sweep(tx, now)
    for plan, total in due(tx, plans, now):
        count = erasures.retire(tx, plan, now, PAGE)
        left = total - count
        log.info("leads past their time erased", extra={"plan": plan.id, "n": count, "left": left})
        return
    for plan in pictured(tx, plans, now):
        count = pictures.drop(tx, pictures.of_plan(tx, plan, PAGE))
        log.info("pictures past their time erased", extra={"plan": plan.id, "n": count})
        return
