"""A bare 通过 or 退回: what it may be meant for, by number and title, and nothing is decided."""

from collections.abc import Callable, Mapping

from commands.chat.messages import Button, Reply
from commands.chat.requests import Command, Request, shown
from commands.filing.describe import entry_of, what
from commands.filing.kinds import KINDS
from commands.leads.identity import described
from commands.review.waiting import waiting
from commands.wording.sentences import say
from db import ledger
from db.appeals import KINDS as CASES
from db.engine.tx import Reading

MOST = 6
_A_ROW = 3

_MEANT: Mapping[str, Callable[[str], bool]] = {
    "approve": lambda kind: kind != "lead" and kind not in CASES,
    "reject": lambda kind: kind != "lead" and kind not in CASES,
    "offtopic": lambda kind: KINDS[kind].topical,
    "certify": lambda kind: kind == "lead",
    "invalid": lambda kind: kind == "lead",
    "resolve": lambda kind: kind in CASES,
}
"""The kinds that a decision falls on, by its command."""


def asks(request: Request, tx: Reading, command: Command) -> Reply | None:
    """What waits for the asker that the command decides, each with its button, the oldest first;
    None for a command that decides nothing that waits."""
    meant = _MEANT.get(command.name)
    if meant is None:
        return None
    word = shown(command)
    found = [row.fact for row in waiting(request, tx) if meant(row.kind)]
    if not found:
        button = Button.of(say("button.queue"), "queue")
        return Reply(text=say("queue.none_to", way=word), buttons=((button,),))
    entries = [entry_of(tx, number) for number in found[:MOST]]
    buttons = [
        Button.of(
            say("queue.this", way=word, number=entry.number), command.name, f"#{entry.number}"
        )
        for entry in entries
    ]
    rows = [tuple(buttons[at : at + _A_ROW]) for at in range(0, len(buttons), _A_ROW)]
    if len(found) > MOST:
        rows.append((Button.of(say("button.queue"), "queue"),))
    named = "；".join(_named(request, tx, entry) for entry in entries)
    text = say("queue.which", way=word, total=len(found), first=found[0], named=named)
    return Reply(text=text, buttons=tuple(rows))


def _named(request: Request, tx: Reading, entry: ledger.Entry) -> str:
    lead = entry.fact.kind == "lead"
    said = described(tx, request.plan, entry, full=False) if lead else what(request, entry)
    return say("queue.named", number=entry.number, what=said)
