"""Deciding: 通过 退回 偏题 认定 无效 撤销, typed, listed or pressed (C5, C11)."""

from dataclasses import replace

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import dialogue, proposals
from commands.conversation.understanding import Understanding
from commands.duties import completion, obligations
from commands.filing import cases
from commands.filing.deciders import DECIDERS
from commands.filing.describe import entry_of, what
from commands.filing.record import judge
from commands.grammar.slots import Slot
from commands.leads import news
from commands.review import seconds
from commands.review.backdating import ask_second, is_earlier, named_time, second_wanted
from commands.review.batches import decide_many
from commands.review.checks import (
    APPROVE,
    CERTIFY,
    INVALID,
    MINOR,
    NUMBERS,
    OFF_TOPIC,
    ONWARD,
    REASON,
    REJECT,
    RELEASE,
    REVOKE,
    SENT_BACK,
    UNAPPROVE,
    USELESS,
    Way,
    check,
    is_minor,
)
from commands.review.queue import card_after
from commands.wording.formats import moment, short, week_at
from commands.wording.sentences import lines, say, say_first
from db import ledger
from db.engine.tx import Tx
from scoring.facts import State
from scoring.moments import Instant

WHEN = Slot(name="when", kind="when", ask="review.which_time")
UNCHANGED = "照旧"
"""Of what an upheld appeal put before its decider again: approved at the time it had."""


@command(
    "approve",
    "通过",
    roles=DECIDERS,
    slots=(
        NUMBERS,
        WHEN,
        ONWARD,
        Slot(name="unchanged", kind="flag", choices=(UNCHANGED,)),
        Slot(name="evidence", kind="text"),
    ),
    example="通过 #12",
    never_bare=True,
    judges=True,
    planless=True,
)
def approve(request: Request, tx: Tx) -> Reply:
    """Approve, verify or accept facts; a time says when it really happened (C16), or of what is
    approved already when it was published or promoted (A18, A21)."""
    return _decide(request, tx, RELEASE if _states_release(request, tx) else APPROVE)


@command(
    "reject",
    "退回",
    roles=DECIDERS,
    slots=(NUMBERS, MINOR, ONWARD, SENT_BACK),
    example="退回 #12 画面太暗",
    never_bare=True,
    judges=True,
    planless=True,
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
    planless=True,
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
    planless=True,
)
def certify(request: Request, tx: Tx) -> Reply:
    """Certify leads; they count from now on (A35)."""
    return _decide(request, tx, CERTIFY)


@command(
    "invalid",
    "无效",
    roles="招办 考核组",
    slots=(NUMBERS, ONWARD, USELESS),
    example="无效 #7 空号",
    never_bare=True,
    judges=True,
    private=True,
    planless=True,
)
def invalid(request: Request, tx: Tx) -> Reply:
    """Find leads invalid; the number may be reported again (A34)."""
    return _decide(request, tx, INVALID)


@command(
    "revoke",
    "撤销",
    roles="招办 考核组 院长",
    slots=(NUMBERS, REASON),
    example="撤销 #7 家长说从未咨询",
    never_bare=True,
    judges=True,
    private=True,
    planless=True,
)
def revoke(request: Request, tx: Tx) -> Reply:
    """Take a certification back, after {确认}, or the 院长 his approval of a PPT, after a second
    person's (A21); frozen months stay as they are (A35)."""
    numbers: tuple[int, ...] = request.args["numbers"]
    if len(numbers) > 1 or entry_of(tx, numbers[0]).fact.kind != "ppt":
        return _decide(request, tx, REVOKE)
    entry = entry_of(tx, numbers[0])
    check(request, tx, UNAPPROVE, entry)
    if request.second is None:
        said = {"number": entry.number, "what": what(request, entry), "name": request.who.name}
        text = say("review.unapprove", **said, reason=request.args["reason"])
        return seconds.ask(request, tx, entry, text, way="unapprove")
    return _decide_one(request, tx, UNAPPROVE, entry, None)


def _states_release(request: Request, tx: Tx) -> bool:
    """Whether a time is named for one approved thing that counts from its release."""
    number, *others = request.args["numbers"]
    if others or request.args.get("when") is None:
        return False
    kind = request.plan.kinds[entry_of(tx, number).fact.kind]
    accepted = ledger.stands(tx, number).state is State.ACCEPTED
    return accepted and kind.counts_from == "released"


# --- the decision itself ------------------------------------------------------------------


