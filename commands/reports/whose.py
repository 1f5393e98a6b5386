"""Whose report it is: somebody lent to another unit is asked once, the last choice first (C19)."""

from dataclasses import replace

from commands.chat.messages import Button, Reply
from commands.chat.requests import Command, Request
from commands.conversation import proposals
from commands.filing.kinds import KINDS, LENT
from commands.grammar.quantities import marked_numbers
from commands.wording.formats import short
from commands.wording.sentences import say
from db import histories
from db.engine.tx import Reading, Tx

LOOKED_AT = 10


def asks(command: Command, request: Request, tx: Tx) -> Reply | None:
    """One button a unit, where a report may be of several and does not say which; what redoes an
    earlier report is that one's unit's."""
    own, lent = request.who.unit, request.who.lent - {request.who.unit}
    if command.name not in LENT or not lent or request.lent or request.confirmed:
        return None
    if marked_numbers(request.spoken.quote):
        return None
    last = _last(request, tx)
    units = sorted({own, *lent}, key=lambda unit: (unit != last, unit != own, unit))
    buttons = tuple(_button(request, tx, unit) for unit in units)
    return Reply(text=say("onbehalf.whose"), buttons=(buttons,))


def _button(request: Request, tx: Tx, unit: str) -> Button:
    name = short(request.plan, unit)
    line = request.line if unit == request.who.unit else f"代 {name} {request.line}"
    number = proposals.keep(tx, replace(request, line=line))
    return Button.of(name, "answer", f"{number} 确认")


def _last(request: Request, tx: Reading) -> str:
    """The unit of the asker's last report that could have been another's."""
    mine = histories.of_person(tx, request.plan, request.who.id, LOOKED_AT)
    return next((one.fact.unit for one in mine if KINDS[one.fact.kind].lent), "")
