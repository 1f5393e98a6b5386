"""台账: a table of what was reported before the school began with the bot, booked by two assessors
and taken back as one."""

from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Button, File, Notice, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs, proposals, seconds
from commands.conversation.seconds import ASSESSORS
from commands.grammar.slots import Slot
from commands.records import booking
from commands.records.booking import Batch
from commands.records.file import OPENER, Sheet, sheet_of, template
from commands.records.meaning import Meaning, meant
from commands.records.preview import preview
from commands.wording.formats import moment
from commands.wording.sentences import lines, say
from db import audit, plans, records
from db.engine.tx import Reading, Row, Tx
from scoring.plan import Plan

SHOWN = 3
"""How many tables are listed."""


@command(
    "records",
    "台账 补录表",
    roles=ASSESSORS,
    slots=(
        Slot(name="undo", kind="flag", choices=("撤回",)),
        Slot(name="number", kind="number"),
    ),
    never_bare=True,
    private=True,
    opens=OPENER,
    example="台账",
)
def records_(request: Request, tx: Tx) -> Reply:
    """Show what a table would book and ask a second assessor; alone: how it is written, and the
    tables booked so far; 撤回 and a number: take one back."""
    if request.args.get("undo"):
        return _undo(request, tx)
    if request.incoming.file is None:
        return _how(request, tx)
    if request.chat.group:
        raise Refusal(say("records.in_group"))
    _ = request.opened  # raises Unreadable
    if request.second is not None:
        return _ordered(request, tx)
    seconds.others(request)
    number = proposals.keep(tx, request, answerer=seconds.ANSWERER)
    return jobs.begin(request, tx, CHECK.name, say("records.reading"), proposal=number)


def _how(request: Request, tx: Tx) -> Reply:
    booked = [_line(row, records.total(tx, row.id), request) for row in records.latest(tx, SHOWN)]
    text = lines(say("records.how"), *booked)
    file = File(name=say("records.template"), data=template())
    return jobs.sent(request, text, (file,), say("records.no_files"))


def _line(row: Row, total: int, request: Request) -> str:
    by, second = (request.people.by_id.get(one or 0) for one in (row.person, row.second))
    return say(
        "records.row" if row.undone_at is None else "records.row_undone",
        number=row.id,
        when=moment(row.at),
        total=total,
        by=by.name if by else say("plan.shell"),
        second=second.name if second else "",
    )


# --- looking ------------------------------------------------------------------------------


def _kept(tx: Reading, order: Order, number: int) -> Sheet:
    found = proposals.proposal(tx, number, order.now)
    if found is None:
        raise Refusal(say("dialogue.answered"))
    return sheet_of(found[1]["opened"][1])


def _check(tx: Reading, order: Order, _tell: Tell) -> Made:
    sheet = _kept(tx, order, order.args["proposal"])
    meaning = meant(tx, order.plan, order.people, sheet)
    said = list(preview(tx, order.plan, sheet, meaning, order.now))
    files = (_faults(meaning),) if meaning.faults else ()
    fine = bool(meaning.entries) and not meaning.faults
    return Made(payload={"said": said, "fine": fine}, files=files)


def _faults(meaning: Meaning) -> File:
    rows = ((str(fault.line), fault.reason) for fault in meaning.faults)
    head = say("records.faults_head").split("|")
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in (head, *rows))
    return File(name=say("records.faults_file"), data=text.encode("utf-8-sig"))


def _ask_second(request: Request, tx: Tx, order: Order, made: Made) -> Reply:
    said, number = made.payload["said"], order.args["proposal"]
    if not made.payload["fine"]:
        proposals.settle(tx, number, "cancelled")
        files = made.files if request.can.files else ()
        return Reply(text=lines(*said), files=files, private=True)
    return seconds.put_before(
        request,
        number,
        lines(say("records.card", name=request.who.name), *said),
        lines(*said),
        label=say("records.confirm"),
    )


CHECK = Job(name="records_check", work=_check, finish=_ask_second)


# --- booking ------------------------------------------------------------------------------


