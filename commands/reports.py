"""What a unit reports: news, articles, columns and videos by their links, and its milestones
(handover, PPT, recommended teachers)."""

from collections.abc import Iterable
from typing import Any

from commands import standing
from commands.chat import Button, Notice, Reply, Request
from commands.errors import Refusal
from commands.links import normalise_link
from commands.record import record
from commands.registry import Slot, command
from commands.rights import deciders
from commands.texts import (
    cut,
    date_text,
    day,
    deadline,
    lines,
    moment,
    say,
    short,
    week_at,
)
from db import ledger
from db.people import Person
from db.tx import Tx
from scoring.moments import day_of, end_of
from scoring.plan import Plan

MAX_TITLE = 80

REPORTS = Slot(
    name="items", kind="reports", required=True, ask="请发标题和链接，一行一条，可一次多条"
)


@command(
    "news",
    "报新闻",
    slots=(REPORTS,),
    example="报新闻 我系举行技能节开幕式 https://mp.weixin.qq.com/s/AAA111",
)
def news(request: Request, tx: Tx) -> Reply:
    """Record news of one's unit (附件2)."""
    return _links(request, tx, "news")


@command(
    "article",
    "报软文",
    slots=(REPORTS,),
    example="报软文 一根网线的教育 https://mp.weixin.qq.com/s/EEE555",
)
def article(request: Request, tx: Tx) -> Reply:
    """Record soft articles of one's unit (附件2)."""
    return _links(request, tx, "soft_article")


@command(
    "video",
    "报视频",
    slots=(REPORTS,),
    example="报视频 机房的一天 https://v.douyin.com/iGhi789/",
)
def video(request: Request, tx: Tx) -> Reply:
    """Record finished videos of one's unit for review (附件3·二·(一))."""
    return _links(request, tx, "video")


def _links(request: Request, tx: Tx, first_kind: str) -> Reply:
    """Record each pasted item; say what is in, under which numbers, and what is not and why."""
    taken: list[ledger.Entry] = []
    missed: list[str] = []
    seen: dict[str, int] = {}
    for place, item in enumerate(request.args["items"], start=1):
        kind = item.kind or first_kind
        try:
            taken.append(_one_link(request, tx, kind, item, seen))
        except ledger.Held as held:
            if held.number in {entry.number for entry in taken}:
                continue
            missed.append(_missed(tx, place, held.number))
        except Refusal as refusal:
            missed.append(say("report.not_taken", place=place, why=refusal))
    if not taken:
        raise Refusal("\n".join(missed) or say("report.nothing"))
    return Reply(
        text=lines(
            _receipt(request.plan, taken, len(missed)),
            *missed,
            standing.after_report(tx, request, [entry.fact.kind for entry in taken]),
        ),
        buttons=(_undo(taken),),
    )


def _one_link(request: Request, tx: Tx, kind: str, item: Any, seen: dict[str, int]) -> ledger.Entry:
    link = item.link or ""
    title = (item.title or "").strip()[:MAX_TITLE]
    if kind == "video":
        _owns_account(request.plan, request.who)
    elif not link.startswith(("http://", "https://")):
        raise Refusal(say("report.no_link"))
    held_as = normalise_link(link) if link.startswith("http") else ""
    if held_as in seen:
        raise ledger.Held(seen[held_as])
    entry = record(
        request,
        tx,
        kind,
        title=title or say("report.untitled"),
        link=link,
        claim=("link", held_as) if held_as else None,
    )
    if held_as:
        seen[held_as] = entry.number
    return entry


def _owns_account(plan: Plan, who: Person) -> None:
    if who.unit not in plan.sharers:
        raise Refusal(say("report.no_account", unit=short(plan, who.unit)))


def _missed(tx: Tx, place: int, number: int) -> str:
    old = ledger.entry(tx, number)
    when = day(old.fact.happened_at) if old is not None else ""
    return say("report.same_link", place=place, when=when, number=number)


def _receipt(plan: Plan, taken: list[ledger.Entry], missed: int) -> str:
    if len(taken) == 1 and not missed:
        [entry] = taken
        key = "report.video" if entry.fact.kind == "video" else "report.one"
        return say(
            key,
            number=entry.number,
            word=plan.kinds[entry.fact.kind].word,
            title=cut(entry.title),
            week=week_at(entry.fact.happened_at),
        )
    said = "、".join(f"#{entry.number} {plan.kinds[entry.fact.kind].word}" for entry in taken)
    return say("report.many", total=len(taken) + missed, taken=len(taken), said=said)


def _undo(taken: list[ledger.Entry]) -> tuple[Button, ...]:
    numbers = ",".join(f"#{entry.number}" for entry in taken)
    label = say("button.undo" if len(taken) == 1 else "button.undo_all")
    says = f"undo {numbers}"
    return (Button(label=label, says=says),) if len(says.encode()) <= 64 else ()


# --- milestones ---------------------------------------------------------------------------


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
        raise Refusal(_missed(tx, 1, held.number)) from None
    return Reply(
        text=lines(
            say("ppt.received", number=entry.number, what=_ppt_word(plan, who.unit)),
            _ppt_ladder(request),
        ),
        buttons=(_undo([entry]),),
        notices=cards_to_deciders(request, entry),
    )


def _ppt_word(plan: Plan, unit: str) -> str:
    return say("ppt.policy" if plan.by_code[unit].group != "系部" else "ppt.major")


def _ppt_ladder(request: Request) -> str:
    plan, today = request.plan, day_of(request.at)
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
        buttons=(_undo(taken),),
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


def cards_to_deciders(request: Request, entry: ledger.Entry) -> tuple[Notice, ...]:
    """The card with the buttons, to everybody who may decide on it."""
    plan, unit = request.plan, entry.fact.unit
    text = say(
        f"card.{entry.fact.kind}",
        number=entry.number,
        unit=short(plan, unit),
        title=cut(entry.title) if entry.title else "",
        link=entry.link,
        at=moment(entry.fact.happened_at),
    )
    return tuple(
        Notice(
            text=text.rstrip(),
            person=person.id,
            buttons=(decision_buttons(entry.number),),
            key=f"card:{entry.number}:{person.id}",
        )
        for role in deciders(plan, entry.fact.kind, unit)
        for person in request.people.with_role(role)
        if person.unit != unit
    )


def decision_buttons(number: int) -> tuple[Button, ...]:
    """{通过|退回} of a card."""
    return (
        Button(label=say("button.approve"), says=f"approve #{number}"),
        Button(label=say("button.reject"), says=f"reject #{number}"),
    )
