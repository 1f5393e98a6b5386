"""What a case (申诉, 反映) means for those beside it: who decided first, who is told when it is
taken back, and what waits to be decided once more because it was upheld (C14)."""

from collections.abc import Iterable, Iterator

from commands.chat.messages import Button, Notice
from commands.chat.requests import Asking
from commands.filing.deciders import able, matter
from commands.filing.describe import state_word
from commands.filing.kinds import KINDS
from commands.filing.receipts import card_buttons
from commands.wording.formats import day
from commands.wording.sentences import lines, say
from db import ledger
from db.engine.tx import Reading
from db.people import HEAD, Person
from scoring.cards import Verdict
from scoring.facts import Decision, Standing, State, Verb

APPEAL = "appeal"

_NO_JUDGEMENT = frozenset({Verb.WITHDRAW, Verb.RETRACT, Verb.REOPEN, Verb.YIELD})


# --- who decided --------------------------------------------------------------------------


def first_decider(tx: Reading, entry: ledger.Entry) -> int:
    """Who decided on a fact first; where nothing was to be decided, who entered it."""
    judged = _judged(tx, entry)
    return judged[0].person if judged else entry.fact.person


def contested(tx: Reading, entry: ledger.Entry) -> frozenset[int]:
    """Whose decision an appeal is about, beside who decided first: neither answers it."""
    decision = ledger.stands(tx, entry.number).decision
    last = {decision.person} if decision and decision.verb not in _NO_JUDGEMENT else set()
    return frozenset({first_decider(tx, entry), *last})


def _judged(tx: Reading, entry: ledger.Entry) -> list[Decision]:
    return [one for one in ledger.decided(tx, entry.number) if one.verb not in _NO_JUDGEMENT]


# --- what a case is about ---------------------------------------------------------------


def is_about(verdict: Verdict, kind: str) -> bool:
    """Whether facts of this kind count in a line, so that a case about one is about the line."""
    prefix = "interaction." if kind == "settlement" else f"{kind}."
    return any(measure.startswith(prefix) for _, measure in verdict.measures)


# --- a case taken back --------------------------------------------------------------------


def inherits(asking: Asking, entry: ledger.Entry) -> bool:
    """Whether an appeal of the asker's unit is the asker's to take back: its sender is head there
    no longer."""
    fact, who = entry.fact, asking.who
    if fact.kind != APPEAL or HEAD not in who.roles or fact.unit != who.unit:
        return False
    return not is_head(asking.people.by_id.get(fact.person), fact.unit)


def is_head(person: Person | None, unit: str) -> bool:
    """Whether somebody is on the roster as head of a unit."""
    return person is not None and person.unit == unit and HEAD in person.roles


def taken_back(asking: Asking, tx: Reading, entries: Iterable[ledger.Entry]) -> Iterator[Notice]:
    """Tell who handles an appeal, and whoever decided first, that it is taken back."""
    for entry in entries:
        of = ledger.entry(tx, entry.fact.details["of"]) if entry.fact.kind == APPEAL else None
        if of is None or ledger.stands(tx, entry.number).state is not State.WITHDRAWN:
            continue
        text = say("case.taken_back", number=entry.number, of=of.number, name=asking.who.name)
        people = {entry.fact.details.get("handler", 0), first_decider(tx, of)} - {asking.who.id}
        for person in sorted(people & asking.people.by_id.keys()):
            yield Notice(text=text, person=person, key=f"case back:{entry.number}:{person}")


# --- decided once more --------------------------------------------------------------------


def again(asking: Asking, tx: Reading, entry: ledger.Entry) -> str:
    """Why something decided waits once more, and how it was decided; "" of anything else."""
    stands = ledger.stands(tx, entry.number)
    if not stands.again:
        return ""
    reopened = [one for one in ledger.decided(tx, entry.number) if one.verb is Verb.REOPEN][-1]
    by = asking.people.by_id.get(stands.decision.person) if stands.decision else None
    return say(
        "case.again",
        of=entry.number,
        reason=reopened.reason,
        state=state_word(entry, stands.state),
        name=by.name if by else "",
        day=day(stands.decision.recorded_at) if stands.decision else "",
    )


def wants_time(entry: ledger.Entry, stands: Standing) -> bool:
    """Whether 通过 alone would leave an upheld appeal without effect: it was approved already, and
    what counts is when it was done."""
    alone = bool(KINDS[entry.fact.kind].item)
    return stands.again and stands.state is State.ACCEPTED and alone


def asked_again(
    asking: Asking, tx: Reading, entry: ledger.Entry, text: str, *, case: int
) -> tuple[Notice, ...]:
    """The card of what is to be decided once more, to everybody who may decide on it."""
    what = matter(asking.plan, asking.people, entry.fact)
    return tuple(
        Notice(
            text=lines(again(asking, tx, entry), text),
            person=person.id,
            buttons=(_buttons(entry),),
            key=f"card:{entry.number}:{person.id}:{case}",
        )
        for person in able(asking.plan, asking.people, what)
    )


def _buttons(entry: ledger.Entry) -> tuple[Button, ...]:
    """{通过|退回}; of a lead {认定|无效|看号码}: its number stands on the desk's card alone."""
    number = entry.number
    if entry.fact.kind != "lead":
        return card_buttons(entry)
    return (
        Button.of(say("button.certify"), "certify", f"#{number}"),
        Button.of(say("button.invalid"), "invalid", f"#{number}"),
        Button.of(say("button.see_number"), "card", f"#{number - 1}"),
    )
