"""生成一页说明: one page on why an item has its points (C13).

It gives the clause, what was done by whom and when, the appeals, the reading, and the seal of
the last frozen month.
"""

from collections.abc import Iterator
from typing import Any

from commands.appeals.on_scores import is_of
from commands.chat.errors import Refusal
from commands.chat.messages import Button, File, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs
from commands.duties.reached import deliveries
from commands.grammar.slots import Slot
from commands.months.report import SIGNATURE
from commands.paper.blocks import Block, Text, when
from commands.paper.word import Paper, lay_out
from commands.scores import grounds
from commands.scores.grounds import readings
from commands.wording.formats import points
from commands.wording.sentences import say, say_first
from db import appeals, documents, histories, ledger, months, people, settings
from db.engine.tx import Reading, Tx
from scoring.cards import Verdict, scorecard
from scoring.moments import Instant
from scoring.plan import Plan, Unit
from scoring.postings import is_backdated
from scoring.verdicts import Book

ASSESSORS = "考核组"
MOST_FACTS = 12
"""As many facts as fit on a page; the workbook has the rest."""


def offered(request: Request, unit: str, item: str) -> tuple[tuple[Button, ...], ...]:
    """{生成一页说明} for the assessors, who answer for the points."""
    if ASSESSORS not in request.who.roles:
        return ()
    word = request.plan.item[item].word
    return ((Button.of(say("explain.button"), "explain", f"{unit} {word}"),),)


@command(
    "explain",
    roles=ASSESSORS,
    slots=(
        Slot(name="unit", kind="unit", required=True),
        Slot(name="item", kind="item", required=True),
    ),
    internal=True,
    private=True,
)
def explain(request: Request, tx: Tx) -> Reply:
    """Order the page. Raises Refusal where the platform takes no files."""
    if not request.can.files:
        raise Refusal(say("explain.no_files"))
    args = {"unit": request.args["unit"], "item": request.args["item"]}
    return jobs.begin(request, tx, "explain", say("explain.writing"), **args)


def _write(tx: Reading, order: Order, _tell: Tell) -> Made:
    plan, now = order.plan, order.now
    unit = plan.by_code[order.args["unit"]]
    tallies, basis = ledger.tallies(tx, plan), ledger.basis(tx, plan, now, now)
    book = Book(plan=plan, tallies=tallies, basis=basis, until=now)
    card = scorecard(plan, unit, tallies, basis, now)
    verdict = next(one for one in card.verdicts if one.item == order.args["item"])
    name = say("explain.title", unit=unit.name, word=plan.item[verdict.item].word)
    sealed = [month for month in months.all_frozen(tx, plan) if month.known <= now]
    last = sealed[-1] if sealed else None
    data = lay_out(
        Paper(
            title=name,
            blocks=tuple(_blocks(tx, book, unit, verdict)),
            signature=settings.value(tx, SIGNATURE, now) or say("document.signature"),
            at=now,
            small=say("explain.seal", month=last.month, seal=last.sha256) if last else "",
        )
    )
    return Made(files=(File(name=f"{name}.docx", data=data),), payload={"text": name})


def _send(request: Request, _tx: Tx, _order: Order, made: Made) -> Reply:
    return jobs.sent(request, made.payload["text"], made.files, say("explain.no_files"))


WRITING = Job(name="explain", work=_write, finish=_send)


# --- what stands on the page --------------------------------------------------------------


def _blocks(tx: Reading, book: Book, unit: Unit, verdict: Verdict) -> Iterator[Block]:
    plan = book.plan
    value = say("score.unknown_points") if verdict.points is None else points(verdict.points)
    yield Text(text=say("explain.result"), level=1)
    said = {"points": value, "max": points(verdict.max), "because": verdict.because}
    yield Text(text=say("explain.points", **said))
    yield Text(text=say("explain.clause"), level=1)
    words = documents.words_of(tx, plan, verdict.clause)
    key = "explain.words" if words else "explain.number"
    yield Text(text=say(key, clause=verdict.clause, words=words or ""))
    yield Text(text=say("explain.story"), level=1)
    if weeks := grounds.weeks(book, unit, verdict):
        yield Text(text=weeks)
    yield from _story(tx, book, unit, verdict)
    if told := deliveries(tx, plan, people.directory(tx), unit.code, verdict.item):
        yield Text(text=say("explain.reminded", said="；".join(map(str, told[-MOST_FACTS:]))))
    yield Text(text=say("explain.appeals"), level=1)
    yield from _appeals(tx, plan, unit.code, verdict)
    if numbers := readings(plan, verdict):
        yield Text(text=say("explain.reading"), level=1)
        for number in numbers:
            note = plan.readings[number].source.note
            yield Text(text=say("explain.convention", number=number, note=note))


def _story(tx: Reading, book: Book, unit: Unit, verdict: Verdict) -> Iterator[Block]:
    """Each fact behind the points: who reported it, who decided what, and why."""
    plan, names = book.plan, months.names(tx)
    numbers = histories.behind(tx, plan, verdict.measures)
    entries = grounds.of_unit(tx, book, unit, verdict, numbers)
    for entry in entries[:MOST_FACTS]:
        number, fact = entry.number, entry.fact
        is_lead = fact.kind == months.LEAD
        told = say(
            "explain.reported",
            number=number,
            word=plan.kinds[fact.kind].word,
            title="" if is_lead else entry.title,
            who=names.get(fact.person, ""),
            when=when(fact.happened_at),
        )
        for one in ledger.decided(tx, number):
            told += say(
                "explain.decided",
                when=when(one.recorded_at),
                who=names.get(one.person, ""),
                verb=say_first(f"verb.{one.verb.value}_{fact.kind}", f"verb.{one.verb.value}"),
                dated=_dated(one.happened_at) if is_backdated(plan, fact, one) else "",
                why="" if is_lead or not one.reason else say("document.cause_why", why=one.reason),
            )
        yield Text(text=f"{told}。")
    left = len(entries) - MOST_FACTS
    if left > 0 or not entries:
        yield Text(text=say("explain.more", total=left) if entries else say("explain.no_facts"))


def _dated(happened_at: Instant) -> str:
    return say("why.dated", when=when(happened_at))


def _appeals(tx: Reading, plan: Plan, unit: str, verdict: Verdict) -> Iterator[Block]:
    names = months.names(tx)
    told = [one for one in appeals.of_unit(tx, plan, unit) if is_of(verdict, one.of.fact.kind)]
    for one in told:
        decision = one.stands.decision
        answer: dict[str, Any] = {"number": one.number, "of": one.of.number}
        reason = one.entry.fact.details.get("reason", "")
        if decision is None:
            yield Text(text=say("explain.appeal_open", reason=reason, **answer))
            continue
        yield Text(
            text=say(
                "explain.appeal",
                reason=reason,
                answer=say(f"state.{one.stands.state.value}_appeal"),
                who=names.get(decision.person, ""),
                when=when(decision.recorded_at),
                why=decision.reason,
                **answer,
            )
        )
    if not told:
        yield Text(text=say("explain.no_appeal"))
