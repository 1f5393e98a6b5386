"""A school of whom somebody reports and decides at random, and whose months are frozen."""

import random
from typing import Any

from commands.grammar import lexicon
from commands.months import compose
from commands.months.stored import to_json
from commands.roster import enrolment, file
from db import ledger, months, plans, settings
from db.engine.tx import Tx
from db.months import Frozen
from scoring.facts import Verb
from scoring.moments import DAY, HOUR, Instant
from scoring.plan import Plan
from tests.worlds.plan import at
from tests.worlds.school import ROSTER

KINDS = ("video", "news", "handover", "ppt", "recommend", "results", "lookup", "lead", "training")
VERBS = (Verb.APPROVE, Verb.APPROVE, Verb.OFF_TOPIC, Verb.REJECT, Verb.REVOKE, Verb.RETRACT)
[PLAN] = [plan for plan in plans.shipped() if plan.year == 2024]
PEOPLE = range(1, 20)


class Life:
    """Somebody who reports and decides at random, at given moments, of things before them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.numbers: list[int] = []
        self.plan = PLAN

    def goes_on(self, tx: Tx, count: int, now: Instant, since: Instant) -> None:
        """So many facts and decisions recorded at `now` or up to an hour later."""
        for _ in range(count):
            recorded = now + self.chance.randrange(HOUR)
            if self.numbers and self.chance.random() < 0.5:
                self._decides(tx, recorded)
            else:
                self._reports(tx, recorded, since)

    def _reports(self, tx: Tx, recorded: Instant, since: Instant) -> None:
        chance, kind = self.chance, self.chance.choice(KINDS)
        units = [unit.code for unit in PLAN.scored_units]
        details: dict[str, Any] = {}
        if kind == "training":
            details = {"absent": [[chance.choice(PEOPLE), chance.choice(units)]]}
        entry = ledger.report(
            tx,
            self.plan,
            kind=kind,
            unit=chance.choice(units),
            person=chance.choice(PEOPLE),
            happened_at=chance.randrange(since, recorded + 1),
            recorded_at=recorded,
            details=details,
        )
        self.numbers.append(entry.number)

    def _decides(self, tx: Tx, recorded: Instant) -> None:
        item = ledger.entry(tx, self.chance.choice(self.numbers))
        assert item is not None
        ledger.decide(
            tx,
            self.plan,
            item,
            self.chance.choice(VERBS),
            person=self.chance.choice(PEOPLE),
            recorded_at=recorded,
            happened_at=self.chance.choice([None, recorded - self.chance.randrange(40 * DAY)]),
            reason="看过",
        )


def begin(tx: Tx) -> None:
    read = file.read(ROSTER.name, ROSTER.read_bytes(), lexicon.units_of(PLAN))
    enrolment.apply(tx, enrolment.compare(tx, read), at("03-01"), None)
    settings.put(tx, settings.STUDENTS, "7000", now=at("03-01"), by=None)


def froze(tx: Tx, month: str, now: Instant, plan: Plan = PLAN) -> Frozen:
    report = compose.compose(tx, plan, month, now)
    document = to_json(report)
    heads = months.heads(tx)
    found = Frozen(
        month=month,
        until=report.until,
        known=now,
        heads=heads,
        sha256=compose.seal(tx, plan, document, heads),
        document=document,
        by=1,
        confirmed_by=2,
    )
    months.freeze(tx, plan, found)
    return found
