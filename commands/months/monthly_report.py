"""月报: the month's assessment, drafted, frozen by two assessors, sent to 董办 (A32, A48, C27)."""

import re
from dataclasses import asdict, replace
from decimal import Decimal
from functools import partial
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import File, Incoming, Notice, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs, proposals
from commands.grammar.slots import Slot
from commands.months import compose, sections
from commands.months.document import files
from commands.wording.formats import address, moment, percent, points, short_name, weekday
from commands.wording.sentences import lines, say
from db import audit, months, plans
from db.calendar import calendar
from db.engine.tx import Reading, Tx
from db.months import Frozen, Heads
from db.people import Person
from scoring import months as monthly
from scoring.moments import Instant, day_of, month_of
from scoring.plan import Plan

ASSESSORS, CHAIRMAN = "考核组", "董办"
RANKED = "系部"
SHOWN_SEAL = 16
"""Digits of the seal shown in a line; the report prints all 64."""

_MONTH = re.compile(r"(?:(20\d\d)\s*[-./年]\s*)?(\d{1,2})\s*月?(?:份)?")


@command(
    "report",
    "月报",
    roles=ASSESSORS,
    slots=(
        Slot(name="freeze", kind="flag", choices=("定稿",)),
        Slot(name="month", kind="text"),
    ),
    never_bare=True,
    private=True,
    planless=True,
    example="月报 2024-04",
)
def report(request: Request, tx: Tx) -> Reply:
    """A month's report as it stands, or frozen for good when a second assessor confirms; both
    are made beside the chat and come when they are ready."""
    plan, month = _month(request)
    kept = months.is_frozen(tx, plan, month)
    if not request.args.get("freeze"):
        text = say("month.making", month=month)
        return jobs.begin(request, tx, "month", text, plan=plan, month=month)
    if kept is not None:
        raise Refusal(say("month.is_frozen", month=month, when=moment(kept)))
    _ended(request, month)
    if request.second is None:
        text = say("month.checking", month=month)
        return jobs.begin(request, tx, "month_check", text, plan=plan, month=month)
    text = say("month.freezing", month=month)
    who = {"by": request.who.id, "second": request.second.id}
    return jobs.begin(request, tx, "month_freeze", text, plan=plan, month=month, **who)


def _month(request: Request) -> tuple[Plan, str]:
    """The plan and month asked for; without one, the last month that has ended."""
    said = request.args.get("month", "").strip()
    month = monthly.previous(month_of(day_of(request.at)))
    if said:
        found = _MONTH.fullmatch(said)
        if found is None or not 1 <= int(found[2]) <= 12:
            raise Refusal(say("month.unreadable"))
        month = f"{found[1] or request.plan.year}-{int(found[2]):02d}"
    plan = next(
        (plan for plan in (request.plan, *plans.shipped()) if month.startswith(f"{plan.year}-")),
        None,
    )
    if plan is None:
        raise Refusal(say("month.outside", month=month, year=request.plan.year))
    if monthly.month_start(month) > request.now:
        raise Refusal(say("month.not_begun", month=month))
    return plan, month


def _ended(request: Request, month: str) -> None:
    end = monthly.month_end(month)
    if request.now < end:
        raise Refusal(say("month.running", month=month, day=weekday(day_of(end))))


# --- the long work ------------------------------------------------------------------------


def _make(tx: Reading, order: Order, tell: Tell) -> Made:
    """The report as it stands now, or as it was frozen."""
    month = order.args["month"]
    kept = months.frozen(tx, order.plan, month)
    document = kept.document if kept else compose.compose(tx, order.plan, month, order.now)
    tell(50)
    key = "month.frozen" if kept else "month.draft" if document["whole"] else "month.draft_running"
    text = summary(document, key, moment(document["known"]))
    made, warning = files(order.plan, document, kept.sha256 if kept else "")
    days = _what_follows(tx, month, order.now) if document["whole"] and not kept else ""
    return Made(files=made, payload={"text": lines(text + days, warning)})


