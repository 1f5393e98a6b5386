"""Deciding: 通过 退回 偏题 认定 无效 撤销, typed, listed or pressed (C5, C11)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply, Request
from commands.conversation import dialogue
from commands.conversation.registry import Slot, command
from commands.duties import completion
from commands.filing.deciders import DECIDERS, deciders, may_decide
from commands.filing.describe import brief, entry_of, state_word, what
from commands.filing.record import judge
from commands.leads import news, report
from commands.review.backdating import ask_second, is_backdated, named_time, second_wanted
from commands.review.queue import card_after, waiting
from commands.wording.formats import clock, cut, day, lines, moment, say, say_first, short, week_at
from db import appeals, ledger
from db.engine.tx import Reading, Tx
from scoring.facts import Decision, State, Verb
from scoring.moments import Instant, day_of

MOST_AT_ONCE = 10
MOST_LEADS_AT_ONCE = 50

NUMBERS = Slot(name="numbers", kind="numbers", required=True, ask="请带编号，如 #12")
REASON = Slot(name="reason", kind="text", required=True, ask="请说一句理由")
MINOR = Slot(name="minor", kind="flag", choices=("小修",))
ONWARD = Slot(name="onward", kind="flag", choices=("下一条",))


@dataclass(frozen=True, slots=True)
class _Way:
    """One of the six ways to decide: its verb, what it may fall on and from which state."""

    word: str
    verb: Verb
    of_leads: bool
    source: State = State.WAITING
    videos_only: bool = False


APPROVE = _Way("approve", Verb.APPROVE, of_leads=False)
REJECT = _Way("reject", Verb.REJECT, of_leads=False)
OFF_TOPIC = _Way("offtopic", Verb.OFF_TOPIC, of_leads=False, videos_only=True)
CERTIFY = _Way("certify", Verb.APPROVE, of_leads=True)
INVALID = _Way("invalid", Verb.REJECT, of_leads=True)
REVOKE = _Way("revoke", Verb.REVOKE, of_leads=True, source=State.ACCEPTED)


@command(
    "approve",
    "通过",
    roles=DECIDERS,
    slots=(
        NUMBERS,
        Slot(name="when", kind="when"),
        ONWARD,
        Slot(name="evidence", kind="text"),
    ),
    example="通过 #12",
    never_bare=True,
    judges=True,
)
def approve(request: Request, tx: Tx) -> Reply:
    """Approve, verify or accept facts; a time says when it really happened (C16)."""
    return _decide(request, tx, APPROVE)


@command(
    "reject",
    "退回",
    roles=DECIDERS,
    slots=(NUMBERS, MINOR, ONWARD, REASON),
    example="退回 #12 画面太暗",
    never_bare=True,
    judges=True,
)
def reject(request: Request, tx: Tx) -> Reply:
    """Send facts back with a reason; what they held is free again. 小修: only a small change is
    asked for, and what is handed in again keeps the first time (C5)."""
    return _decide(request, tx, REJECT)


@command(
    "offtopic",
    "偏题",
    roles="融媒体中心 考核组",
    slots=(NUMBERS, ONWARD),
    example="偏题 #12",
    never_bare=True,
    judges=True,
)
def offtopic(request: Request, tx: Tx) -> Reply:
    """Judge videos published but off-topic: they count for the week, against the content."""
    return _decide(request, tx, OFF_TOPIC)


@command(
    "certify",
    "认定",
    roles="招办 考核组",
    slots=(NUMBERS, ONWARD),
    example="认定 9 13 16-19",
    never_bare=True,
    judges=True,
    private=True,
)
def certify(request: Request, tx: Tx) -> Reply:
    """Certify leads; they count from now on (A35)."""
    return _decide(request, tx, CERTIFY)


@command(
    "invalid",
    "无效",
    roles="招办 考核组",
    slots=(NUMBERS, ONWARD, REASON),
    example="无效 #7 空号",
    never_bare=True,
    judges=True,
    private=True,
)
def invalid(request: Request, tx: Tx) -> Reply:
    """Find leads invalid; the number may be reported again (A34)."""
    return _decide(request, tx, INVALID)


@command(
    "revoke",
    "撤销",
    roles="招办 考核组",
    slots=(NUMBERS, REASON),
    example="撤销 #7 家长说从未咨询",
    never_bare=True,
    judges=True,
    private=True,
)
def revoke(request: Request, tx: Tx) -> Reply:
    """Take a certification back, after {确认}; frozen months stay as they are (A35)."""
    return _decide(request, tx, REVOKE)


# --- the decision itself ------------------------------------------------------------------


def _decide(request: Request, tx: Tx, way: _Way) -> Reply:
    numbers: tuple[int, ...] = request.args["numbers"]
    if len(numbers) > 1:
        return _decide_many(request, tx, way, numbers)
    entry = entry_of(tx, numbers[0])
    _check(request, tx, way, entry)
    if way is REVOKE and not request.confirmed:
        return dialogue.propose(tx, request, _revoke_preview(request, tx, entry))
    happened_at = named_time(request, entry)
    if happened_at is not None and second_wanted(request, tx, way.verb, entry, happened_at):
        return ask_second(request, tx, entry, happened_at)
    return _decide_one(request, tx, way, entry, happened_at)


def _decide_one(
    request: Request, tx: Tx, way: _Way, entry: ledger.Entry, happened_at: Instant | None
) -> Reply:
    reason = request.args.get("reason") or request.args.get("evidence") or ""
    if request.second is not None:
        reason = say("review.seconded", reason=reason, name=request.second.name)
    minor = _is_minor(request)
    judge(request, tx, entry, way.verb, happened_at=happened_at, reason=reason, minor=minor)
    completion.note(request, tx, (entry,))
    told = _told(request, way, entry, happened_at, reason)
    receipt = lines(told, say("review.takes_back"))
    notice = Notice(
        text=told,
        person=entry.fact.person,
        key=f"decided:{entry.number}:{request.now}:{way.word}",
    )
    notices: tuple[Notice, ...] = (notice,) if entry.fact.person != request.who.id else ()
    if way in (CERTIFY, INVALID):
        notices = news.about(request, tx, (entry.fact.person,))
    if request.args.get("onward"):
        following = card_after(request, tx, entry.number, leads_only=way.of_leads)
        return replace(
            following,
            text=lines(say(f"review.short_{way.word}", number=entry.number), following.text),
            replaces=True,
            notices=notices,
        )
    undo = Button(label=say("button.undo"), says=f"undo #{entry.number}")
    return Reply(text=receipt, buttons=((undo,),), replaces=request.pressed, notices=notices)


def _told(
    request: Request, way: _Way, entry: ledger.Entry, happened_at: Instant | None, reason: str
) -> str:
    plan, fact = request.plan, entry.fact
    return say_first(
        "told.reject_minor" if _is_minor(request) else f"told.{way.word}_{fact.kind}",
        f"told.{way.word}",
        number=entry.number,
        what=what(request, entry),
        reason=reason,
        when=moment(happened_at or _dated(request, entry)),
        backdated=say("review.backdated") if is_backdated(entry, happened_at) else "",
        week=week_at(fact.happened_at),
        unit=short(plan, fact.unit),
    )


def _is_minor(request: Request) -> bool:
    return bool(request.args.get("minor"))


def _dated(request: Request, entry: ledger.Entry) -> Instant:
    submitted = request.plan.kinds[entry.fact.kind].counts_from == "submitted"
    return entry.fact.happened_at if submitted else request.now


def _check(request: Request, tx: Reading, way: _Way, entry: ledger.Entry) -> None:
    """Refuse what this person, this way, may not decide now. The words say who may."""
    plan, fact = request.plan, entry.fact
    kind = plan.kinds[fact.kind]
    if (fact.kind == "lead") != way.of_leads or (way.videos_only and fact.kind != "video"):
        key = "review.other_kind"
        raise Refusal(say(key, number=entry.number, word=kind.word, way=say(f"way.{way.word}")))
    if fact.kind in appeals.KINDS:
        key = "review.is_answered"
        raise Refusal(say(key, number=entry.number, word=kind.word))
    if not kind.deciders:
        raise Refusal(say("review.needs_none", number=entry.number, word=kind.word))
    if not may_decide(plan, request.who, fact.kind, fact.unit):
        roles = "、".join(deciders(plan, fact.kind, fact.unit))
        own = request.who.unit == fact.unit and request.who.roles & set(kind.deciders)
        key = "review.own_unit" if own else "review.not_yours"
        raise Refusal(say(key, number=entry.number, roles=roles))
    stands = ledger.stands(tx, entry.number)
    again = way.source is State.WAITING and stands.state is not State.WITHDRAWN
    if stands.state is not way.source and not (again and appeals.upheld(tx, plan, entry.number)):
        raise Refusal(_already(request, entry, stands.state, stands.decision))


def _already(request: Request, entry: ledger.Entry, state: State, decision: Decision | None) -> str:
    if decision is None:
        return say("review.still_waiting", number=entry.number)
    by = request.people.by_id.get(decision.person)
    same_day = day_of(decision.recorded_at) == day_of(request.now)
    when = clock(decision.recorded_at) if same_day else day(decision.recorded_at)
    return say(
        "review.already",
        number=entry.number,
        name=by.name if by else "",
        when=when,
        state=state_word(entry, state),
    )


def _revoke_preview(request: Request, tx: Tx, entry: ledger.Entry) -> str:
    reporter = request.people.by_id.get(entry.fact.person)
    done = int(report.counts(tx, request.plan, entry.fact.person)["done"])
    key = "review.revoke_matters" if done == report.due(request.plan) else "review.revoke"
    name = reporter.name if reporter else ""
    return say(key, number=entry.number, name=name, done=done, after=done - 1)


def check_lead(request: Request, tx: Reading, number: int) -> ledger.Entry:
    """The lead of this number, if the asker may certify it now; raises Refusal."""
    entry = entry_of(tx, number)
    _check(request, tx, CERTIFY, entry)
    return entry


# --- many at once -------------------------------------------------------------------------


def _decide_many(request: Request, tx: Tx, way: _Way, numbers: tuple[int, ...]) -> Reply:
    most = MOST_LEADS_AT_ONCE if way.of_leads else MOST_AT_ONCE
    if request.args.get("when"):
        raise Refusal(say("review.one_time"))
    good, refused = _sorted_out(request, tx, way, numbers)
    if not good:
        raise Refusal(refused or say("review.none_of_them", way=say(f"way.{way.word}")))
    if len(good) > most:
        raise Refusal(say("review.too_many", most=most))
    names = "、".join(f"#{entry.number} {brief(request, entry)}" for entry in good)
    if not request.confirmed:
        text = say(
            "review.batch", way=say(f"way.{way.word}"), total=len(good), names=cut(names, 120)
        )
        label = say("review.confirm_batch", total=len(good))
        return dialogue.propose(tx, request, lines(text, refused), label=label)
    reason = request.args.get("reason", "")
    batch = good[0].number
    for entry in good:
        judge(request, tx, entry, way.verb, reason=reason, minor=_is_minor(request), batch=batch)
    completion.note(request, tx, good)
    left = len(waiting(request, tx))
    return Reply(
        text=say("review.batch_done", way=say(f"way.{way.word}"), total=len(good), left=left),
        buttons=((Button(label=say("button.undo_batch"), says="undo"),),),
        notices=news.about(request, tx, {entry.fact.person for entry in good})
        if way in (CERTIFY, INVALID)
        else tuple(_merged(request, way, good, reason, batch)),
    )


def _sorted_out(
    request: Request, tx: Reading, way: _Way, numbers: Iterable[int]
) -> tuple[list[ledger.Entry], str]:
    """What of a list can be decided; numbers of another kind are skipped (C5), the asker's own
    unit's and what is decided already are named."""
    good: list[ledger.Entry] = []
    refused: list[str] = []
    for number in dict.fromkeys(numbers):
        entry = ledger.entry(tx, number)
        if entry is None or (entry.fact.kind == "lead") != way.of_leads:
            continue
        try:
            _check(request, tx, way, entry)
        except Refusal as refusal:
            refused.append(str(refusal))
        else:
            good.append(entry)
    return good, "\n".join(refused[:2])


def _merged(
    request: Request, way: _Way, entries: list[ledger.Entry], reason: str, batch: int
) -> Iterable[Notice]:
    """One notice a reporter, held back until the batch can no longer be taken back (C5)."""
    by_person: dict[int, list[ledger.Entry]] = {}
    done = "minor" if _is_minor(request) else way.word
    for entry in entries:
        if entry.fact.person != request.who.id:
            by_person.setdefault(entry.fact.person, []).append(entry)
    for person, own in by_person.items():
        said = "、".join(f"#{entry.number}" for entry in own)
        yield Notice(
            text=say("told.batch", said=said, way=say(f"way.{done}"), reason=reason).strip(),
            person=person,
            key=batch_key(batch, request.now, person),
            due_at=request.now + TAKE_BACK,
        )


TAKE_BACK = 600
"""Seconds in which one's own decision can be taken back (contracts 2)."""


def batch_key(batch: int, at: Instant, person: int) -> str:
    """The outbox key of a batch's merged notice, so that taking it back can withdraw it."""
    return f"batch:{batch}:{at}:{person}"
