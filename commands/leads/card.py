"""A lead as the desk sees it: one card with the number in full, each showing audited (C11, C28),
in the order in which leads are rung up: oldest first, suspects last (C17)."""

from collections.abc import Iterable

from commands.chat.messages import Button, Reply
from commands.chat.requests import Request
from commands.leads import identity
from commands.wording.formats import short, since
from commands.wording.sentences import say
from db import audit, ledger
from db import leads as desk
from db.engine.tx import Reading, Row, Tx
from scoring.plan import Plan


def in_order(tx: Reading, plan: Plan, rows: Iterable[Row]) -> list[Row]:
    """Waiting leads, the suspects behind the others."""
    suspected = desk.suspected(tx, plan)
    return sorted(rows, key=lambda row: (row.fact in suspected, row.fact))


def after(request: Request, tx: Tx, rows: Iterable[Row], number: int, unit: str = "") -> Reply:
    """The card of the lead that follows on this one (0: the first) in the desk's order."""
    suspected = desk.suspected(tx, request.plan)
    behind = (number in suspected, number)
    ordered = in_order(tx, request.plan, (row for row in rows if row.kind == "lead"))
    for row in ordered:
        if not number or (row.fact in suspected, row.fact) > behind:
            entry = ledger.entry(tx, row.fact)
            if entry is not None:
                return shown(request, tx, entry, unit)
    return Reply(text=say("desk.end", left=len(ordered)) if ordered else say("queue.end"))


def reveal(request: Request, tx: Tx, number: int) -> None:
    """Somebody is about to see this lead's number in full."""
    audit.note(
        tx,
        at=request.now,
        person=request.who.id,
        action="reveal",
        subject=f"#{number}",
        chat=request.chat.id,
    )


def shown(request: Request, tx: Tx, entry: ledger.Entry, unit: str = "") -> Reply:
    """A lead's card, with its number in full."""
    reveal(request, tx, entry.number)
    reporter = request.people.by_id.get(entry.fact.person)
    times = desk.tried(tx).get(entry.number, 0)
    suspect = entry.number in desk.suspected(tx, request.plan)
    text = say(
        "desk.card",
        number=entry.number,
        said=identity.described(tx, request.plan, entry, full=True),
        unit=short(request.plan, entry.fact.unit),
        name=reporter.name if reporter else "",
        day=since(entry.fact.happened_at, request.now),
        notes=remarks(times, suspect=suspect),
    )
    return Reply(text=text, buttons=(buttons(entry.number, unit),))


def remarks(times: int, *, suspect: bool) -> str:
    """What to know before ringing: many in a row, rung in vain."""
    doubt = say("desk.suspect") if suspect else ""
    return doubt + (say("desk.tried", times=times) if times else "")


def buttons(number: int, unit: str) -> tuple[Button, ...]:
    """{认定|无效|打不通|跳过}: a press turns the card into the next one."""
    onward = f"#{number} {unit}".strip()
    return (
        Button(label=say("button.certify"), says=f"desk 认定 {onward}"),
        Button(label=say("button.invalid"), says=f"invalid #{number} 下一条"),
        Button(label=say("button.unreached"), says=f"desk 打不通 {onward}"),
        Button(label=say("button.skip"), says=f"desk 跳过 {onward}"),
    )
