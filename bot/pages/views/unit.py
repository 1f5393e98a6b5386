"""部门: a unit's items with their reasons and facts, its deadlines, its quotas week by week."""

from collections.abc import Sequence
from decimal import Decimal

from bot.pages import pictures
from bot.pages.door import NotShown
from bot.pages.views.days import AsOf, as_of
from bot.pages.views.overview import figures
from bot.pages.visits import Shown, Visit
from bot.wording import say
from commands.appeals import on_scores
from commands.filing import describe
from commands.paper.panels import Cell
from commands.scores import grounds, rank, score, trends
from commands.wording.formats import period_name
from db import documents, histories, ledger
from db.engine.tx import Reading
from scoring.cards import Card, Verdict, scorecard
from scoring.duties import gates
from scoring.facts import Decision, State, standing
from scoring.moments import Instant
from scoring.plan import Plan, Unit
from scoring.values import frozen
from scoring.verdicts import EVERYBODY, Book

MOST_FACTS = 8
FILED_ELSEWHERE = frozenset({"training"})
"""Kinds whose facts stand under the unit of who reported them, and name others."""


@frozen
class Told:
    """A fact behind an item: what it is, who reported it when, who decided what, and its pictures,
    for whom they are."""

    number: int
    what: str
    by: str
    at: Instant
    state: State
    decided: str
    pictures: list[int]


@frozen
class Line:
    """An item on the page, with what 为什么 says of it."""

    verdict: Verdict
    word: str
    words: str
    mark: str
    notes: tuple[tuple[str, str], ...]
    facts: tuple[Told, ...]
    weeks: str
    asks: str


@frozen
class Month:
    """A month of the board of 附件2: its weeks, and each quota with its cells there, one for each
    week or one for the month; None where a quota has no such week."""

    name: str
    weeks: tuple[str, ...]
    quotas: tuple[tuple[str, tuple[Cell | None, ...]], ...]


def show(visit: Visit, tx: Reading) -> Shown:
    """One unit. Raises NotShown for one without a scorecard."""
    asked = as_of(visit)
    plan, code = asked.plan, visit.given["unit"]
    unit = plan.by_code.get(code)
    if unit is None or not unit.scored:
        raise NotShown(say("pages.no_unit"), 404)
    tallies, basis = figures(visit, tx, asked)
    cards = {
        one.code: scorecard(plan, one, tallies, basis, asked.judged)
        for one in plan.scored_units
        if one.group == unit.group
    }
    card = cards[code]
    book = Book(plan=plan, tallies=tallies, basis=basis, until=asked.judged)
    look = _Look(visit=visit, tx=tx, asked=asked, book=book, unit=unit)
    open_kinds = on_scores.kinds(tx, plan, code)
    weeks = visit.kept.past.weeks(tx, plan, visit.world.plans, visit.now)
    known = [week for week in weeks if week.end - 1 <= asked.known and code in week.cards]
    return Shown(
        data={
            "asked": asked,
            "plan": plan,
            "unit": unit,
            "card": card,
            "place": rank.place_of(card.rate, [one.rate for one in cards.values()]),
            "beside": len(cards),
            "lines": [_line(look, verdict, open_kinds) for verdict in score.counted(card)],
            "gates": gates(plan, unit, tallies, asked.judged),
            "cheap": _cheap(plan, card),
            "calendar": _calendar(trends.quotas(book, unit)),
            "signs": trends.signs(),
            "year": trends.year(known, unit, cards),
        }
    )


def _cheap(plan: Plan, card: Card) -> list[tuple[str, Decimal, Decimal]]:
    """The items that gain from each single event: word, worth of one, what is left."""
    return [
        (plan.item[one.item].word, Decimal(plan.term(one.item, "each")), one.winnable)
        for one in card.verdicts
        if one.item in rank.QUICK and one.winnable > 0
    ]


def _calendar(quotas: Sequence[trends.Quota]) -> list[Month]:
    """The periods of the quotas so far, month by month."""
    months = sorted({cell.month for *_, cells in quotas for cell in cells})
    return [_month(month, quotas) for month in months]


def _month(month: str, quotas: Sequence[trends.Quota]) -> Month:
    here = [
        (often, task, [one for one in row if one.month == month]) for often, task, row in quotas
    ]
    weeks = {one.under: None for often, _, cells in here if often == "week" for one in cells}
    order = tuple(sorted(weeks, key=int))
    rows = []
    for often, task, cells in here:
        by_week = {one.under: one for one in cells}
        row = tuple(map(by_week.get, order)) if often == "week" else tuple(cells)
        rows.append((task, row))
    return Month(name=period_name(month), weeks=order, quotas=tuple(rows))


@frozen
class _Look:
    """A unit at an instant, as one visitor is shown it."""

    visit: Visit
    tx: Reading
    asked: AsOf
    book: Book
    unit: Unit


def _line(look: _Look, verdict: Verdict, open_kinds: frozenset[str]) -> Line:
    plan, unit, tx = look.asked.plan, look.unit, look.tx
    word = plan.item[verdict.item].word
    behind = _behind(tx, look.asked, unit, verdict)
    pictured = pictures.of(look.visit, tx, behind)
    return Line(
        verdict=verdict,
        word=word,
        words=documents.words_of(tx, plan, verdict.clause) or "",
        mark=on_scores.mark(verdict, open_kinds),
        notes=tuple(
            (number, plan.readings[number].source.note)
            for number in grounds.readings(plan, verdict)
        ),
        facts=tuple(_told(look, one, pictured.get(one.number, [])) for one in behind),
        weeks=grounds.weeks(look.book, unit, verdict),
        asks=f"why {unit.code} {word}",
    )


def _behind(tx: Reading, asked: AsOf, unit: Unit, verdict: Verdict) -> list[ledger.Entry]:
    """The latest facts behind an item, newest first, by an index and not by all postings."""
    plan, found = asked.plan, list[ledger.Entry]()
    read = dict.fromkeys(
        (unit.code if owner == EVERYBODY else owner, measure.partition(".")[0])
        for owner, measure in verdict.measures
    )
    for owner, kind in read:
        if kind in plan.kinds and kind not in FILED_ELSEWHERE:
            found += histories.newest(
                tx,
                plan,
                owner,
                kind,
                until=asked.until,
                known=asked.known,
                most=MOST_FACTS,
            )
        else:
            reads = [one for one in verdict.measures if one[0] == unit.code]
            numbers = histories.behind(tx, plan, reads, min(asked.until, asked.known))
            entries = (ledger.entry(tx, number) for number in numbers[-MOST_FACTS:])
            found += [entry for entry in entries if entry is not None]
    newest = {entry.number: entry for entry in found}
    return [newest[number] for number in sorted(newest, reverse=True)[:MOST_FACTS]]


def _told(look: _Look, entry: ledger.Entry, pictured: list[int]) -> Told:
    visit, by = look.visit, look.visit.people.by_id.get(entry.fact.person)
    decisions = [
        one for one in ledger.decided(look.tx, entry.number) if one.recorded_at <= look.asked.known
    ]
    stands = standing(decisions)
    return Told(
        number=entry.number,
        what="" if entry.fact.kind == "lead" else describe.what(visit, entry),
        by=by.name if by else "",
        at=entry.fact.happened_at,
        state=stands.state,
        decided=_decided(visit, entry, stands.decision),
        pictures=pictured,
    )


def _decided(visit: Visit, entry: ledger.Entry, decision: Decision | None) -> str:
    if decision is None:
        return ""
    return grounds.decided("why.settled", visit, entry, decision)
