"""Interaction tasks: sent to groups as a card, settled from the platform's counters (附件3·五)."""

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import places, proposals, wanted
from commands.filing import pictured
from commands.filing.describe import entry_of
from commands.filing.record import record
from commands.grammar.slots import Slot
from commands.wording.formats import cut, deadline, decimal, points, short
from commands.wording.sentences import lines, say
from commands.wording.terms import ACTS
from db import headcounts, ledger, livecards, settings, tasks
from db.calendar import calendar
from db.engine.tx import Reading, Tx
from scoring.cards import scorecard
from scoring.facts import State
from scoring.moments import DAY, Instant, day_of, end_of
from scoring.plan import Plan
from scoring.rules_counts import line_of

MAX_TITLE = 60

WITHOUT = tuple(
    Slot(name=f"no_{act}", kind="flag", choices=(f"不计{word}",)) for act, word in ACTS.items()
)
"""不计评论（没有评论区）: the metrics that the platform lacks (A24)."""


@command(
    "task",
    "发任务",
    roles="融媒体中心",
    slots=(
        Slot(name="link", kind="link", also="ask.task_link"),
        Slot(name="closes", kind="when"),
        *WITHOUT,
        Slot(name="title", kind="text", required=True, ask="ask.task_title"),
    ),
    example="发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月18日",
    public=True,
)
def task(request: Request, tx: Tx) -> Reply:
    """Issue a task; its card goes to the group where it was issued, or else to all linked groups.

    `不计 评论（没有评论区）` leaves out a metric that the platform lacks, with the reason (A24).
    """
    closes = _closes(request, tx)
    without = _without(request)
    if len(without) == len(ACTS):
        raise Refusal(say("task.nothing_left"))
    entry = record(
        request,
        tx,
        "task",
        title=request.args["title"][:MAX_TITLE],
        link=request.args.get("link", ""),
        details={
            "closes": closes,
            "metrics": [act for act in ACTS if act not in without],
            "without": without,
        },
    )
    card, buttons = _card(entry), (card_buttons(entry),)
    kind = f"{livecards.TASK}:{entry.number}"
    if request.chat.group:
        return Reply(text=card, buttons=buttons, live=kind)
    groups = places.linked(tx)
    notices = tuple(
        Notice(
            text=card,
            chat=chat,
            buttons=buttons,
            key=f"task:{entry.number}:{chat.platform}:{chat.id}",
            live=kind,
            issuer=request.who.id,
        )
        for chat, _ in groups
    )
    key = "task.issued" if groups else "task.issued_nowhere"
    text = say(key, number=entry.number, groups=len(groups), by=deadline(closes))
    return Reply(text=text, notices=notices)


def _without(asking: Request) -> dict[str, str]:
    """The metrics left out by this line, each with its reason or ""."""
    said = {act: asking.args[f"no_{act}"] for act in ACTS if f"no_{act}" in asking.args}
    return {act: "" if why is True else why for act, why in said.items()}


def _closes(request: Request, tx: Reading) -> Instant:
    """The first instant after the task: the end of the named day, else of the day by which the
    plan closes it (A25), moved to a workday (analysis e, collisions)."""
    named: Instant | None = request.args.get("closes")
    if named is not None:
        if named <= request.now:
            raise Refusal(say("task.past"))
        return end_of(day_of(named))
    last = day_of(request.at + request.plan.reads("A25") * DAY)
    working = calendar(tx)
    return end_of(last if working.works(last) else working.next_workday(last))


def _card(entry: ledger.Entry) -> str:
    return lines(_what(entry), say("task.how") + _left_out(entry))


def _what(entry: ledger.Entry) -> str:
    """The task with its deadline and link, without how to take part."""
    by = deadline(entry.fact.details["closes"])
    return lines(say("task.card", number=entry.number, title=cut(entry.title), by=by), entry.link)


def live(
    tx: Reading, plan: Plan, entry: ledger.Entry, now: Instant
) -> tuple[str, tuple[tuple[Button, ...], ...]]:
    """The current card, with what was reported so far; without buttons once the task is closed."""
    sums = tasks.sums(tx, plan, entry.number)
    said = "　".join(
        f"{ACTS[act]} {sums[act]}" for act in entry.fact.details["metrics"] if sums.get(act)
    )
    noted = say("task.so_far", said=said) if said else ""
    if tasks.is_open(tx, plan, entry, now):
        return lines(_card(entry), noted), (card_buttons(entry),)
    settled = ledger.claimed(tx, plan, tasks.SETTLED, str(entry.number)) is not None
    over = say("task.card_settled" if settled else "task.card_closed")
    return lines(_what(entry), noted, over), ()


def _left_out(entry: ledger.Entry) -> str:
    """不计 评论（没有评论区）。: what the task leaves out, and why."""
    without: dict[str, str] = entry.fact.details["without"]
    said = "、".join(
        say("task.without_why", act=ACTS[act], why=why) if why else ACTS[act]
        for act, why in without.items()
    )
    return say("task.without", said=said) if said else ""


def card_buttons(entry: ledger.Entry) -> tuple[Button, ...]:
    """{已转发|已点赞|已评论|已关注}, without those that the task leaves out."""
    return tuple(
        Button.of(say("task.done", act=ACTS[act]), act, f"#{entry.number}")
        for act in entry.fact.details["metrics"]
    )


# --- settling -----------------------------------------------------------------------------