def _what_follows(tx: Reading, month: str, now: Instant) -> str:
    """Until when a draft can be objected to and when it is frozen, as long as that lies ahead."""
    due = monthly.schedule(calendar(tx), month)
    if day_of(now) > due.freeze:
        return ""
    return say("month.due", objections=weekday(due.objections), freeze=weekday(due.freeze))


def _hand_over(request: Request, _tx: Tx, order: Order, made: Made) -> Reply:
    otherwise = say("month.no_files", month=order.args["month"])
    return jobs.sent(request, made.payload["text"], made.files, otherwise)


def _check(tx: Reading, order: Order, _tell: Tell) -> Made:
    """What is open, before anybody is asked to freeze."""
    document = compose.compose(tx, order.plan, order.args["month"], order.now)
    items = document["open"]
    said = {"totals": totals(document), "open": opened(items), "who": closers(items)}
    return Made(payload=said)


def _ask_second(request: Request, tx: Tx, order: Order, made: Made) -> Reply:
    """Put what is open before the other assessors; nothing is frozen until one confirms."""
    month, said = order.args["month"], made.payload
    others = [
        person for person in request.people.with_role(ASSESSORS) if person.id != request.who.id
    ]
    if not others:
        raise Refusal(say("month.no_second", month=month))
    asked = replace(request, line=f"report {month} 定稿", incoming=_without_file(request))
    number = proposals.keep(tx, asked, answerer=f"role:{ASSESSORS}")
    text = say("month.will", name=request.who.name, month=month, **said)
    buttons = proposals.answer_buttons(number, say("month.confirm"))
    notices = tuple(
        Notice(text=text, person=one.id, buttons=(buttons,), key=f"freeze:{number}:{one.id}")
        for one in others
    )
    names = "、".join(person.name for person in others[:3])
    return Reply(
        text=say("month.asked", month=month, names=names, open=said["open"], who=said["who"]),
        buttons=(proposals.answer_buttons(number, mine=False),),
        notices=notices,
        private=True,
    )


def _without_file(request: Request) -> Incoming:
    return replace(request.incoming, file=None)


def _seal(tx: Reading, order: Order, tell: Tell) -> Made:
    """The month as it is known on this snapshot, with its seal."""
    month = order.args["month"]
    document = compose.compose(tx, order.plan, month, order.now)
    heads = months.heads(tx)
    sha256 = compose.seal(tx, order.plan, document, heads, partial(tell, 30))
    tell(70)
    made, warning = files(order.plan, document, sha256)
    said = {"document": document, "heads": asdict(heads), "sha256": sha256, "warning": warning}
    return Made(files=made, payload=said)


def _freeze(request: Request, tx: Tx, order: Order, made: Made) -> Reply:
    """Keep the month as the worker saw it and tell 董办, the asker and whoever confirmed."""
    args, said = order.args, made.payload
    if (when := months.is_frozen(tx, order.plan, args["month"])) is not None:
        raise Refusal(say("month.is_frozen", month=args["month"], when=moment(when)))
    found = Frozen(
        month=args["month"],
        until=said["document"]["until"],
        known=said["document"]["known"],
        heads=Heads(**said["heads"]),
        sha256=said["sha256"],
        document=said["document"],
        by=args["by"],
        confirmed_by=args["second"],
    )
    months.freeze(tx, order.plan, found)
    for person in (found.by, found.confirmed_by):
        audit.note(
            tx,
            at=request.now,
            person=person,
            action="freeze",
            subject=found.month,
            chat=request.chat.id,
        )
    reply = _told(request, order.plan, found, made.files)
    return replace(reply, text=lines(reply.text, said["warning"]))


def _told(request: Request, plan: Plan, found: Frozen, made: tuple[File, ...]) -> Reply:
    """The cover by itself, so that it arrives wherever files do not; then the files."""
    chairman = request.people.with_role(CHAIRMAN)
    names = "、".join(person.name for person in chairman)
    key = "month.done" if chairman else "month.done_nobody"
    text = say(key, month=found.month, names=names, seal=found.sha256)
    covers = tuple(
        Notice(
            text=cover(plan, found, person),
            person=person.id,
            key=f"month:{plan.id}:{found.month}:{person.id}",
        )
        for person in chairman
    )
    papers = tuple(
        Notice(
            text=say("month.papers", month=found.month),
            person=person.id,
            files=made,
            key=f"month-files:{plan.id}:{found.month}:{person.id}",
        )
        for person in chairman
    )
    asker = Notice(text=text, person=found.by, key=f"frozen:{plan.id}:{found.month}")
    return Reply(text=text, notices=(*covers, *papers, asker), private=True)


