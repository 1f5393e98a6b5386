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
WAYS = ("通过", "退回", "偏题", "认定", "无效")
"""The decisions that can fall on several at once."""
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
    if command.name not in _MEANT:
        return None
    word = shown(command)
    found = numbers(request, tx, command)
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
    more = (Button.of(say("button.queue"), "queue"),) if len(found) > MOST else ()
    if last := (*offered(word, len(found)), *more):
        rows.append(last)
    said = "；".join(named(request, tx, entry) for entry in entries)
    text = say("queue.which", way=word, total=len(found), first=found[0], named=said)
    return Reply(text=text, buttons=tuple(rows))


def offered(word: str, total: int) -> tuple[Button, ...]:
    """The button for choosing among so many that wait, by the word of the decision."""
    return (Button.of(say("button.pick"), "pick", word),) if total > 1 and word in WAYS else ()


def numbers(request: Request, tx: Reading, command: Command) -> list[int]:
    """The numbers of what waits for the asker that the command decides, the oldest first."""
    return [row.fact for row in waiting(request, tx) if _MEANT[command.name](row.kind)]


def of_leads(command: Command) -> bool:
    """Whether the command decides leads."""
    return _MEANT[command.name]("lead")


def named(request: Request, tx: Reading, entry: ledger.Entry) -> str:
    lead = entry.fact.kind == "lead"
    said = described(tx, request.plan, entry, full=False) if lead else what(request, entry)
    return say("queue.named", number=entry.number, what=said)
