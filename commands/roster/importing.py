"""名册: try a roster file, show what it would change, import it once confirmed."""

from commands.chat.errors import Refusal
from commands.chat.messages import Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.roster import enrolment, oneself, strangers
from commands.roster import file as rosterfile
from commands.roster.enrolment import Changes
from commands.roster.opening import OPENER, Read
from commands.tables.cells import Unreadable
from commands.wording.sentences import lines, say
from db import audit, chats, settings
from db.engine.tx import Tx
from db.people import ADMIN, NOBODY, Person, bound_with_role


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
    if read.faults:
        ways_out = strangers.ways_out(request.plan, (fault.reason for fault in read.faults))
        files = (marked,) if marked and request.can.files else ()
        return Reply(text=lines(enrolment.summary(changes), ways_out), files=files)
    if changes.is_nothing:
        return Reply(text=enrolment.summary(changes))
    concerns = oneself.concerns(tx, changes, request.who, request.now)
    if concerns and request.second is None:
        return _ask_second(request, tx, changes, concerns)
    if not request.confirmed:
        text = enrolment.summary(changes, concerns)
        return proposals.propose(tx, request, text, label=say("button.import"))
    enrolment.apply(tx, changes, request.now, request.who.id)
    if request.second is not None:
        _note_second(request, tx, request.second if request.second is not NOBODY else None)
    return Reply(text=lines(say("roster.done", total=read.people), _after_roster(request, tx)))


def _ask_second(request: Request, tx: Tx, changes: Changes, concerns: str) -> Reply:
    """Put it before the other administrators; where there are none, a code from the shell stands
    for them."""
    others = [one for one in bound_with_role(request.people, ADMIN) if one.id != request.who.id]
    number = proposals.keep(tx, request, answerer=proposals.SECOND_ADMIN)
    names = "、".join(one.name for one in others[:3])
    how = say("roster.second_asked", names=names) if others else say("roster.second_code")
    card = lines(
        say("roster.second_card", name=request.who.name, concerns=concerns),
        enrolment.summary(changes).partition("\n")[0],
    )
    yes, no = proposals.answer_buttons(number, say("button.import"))
    return Reply(
        text=enrolment.summary(changes, concerns + how),
        buttons=((no,),),
        notices=tuple(
            Notice(text=card, person=one.id, buttons=((yes, no),), key=f"roster:{number}:{one.id}")
            for one in others
        ),
    )


def _note_second(request: Request, tx: Tx, second: Person | None) -> None:
    """Note who agreed; None: the code from the shell."""
    audit.note(
        tx,
        at=request.now,
        person=second.id if second else None,
        action="second",
        subject=f"roster {request.who.staff_no}",
        chat=request.chat.id,
    )


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
