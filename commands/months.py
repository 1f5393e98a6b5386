"""月报: the month's assessment, drafted, frozen by two assessors, sent to 董办 (A32, A48, C27)."""

import re
from decimal import Decimal
from typing import Any

from commands import dialogue
from commands.chat import Notice, Reply, Request
from commands.errors import Refusal
from commands.paper import compose, sections
from commands.registry import Slot, command
from commands.texts import address, date_text, lines, moment, percent, points, say, short_name
from db import audit, months
from db.months import Frozen
from db.people import Person
from db.tx import Tx
from scoring import months as monthly
from scoring.moments import day_of, month_of

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
    example="月报 2024-04",
)
def report(request: Request, tx: Tx) -> Reply:
    """A month's report as it stands, or frozen for good when a second assessor confirms."""
    month = _month(request)
    kept = months.frozen(tx, request.plan, month)
    if request.args.get("freeze"):
        return _freeze(request, tx, month, kept)
    if kept is not None:
        return Reply(text=summary(kept.document, "month.frozen", moment(kept.known)))
    document = compose.compose(tx, request.plan, month, request.now)
    key = "month.draft" if document["whole"] else "month.draft_running"
    return Reply(text=summary(document, key, moment(request.now)))


def _month(request: Request) -> str:
    """The month asked for; without one, the last that has ended."""
    said = request.args.get("month", "").strip()
    first, last = month_of(request.plan.first_day), month_of(request.plan.last_day)
    if not said:
        before = monthly.previous(month_of(day_of(request.at)))
        return max(before, first)
    found = _MONTH.fullmatch(said)
    if found is None or not 1 <= int(found[2]) <= 12:
        raise Refusal(say("month.unreadable"))
    month = f"{found[1] or request.plan.year}-{int(found[2]):02d}"
    if not first <= month <= last:
        raise Refusal(
            say("month.outside", month=month, year=request.plan.year, first=first, last=last)
        )
    if monthly.month_start(month) > request.now:
        raise Refusal(say("month.not_begun", month=month))
    return month


# --- what is said -------------------------------------------------------------------------


def summary(document: dict[str, Any], key: str, when: str) -> str:
    """Three lines: the totals, what changed, what is open."""
    return lines(
        say(key, month=document["month"], when=when, totals=totals(document)),
        changes(document),
        opened(document["open"]),
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


# --- 定稿 ----------------------------------------------------------------------------------


def _freeze(request: Request, tx: Tx, month: str, kept: Frozen | None) -> Reply:
    if kept is not None:
        raise Refusal(say("month.is_frozen", month=month, when=moment(kept.known)))
    end = monthly.month_end(month)
    if request.now < end:
        first = day_of(end)
        weekday = "一二三四五六日"[first.weekday()]
        raise Refusal(say("month.running", month=month, day=date_text(first), weekday=weekday))
    if request.second is None:
        return _ask_second(request, tx, month)
    document = compose.compose(tx, request.plan, month, request.now)
    heads = months.heads(tx)
    found = Frozen(
        month=month,
        until=document["until"],
        known=request.now,
        heads=heads,
        sha256=compose.seal(tx, request.plan, document, heads),
        document=document,
        by=request.who.id,
        confirmed_by=request.second.id,
    )
    return keep(request, tx, found)


def _ask_second(request: Request, tx: Tx, month: str) -> Reply:
    """Put what is open before the other assessors; nothing is frozen until one confirms."""
    others = [
        person for person in request.people.with_role(ASSESSORS) if person.id != request.who.id
    ]
    if not others:
        raise Refusal(say("month.no_second", month=month))
    document = compose.compose(tx, request.plan, month, request.now)
    said = {"open": opened(document["open"]), "who": closers(document["open"])}
    number = dialogue.keep(tx, request, answerer=f"role:{ASSESSORS}")
    text = say("month.will", name=request.who.name, month=month, totals=totals(document), **said)
    buttons = dialogue.answer_buttons(number, say("month.confirm"))
    notices = tuple(
        Notice(text=text, person=one.id, buttons=(buttons,), key=f"freeze:{number}:{one.id}")
        for one in others
    )
    names = "、".join(person.name for person in others[:3])
    return Reply(
        text=say("month.asked", month=month, names=names, **said),
        buttons=(dialogue.answer_buttons(number, mine=False),),
        notices=notices,
    )


def keep(request: Request, tx: Tx, found: Frozen) -> Reply:
    """Freeze the month and tell 董办, the asker and whoever confirmed."""
    months.freeze(tx, request.plan, found)
    for person in (found.by, found.confirmed_by):
        audit.note(
            tx,
            at=request.now,
            person=person,
            action="freeze",
            subject=found.month,
            chat=request.chat.id,
        )
    chairman = request.people.with_role(CHAIRMAN)
    names = "、".join(person.name for person in chairman)
    key = "month.done" if chairman else "month.done_nobody"
    text = say(key, month=found.month, names=names, seal=found.sha256)
    covers = tuple(
        Notice(
            text=cover(request, found, person),
            person=person.id,
            key=f"month:{request.plan.id}:{found.month}:{person.id}",
        )
        for person in chairman
    )
    asker = Notice(
        text=text, person=found.by, key=f"frozen:{request.plan.id}:{found.month}:{found.by}"
    )
    return Reply(text=text, notices=(*covers, asker))


def cover(request: Request, found: Frozen, to: Person) -> str:
    """Three lines to the chairman's office: totals, changes with the worst red line, what is
    open and the seal."""
    document = found.document
    worst = document["attention"][0] if document["attention"] else None
    shown = {unit.name: short_name(unit) for unit in request.plan.units}
    return say(
        "month.cover",
        address=address(to, request.plan),
        month=found.month,
        totals=totals(document),
        changes=changes(document),
        worst=say(
            "month.worst",
            unit=shown.get(worst["unit"], worst["unit"]),
            word=request.plan.item[worst["item"]].word,
            because=worst["because"],
        )
        if worst
        else "",
        open=opened(document["open"]),
        seal=found.sha256[:SHOWN_SEAL],
    )
