"""月报: a month's report, drafted, frozen by two assessors, sent to 董办 (A32, A48, C27)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial

from commands.chat.errors import Refusal
from commands.chat.messages import File, Incoming, Notice, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs, proposals
from commands.filing.deciders import same_hand
from commands.grammar.phones import without_phones
from commands.grammar.slots import Slot
from commands.months import compose, sections
from commands.months.document import files
from commands.months.report import OpenItem, Report, Reveal, Row
from commands.months.stored import from_json, to_json
from commands.wording.formats import address, moment, percent, points, short_name, weekday
from commands.wording.sentences import lines, say
from db import audit, months, plans, settings
from db.calendar import calendar
from db.engine.tx import Reading, Tx
from db.months import Frozen, Heads
from db.people import Person
from scoring import months as monthly
from scoring.moments import Instant, day_of, month_of
from scoring.plan import Plan
from scoring.verdicts import ZERO

ASSESSORS, CHAIRMAN = "考核组", "董办"
READERS = "考核组 董办 院长"
"""Who may have a frozen month again; a draft is for the assessors alone."""

RANKED = "系部"
MOST_REASON = 60
SHOWN_SEAL = 16
"""Digits of the seal shown in a line; the report prints all 64."""

_MONTH = re.compile(r"(?:(20\d\d)\s*[-./年]\s*)?(\d{1,2})\s*月?(?:份)?")


@command(
    "report",
    "月报",
    roles=READERS,
    slots=(
        Slot(name="freeze", kind="flag", choices=("定稿",)),
        Slot(name="month", kind="text"),
    ),
    never_bare=True,
    private=True,
    planless=True,
    example="月报 2024-04",
)
def order_report(request: Request, tx: Tx) -> Reply:
    """Order a month's report as it stands, or its freeze, which a second assessor confirms; both
    are made beside the chat and sent when ready. 董办 and 院长 get the frozen ones."""
    plan, month, reason = _month(request, tx)
    kept = months.is_frozen(tx, plan, month)
    assesses = ASSESSORS in request.who.roles
    if not assesses and (kept is None or request.args.get("freeze")):
        raise Refusal(say("month.not_frozen" if kept is None else "month.is_kept", month=month))
    if not request.args.get("freeze"):
        text = say("month.making", month=month)
        return jobs.begin(request, tx, "month", text, plan=plan, month=month)
    if kept is not None:
        raise Refusal(say("month.is_frozen", month=month, when=moment(kept)))
    _ended(request, month)
    early = _early(request, tx, plan, month, reason)
    if request.second is None:
        text = say("month.checking", month=month)
        return jobs.begin(request, tx, "month_check", text, plan=plan, month=month, early=early)
    text = say("month.freezing", month=month)
    who = {"by": request.who.id, "second": request.second.id}
    return jobs.begin(request, tx, "month_freeze", text, plan=plan, month=month, early=early, **who)


def _early(request: Request, tx: Tx, plan: Plan, month: str, reason: str) -> str:
    """Why a month is frozen while objections are still open; "" afterwards. Raises Refusal where
    no reason is given."""
    due = monthly.schedule(plan, calendar(tx), month)
    if day_of(request.now) > due.objections:
        return ""
    if not reason:
        until = weekday(due.objections)
        raise Refusal(say("month.early", month=month, objections=until))
    return without_phones(reason, settings.public_numbers(tx))[:MOST_REASON]


def _month(request: Request, tx: Tx) -> tuple[Plan, str, str]:
    """The plan and month asked for, by default the last month that has ended, and the reason that
    stands after the month. Raises Refusal."""
    said = request.args.get("month", "").strip()
    month, reason = monthly.previous(month_of(day_of(request.at))), ""
    if said:
        found = _MONTH.match(said)
        rest = said[found.end() :].strip(" ：:，,") if found else said
        if found is None or not 1 <= int(found[2]) <= 12 or (rest and not _freezes(request)):
            raise Refusal(say("month.unreadable"))
        month, reason = f"{found[1] or request.plan.year}-{int(found[2]):02d}", rest
    plan = plans.kept(tx).in_force(monthly.month_start(month), request.now)
    if plan is None:
        raise Refusal(say("month.outside", month=month, year=request.plan.year))
    if monthly.month_start(month) > request.now:
        raise Refusal(say("month.not_begun", month=month))
    return plan, month, reason


def _freezes(request: Request) -> bool:
    return bool(request.args.get("freeze"))


def _ended(request: Request, month: str) -> None:
    end = monthly.month_end(month)
    if request.now < end:
        raise Refusal(say("month.running", month=month, day=weekday(day_of(end))))


# --- the long work ------------------------------------------------------------------------


def _make(tx: Reading, order: Order, tell: Tell) -> Made:
    """The report as it stands now, or as it was frozen."""
    month = order.args["month"]
    kept = months.frozen(tx, order.plan, month)
    plan = compose.plan_of(tx, order.plan, kept) if kept else order.plan
    report = compose.reported(tx, plan, month, order.now, kept)
    tell(50)
    text = summary(report, frozen=kept is not None)
    made, warning = files(plan, report, kept.sha256 if kept else "")
    days = _what_follows(tx, order.plan, month, order.now) if report.whole and not kept else ""
    return Made(files=made, payload={"text": lines(text + days, warning)})


def _what_follows(tx: Reading, plan: Plan, month: str, now: Instant) -> str:
    """The last day of objections and the day of the freeze; "" once that day has passed."""
    due = monthly.schedule(plan, calendar(tx), month)
    if day_of(now) > due.freeze:
        return ""
    return say("month.due", objections=weekday(due.objections), freeze=weekday(due.freeze))


def _hand_over(request: Request, _tx: Tx, order: Order, made: Made) -> Reply:
    otherwise = say("month.no_files", month=order.args["month"])
    return jobs.sent(request, made.payload["text"], made.files, otherwise)


def _check(tx: Reading, order: Order, _tell: Tell) -> Made:
    """Find what is open, before anybody is asked to freeze."""
    report = compose.compose(tx, order.plan, order.args["month"], order.now)
    items = report.open
    warned = say("month.is_early", why=early) if (early := order.args["early"]) else ""
    said = {"totals": totals(report), "open": opened(items) + warned, "who": closers(items)}
    return Made(payload=said)


def _ask_second(request: Request, tx: Tx, order: Order, made: Made) -> Reply:
    """Show the other assessors what is open; nothing is frozen until one of them confirms."""
    month, said = order.args["month"], made.payload
    others = [
        person
        for person in request.people.with_role(ASSESSORS)
        if person.id != request.who.id and not same_hand(request.people, request.who.id, person)
    ]
    if not others:
        raise Refusal(say("month.no_second", month=month))
    line = f"report {month} 定稿 {order.args['early']}".rstrip()
    asked = replace(request, line=line, incoming=_without_file(request))
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
    """Compose the month on this snapshot, with its seal and files."""
    month = order.args["month"]
    report = replace(compose.compose(tx, order.plan, month, order.now), early=order.args["early"])
    document, heads = to_json(report), months.heads(tx)
    sha256 = compose.seal(tx, order.plan, document, heads, partial(tell, 30))
    tell(70)
    made, warning = files(order.plan, report, sha256)
    said = {"document": document, "heads": asdict(heads), "sha256": sha256, "warning": warning}
    return Made(files=made, payload=said)


def _freeze(request: Request, tx: Tx, order: Order, made: Made) -> Reply:
    """Keep the month as the worker saw it; tell 董办, the asker and whoever confirmed."""
    args, said = order.args, made.payload
    if (when := months.is_frozen(tx, order.plan, args["month"])) is not None:
        raise Refusal(say("month.is_frozen", month=args["month"], when=moment(when)))
    report = from_json(Report, said["document"])
    found = Frozen(
        month=report.month,
        until=report.until,
        known=report.known,
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
    reply = _told(request, order.plan, found, report, made.files)
    return replace(reply, text=lines(reply.text, said["warning"]))


def _told(
    request: Request, plan: Plan, found: Frozen, report: Report, made: tuple[File, ...]
) -> Reply:
    """The cover in a message of its own, since it arrives where files do not; then the files."""
    chairman = request.people.with_role(CHAIRMAN)
    names = "、".join(person.name for person in chairman)
    key = "month.done" if chairman else "month.done_nobody"
    text = say(key, month=found.month, names=names, seal=found.sha256)
    covers = tuple(
        Notice(
            text=cover(plan, report, found.sha256, person),
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
    return Reply(
        text=text,
        notices=(*covers, *papers, asker, *_to_heads(request, plan, report)),
        private=True,
    )


def _to_heads(request: Request, plan: Plan, report: Report) -> Iterator[Notice]:
    """Each head's own row of the frozen month."""
    rows = {row.unit: row for row in report.units}
    for unit in plan.scored_units:
        text = say(
            "month.to_head",
            month=report.month,
            unit=short_name(unit),
            points=_points(rows[unit.name]),
        )
        for head in request.people.heads(unit.code):
            key = f"month-head:{plan.id}:{report.month}:{unit.code}:{head.id}"
            yield Notice(text=text, person=head.id, key=key)


