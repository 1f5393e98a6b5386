"""The admissions desk (C11): 待认定, its cards, and the table that goes out with phone numbers and
comes back with results. Nobody decides on their own unit's leads (A44)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from commands.admissions import table as desksheet
from commands.chat.errors import Refusal
from commands.chat.messages import Button, File, Reply
from commands.chat.requests import Asking, Job, Made, Opener, Order, Request, Tell, command
from commands.conversation import jobs, proposals
from commands.filing.record import judge
from commands.grammar.slots import Slot
from commands.leads import card, identity, news
from commands.leads.recall import TABLE_NAME
from commands.review import checks, decide, which
from commands.review.waiting import waiting
from commands.wording.formats import day, days_ago, moment, short
from commands.wording.sentences import lines, say
from db import leads as desk_rows
from db import leadtext, ledger
from db.engine.tx import Reading, Row, Tx
from scoring.moments import Instant, day_of
from scoring.plan import Plan

DESK = "招办 考核组"
UNIT = Slot(name="unit", kind="unit")


@command(
    "pending",
    "待认定",
    roles=DESK,
    slots=(UNIT,),
    reads=True,
    private=True,
    example="待认定",
    planless=True,
)
def pending(request: Request, tx: Reading) -> Reply:
    """Say how many leads wait for the asker and since when, with buttons to work through them."""
    unit = request.args.get("unit", "")
    rows = rows_of(request, tx, unit)
    if not rows:
        return Reply(text=say("desk.empty"))
    oldest = min(rows, key=lambda row: (row.since, row.fact))
    suspected = desk_rows.suspected(tx, request.plan)
    doubtful = sum(row.fact in suspected for row in rows)
    text = say(
        "desk.summary",
        unit=short(request.plan, unit) if unit else "",
        total=len(rows),
        days=days_ago(oldest.since, request.now),
        number=oldest.fact,
        day=day(oldest.since),
    )
    also = say("desk.suspects", total=doubtful) if doubtful else ""
    return Reply(text=text + also, buttons=(_ways(request, rows, unit),))


def _ways(asking: Asking, rows: Sequence[Row], unit: str) -> tuple[Button, ...]:
    """{逐条认定|下载表格|只看…}: the last one shows only the unit with the most leads."""
    ways = [
        Button.of(say("button.desk_cards"), "desk", unit),
        Button.of(say("button.desk_table"), "desktable", unit),
    ]
    units = [row.unit for row in rows]
    if not unit and len(set(units)) > 1:
        most = max(sorted(set(units)), key=units.count)
        label = say("button.desk_unit", unit=short(asking.plan, most))
        ways.append(Button.of(label, "pending", most))
    return (*ways, *which.offered("认定", 0 if unit else len(rows)))


def rows_of(asking: Asking, tx: Reading, unit: str = "") -> list[Row]:
    """The waiting leads the asker may decide on, suspects last."""
    mine = (row for row in waiting(asking, tx) if row.kind == "lead")
    return card.in_order(tx, asking.plan, (row for row in mine if not unit or row.unit == unit))


# --- one by one ---------------------------------------------------------------------------


@command(
    "desk",
    roles=DESK,
    internal=True,
    private=True,
    slots=(
        Slot(name="word", kind="choice", choices=("认定", "打不通", "跳过")),
        Slot(name="number", kind="number"),
        UNIT,
    ),
    planless=True,
)
def desk(request: Request, tx: Tx) -> Reply:
    """Do what was pressed under a lead's card, then show the next card."""
    number, unit = request.args.get("number") or 0, request.args.get("unit", "")
    done = Reply(text="")
    if request.args.get("word") == "认定":
        done = decide.certify(replace(request, args={"numbers": (number,)}), tx)
        done = replace(done, text=say("review.short_certify", number=number))
    elif request.args.get("word") == "打不通":
        checks.check_lead(request, tx, number)
        desk_rows.mark_tried(tx, number, request.who.id, request.now)
        done = Reply(text=say("desk.stays", number=number))
    if request.incoming.signed_in is not None:
        return done  # a page has its own list, and shows who is next
    following = card.after(request, tx, rows_of(request, tx, unit), number, unit)
    return replace(
        following,
        text=lines(done.text, following.text),
        notices=done.notices,
        replaces=request.pressed and not request.chat.group,
    )


# --- the table out ------------------------------------------------------------------------


@command("desktable", roles=DESK, internal=True, private=True, slots=(UNIT,), planless=True)
def desktable(request: Request, tx: Tx) -> Reply:
    """Write all waiting leads with full phone numbers to a table, in the background; each lead
    shown is audited (C28)."""
    rows = rows_of(request, tx, request.args.get("unit", ""))[: desksheet.MOST_ROWS]
    if not rows:
        return Reply(text=say("desk.empty"))
    numbers = [row.fact for row in rows]
    for number in numbers:
        card.reveal(request, tx, number)
    table = desk_rows.hand_out(tx, request.who.id, request.now)
    until = request.now + desk_rows.TABLE_LASTS
    text = say("desk.making", total=len(numbers))
    return jobs.begin(request, tx, "desktable", text, table=table, until=until, numbers=numbers)


