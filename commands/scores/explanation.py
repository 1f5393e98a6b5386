"""生成一页说明: one page on why an item has its points (C13).

It gives the clause, what was done by whom and when, which reminders arrived, the appeals, the
readings with their values, and the seal of the last frozen month.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Button, File, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs
from commands.grammar.slots import Slot
from commands.months.report import SIGNATURE
from commands.paper.blocks import Block, Text, when
from commands.paper.word import Paper, lay_out
from commands.scores.explained import Case, Explanation, Told
from commands.scores.explained import explain as explain_item
from commands.wording.formats import points
from commands.wording.sentences import say
from db import settings
from db.engine.tx import Reading, Tx
from scoring.switches import SWITCHES

ASSESSORS = "考核组"
MOST_FACTS = 12
"""As many facts as fit on a page; the workbook has the rest."""


def offered(request: Request, unit: str, item: str) -> tuple[tuple[Button, ...], ...]:
    """{生成一页说明|换口径看看} for the assessors, who answer for the points."""
    if ASSESSORS not in request.who.roles:
        return ()
    said = f"{unit} {request.plan.item[item].word}"
    row = [Button.of(say("explain.button"), "explain", said)]
    if not SWITCHES.keys().isdisjoint(request.plan.item[item].readings):
        row.append(Button.of(say("explain.otherwise"), "otherwise", said))
    return (tuple(row),)


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
    told = explain_item(tx, plan, plan.by_code[order.args["unit"]], order.args["item"], now)
    name = say("explain.title", unit=told.unit, word=told.word)
    data = lay_out(
        Paper(
            title=name,
            blocks=tuple(_blocks(told)),
            signature=settings.value(tx, SIGNATURE, now) or say("document.signature"),
            at=now,
            small=say("explain.seal", month=told.month, seal=told.seal) if told.seal else "",
        )
    )
    return Made(files=(File(name=f"{name}.docx", data=data),), payload={"text": name})


def _send(request: Request, _tx: Tx, _order: Order, made: Made) -> Reply:
    return jobs.sent(request, made.payload["text"], made.files, say("explain.no_files"))


WRITING = Job(name="explain", work=_write, finish=_send, sends=True)


# --- what stands on the page --------------------------------------------------------------


def _blocks(told: Explanation) -> Iterator[Block]:
    value = say("score.unknown_points") if told.points is None else points(told.points)
    yield Text(text=say("explain.result"), level=1)
    yield Text(text=say("explain.points", points=value, max=points(told.max), because=told.because))
    yield Text(text=say("explain.clause"), level=1)
    key = "explain.words" if told.words else "explain.number"
    yield Text(text=say(key, clause=told.clause, words=told.words))
    yield Text(text=say("explain.story"), level=1)
    if told.periods:
        yield Text(text=told.periods)
    yield from _story(told.facts)
    if told.reminded:
        said = "；".join(map(str, told.reminded[-MOST_FACTS:]))
        yield Text(text=say("explain.reminded", said=said))
    if told.ahead:
        yield Text(text=say("advice.next", said=told.ahead))
    yield Text(text=say("explain.appeals"), level=1)
    yield from (
        map(_appeal, told.appeals) if told.appeals else (Text(text=say("explain.no_appeal")),)
    )
    if told.readings:
        yield Text(text=say("explain.reading"), level=1)
        for one in told.noted:
            yield Text(text=say("explain.convention", number=one.number, note=one.note))
        values = [f"{one.number} {one.value}" for one in told.readings if one.switchable]
        yield Text(text=say("explain.values", said="、".join(values)))


def _story(facts: Sequence[Told]) -> Iterator[Block]:
    """Each fact behind the points: who reported it, who decided what, and why."""
    for fact in facts[:MOST_FACTS]:
        told = say(
            "explain.reported",
            number=fact.number,
            word=fact.word,
            title=fact.title,
            who=fact.who,
            when=when(fact.when),
        )
        for one in fact.decisions:
            told += say(
                "explain.decided",
                when=when(one.when),
                who=one.who,
                verb=one.verb,
                dated="" if one.dated is None else say("why.dated", when=when(one.dated)),
                why=say("document.cause_why", why=one.why) if one.why else "",
            )
        yield Text(text=f"{told}。{_pictured(fact)}")
    left = len(facts) - MOST_FACTS
    if left > 0 or not facts:
        yield Text(text=say("explain.more", total=left) if facts else say("explain.no_facts"))


def _pictured(fact: Told) -> str:
    """How many pictures show it, who added them and when; the page names them, it shows none."""
    said = "、".join(
        say("evidence.named_one", when=when(one.when), name=one.who) for one in fact.pictures
    )
    return say("evidence.named", total=len(fact.pictures), said=said) if said else ""


def _appeal(one: Case) -> Block:
    said: dict[str, Any] = {"number": one.number, "of": one.of, "reason": one.reason}
    if not one.answer:
        return Text(text=say("explain.appeal_open", **said))
    answered = {"answer": one.answer, "who": one.who, "when": when(one.when), "why": one.why}
    return Text(text=say("explain.appeal", **said, **answered))
