"""Why an item has its points, as one plain value: the arithmetic, the clause, each fact with its
people and times, the reminders that arrived, the appeals, and the readings with their values (C13).
The page on paper, 为什么 and the signed-in pages say it in their own way."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from commands.duties import advice
from commands.duties.reached import Delivery, deliveries
from commands.filing import pictured
from commands.filing.cases import is_about
from commands.scores import grounds
from commands.wording.sentences import say, say_first
from db import appeals, documents, histories, ledger, months, people
from db.engine.tx import Reading as Reads
from scoring.advice import steps
from scoring.cards import Verdict, scorecard
from scoring.moments import Instant
from scoring.plan import Plan, Unit
from scoring.planshow import read_as
from scoring.postings import is_backdated
from scoring.switches import SWITCHES
from scoring.values import frozen
from scoring.verdicts import Book


@frozen
class Decided:
    """A decision on a fact in words; `dated`: the earlier time that it names (补录), if any."""

    when: Instant
    who: str
    verb: str
    dated: Instant | None
    why: str


@frozen
class Pictured:
    """A picture of a fact: who added it, and when."""

    who: str
    when: Instant


@frozen
class Told:
    """A fact behind the points, and what was decided on it; of a lead neither title nor reasons."""

    number: int
    word: str
    title: str
    who: str
    when: Instant
    decisions: tuple[Decided, ...]
    pictures: tuple[Pictured, ...]


@frozen
class Case:
    """An appeal; `answer` "" while it is open, `who` answered it `when`."""

    number: int
    of: int
    reason: str
    answer: str
    who: str
    when: Instant
    why: str


@frozen
class Read:
    """A reading that an item depends on: its value in the words people use, and what it means.
    `switchable`: another value would be computed."""

    number: str
    value: str
    note: str
    clause: str
    switchable: bool


@frozen
class Explanation:
    """Why an item of a unit has its points. `points` None: they wait. `words`: the clause as the
    school's document has it, "" where none is loaded. `periods`: which weeks were met. `noted`: the
    readings to be named first. `ahead`: what the item gains next. `month`, `seal`: the newest
    frozen month, "" if there is none."""

    unit: str
    item: str
    word: str
    points: Decimal | None
    max: Decimal
    because: str
    clause: str
    words: str
    periods: str
    facts: tuple[Told, ...]
    reminded: tuple[Delivery, ...]
    appeals: tuple[Case, ...]
    readings: tuple[Read, ...]
    noted: tuple[Read, ...]
    ahead: str
    month: str
    seal: str


def explain(tx: Reads, plan: Plan, unit: Unit, item: str, now: Instant) -> Explanation:
    """The explanation of an item of a unit's card, as known now. Reads the facts behind it."""
    tallies, basis = ledger.tallies(tx, plan), ledger.basis(tx, plan, now, now)
    book = Book(plan=plan, tallies=tallies, basis=basis, until=now)
    card = scorecard(plan, unit, tallies, basis, now)
    verdict = next(one for one in card.verdicts if one.item == item)
    names = months.names(tx)
    numbers = histories.behind(tx, plan, verdict.measures)
    entries = grounds.of_unit(tx, book, unit, verdict, numbers)
    sealed = [month for month in months.all_frozen(tx, plan) if month.known <= now]
    noted = grounds.readings(plan, verdict)
    readings = tuple(_readings(plan, (*noted, *plan.item[item].readings)))
    step = steps(plan, unit, card, tallies, now)
    return Explanation(
        unit=unit.name,
        item=item,
        word=plan.item[item].word,
        points=verdict.points,
        max=verdict.max,
        because=verdict.because,
        clause=verdict.clause,
        words=documents.words_of(tx, plan, verdict.clause) or "",
        periods=grounds.weeks(book, unit, verdict),
        facts=tuple(_told(tx, plan, entry, names) for entry in entries),
        reminded=reminded(tx, plan, unit, verdict),
        appeals=tuple(_cases(tx, plan, unit.code, verdict, names)),
        readings=readings,
        noted=tuple(one for one in readings if one.number in noted),
        ahead=advice.beside(plan, step, item).strip("　→ "),
        month=sealed[-1].month if sealed else "",
        seal=sealed[-1].sha256 if sealed else "",
    )


def reminded(tx: Reads, plan: Plan, unit: Unit, verdict: Verdict) -> tuple[Delivery, ...]:
    """The reminders of its deadline that reached a unit in time."""
    return tuple(deliveries(tx, plan, people.directory(tx), unit.code, verdict.item))


def _told(tx: Reads, plan: Plan, entry: ledger.Entry, names: dict[int, str]) -> Told:
    fact = entry.fact
    is_lead = fact.kind == months.LEAD
    return Told(
        number=entry.number,
        word=plan.kinds[fact.kind].word,
        title="" if is_lead else entry.title,
        who=names.get(fact.person, ""),
        when=fact.happened_at,
        decisions=tuple(
            Decided(
                when=one.recorded_at,
                who=names.get(one.person, ""),
                verb=say_first(f"verb.{one.verb.value}_{fact.kind}", f"verb.{one.verb.value}"),
                dated=one.happened_at if is_backdated(plan, fact, one) else None,
                why="" if is_lead else one.reason,
            )
            for one in ledger.decided(tx, entry.number)
        ),
        pictures=tuple(
            Pictured(who=names.get(one.person, ""), when=one.at) for one in pictured.rows(tx, entry)
        ),
    )


def _cases(
    tx: Reads, plan: Plan, unit: str, verdict: Verdict, names: dict[int, str]
) -> Iterator[Case]:
    for one in appeals.of_unit(tx, plan, unit):
        if not is_about(verdict, one.of.fact.kind):
            continue
        decision = one.stands.decision
        yield Case(
            number=one.number,
            of=one.of.number,
            reason=one.entry.fact.details.get("reason", ""),
            answer=say(f"state.{one.stands.state.value}_appeal") if decision else "",
            who=names.get(decision.person, "") if decision else "",
            when=decision.recorded_at if decision else one.entry.fact.happened_at,
            why=decision.reason if decision else "",
        )


def _readings(plan: Plan, numbers: Iterable[str]) -> Iterator[Read]:
    """The readings of an item that a school can switch, and those that are named anyway."""
    for number in dict.fromkeys(numbers):
        reading = plan.readings.get(number)
        if reading is not None:
            yield Read(
                number=number,
                value=read_as(reading),
                note=reading.source.note,
                clause=reading.source.clause,
                switchable=number in SWITCHES,
            )
