"""Where a picture that somebody sent belongs, and putting it there.

A picture is fetched and opened only once it is known to be wanted: `opened` raises Unopened, and
the event comes again. What it shows is asked once where nothing tells; meanwhile it is held.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Command, Opener, Request, Unopened
from commands.evidence.shrinking import jpeg, shrink
from commands.filing import recent, trail
from commands.filing.describe import entry_of, what
from commands.filing.pictured import PICTURE, brought, may_add, rows
from commands.wording.formats import cut
from commands.wording.sentences import lines, say
from commands.wording.terms import ACTS
from db import leadtext, ledger, pictures
from db.engine.tx import Reading, Tx
from db.pictures import NOWHERE, Kept
from scoring.errors import UserError
from scoring.facts import State
from scoring.moments import MINUTE

NAME = "evidence"
ROOM = "commands.evidence."
OPENER = Opener(read=shrink, value=jpeg, keeps=True)

MOST = 10
"""Pictures of one fact: as many as an album of Telegram holds."""

MOST_HELD = 10
NEAR = 2 * MINUTE
"""How near a report a picture that says nothing belongs to it."""

CHOICES = 3
LABEL = 14

NEEDS_NONE = frozenset({*ACTS, "acts", "chain"})
"""Commands of participation, which count without a picture."""


def opened(request: Request) -> Kept:
    """The picture, sealed. Raises Unopened before it is opened, UserError if it cannot be."""
    file = request.incoming.file
    if file is None:
        raise Refusal(say("evidence.too_big"))
    if file.opened is None or file.opened.opener != NAME:
        raise Unopened(NAME, OPENER, request)
    kept: Kept = request.opened
    return kept


# --- a picture beside a command ---------------------------------------------------------------


def concerns(command: Command, request: Request, tx: Reading) -> bool:
    """Whether a request may bring a picture, now or a moment ago, that belongs to what it does."""
    if command.reads or command.opens is not None or command.home.startswith(ROOM):
        return False
    return request.incoming.brings == PICTURE or request.who.id in pictures.holders(tx)


def own_numbers(request: Request, tx: Reading) -> frozenset[int]:
    """The newest reports of the asker, to tell which a command makes."""
    return frozenset(entry.number for entry in recent.own(request, tx, most=MOST))


def beside(
    command: Command, request: Request, tx: Tx, reply: Reply, before: Collection[int]
) -> Reply:
    """Give the picture that came with a command, or that is held, to what the command made or
    named, and say so in its answer. `before`: `own_numbers` of before."""
    made = sorted(own_numbers(request, tx).difference(before))
    if request.incoming.brings != PICTURE:
        return _with_held(request, tx, reply, made)
    if command.name in NEEDS_NONE:
        return _not_kept(request, reply)
    wanted = made or _named(request, tx)
    if request.chat.group and len(wanted) != 1:
        return reply
    try:
        if not wanted:  # a question or a proposal: what it comes to is still to be made
            return held_beside(request, tx, reply) if reply.buttons else _not_kept(request, reply)
        if len(wanted) == 1:
            told, row = attach(request, tx, wanted[0])
            return with_line(reply, told, row)
        return _also(reply, asked(request, tx, [entry_of(tx, one) for one in wanted]))
    except UserError as refusal:
        return with_line(reply, str(refusal))


def _named(request: Request, tx: Reading) -> list[int]:
    """What a line names by number and the asker may add a picture to."""
    said = request.args.get("numbers") or (request.args.get("number"),)
    entries = [ledger.entry(tx, number) for number in said if number]
    return [one.number for one in entries if one is not None and may_add(request, one)]


def _with_held(request: Request, tx: Tx, reply: Reply, made: Sequence[int]) -> Reply:
    """Give what is held to the report that was just made in a 1:1 chat."""
    held = pictures.held(tx, request.who.id, request.now)
    if len(made) != 1 or not held or request.chat.group:
        return reply
    moved = pictures.settle(tx, held, made[0])
    trail.note(request, tx, action="picture", subject=f"#{made[0]}")
    return with_line(reply, say("evidence.held_attached", total=moved, number=made[0]))


def _not_kept(request: Request, reply: Reply) -> Reply:
    return reply if request.chat.group else with_line(reply, say("evidence.not_needed"))


def with_line(reply: Reply, told: str, row: tuple[Button, ...] = ()) -> Reply:
    """An answer with a line and a row of buttons added."""
    buttons = (*reply.buttons, row) if row else reply.buttons
    return replace(reply, text=lines(reply.text, told), buttons=buttons)


def _also(reply: Reply, question: Reply) -> Reply:
    text = lines(reply.text, question.text)
    return replace(reply, text=text, buttons=(*reply.buttons, *question.buttons))


# --- putting it there -------------------------------------------------------------------------


def attach(request: Request, tx: Tx, number: int) -> tuple[str, tuple[Button, ...]]:
    """Put the picture to a fact; what to say and the button that takes it away again. Raises
    Refusal where the asker may not, or the fact has gone or is full."""
    entry = entry_of(tx, number)
    check(request, tx, entry)
    one = opened(request)
    new = pictures.add(
        tx,
        one,
        fact=number,
        person=request.who.id,
        at=request.now,
        album=request.incoming.album,
    )
    said = {"number": number, "what": what(request, entry)}
    if not new:
        return say("evidence.same", **said), ()
    trail.note(request, tx, action="picture", subject=f"#{number}")
    if request.chat.group:
        return say("evidence.attached_in_group", number=number), ()
    newest = pictures.of(tx, [number])[-1]
    away = Button.of(say("evidence.take_away"), "unpicture", f"{newest.id}")
    return say("evidence.attached", **said), (away,)


def check(request: Request, tx: Reading, entry: ledger.Entry) -> None:
    """Raise Refusal unless the asker may add a picture to this fact."""
    if not may_add(request, entry):
        raise Refusal(say("evidence.not_yours", number=entry.number))
    gone = ledger.stands(tx, entry.number).state is State.WITHDRAWN
    if gone or leadtext.is_erased(tx, entry.number):
        raise Refusal(say("evidence.withdrawn", number=entry.number))
    if len(rows(tx, entry)) >= MOST:
        raise Refusal(say("evidence.full", number=entry.number, most=MOST))


def hold(request: Request, tx: Tx) -> None:
    """Keep the picture until its sender says what it shows."""
    if len(pictures.held(tx, request.who.id, request.now)) >= MOST_HELD:
        raise Refusal(say("evidence.many_held", most=MOST_HELD))
    pictures.add(
        tx,
        opened(request),
        fact=NOWHERE,
        person=request.who.id,
        at=request.now,
        album=request.incoming.album,
    )


def asked(request: Request, tx: Tx, entries: Sequence[ledger.Entry]) -> Reply:
    """Hold the picture and ask what it shows: one question, at most three choices."""
    hold(request, tx)
    choices = tuple(
        (Button.of(cut(f"#{one.number} {what(request, one)}", LABEL), "belongs", f"#{one.number}"),)
        for one in entries[:CHOICES]
    )
    none = Button.of(say("evidence.none_of_them"), "belongs")
    text = say("evidence.which" if choices else "evidence.of_nothing")
    return Reply(text=text, buttons=(*choices, (none,)))


def held_beside(request: Request, tx: Tx, reply: Reply) -> Reply:
    """Hold the picture of a report that is not made yet, and say so in the answer; as it is where
    none was brought."""
    if not brought(request) or request.chat.group:
        return reply
    hold(request, tx)
    return with_line(reply, say("evidence.held"))
