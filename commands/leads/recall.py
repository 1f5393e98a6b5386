"""A child's phone number in a group (C7): removed where the platform allows it; else the sender
is asked to recall it, in the group and once more privately along with the admins. The text is
kept nowhere.
"""

from dataclasses import dataclass
from hashlib import blake2b

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Incoming, Notice, Reply
from commands.chat.requests import Request, command
from commands.grammar.folding import Spoken, clean, fold
from commands.grammar.quantities import find_phone
from commands.grammar.slots import Slot
from commands.wording.formats import address
from commands.wording.sentences import say
from db import outbox
from db.engine.tx import Tx
from db.people import ADMIN, Directory
from scoring.moments import MINUTE
from scoring.plan import Plan

PATIENCE = 10 * MINUTE
TABLE_NAME = "待认定_"
"""How the file names of our own tables of full phone numbers begin."""


def minors_number(incoming: Incoming, said: Spoken, plan: Plan, *, as_lead: bool = False) -> bool:
    """Whether a group message holds a mobile number and a word that hints at a child (or was meant
    `as_lead`), or is one of our own tables of phone numbers. Pure and fast: it sees every line
    of every linked group."""
    if incoming.press is not None or not incoming.chat.group:
        return False
    if incoming.file is not None and incoming.file.name.startswith(TABLE_NAME):
        return True
    text = incoming.text
    hinted = as_lead or any(word in text for word in plan.words["minor_hints"])
    return hinted and holds_phone(said.copy or fold(clean(text)))


def holds_phone(copy: str) -> bool:
    """Whether a folded text contains a mobile number."""
    return find_phone(copy) is not None


def answer(request: Request) -> Reply:
    """The answer to a child's number sent without a command; nothing of it is recorded."""
    who = address(request.who, request.plan)
    if request.can.delete:
        return Reply(text=say("recall.moved", who=who), deletes=True)
    return asked(request, say("recall.please", who=who))


@dataclass(frozen=True, slots=True)
class _Case:
    """A message to be recalled: its own mark, and its sender (0: nobody we know)."""

    mark: str
    sender: int

    def key(self, person: int) -> str:
        return f"recall:{self.mark}:{person}"

    def buttons(self, *words: str) -> tuple[tuple[Button, ...], ...]:
        return (
            tuple(
                Button.of(say(f"recall.{word}"), "recalled", f"{word} {self.mark} {self.sender}")
                for word in words
            ),
        )


def asked(request: Request, text: str) -> Reply:
    """Ask for the recall in the group, and privately after ten minutes unless confirmed."""
    said = request.incoming
    event = f"{said.chat.platform}:{said.chat.id}:{said.update}".encode()
    case = _Case(blake2b(event, digest_size=6).hexdigest(), request.who.id)
    due_at = request.now + PATIENCE
    notices = [
        Notice(
            text=say("recall.again_admin", name=request.who.name or said.author_name),
            person=admin.id,
            key=case.key(admin.id),
            due_at=due_at,
        )
        for admin in request.people.with_role(ADMIN)
        if admin.id != case.sender
    ]
    if case.sender:
        again = Notice(
            text=say("recall.again", who=address(request.who, request.plan)),
            person=case.sender,
            buttons=case.buttons("done", "cannot"),
            key=case.key(case.sender),
            due_at=due_at,
        )
        notices.insert(0, again)
    return Reply(text=text, buttons=case.buttons("done"), notices=tuple(notices))


@command(
    "recalled",
    slots=(
        Slot(name="word", kind="choice", choices=("done", "cannot"), required=True),
        Slot(name="rest", kind="text", required=True),
    ),
    internal=True,
    planless=True,
)
def recalled(request: Request, tx: Tx) -> Reply:
    """{已撤回|我撤不了}: stop asking, or ask the admins to help."""
    mark, _, sender = request.args["rest"].partition(" ")
    if not (sender.isdecimal() and len(sender) < 10):
        raise Refusal(say("recall.not_yours"))
    case = _Case(mark, int(sender))
    if request.who.id != case.sender and ADMIN not in request.who.roles:
        raise Refusal(say("recall.not_yours"))
    if request.args["word"] == "done":
        for person in _told(request.people, case):
            outbox.withdraw(tx, case.key(person))
        return Reply(text=say("recall.thanks"), replaces=True)
    notices = tuple(
        Notice(
            text=say("recall.stuck_admin", name=request.who.name),
            person=admin.id,
            key=f"{case.key(admin.id)}:stuck",
        )
        for admin in request.people.with_role(ADMIN)
        if admin.id != request.who.id
    )
    return Reply(text=say("recall.stuck"), replaces=True, notices=notices)


def _told(people: Directory, case: _Case) -> set[int]:
    return {case.sender, *(admin.id for admin in people.with_role(ADMIN))}