REPORT = Job(name="month", work=_make, finish=_hand_over)
CHECK = Job(name="month_check", work=_check, finish=_ask_second)
FREEZE = Job(name="month_freeze", work=_seal, finish=_freeze)


# --- what is said -------------------------------------------------------------------------


def summary(document: dict[str, Any], key: str, when: str) -> str:
    """Three lines: the totals, what changed, what is open."""
    return lines(
        say(key, month=document["month"], when=when, totals=totals(document)),
        changes(document),
        opened(document["open"]) + looked(document["reveals"]),
    )


def totals(document: dict[str, Any]) -> str:
    """How many units, the best of the 系部 (A43: a place is one inside a group), the school."""
    ranked = [row for row in document["units"] if row["group"] == RANKED and row["rate"]]
    best = max(ranked, key=lambda row: Decimal(row["rate"]))
    school = document["school"]
    return say(
        "month.totals",
        units=len(document["units"]),
        best=f"{best['unit']} {_points(best)}",
        rate=percent(Decimal(best["rate"])),
        school=_points(school),
    )


def changes(document: dict[str, Any]) -> str:
    """How many units rose and fell in the month, the corrections and the red lines."""
    before = document["before"]
    moved = [
        Decimal(row["points"]) - Decimal(before[row["unit"]]["points"]) for row in document["units"]
    ]
    return say(
        "month.changes",
        up=sum(change > 0 for change in moved),
        down=sum(change < 0 for change in moved),
        corrections=len(document["corrections"]),
        attention=len(document["attention"]),
    )


def opened(items: list[dict[str, Any]]) -> str:
    """待核 3，申诉中 1，无数据 2."""
    total = sections.counted(items)
    if not any(total.values()):
        return say("month.open_none")
    return say(
        "month.open", pending=total["待核"], appeals=total["申诉中"], missing=total["无数据"]
    )


def looked(rows: list[dict[str, Any]]) -> str:
    """How often full numbers were shown in the month, and to whom most (C28); "" for never."""
    if not rows:
        return ""
    who = "、".join(f"{row['who']} {row['total']}" for row in rows[:3])
    return say("month.looked", total=sum(row["total"] for row in rows), who=who)


def closers(items: list[dict[str, Any]]) -> str:
    """Who can close what is open, a kind at a time."""
    by_kind: dict[str, tuple[int, dict[str, None]]] = {}
    for item in items:
        total, who = by_kind.get(item["kind"], (0, {}))
        by_kind[item["kind"]] = total + item["total"], {**who, **dict.fromkeys(item["who"])}
    said = "；".join(
        say("month.closer", kind=kind, total=total, who="、".join(who) or say("month.nobody"))
        for kind, (total, who) in by_kind.items()
    )
    return say("month.will_who", said=said) if said else say("month.will_clear")


def _points(row: dict[str, Any]) -> str:
    return f"{points(Decimal(row['points']))}/{points(Decimal(row['max']))}"


def cover(plan: Plan, found: Frozen, to: Person) -> str:
    """Three lines to the chairman's office: totals, changes with the worst red line, what is
    open and the seal."""
    document = found.document
    worst = document["attention"][0] if document["attention"] else None
    shown = {unit.name: short_name(unit) for unit in plan.units}
    return say(
        "month.cover",
        address=address(to, plan),
        month=found.month,
        totals=totals(document),
        changes=changes(document),
        worst=say(
            "month.worst",
            unit=shown.get(worst["unit"], worst["unit"]),
            word=plan.item[worst["item"]].word,
            because=worst["because"],
        )
        if worst
        else "",
        open=opened(document["open"]),
        seal=found.sha256[:SHOWN_SEAL],
    )
