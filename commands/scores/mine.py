"""我的: the asker's own leads and reports, and where each stands."""

from commands.assessment import trainings
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.duties import obligations
from commands.filing import describe
from commands.leads import identity
from commands.tasks import participation
from commands.wording.formats import day
from commands.wording.sentences import lines, say
from db import histories, ledger
from db.engine.tx import Reading

SHOWN = 8


@command("mine", "我的", reads=True, private=True, aside=True, never_bare=True, example="我的")
def mine(request: Request, tx: Reading) -> Reply:
    """The asker's leads and reports in the plan, newest first, with where each stands."""
    counts = obligations.lead_counts(tx, request.plan, request.who.id)
    entries = histories.of_person(tx, request.plan, request.who.id, most=SHOWN)
    shown = [_line(request, tx, entry) for entry in entries]
    return Reply(
        text=lines(
            say("mine.leads", **counts) + obligations.enrolments_said(request.plan, counts["done"])
            if counts["due"]
            else "",
            *trainings.of_person(request, tx),
            *participation.left_of(tx, request),
            *(shown or [say("mine.nothing")]),
        ),
        buttons=((Button.of(say("button.todo"), "todo"),),),
    )


def _line(asking: Asking, tx: Reading, entry: ledger.Entry) -> str:
    stands = ledger.stands(tx, entry.number)
    if entry.fact.kind == "lead":
        said = identity.described(tx, asking.plan, entry, full=False)
    else:
        said = describe.what(asking, entry)
    reason = stands.decision.reason if stands.decision else ""
    return say(
        "mine.line_reason" if reason else "mine.line",
        number=entry.number,
        day=day(entry.fact.happened_at),
        said=said,
        state=describe.state_word(entry, stands.state),
        reason=reason,
    )
