"""What stands under a receipt and goes out beside it: buttons, cards, and why a link was not in."""

from commands.chat.messages import Button, Notice
from commands.chat.requests import Asking
from commands.filing.deciders import able, matter
from commands.filing.numbers import compact
from commands.wording.formats import cut, day, moment, short
from commands.wording.sentences import say, say_first
from db import ledger
from db.engine.tx import Reading

MAX_TITLE = 80

Buttons = tuple[tuple[Button, ...], ...]


def undo(taken: list[ledger.Entry]) -> Buttons:
    """{撤回} of one, {看明细|全部撤回} of several."""
    numbers = compact(entry.number for entry in taken)
    row = [Button.of(say("button.undo_all"), "undo", numbers)]
    if len(taken) == 1:
        row = [Button.of(say("button.undo"), "undo", numbers)]
    else:
        row.insert(0, Button.of(say("button.items"), "items", numbers))
    return (tuple(row),)


def held_already(tx: Reading, place: int, number: int) -> str:
    """Why an item was not taken: the link is already in, since when and as what."""
    old = ledger.entry(tx, number)
    when = day(old.fact.happened_at) if old is not None else ""
    return say("report.same_link", place=place, when=when, number=number)


def cards_to_deciders(asking: Asking, entry: ledger.Entry) -> tuple[Notice, ...]:
    """The card with the buttons, to everybody who may decide on it."""
    plan, unit = asking.plan, entry.fact.unit
    text = say_first(
        f"card.{entry.fact.kind}",
        "card.plain",
        number=entry.number,
        unit=short(plan, unit),
        word=plan.kinds[entry.fact.kind].word,
        title=cut(entry.title) if entry.title else "",
        link=entry.link,
        at=moment(entry.fact.happened_at),
    )
    return tuple(
        Notice(
            text=text.rstrip(),
            person=person.id,
            buttons=(card_buttons(entry),),
            key=f"card:{entry.number}:{person.id}",
        )
        for person in able(plan, asking.people, matter(plan, asking.people, entry.fact))
    )


def card_buttons(entry: ledger.Entry) -> tuple[Button, ...]:
    """{通过|退回}, and of a PPT, which comes when it comes, {下午再看}."""
    later = Button.of(say("button.in_the_afternoon"), "later", f"#{entry.number}")
    return (*decision_buttons(entry.number), *((later,) if entry.fact.kind == "ppt" else ()))


def decision_buttons(number: int) -> tuple[Button, ...]:
    """{通过|退回} of a card."""
    return (
        Button.of(say("button.approve"), "approve", f"#{number}"),
        Button.of(say("button.reject"), "reject", f"#{number}"),
    )
