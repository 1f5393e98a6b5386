"""A school of whom somebody reports and decides at random, and whose months are frozen."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from commands.grammar import lexicon
from commands.months import compose
from commands.months.stored import to_json
from commands.roster import enrolment, file
from db import erasures, ledger, line, months, people, plans, settings
from db.engine.tx import Tx
from db.months import Frozen
from db.schema import leads
from scoring.facts import Verb
from scoring.moments import DAY, HOUR, Instant
from scoring.plan import Plan
from tests.worlds.plan import at
from tests.worlds.school import ROSTER

KINDS = (
    *("video", "news", "handover", "ppt", "recommend", "results", "lookup", "lead", "training"),
    *("soft_article", "column", "settlement", "waiver"),
)
VERBS = (
    *(Verb.APPROVE, Verb.APPROVE, Verb.OFF_TOPIC, Verb.REJECT, Verb.REVOKE),
    *(Verb.RETRACT, Verb.REOPEN),
)
[PLAN] = [plan for plan in plans.shipped() if plan.year == 2024]
PEOPLE = range(1, 20)
UNITS = [unit.code for unit in PLAN.scored_units]
CLAIMED = {"video": "link", "news": "link", "soft_article": "link", "lead": "phone"}


class Life:
    """Somebody who reports and decides at random, at given moments, of things before them, for
    some units. What the ledger refuses leaves nothing behind. Two lives of other units and another
    `name` have nothing to do with each other."""

    def __init__(self, chance: random.Random, units: Sequence[str] = UNITS, name: str = "") -> None:
        self.chance = chance
        self.units = units
        self.name = name
        self.numbers: list[int] = []
        self.plan = PLAN

    def goes_on(self, tx: Tx, count: int, now: Instant, since: Instant) -> None:
        """So many facts and decisions recorded at `now` or up to an hour later."""
        for _ in range(count):
            recorded = now + self.chance.randrange(HOUR)
            if self.numbers and self.chance.random() < 0.5:
                self._tries(tx, partial(self._decides, tx, recorded))
            else:
                self._tries(tx, partial(self._reports, tx, recorded, since))

    def _tries(self, tx: Tx, work: Callable[[], None]) -> None:
        before = tx.mark()
        try:
            work()
        except ledger.Held:
            tx.undo(before)

    def _reports(self, tx: Tx, recorded: Instant, since: Instant) -> None:
        chance, kind = self.chance, self.chance.choice(KINDS)
        topic = CLAIMED.get(kind)
        happened_at = chance.randrange(since, recorded + 1)
        entry = ledger.report(
            tx,
            self.plan,
            kind=kind,
            unit="school_office" if kind == "settlement" else chance.choice(self.units),
            person=chance.choice(PEOPLE),
            happened_at=recorded if kind == "settlement" else happened_at,
            recorded_at=recorded,
            title="一件事",
            details=self._details(kind),
            claim=(topic, self._value()) if topic and chance.random() < 0.7 else None,
        )
        if kind == "lead":
            tx.add(leads, fact=entry.number, phone_hash=entry.claim, sealed=b"sealed")
        self.numbers.append(entry.number)

    def _value(self) -> str:
        """A link or a number, perhaps one that was named before."""
        return f"{self.name}{self.chance.randrange(40)}"

    def _details(self, kind: str) -> dict[str, Any]:
        chance = self.chance

        def some() -> list[list[Any]]:
            return [
                [chance.choice(PEOPLE), chance.choice(UNITS)] for _ in range(chance.randrange(3))
            ]

        if kind == "training":
            return {"absent": some(), "failed": some()}
        if kind == "settlement":
            counts = {name: chance.randrange(9_000) for name in ("forward", "like")}
            students = chance.choice([None, 900, 7_000])
            return {
                "task": chance.randrange(1_000_000),
                "metrics": counts,
                "students": students,
                "staff": 17,
            }
        if kind == "waiver":
            return {"weeks": [f"2024-W{chance.randrange(14, 40)}"]}
        return {}

    def _decides(self, tx: Tx, recorded: Instant) -> None:
        item = ledger.entry(tx, self.chance.choice(self.numbers))
        assert item is not None
        withdrawn = self.chance.random() < 0.1
        ledger.decide(
            tx,
            self.plan,
            item,
            Verb.WITHDRAW if withdrawn else self.chance.choice(VERBS),
            person=item.fact.person if withdrawn else self.chance.choice(PEOPLE),
            recorded_at=recorded,
            happened_at=self.chance.choice([None, recorded - self.chance.randrange(40 * DAY)]),
            reason="看过",
        )

    def corrects(self, tx: Tx, now: Instant) -> None:
        """A report is made anew in the place of an old one, with its time or a time of its own."""
        old = ledger.entry(tx, self.chance.choice(self.numbers))
        assert old is not None

        def work() -> None:
            entry = ledger.report(
                tx,
                self.plan,
                kind=old.fact.kind,
                unit=old.fact.unit,
                person=old.fact.person,
                happened_at=self.chance.choice([old.fact.happened_at, now]),
                recorded_at=now,
                details={**old.fact.details, **self._details(old.fact.kind)},
                supersedes=old.number,
            )
            self.numbers.append(entry.number)

        self._tries(tx, work)

    def stands_in_line(self, tx: Tx, now: Instant) -> None:
        """Somebody reports a link or a number that another fact holds."""
        held = ledger.entry(tx, self.chance.choice(self.numbers))
        assert held is not None
        value = self._value()
        if not held.topic or ledger.claimed(tx, self.plan, held.topic, value) is None:
            return
        said = {
            "kind": held.fact.kind,
            "unit": self.chance.choice(self.units),
            "person": self.chance.choice(PEOPLE),
            "happened_at": now,
        }
        line.join(tx, self.plan.id, (held.topic, value), said)

    def appeals(self, tx: Tx, now: Instant) -> None:
        """A unit appeals against what was decided on its fact; upheld, the fact counts again."""
        of = ledger.entry(tx, self.chance.choice(self.numbers))
        assert of is not None
        case = ledger.report(
            tx,
            self.plan,
            kind="appeal",
            unit=of.fact.unit,
            person=of.fact.person,
            happened_at=now,
            recorded_at=now,
            details={"of": of.number, "handler": 1, "by": "2024-12-31", "reason": "不服"},
        )
        upheld = self.chance.random() < 0.5
        answer = Verb.APPROVE if upheld else Verb.REJECT
        ledger.decide(tx, self.plan, case, answer, person=1, recorded_at=now + 1, reason="答复")
        if upheld:

            def work() -> None:
                reason = f"申诉 #{case.number}"
                ledger.decide(
                    tx, self.plan, of, Verb.APPROVE, person=1, recorded_at=now + 1, reason=reason
                )

            self._tries(tx, work)

    def erases(self, tx: Tx, now: Instant) -> None:
        """A person is erased from what is stored about a lead, or from what was written."""
        of = ledger.entry(tx, self.chance.choice(self.numbers))
        assert of is not None
        if of.fact.kind == "lead":
            reported = of.fact.recorded_at
            erasures.erase(tx, of.number, reported_at=reported, now=now, asked_by=1, confirmed_by=2)
        else:
            erasures.blank_texts(tx, of.number, now=now, person=1)

    def moves(self, tx: Tx, now: Instant) -> None:
        """A person moves to another unit or leaves, from now or an earlier day on; or comes."""
        known = people.directory(tx).by_id
        person = self.chance.choice(list(known.values()))
        since = max(now - self.chance.choice([0, 20 * DAY]), people.hired(tx, person.id))
        people.dismiss(tx, person.id, now, ended=since)
        if self.chance.random() < 0.8:
            people.employ(tx, replace(person, unit=self.chance.choice(UNITS)), since, now)
        elif len(known) < 12:
            newcomer = people.enter(tx, f"N{now}")
            people.employ(tx, replace(person, id=newcomer), since, now)


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
