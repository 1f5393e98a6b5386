"""A second person for a decision that one alone may not take: an earlier time that changes points
(C16), an approval of the 院长 withdrawn (A21)."""

from commands.chat.errors import Refusal
from commands.chat.messages import Notice, Reply
from commands.chat.requests import Request
from commands.conversation import proposals
from commands.filing.deciders import matter, same_hand, seconders
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Tx


def ask(request: Request, tx: Tx, entry: ledger.Entry, text: str, *, way: str) -> Reply:
    """Show `text` to everybody who may second, with {确认|取消}; nothing is decided until then.
    `way` names the sentences that say so. Raises Refusal when there is nobody."""
    others = [
        person
        for person in seconders(
            request.plan, request.people, matter(request.plan, request.people, entry.fact)
        )
        if person.id != request.who.id and not same_hand(request.people, request.who.id, person)
    ]
    if not others:
        raise Refusal(say(f"second.nobody_{way}", number=entry.number))
    number = proposals.keep(tx, request, answerer=f"second:{entry.number}")
    notices = tuple(
        Notice(
            text=text,
            person=person.id,
            buttons=(proposals.answer_buttons(number),),
            key=f"second:{number}:{person.id}",
        )
        for person in others
    )
    names = "、".join(person.name for person in others[:3])
    return Reply(
        text=say(f"second.asked_{way}", names=names),
        buttons=(proposals.answer_buttons(number, mine=False),),
        notices=notices,
    )