REPORT = Job(name="month", work=_make, finish=_hand_over, sends=True)
CHECK = Job(name="month_check", work=_check, finish=_ask_second)
FREEZE = Job(name="month_freeze", work=_seal, finish=_freeze)


# --- what is said -------------------------------------------------------------------------


def summary(report: Report, *, frozen: bool) -> str:
    """Three lines: the totals, what changed, what is open."""
    key = "month.frozen" if frozen else "month.draft" if report.whole else "month.draft_running"
    return lines(
        say(key, month=report.month, when=moment(report.known), totals=totals(report)),
        changes(report),
        opened(report.open) + looked(report.reveals),
    )


def totals(report: Report) -> str:
    """How many units, the best of the 系部 (a place is one inside a group: A43), the school."""
    ranked = [row for row in report.units if row.group == RANKED] or report.units
    best, rate = max(((row, row.rate or ZERO) for row in ranked), key=lambda pair: pair[1])
    return say(
        "month.totals",
        units=len(report.units),
        best=f"{best.unit} {_points(best)}",
        rate=percent(rate),
        school=_points(report.school),
    )


def changes(report: Report) -> str:
    """How many units rose and fell in the month, the corrections and the red lines."""
    moved = [row.points - report.before[row.unit].points for row in report.units]
    return say(
        "month.changes",
        up=sum(change > 0 for change in moved),
        down=sum(change < 0 for change in moved),
        corrections=len(report.corrections),
        attention=len(report.attention),
    )


