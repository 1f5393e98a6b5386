"""The pictures of a fact as every room sees them: which there are, who may add and see them, and
the button that shows them."""

from commands.chat.messages import Button
from commands.chat.requests import Asking, Request
from commands.filing.deciders import matter, may_decide
from commands.wording.sentences import say
from db import ledger, pictures
from db.engine.tx import Reading, Row
from db.people import HEAD, OFFICER

ASSESSORS = "考核组"
OFFICES = frozenset({ASSESSORS, "融媒体中心"})
LEAD = "lead"
PICTURE = "picture"
"""What a message brings that shows something of a fact."""

DESK = "招办"
MOST_EARLIER = 10
"""Corrections that are followed back to what they replaced."""


def rows(tx: Reading, entry: ledger.Entry) -> list[Row]:
    """The pictures of a fact."""
    return pictures.of(tx, numbers(tx, entry))


def numbers(tx: Reading, entry: ledger.Entry) -> list[int]:
    """Under which facts its pictures lie: itself, what it replaced, the task that it settles."""
    found = [entry.number]
    if "task" in entry.fact.details:
        found.append(int(entry.fact.details["task"]))
    before: ledger.Entry | None = entry
    while before is not None and before.supersedes and len(found) < MOST_EARLIER:
        found.append(before.supersedes)
        before = ledger.entry(tx, before.supersedes)
    return found


def brought(request: Request) -> bool:
    """Whether a picture came with a request that can be seen, as far as is known yet."""
    file = request.incoming.file
    seen = file is not None and (file.opened is None or not file.opened.refused)
    return request.incoming.brings == PICTURE and seen


def may_see(asking: Asking, entry: ledger.Entry) -> bool:
    """Whether the asker may look at the pictures of a fact: who reported it, who decides on it,
    those who answer for its unit, the assessors; of a lead only its reporter, 招办 and 考核组."""
    who, fact = asking.who, entry.fact
    if fact.person == who.id or ASSESSORS in who.roles:
        return True
    if fact.kind == LEAD:
        return DESK in who.roles
    return (
        _decides(asking, entry) or _answers_for(asking, entry) or not OFFICES.isdisjoint(who.roles)
    )


def may_add(asking: Asking, entry: ledger.Entry) -> bool:
    """Whether the asker may add a picture to a fact: who reported it, who decides on it, those who
    answer for its unit; to what nobody decides on (a task, a settlement) also its offices."""
    who, fact = asking.who, entry.fact
    if fact.person == who.id or _decides(asking, entry):
        return True
    if fact.kind == LEAD:
        return False
    undecided = not asking.plan.kinds[fact.kind].deciders
    return _answers_for(asking, entry) or (undecided and not OFFICES.isdisjoint(who.roles))


def _decides(asking: Asking, entry: ledger.Entry) -> bool:
    what = matter(asking.plan, asking.people, entry.fact, handed=True)
    return may_decide(asking.plan, asking.who, what)


def _answers_for(asking: Asking, entry: ledger.Entry) -> bool:
    who = asking.who
    return who.unit == entry.fact.unit and not who.roles.isdisjoint({HEAD, OFFICER})


def button(asking: Asking, tx: Reading, entry: ledger.Entry) -> tuple[Button, ...]:
    """{看图} for whoever may see pictures of a fact that has some."""
    if not may_see(asking, entry):
        return ()
    return unasked(tx, entry)


def unasked(tx: Reading, entry: ledger.Entry) -> tuple[Button, ...]:
    """{看图} under a card that goes to those who decide anyway."""
    total = len(rows(tx, entry))
    if not total:
        return ()
    return (Button.of(say("evidence.look", total=total), "look", f"#{entry.number}"),)
