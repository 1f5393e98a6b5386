"""撤回: taking back one's own report, or one's own decision while it is fresh."""

from collections.abc import Iterable

from commands.assessment import trainings, waivers
from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.filing import cases, describe, recent, record
from commands.filing.kinds import KINDS
from commands.filing.record import judge
from commands.grammar.slots import Slot
from commands.leads import identity, news
from commands.review import batches
from commands.wording.sentences import say
from commands.wording.terms import ACTS
from db import appeals, histories, leadtext, ledger, outbox, tasks
from db.engine.tx import Row, Tx
from scoring.facts import State, Verb

NAMED = 5
"""More than these are only counted when they are taken back."""

MOST_SHOWN = 3

UNDECIDED = State.WAITING, State.IN_LINE
"""The states from which one's own report can be withdrawn."""


@command(
    "undo",
    "撤回",
    slots=(Slot(name="numbers", kind="numbers"),),
    example="撤回 #12",
    never_bare=True,
    planless=True,
)
def undo(request: Request, tx: Tx) -> Reply:
    """Take back one's own report while it is undecided, or one's own decision for 10 minutes.

    Without a number: what waits for one's 确认, else the only thing of the last 10 minutes; of
    several, or older ones, none is taken back but each is named (decision 0076).
    """
    numbers: tuple[int, ...] = request.args.get("numbers") or ()
    last = histories.last_decision(tx, request.who.id)
    if not numbers:
        return _undo_last(request, tx, last)
    done = [_undo_one(request, tx, number) for number in numbers]
    taken = [entry for n in numbers if (entry := ledger.entry(tx, n)) is not None]
    again = Button.of(say("button.one_by_one"), "card", f"#{max(0, numbers[0] - 1)}")
    reviews = len(taken) == 1 and request.pressed and taken[0].fact.person != request.who.id
    return Reply(
        buttons=((again,),) if reviews else (),
        text="\n".join(done) if len(done) <= NAMED else say("undo.many", total=len(done)),
        replaces=request.pressed,
        notices=(
            *waivers.taken_back(request, taken),
            *cases.taken_back(request, tx, taken),
            *_lead_news(request, tx, taken),
        ),
    )


def _undo_last(request: Request, tx: Tx, last: Row | None) -> Reply:
    waits = proposals.newest_own(tx, request.who.id, request.now)
    if waits is not None:
        proposals.settle(tx, waits, "cancelled")
        return Reply(text=say("dialogue.cancelled"))
    fresh = recent.just_now(request, tx, *UNDECIDED)
    batch = list[int]()
    if last is not None and _takes_back(request, last):
        batch = histories.batch_of(tx, request.who.id, last.batch, last.recorded_at)
    if batch and last is not None and not fresh:
        return _retract(request, tx, batch, last)
    if len(fresh) == 1 and not batch:
        return Reply(
            text=_withdraw(request, tx, fresh[0]),
            replaces=request.pressed,
            notices=(*waivers.taken_back(request, fresh), *cases.taken_back(request, tx, fresh)),
        )
    if not fresh and (said := _undo_acts(request, tx)):
        return Reply(text=said)
    decided = [entry for n in batch if (entry := ledger.entry(tx, n)) is not None]
    return _which(request, tx, [*fresh, *decided] or recent.own(request, tx, *UNDECIDED))


def _which(request: Request, tx: Tx, found: list[ledger.Entry]) -> Reply:
    """Name what may be meant; nothing is taken back."""
    if not found:
        raise Refusal(say("undo.nothing"))
    shown = found[:MOST_SHOWN]
    said = "；".join(
        say("undo.one_of", number=one.number, what=_named(request, tx, one)) for one in shown
    )
    row = tuple(
        Button.of(say("undo.button", number=one.number), "undo", f"#{one.number}") for one in shown
    )
    return Reply(text=say("undo.which", said=said), buttons=(row,), private=True)


def _named(request: Request, tx: Tx, entry: ledger.Entry) -> str:
    if entry.fact.kind == "lead":
        return identity.described(tx, request.plan, entry, full=False)
    return describe.what(request, entry)


def _undo_acts(request: Request, tx: Tx) -> str:
    """Take back what was last noted for a task, if that was just now."""
    done = tasks.newest_acts(tx, request.plan, request.who.id, request.now - recent.JUST_NOW)
    if not done:
        return ""
    for act in done.acts:
        tasks.take_back(tx, request.plan, done.task, request.who.id, act)
    return say("undo.acts", number=done.task, acts="、".join(ACTS[act] for act in done.acts))