def opened(items: Sequence[OpenItem]) -> str:
    """未结：待核 3，申诉中 1，无数据 2."""
    total = sections.counted(items)
    if not any(total.values()):
        return say("month.open_none")
    return say(
        "month.open", pending=total["待核"], appeals=total["申诉中"], missing=total["无数据"]
    )


def looked(rows: Sequence[Reveal]) -> str:
    """How often full numbers were shown in the month, and to whom most (C28); "" for never."""
    if not rows:
        return ""
    who = "、".join(f"{row.who} {row.total}" for row in rows[:3])
    return say("month.looked", total=sum(row.total for row in rows), who=who)


def closers(items: Sequence[OpenItem]) -> str:
    """Who can close what is open, kind by kind."""
    by_kind: dict[str, tuple[int, dict[str, None]]] = {}
    for item in items:
        total, who = by_kind.get(item.kind, (0, {}))
        by_kind[item.kind] = total + item.total, {**who, **dict.fromkeys(item.who)}
    said = "；".join(
        say("month.closer", kind=kind, total=total, who="、".join(who) or say("month.nobody"))
        for kind, (total, who) in by_kind.items()
    )
    return say("month.will_who", said=said) if said else say("month.will_clear")


def _points(row: Row) -> str:
    return f"{points(row.points)}/{points(row.max)}"


def cover(plan: Plan, report: Report, seal: str, to: Person) -> str:
    """Three lines to the chairman's office: the totals, the changes with the worst red line,
    what is open with the seal."""
    worst = report.attention[0] if report.attention else None
    shown = {unit.name: short_name(unit) for unit in plan.units}
    return say(
        "month.cover",
        address=address(to, plan),
        month=report.month,
        totals=totals(report),
        changes=changes(report),
        worst=say(
            "month.worst",
            unit=shown.get(worst.unit, worst.unit),
            word=plan.item[worst.item].word,
            because=worst.because,
        )
        if worst
        else "",
        open=opened(report.open),
        seal=seal[:SHOWN_SEAL],
    )