@command(
    "settle",
    "结任务",
    roles="融媒体中心",
    slots=(
        Slot(name="number", kind="number", required=True, ask="ask.task"),
        *WITHOUT,
        *(Slot(name=act, kind="count", choices=(word,)) for act, word in ACTS.items()),
    ),
    example="结任务 #12 转发=6000 点赞 5900 评论5800 关注7000",
)
def settle(request: Request, tx: Tx) -> Reply:
    """Enter the platform's counters of a task after {确认结任务}; any metric below the line fails
    it (A23, A24). What the platform turned out to lack is left out here, with the reason."""
    entry = task_of(request, tx, request.args["number"])
    number = entry.number
    if ledger.stands(tx, number).state is State.WITHDRAWN:
        raise Refusal(say("task.withdrawn", number=number))
    without = _without(request)
    asked = [act for act in entry.fact.details["metrics"] if act not in without]
    if not asked:
        raise Refusal(say("task.nothing_to_settle", number=number))
    counts = {act: request.args[act] for act in asked if act in request.args}
    missing = [ACTS[act] for act in asked if act not in counts]
    if missing:
        told = say("task.missing", number=number, acts="、".join(missing))
        return Reply(text=told, awaits=request.line)
    evidence = _evidence(request, tx, entry)
    if not request.confirmed:
        verdict = _verdict(request, tx, number, counts)
        before = tx.mark()
        was = _interaction(request, tx)
        _settled(request, tx, entry, counts)
        now = _interaction(request, tx)
        tx.undo(before)
        text = _preview(request, verdict, was=was, now=now, evidence=evidence)
        return proposals.propose(tx, request, text, label=say("task.confirm"))
    if evidence and settings.value(tx, settings.EVIDENCE, request.now) == settings.MUST:
        raise Refusal(say("task.needs_picture", number=number))
    told = _verdict(request, tx, number, counts)
    _settled(request, tx, entry, counts)
    return Reply(text=lines(told, say("task.picture_missing") if evidence else ""))


def task_of(asking: Asking, tx: Reading, number: int) -> ledger.Entry:
    """The task with a number. Raises Refusal naming what the number is instead."""
    entry = entry_of(tx, number)
    if entry.fact.kind != "task":
        word = asking.plan.kinds[entry.fact.kind].word
        raise Refusal(say("task.other_kind", number=number, word=word))
    return entry


def _settled(request: Request, tx: Tx, entry: ledger.Entry, counts: dict[str, int]) -> None:
    plan = request.plan
    old = tasks.reopened(tx, plan, entry.number)
    try:
        record(
            request,
            tx,
            "settlement",
            title=entry.title,
            details={
                "task": entry.number,
                "metrics": counts,
                **({"without": without} if (without := _without(request)) else {}),
                **_heads(request, tx, entry.number),
            },
            claim=(tasks.SETTLED, str(entry.number)),
            replaces=old,
            keeps_time=True,
        )
    except ledger.Held as held:
        raise Refusal(say("task.settled", number=entry.number, by=held.number)) from None


def _heads(asking: Asking, tx: Reading, task: int) -> dict[str, int]:
    """The head-counts a task is judged by: those of now, or what the settlement had that an upheld
    appeal has put up to be entered anew (decision 0006)."""
    staff, teaching = headcounts.staff(tx, asking.plan, asking.now)
    students = settings.students(tx, asking.now) or 0
    now = {"students": students, "staff": staff, "teaching_staff": teaching}
    old = tasks.reopened(tx, asking.plan, task)
    return (
        {name: old.fact.details.get(name) or count for name, count in now.items()} if old else now
    )


def _interaction(asking: Asking, tx: Reading) -> str:
    """The current points of the interaction item for the unit responsible for it."""
    plan = asking.plan
    unit = next(unit for unit in plan.scored_units if unit.code in plan.item["interaction"].units)
    card = scorecard(
        plan,
        unit,
        ledger.tallies(tx, plan),
        ledger.basis(tx, plan, asking.now, asking.now),
        asking.now,
    )
    found = next(verdict for verdict in card.verdicts if verdict.item == "interaction")
    return say("score.unknown_points") if found.points is None else points(found.points)


def _evidence(request: Request, tx: Tx, entry: ledger.Entry) -> str:
    """The sentence that asks for a picture of the counters; "" where there is one, or none can be
    sent. The next picture in this chat is then taken for it."""
    there = pictured.brought(request) or pictured.rows(tx, entry)
    if there or not request.can.pictures:
        return ""
    wanted.ask(tx, request.incoming, entry.number)
    return say("task.show")


def _preview(asking: Asking, verdict: str, *, was: str, now: str, evidence: str) -> str:
    unit = next(iter(asking.plan.item["interaction"].units))
    return lines(
        verdict,
        say("task.effect", unit=short(asking.plan, unit), was=was, now=now),
        evidence or say("task.evidence"),
    )


def _verdict(asking: Asking, tx: Reading, number: int, counts: dict[str, int]) -> str:
    students, staff, teaching = _heads(asking, tx, number).values()
    if not students:
        said = "　".join(f"{ACTS[act]}{count}" for act, count in counts.items())
        return say("task.no_basis", number=number, said=said)
    line = line_of(asking.plan, students, staff, teaching)
    twice = asking.plan.reads("A23") == "literal"
    said = "　".join(
        say("task.met" if count >= line else "task.unmet", act=ACTS[act], count=count)
        for act, count in counts.items()
    )
    return say(
        "task.line",
        number=number,
        line=decimal(line),
        students=students,
        staff=f"{staff}+{teaching}" if twice else staff,
        share=int(asking.plan.term("interaction", "share") * 100),
        said=said,
    )
