"""名册: a roster file is tried, shown, and imported once it is confirmed."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.grammar import lexicon
from commands.roster import enrolment, marks
from commands.roster import file as rosterfile
from commands.wording.sentences import lines, say
from db import chats, settings
from db.engine.tx import Tx


@command(
    "roster",
    "名册",
    roles="管理员",
    planless=True,
    never_bare=True,
    private=True,
    needs_file=True,
    example="名册",
)
def roster(request: Request, tx: Tx) -> Reply:
    """Import the roster file after a dry run and {确认}; a bad row imports nothing (C15)."""
    file = request.incoming.file
    if file is None:
        raise Refusal(say("speaking.file_missing", example=roster.example))
    read = rosterfile.read(file.name, file.data, lexicon.units_of(request.plan))
    changes = enrolment.compare(tx, read)
    summary = enrolment.summary(changes)
    if read.faults:
        marked = marks.marked(file.name, file.data, read.faults)
        return Reply(text=summary, files=(marked,) if marked and request.can.files else ())
    if changes.is_nothing:
        return Reply(text=summary)
    if not request.confirmed:
        return proposals.propose(tx, request, summary, label=say("button.import"))
    enrolment.apply(tx, changes, request.now, request.who.id)
    return Reply(text=lines(say("roster.done", total=read.people), _after_roster(request, tx)))


def _after_roster(asking: Asking, tx: Tx) -> str:
    """What a school still needs before people can speak; "" when it has it."""
    unset = settings.value(tx, settings.STUDENTS, asking.now) is None
    missing = [
        key
        for key, is_missing in (("students", unset), ("link", not chats.linked(tx)))
        if is_missing
    ]
    said = "；".join(say(f"roster.next_{key}") for key in missing)
    return say("roster.next", said=said) if said else ""
