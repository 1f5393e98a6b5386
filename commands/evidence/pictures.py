"""A picture without a command: what it belongs to, and looking at it."""

from commands.chat.errors import Refusal
from commands.chat.messages import File, Reply
from commands.chat.requests import Request, command
from commands.conversation import dialogue, wanted
from commands.evidence.taking import (
    NAME,
    NEAR,
    asked,
    attach,
    check,
    hold,
    opened,
)
from commands.filing import recent, trail
from commands.filing.describe import entry_of, what
from commands.filing.pictured import PICTURE, may_see, rows
from commands.grammar.quantities import marked_numbers
from commands.grammar.slots import Slot
from commands.wording.formats import moment
from commands.wording.sentences import say
from db import ledger, pictures
from db.engine.tx import Reading, Row, Tx
from db.pictures import NOWHERE
from scoring.facts import State
from scoring.moments import DAY

SILENCE = Reply(text="")
LOOKED_BACK = 7 * DAY
GONE = frozenset({State.WITHDRAWN})


@command(NAME, internal=True, planless=True)
def evidence(request: Request, tx: Tx) -> Reply:
    """Put a picture where it belongs: to what its caption or quote names, to what we asked a
    picture of, to the report of the last two minutes; else hold it and ask, once."""
    if request.incoming.brings != PICTURE:
        raise Refusal(say("evidence.over"))
    if (album := _rest_of_album(request, tx)) is not None:
        return album
    said = marked_numbers(request.spoken.copy) or marked_numbers(request.spoken.quote)
    if len(said) == 1:
        return _attached(request, tx, said[0])
    if request.chat.group:
        raise Refusal(say("evidence.which_in_group"))
    if said:
        return asked(request, tx, [entry_of(tx, number) for number in said])
    if (number := wanted.number(tx, request.incoming)) is not None:
        return _attached(request, tx, number)
    near = _own(request, tx, NEAR)
    if len(near) == 1:
        return _attached(request, tx, near[0].number)
    waits = pictures.held(tx, request.who.id, request.now)
    if not near and dialogue.pending(tx, request.incoming) is not None:
        hold(request, tx)
        return Reply(text=say("evidence.held"))
    if waits:
        hold(request, tx)
        return Reply(text=say("evidence.held_too", total=len(waits) + 1))
    return asked(request, tx, near or _own(request, tx, LOOKED_BACK))


def _attached(request: Request, tx: Tx, number: int) -> Reply:
    told, row = attach(request, tx, number)
    return Reply(text=told, buttons=(row,) if row else ())


def _own(request: Request, tx: Reading, seconds: int) -> list[ledger.Entry]:
    """The asker's reports of the last so many seconds that stand, newest first."""
    found = recent.own(request, tx, since=request.now - seconds)
    return [one for one in found if ledger.stands(tx, one.number).state not in GONE]


def _rest_of_album(request: Request, tx: Tx) -> Reply | None:
    """Put a further picture of an album where its first one went, without a word."""
    first = pictures.of_album(tx, request.who.id, request.incoming.album, request.now)
    if not first:
        stray = request.chat.group and request.incoming.album and not request.incoming.quote
        return SILENCE if stray else None
    fact = first[0].fact
    if fact == NOWHERE:
        hold(request, tx)
        return SILENCE
    check(request, tx, entry_of(tx, fact))
    pictures.add(
        tx,
        opened(request),
        fact=fact,
        person=request.who.id,
        at=request.now,
        album=request.incoming.album,
    )
    return SILENCE


@command("belongs", internal=True, planless=True, slots=(Slot(name="number", kind="number"),))
def belongs(request: Request, tx: Tx) -> Reply:
    """{#12 …|不用了}: what the held pictures show; or that they are not needed."""
    held = pictures.held(tx, request.who.id, request.now)
    if not held:
        raise Refusal(say("evidence.over"))
    number = request.args.get("number")
    if number is None:
        pictures.drop(tx, held)
        return Reply(text=say("evidence.dropped"), replaces=request.pressed)
    entry = entry_of(tx, number)
    check(request, tx, entry)
    moved = pictures.settle(tx, held, number)
    trail.note(request, tx, action="picture", subject=f"#{number}")
    text = say("evidence.settled", total=moved, number=number, what=what(request, entry))
    return Reply(text=text, replaces=request.pressed)


@command(
    "unpicture",
    internal=True,
    planless=True,
    slots=(Slot(name="row", kind="count", required=True),),
)
def unpicture(request: Request, tx: Tx) -> Reply:
    """{不要这张}: take one's own picture away again, as long as a report can be taken back."""
    row = pictures.row(tx, request.args["row"])
    if row is None or row.person != request.who.id or row.at < request.now - recent.JUST_NOW:
        raise Refusal(say("evidence.over"))
    pictures.drop(tx, [row])
    trail.note(request, tx, action="unpicture", subject=f"#{row.fact}")
    return Reply(text=say("evidence.taken_away", number=row.fact), replaces=request.pressed)


@command(
    "look",
    internal=True,
    private=True,
    planless=True,
    slots=(Slot(name="number", kind="number", required=True),),
)
def look(request: Request, tx: Tx) -> Reply:
    """{看图}: the pictures of a fact, for who may see them; each look is noted."""
    entry = entry_of(tx, request.args["number"])
    found = seen(request, tx, entry)
    if not request.can.files:
        raise Refusal(say("evidence.no_files"))
    files = tuple(
        File(name=say("evidence.file", number=entry.number, place=place), data=b"", picture=row.key)
        for place, row in enumerate(found, start=1)
    )
    return Reply(text=shown(request, entry, found), files=files, private=True)


def seen(request: Request, tx: Tx, entry: ledger.Entry) -> list[Row]:
    """The pictures of a fact, and a note that the asker looked at them. Raises Refusal for who
    may not, and where there are none."""
    if not may_see(request, entry):
        raise Refusal(say("evidence.not_to_see", number=entry.number))
    found = rows(tx, entry)
    if not found:
        raise Refusal(say("evidence.no_picture", number=entry.number))
    trail.note(request, tx, action="look", subject=f"#{entry.number}")
    return found


def shown(request: Request, entry: ledger.Entry, found: list[Row]) -> str:
    """Which pictures these are: of what, whose, of when."""
    last = found[-1]
    sender = request.people.by_id.get(last.person)
    return say(
        "evidence.shown",
        number=entry.number,
        what=what(request, entry),
        total=len(found),
        name=sender.name if sender else "",
        when=moment(last.at),
    )
