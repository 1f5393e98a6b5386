"""What a person seems to want who said it in words of his own: the word for it, with an example
or a button. Nothing is done by it, and it is never said unless somebody speaks to the bot.
"""

import re
from collections.abc import Callable

from commands import leads
from commands.chat import Button, Reply, Request
from commands.quantities import find_phone
from commands.text import clean_and_fold
from commands.texts import lines, masked, say
from db import erasures, ledger
from db.tx import Reading
from scoring.moments import DAY

MOST_BUTTONS = 3
MOST_LOOKED_AT = 200
RECENT = 60 * DAY
"""How far back it is looked for what somebody may mean."""

Hint = Callable[[Request, Reading, str], Reply | None]


def hint(request: Request, tx: Reading) -> Reply | None:
    """The way to what a text that is no command seems to ask for, if it can be told."""
    if request.chat.group or request.pressed:
        return None
    copy = clean_and_fold(request.incoming.text)[1].strip()
    found = (way(request, tx, copy) for pattern, way in _HINTS if pattern.search(copy))
    return next((reply for reply in found if reply is not None), None)


# --- a number that somebody wants gone ----------------------------------------------------

_GONE = re.compile(
    r"(?=.*(?:删|抹|去掉|清掉|别再打|不要再打|别打|不要打|不要再联系|别联系))"
    r"(?=.*(?:号码|电话|手机|线索|信息|家长|孩子|\d{11}))",
    re.DOTALL,
)


def _erase(request: Request, tx: Reading, copy: str) -> Reply:
    """Buttons name the lead by its #number: they never hold a phone."""
    phone = find_phone(copy)
    numbers = _own_leads(request, tx, phone[0] if phone else "")
    if len(numbers) != 1:
        said = say("hint.erase", phone=phone[0] if phone else say("hint.phone"))
        return Reply(text=lines(said, say("hint.second")))
    number = numbers[0]
    shown = masked(leads.opened(tx, number)[1])
    return Reply(
        text=lines(say("hint.erase_one", number=number, phone=shown), say("hint.second")),
        buttons=(
            (
                Button(label=say("hint.erase_refuse"), says=f"erase #{number} 拒联"),
                Button(label=say("hint.erase_only"), says=f"erase #{number}"),
            ),
        ),
    )


def _own_leads(request: Request, tx: Reading, phone: str) -> list[int]:
    """The asker's own leads that can still be erased; of this phone, if one was named."""
    mine = ledger.of_person(tx, request.plan, request.who.id, MOST_LOOKED_AT)
    numbers = erasures.of_number(tx, phone) if phone else [entry.number for entry in mine]
    return [number for number in numbers if _erasable(request, tx, number)]


def _erasable(request: Request, tx: Reading, number: int) -> bool:
    entry = ledger.entry(tx, number)
    if entry is None or entry.fact.kind != "lead" or entry.fact.person != request.who.id:
        return False
    return not leads.is_erased(tx, number) and bool(leads.opened(tx, number)[1])


# --- something that is not as it was reported ---------------------------------------------

_AMISS = re.compile(r"举报|投诉|造假|作假|弄虚|冒充|抄袭|不属实|往年的|去年的|旧的")


def _doubt(request: Request, tx: Reading, copy: str) -> Reply:
    """What is meant, as far as a unit and a kind are named; else only the word for it."""
    plan = request.plan
    units = {
        unit.code
        for unit in plan.units
        if any(alias.casefold() in copy for alias in (unit.name, *unit.aliases))
    }
    kinds = {kind.code for kind in plan.kinds.values() if kind.word.casefold() in copy}
    span = {"since": request.now - RECENT, "until": request.now}
    numbers = sorted(
        (
            entry.number
            for unit in units
            for kind in kinds
            for entry in ledger.of_unit(tx, plan, unit, kind, **span)
        ),
        reverse=True,
    )[:MOST_BUTTONS]
    buttons = tuple(
        Button(label=say("hint.doubt_one", number=number), says=f"doubt #{number}")
        for number in numbers
    )
    shown = f"#{numbers[0]}" if numbers else say("hint.number")
    return Reply(text=say("hint.doubt", number=shown), buttons=(buttons,) if buttons else ())


# --- a bare number ------------------------------------------------------------------------


def _phone_alone(request: Request, tx: Reading, copy: str) -> Reply | None:
    if find_phone(copy) is None:
        return None
    return Reply(text=say("hint.phone_alone"))


def _number_alone(request: Request, tx: Reading, copy: str) -> Reply | None:
    """#12 alone: what it is cannot be guessed from, so the ways to ask are named."""
    number = int(copy.lstrip("#"))
    if ledger.entry(tx, number) is None:
        return Reply(text=say("hint.count_alone", count=number))
    button = Button(label=say("hint.story", number=number), says=f"why #{number}")
    return Reply(text=say("hint.number_alone", number=number), buttons=((button,),))


_HINTS: tuple[tuple[re.Pattern[str], Hint], ...] = (
    (re.compile(r"^[+\d -]{11,20}$"), _phone_alone),
    (re.compile(r"^#?\d{1,6}$"), _number_alone),
    (_GONE, _erase),
    (_AMISS, _doubt),
)
"""In this order; the first that has something to say is heard."""
