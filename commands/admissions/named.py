"""What else names an erased person, such as the title of a public news item: shown to the two who
erased them, who blank or leave each entry (C7)."""

from collections.abc import Callable, Iterable, Iterator

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Request, command
from commands.filing import trail
from commands.filing.describe import entry_of
from commands.filing.numbers import spans
from commands.grammar.phones import phones
from commands.grammar.slots import Slot
from commands.wording.formats import day, masked
from commands.wording.sentences import say
from db import audit, erasures
from db.engine.tx import Reading, Tx
from db.people import Person

MOST = 20
SHORTEST = 2
"""Characters of a name worth looking for: 张 alone is in every other text."""

BLANK, LEAVE = "抹去", "保留"


def speaker(names: Iterable[str], numbers: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether a text names one of these people, or holds one of these numbers, in any
    spelling or masked."""
    wanted = {name for name in names if len(name) >= SHORTEST}
    known = set(numbers)
    wanted |= {masked(number) for number in known}

    def says(text: str) -> bool:
        if any(word in text for word in wanted):
            return True
        return any(digits in known for digits, _, _ in phones(text))

    return says


def entries(tx: Reading, says: Callable[[str], bool], but: Iterable[int]) -> list[int]:
    """The newest entries, apart from some, that name somebody."""
    left_out = set(but)
    return [number for number in erasures.naming(tx, says) if number not in left_out][-MOST:]


def warning(numbers: Iterable[int]) -> str:
    """The line that says which entries will be asked about; "" where there are none."""
    named = spans(numbers)
    return say("erase.also_named", numbers=named) if named else ""


def asked(request: Request, tx: Tx, numbers: Iterable[int], two: Iterable[Person]) -> list[Notice]:
    """For each entry, the question to both whether it is blanked; without the name itself."""
    both = list(two)
    return [notice for number in numbers for notice in _asked(request, tx, number, both)]


def _asked(request: Request, tx: Tx, number: int, both: list[Person]) -> Iterator[Notice]:
    entry = entry_of(tx, number)
    reporter = request.people.by_id.get(entry.fact.person)
    text = say(
        "erase.named",
        number=number,
        what=request.plan.kinds[entry.fact.kind].word,
        when=day(entry.fact.happened_at),
        name=reporter.name if reporter else "",
    )
    buttons = (
        Button.of(say("erase.blank", number=number), "blank", f"#{number} {BLANK}"),
        Button.of(say("erase.leave", number=number), "blank", f"#{number} {LEAVE}"),
    )
    for one in both:
        trail.note(request, tx, action="erase_named", subject=f"#{number}", person=one)
        key = f"named:{number}:{request.now}:{one.id}"
        yield Notice(text=text, person=one.id, buttons=(buttons,), key=key)


@command(
    "blank",
    internal=True,
    private=True,
    planless=True,
    slots=(
        Slot(name="number", kind="number", required=True),
        Slot(name="word", kind="choice", choices=(BLANK, LEAVE), required=True),
    ),
)
def blank(request: Request, tx: Tx) -> Reply:
    """{抹去|保留} of an entry, by one of the two who were asked about it."""
    number = request.args["number"]
    subject = f"#{number}"
    asked_of = {row.person for row in audit.about(tx, subject) if row.action == "erase_named"}
    if request.who.id not in asked_of:
        raise Refusal(say("erase.not_asked", number=number))
    if request.args["word"] == LEAVE:
        return Reply(text=say("erase.left", number=number), replaces=True)
    erasures.blank_texts(tx, number, now=request.now, person=request.who.id)
    trail.note(request, tx, action="blank", subject=subject)
    return Reply(text=say("erase.blanked", number=number), replaces=True)
