"""What follows from an upheld case (decision 0005): the ledger is corrected where one answer is
possible; elsewhere the fact is put before whoever decides on it, who gets its card at once."""

from collections.abc import Iterable, Mapping

from commands.appeals import on_scores
from commands.assessment import trainings
from commands.chat.messages import Button, Notice
from commands.chat.requests import Asking, Request
from commands.filing import cases
from commands.filing.deciders import deciders, is_own, matter
from commands.filing.kinds import KINDS
from commands.filing.record import judge, record
from commands.wording.formats import short
from commands.wording.sentences import lines, say, say_first
from db import appeals, leadtext, ledger
from db.appeals import Case
from db.engine.tx import Reading, Tx
from db.people import ADMIN, Person
from scoring.facts import State, Verb

ENTERS = {"settlement": "融媒体中心", "training": "考核组"}
"""Who enters anew what nobody decides on, whoever entered it first (contracts 2)."""

Done = tuple[str, tuple[Notice, ...]]
"""What was done, in one line, and who is told of it besides both sides."""


def consequence(asking: Asking, tx: Reading, case: Case) -> str:
    """What {确认} will change, in one line."""
    of = appeals.current(tx, case.of)
    if _takes_out(case, of):
        unit = short(asking.plan, case.entry.fact.unit)
        return say("resolve.will_take_out", of=of.number, unit=unit)
    if _approves(tx, case, of):
        return say("resolve.will_approve", of=of.number)
    if _is_gone(tx, of):
        return say("resolve.gone", of=of.number)
    return say("resolve.will_reopen", of=of.number)


def carried_out(request: Request, tx: Tx, case: Case, reason: str) -> Done:
    """Do what follows, or have it decided once more."""
    of = appeals.current(tx, case.of)
    if _takes_out(case, of):
        return _taken_out(request, tx, of, case)
    if _approves(tx, case, of):
        try:
            why = say("resolve.by", number=case.number)
            # Of one batch with the answer, so that neither is taken back alone.
            judge(request, tx, of, Verb.APPROVE, reason=why, batch=case.number)
        except ledger.Held as held:
            return say("resolve.held", of=of.number, other=held.number), ()
        return say("resolve.approved", of=of.number), ()
    if _is_gone(tx, of):
        return say("resolve.gone", of=of.number), ()
    return _reopened(request, tx, of, case, reason)


def _is_gone(tx: Reading, of: ledger.Entry) -> bool:
    """Whether nothing is left to decide on."""
    withdrawn = ledger.stands(tx, of.number).state is State.WITHDRAWN
    return withdrawn or leadtext.is_erased(tx, of.number)


def _takes_out(case: Case, of: ledger.Entry) -> bool:
    return case.entry.fact.kind == cases.APPEAL and of.fact.kind == "training"


def _approves(tx: Reading, case: Case, of: ledger.Entry) -> bool:
    """Whether the fact is approved as it stands: nothing else could be meant."""
    state = ledger.stands(tx, of.number).state
    if case.entry.fact.kind != cases.APPEAL:
        return False
    if of.fact.kind == "lead":
        return state is State.REVOKED
    return KINDS[of.fact.kind].upheld and state in (State.REJECTED, State.OFF_TOPIC)


# --- a roll -------------------------------------------------------------------------------


def _taken_out(request: Request, tx: Tx, of: ledger.Entry, case: Case) -> Done:
    """A new roll in the place of the old, without the unit's absences; if it had none, without
    its failures."""
    unit, details = case.entry.fact.unit, dict(of.fact.details)
    for name in ("absent", "failed"):
        kept = [one for one in details.get(name, ()) if one[1] != unit]
        if len(kept) < len(details.get(name, ())):
            details[name] = kept
            break
    else:
        return say("resolve.nothing_left", of=of.number), ()
    details["upheld"] = [*details.get("upheld", ()), case.number]
    new = record(
        request,
        tx,
        "training",
        title=of.title,
        details=details,
        claim=trainings.claim(of.title, of.fact.happened_at),
        replaces=of,
        keeps_time=True,
    )
    said = {"of": of.number, "number": new.number, "unit": short(request.plan, unit)}
    return say("resolve.taken_out", **said), ()


# --- decided once more --------------------------------------------------------------------


def _reopened(request: Request, tx: Tx, of: ledger.Entry, case: Case, reason: str) -> Done:
    """Have the fact decided once more by whoever decides on it; the administrators hear where
    there is nobody."""
    kind = request.plan.kinds[of.fact.kind]
    word = request.plan.kinds[case.entry.fact.kind].word
    why = say("resolve.reopened", word=word, number=case.number, reason=reason)
    if ledger.stands(tx, of.number).state is not State.WAITING or kind.code in ENTERS:
        judge(request, tx, of, Verb.REOPEN, reason=why, batch=case.number)
    if not kind.deciders:
        return _entered_anew(request, of, case, f"{why}。")
    units = matter(request.plan, request.people, of.fact).units
    roles = "、".join(deciders(request.plan, kind.code, units))
    text = say_first(f"resolve.next_{kind.code}", "resolve.next", of=of.number, roles=roles)
    asked = cases.asked_again(request, tx, of, text, case=case.number)
    return text, asked or tuple(_to_admins(request, of, case, roles))


def _entered_anew(asking: Asking, of: ledger.Entry, case: Case, why: str) -> Done:
    """Of what nobody decides on: ask those who enter such things, else whoever reported it."""
    kind, role = asking.plan.kinds[of.fact.kind], ENTERS.get(of.fact.kind)
    said: Mapping[str, object] = {
        "of": of.number,
        "word": kind.word,
        "task": of.fact.details.get("task", of.number),
    }
    text = say_first(f"resolve.next_{kind.code}", "resolve.by_recorder", **said)
    concerned = frozenset(on_scores.concerned(asking.plan, of))
    people: Iterable[Person] = (
        [one for one in asking.people.with_role(role) if not is_own(one, concerned)]
        if role
        else filter(None, [asking.people.by_id.get(of.fact.person)])
    )
    button = Button.of(say("resolve.settle"), "settle", f"#{said['task']}")
    told = tuple(
        Notice(
            text=lines(why, text),
            person=one.id,
            buttons=((button,),) if kind.code == "settlement" else (),
            key=f"anew:{case.number}:{one.id}",
        )
        for one in people
    )
    return text, told or tuple(_to_admins(asking, of, case, role or ""))


def _to_admins(asking: Asking, of: ledger.Entry, case: Case, roles: str) -> Iterable[Notice]:
    text = say("resolve.nobody", number=case.number, of=of.number, roles=roles)
    return (
        Notice(text=text, person=one.id, key=f"anew:{case.number}:{one.id}")
        for one in asking.people.with_role(ADMIN)
    )
