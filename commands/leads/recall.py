"""A child's phone number in a group (C7): removed where the platform allows it; else the sender
is asked to recall it, in the group and once more privately along with the admins. The text is
kept nowhere.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import blake2b

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Incoming, Notice, Reply
from commands.chat.requests import Request, command
from commands.grammar.folding import Spoken, clean, fold
from commands.grammar.phones import numbers_in, phones
from commands.grammar.slots import Slot
from commands.wording.formats import address
from commands.wording.sentences import lines, say
from db import outbox
from db.engine.tx import Tx
from db.people import ADMIN, Directory
from scoring.moments import MINUTE
from scoring.plan import Plan

PATIENCE = 10 * MINUTE
_BUTTON = re.compile("(?P<mark>[0-9a-f]{12}) (?P<sender>[0-9]{1,9})")
TABLE_NAME = "待认定_"
"""How the file names of our own tables of full phone numbers begin."""


def minors_number(
    incoming: Incoming,
    said: Spoken,
    plan: Plan,
    own: Collection[str] = (),
    *,
    as_lead: bool = False,
) -> bool:
    """Whether a group message holds a mobile number and a word that hints at a child (or was meant
    `as_lead`), or is one of our own tables of phone numbers. Pure and fast: it sees every line
    of every linked group."""
    if incoming.press is not None or not incoming.chat.group:
        return False
    if incoming.file is not None and incoming.file.name.startswith(TABLE_NAME):
        return True
    text = incoming.text
    hinted = as_lead or any(word in text for word in plan.words["minor_hints"])
    return hinted and numbers_in(said.copy or fold(clean(text)), own)


def holds_phone(copy: str) -> bool:
    """Whether a folded text contains a mobile number."""
    return bool(phones(copy))


def answer(request: Request) -> Reply:
    """The answer to a child's number sent without a command; nothing of it is recorded."""
    who = address(request.who, request.plan)
    return removed(request, say("recall.moved", who=who), say("recall.please", who=who))


def removed(request: Request, moved: str, please: str) -> Reply:
    """Have the message removed and say `moved`; where it cannot be, say `please` and ask for the
    recall."""
    if not request.can.delete:
        return asked(request, please)
    return Reply(text=moved, deletes=True, otherwise=asked(request, please))


def guarded(request: Request, reply: Reply | None) -> Reply:
    """The answer to a command that brought a number into a group: the message goes, or its recall
    is asked for, unless the answer sees to that itself."""
    if reply is None:
        return answer(request)
    if reply.deletes or any(notice.key.startswith("recall:") for notice in reply.notices):
        return reply
    more = asked(request, lines(say("recall.number_stands"), reply.text))
    buttons = (*reply.buttons, *more.buttons)
    if request.can.delete:
        text = lines(say("recall.number_moved"), reply.text)
        return replace(reply, text=text, deletes=True, otherwise=replace(more, buttons=buttons))
    notices = (*reply.notices, *more.notices)
    return replace(reply, text=more.text, buttons=buttons, notices=notices)


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
    said = _BUTTON.fullmatch(request.args["rest"])
    if said is None:
        raise Refusal(say("recall.unknown"))
    case = _Case(said["mark"], int(said["sender"]))
    if request.who.id != case.sender and ADMIN not in request.who.roles:
        raise Refusal(say("recall.not_yours"))
    # Anybody can make up a button; only one of ours has left a notice for its sender.
    ours = ADMIN in request.who.roles or outbox.said(tx, case.key(case.sender))
    if request.args["word"] == "done":
        for person in _told(request.people, case) if ours else ():
            outbox.withdraw(tx, case.key(person))
        return Reply(text=say("recall.thanks"), replaces=True)
    if not ours:
        raise Refusal(say("recall.unknown"))
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