def _decide(request: Request, tx: Tx, way: Way) -> Reply:
    numbers: tuple[int, ...] = request.args["numbers"]
    if len(numbers) > 1:
        return decide_many(request, tx, way, numbers)
    entry = entry_of(tx, numbers[0])
    try:
        check(request, tx, way, entry)
    except Refusal as refusal:
        if not request.args.get("onward"):
            raise
        return _onward(request, tx, way, entry, str(refusal))
    if way is REVOKE and not request.confirmed:
        return proposals.propose(tx, request, _revoke_preview(request, tx, entry))
    if request.second is None and (asked := seconds.proposed(request, tx, entry)) is not None:
        return asked
    happened_at = named_time(request, tx, entry)
    if way is APPROVE and happened_at is None and not request.args.get("unchanged"):
        stands = ledger.stands(tx, entry.number)
        if cases.wants_time(entry, stands):
            return _which_time(request, tx, entry)
    if happened_at is not None and second_wanted(request, tx, way.verb, entry, happened_at):
        return ask_second(request, tx, entry, happened_at)
    return _decide_one(request, tx, way, entry, happened_at)


def _which_time(request: Request, tx: Tx, entry: ledger.Entry) -> Reply:
    """Ask when it was really done, since 通过 alone would leave an upheld appeal without effect."""
    meaning = Understanding(command=approve, line=request.line, missing=WHEN)
    example = say_first(f"review.time_of_{entry.fact.kind}", "review.time_of", number=entry.number)
    asked = dialogue.ask(tx, request.incoming, request.who, approve, meaning, example=example)
    unchanged = Button.of(UNCHANGED, "approve", f"#{entry.number} {UNCHANGED}")
    return replace(
        asked,
        text=lines(cases.again(request, tx, entry), asked.text),
        buttons=((unchanged, *(button for row in asked.buttons for button in row)),),
        private=True,
    )


def _decide_one(
    request: Request, tx: Tx, way: Way, entry: ledger.Entry, happened_at: Instant | None
) -> Reply:
    reason = request.args.get("reason") or request.args.get("evidence") or ""
    if not reason and is_earlier(request, entry, happened_at):
        reason = say("review.by_picture")
    if request.second is not None:
        reason = say("review.seconded", reason=reason, name=request.second.name)
    minor = is_minor(request)
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
        done = say(f"review.short_{way.word}", number=entry.number)
        following = _onward(request, tx, way, entry, done)
        last = Button.of(say("button.undo_last"), "undo", f"#{entry.number}")
        return replace(following, buttons=(*following.buttons, (last,)), notices=notices)
    undo = Button.of(say("button.undo"), "undo", f"#{entry.number}")
    return Reply(text=receipt, buttons=((undo,),), replaces=request.pressed, notices=notices)


def _onward(request: Request, tx: Tx, way: Way, entry: ledger.Entry, said: str) -> Reply:
    """What became of a card, and the next one in its place."""
    following = card_after(request, tx, entry.number, leads_only=way.of_leads)
    return replace(following, text=lines(said, following.text), replaces=not request.chat.group)


def _told(
    request: Request, way: Way, entry: ledger.Entry, happened_at: Instant | None, reason: str
) -> str:
    plan, fact = request.plan, entry.fact
    earlier = is_earlier(request, entry, happened_at)
    when = moment(happened_at or _dated(request, entry))
    return say_first(
        "told.reject_minor" if is_minor(request) else f"told.{way.word}_{fact.kind}",
        f"told.{way.word}",
        number=entry.number,
        what=what(request, entry),
        reason=reason,
        when=when,
        backdated=say("review.backdated") if earlier else "",
        dated_back=say("review.dated_back", when=when) if earlier else "",
        week=week_at(_counted(request, entry, happened_at)),
        unit=short(plan, fact.unit),
    )


def _dated(asking: Asking, entry: ledger.Entry) -> Instant:
    submitted = asking.plan.kinds[entry.fact.kind].counts_from == "submitted"
    return entry.fact.happened_at if submitted else asking.now


def _counted(asking: Asking, entry: ledger.Entry, happened_at: Instant | None) -> Instant:
    """The time from which the week is taken (A18)."""
    kind = asking.plan.kinds[entry.fact.kind]
    if kind.counts_from == "submitted":
        return min(entry.fact.happened_at, happened_at or entry.fact.happened_at)
    return happened_at or asking.now


def _revoke_preview(asking: Asking, tx: Tx, entry: ledger.Entry) -> str:
    reporter = asking.people.by_id.get(entry.fact.person)
    done = int(obligations.lead_counts(tx, asking.plan, entry.fact.person)["done"])
    key = "review.revoke_matters" if done == obligations.leads_due(asking.plan) else "review.revoke"
    name = reporter.name if reporter else ""
    return say(key, number=entry.number, name=name, done=done, after=done - 1)


# --- many at once -------------------------------------------------------------------------
