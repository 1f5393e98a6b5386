"""A lead as the desk sees it: a card with the full phone number, each showing audited (C11, C28),
in calling order: oldest first, suspects last (C17)."""

from collections.abc import Iterable

from commands.chat.messages import Button, Reply
from commands.chat.requests import Request
from commands.filing import cases, pictured, trail
from commands.filing.describe import entry_of
from commands.leads import identity
from commands.wording.formats import short, since
from commands.wording.sentences import lines, say
from db import leads as desk
from db import ledger, looks
from db.engine.tx import Reading, Row, Tx
from scoring.plan import Plan


def in_order(tx: Reading, plan: Plan, rows: Iterable[Row]) -> list[Row]:
    """Waiting leads in calling order, suspects last."""
    suspected = desk.suspected(tx, plan)
    return sorted(rows, key=lambda row: (row.fact in suspected, row.fact))


def after(request: Request, tx: Tx, rows: Iterable[Row], number: int, unit: str = "") -> Reply:
    """The card of the lead after this one (0: the first) in calling order; never for a group."""
    suspected = desk.suspected(tx, request.plan)
    behind = (number in suspected, number)
    ordered = in_order(tx, request.plan, (row for row in rows if row.kind == "lead"))
    following = [
        int(row.fact) for row in ordered if not number or (row.fact in suspected, row.fact) > behind
    ]
    if following:
        theirs = looks.of_others(tx, request.who.id, request.now)
        chosen = next((one for one in following if one not in theirs), following[0])
        looks.at(tx, request.who.id, chosen, request.now)
        return shown(request, tx, entry_of(tx, chosen), unit)
    text = say("desk.end", left=len(ordered)) if ordered else say("queue.end")
    return Reply(text=text, private=True)


def reveal(request: Request, tx: Tx, number: int) -> None:
    """Note in the audit trail that the asker is shown this lead's full phone number."""
    trail.note(request, tx, action="reveal", subject=f"#{number}")


def shown(request: Request, tx: Tx, entry: ledger.Entry, unit: str = "") -> Reply:
    """A lead's card with its full phone number; audited, and never for a group."""
    reveal(request, tx, entry.number)
    reporter = request.people.by_id.get(entry.fact.person)
    times = desk.tried(tx).get(entry.number, 0)
    suspect = entry.number in desk.suspected(tx, request.plan)
    card = say(
        "desk.card",
        number=entry.number,
        said=identity.described(tx, request.plan, entry, full=True),
        unit=short(request.plan, entry.fact.unit),
        name=reporter.name if reporter else "",
        day=since(entry.fact.happened_at, request.now),
    )
    doubts = "　".join((card, *remarks(times, suspect=suspect)))
    text = lines(doubts, cases.again(request, tx, entry))
    row = (*buttons(entry.number, unit), *pictured.button(request, tx, entry))
    return Reply(text=text, buttons=(row,), private=True)


def remarks(times: int, *, suspect: bool) -> list[str]:
    """What to know before calling: that the lead is suspect, and how many calls failed."""
    doubts = [say("desk.suspect")] if suspect else []
    return [*doubts, say("desk.tried", times=times)] if times else doubts


def buttons(number: int, unit: str) -> tuple[Button, ...]:
    """{认定|无效|打不通|跳过}: a press replaces the card with the next one."""
    onward = f"#{number} {unit}".strip()
    return (
        Button.of(say("button.certify"), "desk", f"认定 {onward}"),
        Button.of(say("button.invalid"), "invalid", f"#{number} 下一条"),
        Button.of(say("button.unreached"), "desk", f"打不通 {onward}"),
        Button.of(say("button.skip"), "desk", f"跳过 {onward}"),
    )
