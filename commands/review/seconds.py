"""A second person for a decision that one alone may not take: an earlier time that changes points
(C16), an approval of the 院长 withdrawn (A21)."""

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request
from commands.conversation import proposals
from commands.filing.deciders import matter, same_hand, seconders
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Reading, Tx
from db.people import Person


def _others(asking: Asking, entry: ledger.Entry) -> list[Person]:
    """Who may second a decision of the asker."""
    what = matter(asking.plan, asking.people, entry.fact)
    return [
        person
        for person in seconders(asking.plan, asking.people, what)
        if person.id != asking.who.id and not same_hand(asking.people, asking.who.id, person)
    ]


def ask(request: Request, tx: Tx, entry: ledger.Entry, text: str, *, way: str) -> Reply:
    """Show `text` to everybody who may second, with {确认|取消}; nothing is decided until then.
    `way` names the sentences that say so. Raises Refusal when there is nobody."""
    others = _others(request, entry)
    if not others:
        raise Refusal(say(f"second.nobody_{way}", number=entry.number))
    number = proposals.keep(tx, request, answerer=_second(entry))
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


def _second(entry: ledger.Entry) -> str:
    return f"second:{entry.number}"


def proposed(asking: Asking, tx: Reading, entry: ledger.Entry) -> Reply | None:
    """What somebody else has proposed for it and the asker may second, with {确认|取消}: whoever
    decides on it otherwise would void the proposal."""
    number = proposals.newest_for(tx, _second(entry), asking.now)
    found = proposals.proposal(tx, number, asking.now) if number is not None else None
    if number is None or found is None:
        return None
    row, said = found
    asker = asking.people.by_id.get(row.person)
    if asker is None or asker.id == asking.who.id or same_hand(asking.people, asker.id, asking.who):
        return None
    buttons: tuple[Button, ...] = proposals.answer_buttons(number)
    text = say("second.proposed", number=entry.number, name=asker.name, line=said["line"])
    return Reply(text=text, buttons=(buttons,), private=True)
