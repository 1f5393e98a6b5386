"""The ways to decide, and whether this person may take one on this fact now."""

from dataclasses import dataclass, replace

from commands.chat.errors import Refusal
from commands.chat.requests import Asking, Request
from commands.filing.backlog import handed_on
from commands.filing.deciders import Matter, deciders_on, is_own, matter, may_decide
from commands.filing.describe import entry_of, state_word
from commands.filing.kinds import KINDS
from commands.grammar.slots import Slot
from commands.wording.formats import clock, day
from commands.wording.sentences import say
from db import appeals, ledger, waits
from db.engine.tx import Reading
from scoring.facts import Decision, State, Verb
from scoring.moments import day_of

NUMBERS = Slot(name="numbers", kind="numbers", required=True, ask="ask.number")
REASON = Slot(name="reason", kind="text", required=True, ask="ask.reason")
SENT_BACK = replace(REASON, ready=("reason.quality", "reason.consent", "reason.subject"))
"""Why works are sent back, mostly (C5)."""

USELESS = replace(REASON, ready=("reason.empty", "reason.denied", "reason.unfit"))
"""Why leads are no use, mostly."""

MINOR = Slot(name="minor", kind="flag", choices=("小修",))
ONWARD = Slot(name="onward", kind="flag", choices=("下一条",))


@dataclass(frozen=True, slots=True)
class Way:
    """A way to decide: its verb, what it may fall on and from which state."""

    word: str
    verb: Verb
    of_leads: bool
    source: State = State.WAITING
    topical_only: bool = False


APPROVE = Way("approve", Verb.APPROVE, of_leads=False)
REJECT = Way("reject", Verb.REJECT, of_leads=False)
OFF_TOPIC = Way("offtopic", Verb.OFF_TOPIC, of_leads=False, topical_only=True)
CERTIFY = Way("certify", Verb.APPROVE, of_leads=True)
INVALID = Way("invalid", Verb.REJECT, of_leads=True)
REVOKE = Way("revoke", Verb.REVOKE, of_leads=True, source=State.ACCEPTED)
RELEASE = Way("approve", Verb.APPROVE, of_leads=False, source=State.ACCEPTED)
UNAPPROVE = Way("revoke", Verb.REVOKE, of_leads=False, source=State.ACCEPTED)


def is_minor(request: Request) -> bool:
    return bool(request.args.get("minor"))


def check(asking: Asking, tx: Reading, way: Way, entry: ledger.Entry) -> None:
    """Refuse what this person, this way, may not decide now. The words say who may."""
    plan, fact = asking.plan, entry.fact
    kind = plan.kinds[fact.kind]
    if (fact.kind == "lead") != way.of_leads or (way.topical_only and not KINDS[fact.kind].topical):
        key = "review.other_kind"
        raise Refusal(say(key, number=entry.number, word=kind.word, way=say(f"way.{way.word}")))
    if fact.kind in appeals.KINDS:
        key = "review.is_answered"
        raise Refusal(say(key, number=entry.number, word=kind.word))
    if not kind.deciders:
        raise Refusal(say("review.needs_none", number=entry.number, word=kind.word))
    what = matter(plan, asking.people, fact, handed=_is_handed_on(asking, tx, entry.number))
    if not may_decide(plan, asking.who, what):
        raise Refusal(_not_yours(asking, entry, what))
    stands = ledger.stands(tx, entry.number)
    if stands.state is State.IN_LINE:
        raise Refusal(say("review.in_line", number=entry.number))
    again = stands.again and waits.since(tx, entry.number) is not None
    if stands.state is not way.source and not (way.source is State.WAITING and again):
        raise Refusal(_already(asking, entry, stands.state, stands.decision))


def _is_handed_on(asking: Asking, tx: Reading, number: int) -> bool:
    since = waits.since(tx, number)
    return since is not None and handed_on(tx, since, asking.now)


def _not_yours(asking: Asking, entry: ledger.Entry, what: Matter) -> str:
    """Why not, and who may."""
    who, wanted = asking.who, deciders_on(asking.plan, what)
    instead_of = [one.name for role, one in who.stands_for if role in wanted]
    key = "review.not_yours"
    if is_own(who, what.units) and who.roles & set(asking.plan.kinds[what.kind].deciders):
        key = "review.own_unit"
    elif instead_of:
        key = "review.not_theirs"
    roles, names = "、".join(wanted), "、".join(instead_of)
    return say(key, number=entry.number, roles=roles, names=names)


def _already(asking: Asking, entry: ledger.Entry, state: State, decision: Decision | None) -> str:
    if decision is None:
        return say("review.still_waiting", number=entry.number)
    by = asking.people.by_id.get(decision.person)
    same_day = day_of(decision.recorded_at) == day_of(asking.now)
    when = clock(decision.recorded_at) if same_day else day(decision.recorded_at)
    return say(
        "review.already",
        number=entry.number,
        name=by.name if by else "",
        when=when,
        state=state_word(entry, state),
    )


def check_lead(asking: Asking, tx: Reading, number: int) -> ledger.Entry:
    """The lead of this number, if the asker may certify it now; raises Refusal."""
    entry = entry_of(tx, number)
    check(asking, tx, CERTIFY, entry)
    return entry