def _undo_one(request: Request, tx: Tx, number: int) -> str:
    entry = ledger.entry(tx, number)
    if entry is None:
        raise Refusal(say("review.unknown", number=number))
    stands = ledger.stands(tx, number)
    decision = stands.decision
    by_me = decision is not None and decision.person == request.who.id
    if by_me and decision is not None and decision.verb not in (Verb.WITHDRAW, Verb.YIELD):
        _not_an_answer(entry)
        if request.now - decision.recorded_at > record.TAKE_BACK:
            raise Refusal(say("undo.too_late", number=number))
        return _take_back(request, tx, [entry])
    if entry.fact.person != request.who.id and not cases.inherits(request, entry):
        raise Refusal(say("undo.not_yours", number=number))
    return _withdraw(request, tx, entry)


def _withdraw(request: Request, tx: Tx, entry: ledger.Entry) -> str:
    stands = ledger.stands(tx, entry.number)
    if stands.state is State.WITHDRAWN:
        raise Refusal(say("undo.already", number=entry.number))
    if stands.state not in UNDECIDED:
        state = describe.state_word(entry, stands.state)
        raise Refusal(say("undo.decided", number=entry.number, state=state))
    follows = KINDS[entry.fact.kind].undone
    if follows == "roll":
        trainings.check_undo(request, entry)
    settlement = _settlement_of(request, tx, entry) if follows == "settlement" else None
    judge(request, tx, entry, Verb.WITHDRAW)
    if follows == "roll":
        trainings.undone(request, tx, entry)
    if settlement is not None:
        judge(request, tx, settlement, Verb.WITHDRAW)
        return say("undo.settled_too", number=entry.number, settlement=settlement.number)
    return say("undo.withdrawn", number=entry.number)


def _settlement_of(asking: Asking, tx: Tx, task: ledger.Entry) -> ledger.Entry | None:
    """What settled a task, and goes with it; refused where somebody else entered that."""
    number = ledger.claimed(tx, asking.plan, tasks.SETTLED, str(task.number))
    settlement = ledger.entry(tx, number) if number is not None else None
    if settlement is not None and settlement.fact.person != asking.who.id:
        by = asking.people.by_id.get(settlement.fact.person)
        said = {"number": task.number, "settlement": settlement.number}
        raise Refusal(say("undo.settled_by", **said, name=by.name if by else ""))
    return settlement


def _not_an_answer(entry: ledger.Entry) -> None:
    """An answer to an appeal was confirmed and told to both sides; it stays."""
    if entry.fact.kind in appeals.KINDS:
        raise Refusal(say("undo.answered", number=entry.number))


def _takes_back(asking: Asking, last: Row) -> bool:
    fresh = asking.now - last.recorded_at <= record.TAKE_BACK
    return fresh and last.verb not in (Verb.RETRACT, Verb.WITHDRAW)


def _retract(request: Request, tx: Tx, numbers: Iterable[int], last: Row) -> Reply:
    entries = [entry for n in numbers if (entry := ledger.entry(tx, n)) is not None]
    for entry in entries:
        _not_an_answer(entry)
    told = len(entries) == 1
    text = _take_back(request, tx, entries)
    for person in {entry.fact.person for entry in entries}:
        outbox.withdraw(tx, batches.batch_key(last.batch, last.recorded_at, person))
    notices = tuple(
        Notice(
            text=say("told.retracted", number=entry.number),
            person=entry.fact.person,
            key=f"retracted:{entry.number}:{request.now}",
        )
        for entry in entries
        if told and entry.fact.person != request.who.id and entry.fact.kind != "lead"
    )
    notices += _lead_news(request, tx, entries)
    return Reply(text=text, replaces=request.pressed, notices=notices)


def _lead_news(asking: Asking, tx: Tx, entries: Iterable[ledger.Entry]) -> tuple[Notice, ...]:
    """What is still to be said of others' leads, without what has just been taken back."""
    leads_only = (entry.fact for entry in entries if entry.fact.kind == "lead")
    return news.about(asking, tx, {f.person for f in leads_only} - {asking.who.id})


def _take_back(request: Request, tx: Tx, entries: list[ledger.Entry]) -> str:
    for entry in entries:
        try:
            stands = judge(request, tx, entry, Verb.RETRACT)
        except ledger.Held as held:
            raise Refusal(say("undo.held", number=entry.number, other=held.number)) from None
        if stands.waits and leadtext.is_erased(tx, entry.number):
            raise Refusal(say("undo.erased", number=entry.number))
    if len(entries) == 1:
        return say("undo.retracted", number=entries[0].number)
    return say("undo.retracted_batch", total=len(entries))