def _write_table(tx: Reading, order: Order, tell: Tell) -> Made:
    """The table of the leads that waited when it was ordered, without those erased since."""
    tried, suspected = desk_rows.tried(tx), desk_rows.suspected(tx, order.plan)
    told = []
    for number in order.args["numbers"]:
        if not leadtext.is_erased(tx, number):
            told.append(_cells(order, tx, number, tried, suspect=number in suspected))
            tell(len(told) * 50 // len(order.args["numbers"]))
    name = f"{TABLE_NAME}{day_of(order.now).strftime('%m%d')}"
    until = moment(order.args["until"])
    head = say("desk.table_head", table=order.args["table"], until=until)
    file = File(name=f"{name}.xlsx", data=desksheet.write(name, head, told))
    text = say("desk.table", name=file.name, total=len(told))
    return Made(files=(file,), payload={"text": text})


def _send_table(request: Request, _tx: Tx, _order: Order, made: Made) -> Reply:
    return jobs.sent(request, made.payload["text"], made.files, say("desk.no_files"))


TABLE = Job(name="desktable", work=_write_table, finish=_send_table, sends=True)


def _cells(
    order: Order, tx: Reading, number: int, tried: Mapping[int, int], *, suspect: bool
) -> list[str]:
    """A lead as a row under `desksheet.COLUMNS`."""
    entry = ledger.entry(tx, number)
    assert entry is not None  # noqa: S101 - what waited is a fact
    name, phone, note = identity.opened(tx, number)
    details, plan = entry.fact.details, order.plan
    wished = details.get("major") or details.get("wished", "")
    reporter = order.people.by_id.get(entry.fact.person)
    return [
        str(number),
        name,
        phone,
        details.get("level", ""),
        short(plan, wished),
        details.get("track", ""),
        note,
        short(plan, entry.fact.unit),
        reporter.name if reporter else "",
        day(entry.fact.happened_at),
        "　".join(card.remarks(tried.get(number, 0), suspect=suspect)),
        "",
    ]


# --- and back -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Results:
    """A returned table, sorted: what can be decided, what cannot, and why."""

    total: int
    good: tuple[tuple[ledger.Entry, desksheet.Line], ...]
    blank: int
    unclear: tuple[desksheet.Line, ...]
    refused: tuple[str, ...]

    def of(self, *, invalid: bool) -> int:
        return sum(line.invalid is invalid for _, line in self.good)


def _read(name: str, data: bytes, _plan: Plan, _now: Instant) -> Any:
    return desksheet.plain(desksheet.read(name, data))


@command(
    "deskfile",
    roles=DESK,
    internal=True,
    opens=Opener(read=_read, value=desksheet.from_plain),
    planless=True,
)
def deskfile(request: Request, tx: Tx) -> Reply:
    """Show what a returned table says; record the results once confirmed."""
    sheet: desksheet.Sheet | None = request.opened
    if sheet is None:
        raise Refusal(say("desk.no_columns"))
    asked = sheet.table is not None and not request.confirmed
    if asked and not desk_rows.is_out(tx, sheet.table or 0, request.now):
        raise Refusal(say("desk.expired"))
    results = _sorted_out(request, tx, sheet.lines)
    if request.confirmed:
        return _count(request, tx, results)
    text = lines(_shown(results), say("desk.keeps"), "；".join(results.refused[:3]))
    if not results.good:
        return Reply(text=lines(text, say("desk.nothing_to_count")))
    label = say("review.confirm_batch", total=len(results.good))
    return proposals.propose(tx, request, text, label=label)


def _sorted_out(asking: Asking, tx: Reading, rows: Sequence[desksheet.Line]) -> _Results:
    good: dict[int, tuple[ledger.Entry, desksheet.Line]] = {}
    refused: list[str] = []
    unclear: list[desksheet.Line] = []
    for line in rows:
        if not line.said:
            continue
        if line.number is None or not (line.accepted or line.invalid):
            unclear.append(line)
            continue
        try:
            entry = checks.check_lead(asking, tx, line.number)
        except Refusal as refusal:
            refused.append(say("desk.refused", line=line.line, why=str(refusal).rstrip("。")))
            continue
        if line.number in good:
            refused.append(say("desk.twice", line=line.line, number=line.number))
            continue
        good[line.number] = entry, line
    return _Results(
        total=len(rows),
        good=tuple(good.values()),
        blank=sum(not line.said for line in rows),
        unclear=tuple(unclear),
        refused=tuple(refused),
    )


def _shown(results: _Results) -> str:
    first = results.unclear[0] if results.unclear else None
    unclear = (
        say("desk.unclear", total=len(results.unclear), line=first.line, said=first.said[:12])
        if first
        else ""
    )
    refused = say("desk.not_yours", total=len(results.refused)) if results.refused else ""
    return say(
        "desk.read",
        total=results.total,
        certified=results.of(invalid=False),
        invalid=results.of(invalid=True),
        blank=results.blank,
        rest=unclear + refused,
    )


def _count(request: Request, tx: Tx, results: _Results) -> Reply:
    if not results.good:
        raise Refusal(say("dialogue.answered"))
    batch = results.good[0][0].number
    for entry, line in results.good:
        verb = checks.INVALID.verb if line.invalid else checks.CERTIFY.verb
        judge(request, tx, entry, verb, reason=line.reason, batch=batch)
    left = ledger.queue(tx, ("lead",))
    mine = len(rows_of(request, tx))
    others = len(left) - mine
    text = say(
        "desk.counted",
        certified=results.of(invalid=False),
        invalid=results.of(invalid=True),
        left=len(left),
        others=say("desk.of_others", total=others) if others else "",
    )
    return Reply(
        text=text,
        buttons=((Button.of(say("button.undo_batch"), "undo"),),),
        notices=news.about(request, tx, {entry.fact.person for entry, _ in results.good}),
    )
