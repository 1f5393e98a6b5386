"""What needs a second assessor: who may agree, and the card that asks them."""

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking
from commands.conversation import proposals
from commands.filing.deciders import same_hand
from commands.wording.sentences import say
from db.people import Person, bound_with_role

ASSESSORS = "考核组"
ANSWERER = f"role:{ASSESSORS}"
"""Whom a proposal waits for that another assessor confirms."""


def others(asking: Asking) -> tuple[Person, ...]:
    """The other assessors who can press a button. Raises Refusal, with the ways out, if there are
    none."""
    assessors = bound_with_role(asking.people, ASSESSORS)
    found = tuple(
        person
        for person in assessors
        if person.id != asking.who.id and not same_hand(asking.people, asking.who.id, person)
    )
    if not found:
        raise Refusal(say("dialogue.no_second"))
    return found


def put_before(asking: Asking, number: int, card: str, told: str, *, label: str = "") -> Reply:
    """Send the card of a kept proposal to the other assessors with {确认|取消}; the asker is `told`
    what it says and whom it waits for, and can only cancel. Raises Refusal if nobody is there."""
    people = others(asking)
    yes_no: tuple[Button, ...] = proposals.answer_buttons(number, label)
    names = "、".join(person.name for person in people[:3])
    return Reply(
        text=f"{told}\n{say('dialogue.second_asked', names=names)}",
        buttons=(proposals.answer_buttons(number, mine=False),),
        notices=tuple(
            Notice(
                text=card,
                person=person.id,
                buttons=(yes_no,),
                key=f"second:{number}:{person.id}",
            )
            for person in people
        ),
        private=True,
    )
