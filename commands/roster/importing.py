"""名册: try a roster file, show what it would change, import it once confirmed."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.roster import enrolment
from commands.roster import file as rosterfile
from commands.roster.opening import OPENER, Read
from commands.tables.cells import Unreadable
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
    opens=OPENER,
    example="名册",
)
def roster(request: Request, tx: Tx) -> Reply:
    """Import the roster file after a dry run and {确认}; a bad row imports nothing (C15)."""
    if request.incoming.file is None:
        raise Refusal(say("speaking.file_missing", example=roster.example))
    try:
        opened: Read = request.opened
    except Unreadable as why:
        opened = Read(roster=rosterfile.refused(str(why)))
    read, marked = opened.roster, opened.marked
    changes = enrolment.compare(tx, read)
    summary = enrolment.summary(changes)
    if read.faults:
        return Reply(text=summary, files=(marked,) if marked and request.can.files else ())
    if changes.is_nothing:
        return Reply(text=summary)
    if not request.confirmed:
        return proposals.propose(tx, request, summary, label=say("button.import"))
    enrolment.apply(tx, changes, request.now, request.who.id)
    return Reply(text=lines(say("roster.done", total=read.people), _after_roster(request, tx)))


def _after_roster(asking: Asking, tx: Tx) -> str:
    """What a school still has to do before people can use the bot; "" when nothing."""
    unset = settings.value(tx, settings.STUDENTS, asking.now) is None
    missing = [
        key
        for key, is_missing in (("students", unset), ("link", not chats.linked(tx)))
        if is_missing
    ]
    said = "；".join(say(f"roster.next_{key}") for key in missing)
    return say("roster.next", said=said) if said else ""