def _ordered(request: Request, tx: Tx) -> Reply:
    """Order the booking, by the plan that the table was read by. The table is kept once more, since
    what was confirmed is forgotten."""
    second, asker = request.second, request.who
    assert second is not None  # noqa: S101 - only called with one
    plan = plans.kept(tx).by_id(request.opened["plan"], request.now) or request.plan
    kept = proposals.keep(tx, request)
    number = records.begin(tx, plan, by=asker.id, second=second.id, at=request.now)
    for person in (asker, second):
        audit.note(
            tx,
            at=request.now,
            person=person.id,
            action="records" if person is asker else "second",
            subject=f"records {number}",
            chat=request.chat.id,
        )
    text = say("records.booking")
    return jobs.begin(request, tx, BOOK.name, text, plan=plan, kept=kept, batch=number)


def _batch(tx: Reading, order: Order) -> Batch:
    row: Any = records.batch(tx, order.args["batch"])
    by, second = (order.people.by_id.get(one) for one in (row.person, row.second))
    if by is None or second is None:
        raise Refusal(say("dialogue.asker_left"))
    return Batch(
        number=order.args["batch"], plan=order.plan, people=order.people, by=by, second=second
    )


def _prepare(tx: Reading, order: Order, _tell: Tell) -> Made:
    sheet = _kept(tx, order, order.args["kept"])
    meaning = meant(tx, order.plan, order.people, sheet)
    if meaning.faults:
        raise Refusal(say("records.changed", lines=len(meaning.faults)))
    batch = _batch(tx, order)
    own = sum(bool(one.verb) and batch.decider(one) is None for one in meaning.entries)
    parts = tuple((batch, part) for part in booking.parts(meaning.entries))
    return Made(payload={"total": sheet.total, "own": own}, parts=parts)


def _book(tx: Tx, order: Order, part: Any) -> None:
    batch, entries = part
    booking.book(tx, batch, entries, order.now)


def _booked(request: Request, tx: Tx, order: Order, made: Made) -> Reply:
    number = order.args["batch"]
    proposals.settle(tx, order.args["kept"], "confirmed")
    total = records.total(tx, number)
    text = lines(
        say("records.booked", number=number, total=total, left=made.payload["total"] - total),
        say("records.own", total=made.payload["own"]) if made.payload["own"] else "",
    )
    undo = ((Button.of(say("button.undo_batch"), "records", "撤回", f"#{number}"),),)
    asker = Notice(text=text, person=order.person, buttons=undo, key=f"records:{number}")
    return Reply(text=text, buttons=undo, notices=(asker,), private=True)


BOOK = Job(name="records_book", work=_prepare, enter=_book, finish=_booked)


# --- taking back --------------------------------------------------------------------------


def _undo(request: Request, tx: Tx) -> Reply:
    number = request.args.get("number")
    row = records.batch(tx, number) if number is not None else None
    if row is None:
        raise Refusal(say("records.which"))
    if row.undone_at is not None:
        raise Refusal(say("records.undone_before", number=row.id))
    if request.second is not None:
        args = {"batch": row.id, "second": request.second.id}
        return jobs.begin(request, tx, UNDO.name, say("records.undoing"), **args)
    kept = proposals.keep(tx, request, answerer=seconds.ANSWERER)
    said = say("records.undo", number=row.id, total=records.total(tx, row.id))
    card = lines(say("records.undo_card", name=request.who.name), said)
    return seconds.put_before(request, kept, card, said, label=say("records.confirm_undo"))


def _found(tx: Reading, order: Order, _tell: Tell) -> Made:
    parts = tuple(booking.parts(booking.standing(tx, order.args["batch"])))
    return Made(payload={"total": sum(map(len, parts))}, parts=parts)


def _withdraw(tx: Tx, order: Order, part: Any) -> None:
    booking.take_back(tx, _plan_of(tx, order), part, person=order.person, now=order.now)


def _plan_of(tx: Reading, order: Order) -> Plan:
    row = records.batch(tx, order.args["batch"])
    found = plans.kept(tx).by_id(row.plan, order.now) if row is not None else None
    return found or order.plan


def _undone(request: Request, tx: Tx, order: Order, made: Made) -> Reply:
    number = order.args["batch"]
    if records.undone(tx, number, request.now):
        subject, chat = f"records {number}", request.chat.id
        for person, action in ((order.person, "withdraw"), (order.args["second"], "second")):
            audit.note(tx, at=request.now, person=person, action=action, subject=subject, chat=chat)
    text = say("records.undone", number=number, total=made.payload["total"])
    asker = Notice(text=text, person=order.person, key=f"records-undone:{number}")
    return Reply(text=text, notices=(asker,), private=True)


UNDO = Job(name="records_undo", work=_found, enter=_withdraw, finish=_undone)
