"""What a unit hands in once: its account, its PPT, its teachers for the live-stream squad."""

from collections.abc import Iterable

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.filing.receipts import MAX_TITLE, cards_to_deciders, held_already, undo
from commands.filing.record import record
from commands.grammar.links import normalise_link
from commands.grammar.slots import Slot
from commands.reports import deans_approval
from commands.wording.formats import date_text, day, deadline, short
from commands.wording.sentences import lines, say
from db import ledger
from db.engine.tx import Tx
from db.people import Person
from scoring.moments import day_of, end_of
from scoring.plan import Plan


@command(
    "handover",
    "交接",
    roles="宣传员 部门负责人",
    slots=(Slot(name="note", kind="text"),),
    example="交接 机电抖音号已在融媒体中心登录授权",
    never_bare=True,
)
def handover(request: Request, tx: Tx) -> Reply:
    """Report that the account has been handed over (附件3·二·(一)); 融媒体中心 verifies."""
    plan, who = request.plan, request.who
    account = plan.by_code[who.unit].account if who.unit in plan.by_code else None
    if account is None:
        raise Refusal(say("handover.no_account", unit=short(plan, who.unit)))
    try:
        title = request.args.get("note", "")[:MAX_TITLE]
        entry = record(request, tx, "handover", title=title, claim=("handover", account))
    except ledger.Held as held:
        raise Refusal(say("handover.again", number=held.number)) from None
    last = plan.term("dy_handover", "deadline")
    in_time = day_of(request.at) <= last
    key = "handover.received" if in_time else "handover.received_late"
    text = say(
        key,
        number=entry.number,
        unit=plan.by_code[who.unit].name,
        day=day(request.at),
        last=date_text(last),
        points=plan.item["dy_handover"].max,
    )
    return Reply(text=text, notices=cards_to_deciders(request, entry))


@command(
    "ppt",
    "报PPT",
    roles="宣传员 部门负责人",
    slots=(
        Slot(name="link", kind="link"),
        Slot(name="title", kind="text", required=True, ask="请发PPT的标题，可附链接"),
    ),
    example="报PPT 数控技术专业介绍 https://pan.example.cn/x1",
)
def ppt(request: Request, tx: Tx) -> Reply:
    """Hand a PPT in for the 院长's approval, which is what the ladder counts (附件3·四)."""
    plan, who = request.plan, request.who
    if who.unit not in plan.item["ppt"].units:
        raise Refusal(say("ppt.not_asked", unit=short(plan, who.unit)))
    link = request.args.get("link", "")
    try:
        entry = record(
            request,
            tx,
            "ppt",
            title=request.args["title"][:MAX_TITLE],
            link=link,
            claim=("link", normalise_link(link)) if link else None,
        )
    except ledger.Held as held:
        raise Refusal(held_already(tx, 1, held.number)) from None
    hurry = deans_approval.on_his_last_day(request, tx, entry)
    return Reply(
        text=lines(
            say("ppt.received", number=entry.number, what=_ppt_word(plan, who.unit)),
            _ppt_ladder(request),
            say("ppt.last_day") if hurry else "",
        ),
        buttons=(*undo([entry]), *((deans_approval.buttons(entry.number),) if hurry else ())),
        notices=cards_to_deciders(request, entry),
    )


def _ppt_word(plan: Plan, unit: str) -> str:
    return say("ppt.policy" if plan.by_code[unit].group != "系部" else "ppt.major")


def _ppt_ladder(asking: Asking) -> str:
    plan, today = asking.plan, day_of(asking.at)
    rungs = [
        say(
            "ppt.rung",
            by=deadline(end_of(plan.term("ppt", f"{rung}_deadline"))),
            points=plan.term("ppt", f"{rung}_points"),
        )
        for rung in ("first", "second")
        if today <= plan.term("ppt", f"{rung}_deadline")
    ]
    return "，".join(rungs) + "。" if rungs else say("ppt.too_late")


@command(
    "recommend",
    "推荐",
    roles="宣传员 部门负责人",
    slots=(
        Slot(name="teachers", kind="people", required=True, ask="请发推荐教师的姓名，可一次两位"),
    ),
    example="推荐 李某 王某",
    never_bare=True,
)
def recommend(request: Request, tx: Tx) -> Reply:
    """Recommend teachers for the live-stream squad (附件3·三·(一)), one number a teacher."""
    plan, who = request.plan, request.who
    if who.unit not in plan.item["live_team"].units:
        raise Refusal(say("recommend.not_asked", unit=short(plan, who.unit)))
    taken: list[ledger.Entry] = []
    missed: list[str] = []
    for teacher in _distinct(request.args["teachers"]):
        if teacher.unit != who.unit:
            where = short(plan, teacher.unit)
            missed.append(say("recommend.other_unit", name=teacher.name, unit=where))
            continue
        try:
            taken.append(_one_teacher(request, tx, teacher))
        except ledger.Held as held:
            missed.append(say("recommend.again", name=teacher.name, number=held.number))
    if not taken:
        raise Refusal("\n".join(missed))
    said = "、".join(f"#{entry.number} {entry.title}" for entry in taken)
    last = plan.term("live_team", "deadline")
    in_time = day_of(request.at) <= last
    key = "recommend.received" if in_time else "recommend.received_late"
    seat, seats = plan.term("live_team", "seat"), plan.term("live_team", "seats")
    return Reply(
        text=lines(
            say(key, said=said, last=date_text(last)),
            *missed,
            say("recommend.worth", seat=seat, most=seat * seats, seats=seats) if in_time else "",
        ),
        buttons=undo(taken),
        notices=tuple(notice for entry in taken for notice in cards_to_deciders(request, entry)),
    )


def _distinct(teachers: Iterable[Person]) -> list[Person]:
    return list({teacher.id: teacher for teacher in teachers}.values())


def _one_teacher(request: Request, tx: Tx, teacher: Person) -> ledger.Entry:
    return record(
        request,
        tx,
        "recommend",
        title=teacher.name,
        details={"teacher": teacher.id},
        claim=("teacher", str(teacher.id)),
    )
