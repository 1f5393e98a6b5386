"""A table that comes in private without a word: what it looks like decides whose it is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from commands.admissions import table as desksheet
from commands.admissions.desk import deskfile
from commands.carrying import perform
from commands.chat.errors import Refusal
from commands.chat.messages import Opened, Reply
from commands.chat.requests import Command, Opener, Request, command, shown
from commands.records import file as recordsfile
from commands.records.importing import records_
from commands.roster import file as rosterfile
from commands.roster.importing import roster
from commands.tables.cells import Grid, Unreadable
from commands.tables.sheets import grids
from commands.wording.sentences import say
from db.engine.tx import Tx
from db.people import ROLES
from scoring.moments import Instant, day_of
from scoring.plan import Plan

TAKERS: Mapping[str, tuple[Command, Callable[[Grid], bool]]] = {
    deskfile.name: (deskfile, desksheet.is_one),
    records_.name: (records_, recordsfile.is_one),
    roster.name: (roster, rosterfile.is_one),
}
"""Who takes a table, and whether a sheet is one of theirs."""


def _read(name: str, data: bytes, plan: Plan, now: Instant) -> Any:
    """Whose table it is, and what that command reads in it."""
    for grid in grids(name, data):
        for taker, (entry, is_one) in TAKERS.items():
            if is_one(grid) and entry.opens is not None:
                return {"is": taker, "plain": entry.opens.read(name, data, plan, now)}
    raise Unreadable(say("speaking.which_table"))


@command(
    "untitled",
    roles=" ".join(role for role in ROLES if any(role in one.roles for one, _ in TAKERS.values())),
    internal=True,
    private=True,
    opens=Opener(read=_read, value=dict),
    planless=True,
)
def untitled(request: Request, tx: Tx) -> Reply:
    """Do with a table what the command does whose table it is, as if its word had come too."""
    file, found = request.incoming.file, request.opened
    if file is None or found is None:
        raise Refusal(say("speaking.which_table"))
    taker, _ = TAKERS[found["is"]]
    if taker.roles.isdisjoint(request.who.roles):
        roles = "、".join(role for role in ROLES if role in taker.roles)
        raise Refusal(say("speaking.not_yours", word=shown(taker), roles=roles))
    year = day_of(request.at).year
    if not taker.planless and request.plan.year != year:
        raise Refusal(say("speaking.no_plan", year=year, last=request.plan.year))
    plain = found["plain"]
    value = taker.opens.value(plain) if taker.opens is not None else plain
    opened = replace(file, opened=Opened(opener=taker.name, value=value, plain=plain))
    incoming = replace(request.incoming, file=opened)
    return perform(taker, replace(request, incoming=incoming, line=shown(taker), args={}), tx)
