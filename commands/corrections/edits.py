"""更正: a correction of one's own report, as a new fact in the place of the old (design 3).

Before the decision whatever was written may be put right; the first time stays unless the kind
or the link changes. A rejected report may be redone in the same words: then it has a time of its
own, unless it was rejected for a small change (小修). A time is nobody's to correct (C16).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.corrections.named import Wish, wish_in
from commands.filing.deciders import desk_of
from commands.filing.kinds import KINDS
from commands.filing.receipts import MAX_TITLE, cards_to_deciders, undo
from commands.filing.record import record
from commands.grammar import links
from commands.grammar.arguments import Arguments, read
from commands.grammar.days import find_when
from commands.grammar.folding import fold
from commands.grammar.lexicon import build
from commands.grammar.links import normalise_link
from commands.grammar.quantities import find_count
from commands.grammar.slots import Slot
from commands.grammar.unclear import Unclear
from commands.leads import identity, report
from commands.leads.tidy import SLOTS, name_and_note
from commands.reports import clicks, posts
from commands.wording.formats import cut, moment
from commands.wording.sentences import lines, say
from db import ledger
from db.engine.tx import Tx
from scoring.facts import State
from scoring.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class _Old:
    """What is to be corrected. `state`: waiting or rejected; `minor`: rejected as 小修."""

    entry: ledger.Entry
    state: State
    minor: bool

    def keeps_time(self, *, same: bool, same_kind: bool) -> bool:
        """Whether the first time counts: `same` means neither kind nor link changes."""
        return same if self.state is State.WAITING else self.minor and same_kind


@command(
    "edit",
    "更正",
    slots=(
        Slot(name="number", kind="number", required=True, ask="ask.edit_number"),
        Slot(
            name="text",
            kind="text",
            required=True,
            ask="ask.edit_text",
        ),
    ),
    example="更正 #12 一根网线的教育 https://mp.weixin.qq.com/s/EEE555",
    never_bare=True,
)
def edit(request: Request, tx: Tx) -> Reply:
    """Correct one's own report while it is undecided, or redo it after a rejection."""
    old = _own(request, tx)
    kind = old.entry.fact.kind
    text = request.args["text"]
    wish = wish_in(text, KINDS[kind].edit)
    _refuse_time(request, old, text, named="time" in wish.fields)
    way = _WAYS.get(KINDS[kind].edit)
    if way is None:
        word = request.plan.kinds[kind].word
        raise Refusal(say("edit.report_again", number=old.entry.number, word=word))
    if (wish.fields or wish.vague) and not wish.text:
        raise Refusal(say("edit.unclear"))
    if wish.vague and not request.confirmed:
        asked = say("edit.shown", number=old.entry.number, text=cut(wish.text))
        return proposals.propose(tx, request, asked)
    try:
        return way(request, tx, old, wish)
    except ledger.Held as held:
        raise Refusal(say("edit.held", number=old.entry.number, other=held.number)) from None


def _own(request: Request, tx: Tx) -> _Old:
    number = request.args["number"]
    entry = ledger.entry(tx, number)
    if entry is None:
        raise Refusal(say("review.unknown", number=number))
    if entry.fact.person != request.who.id:
        raise Refusal(say("edit.not_yours", number=number))
    stands = ledger.stands(tx, number)
    by = ledger.replaced_by(tx, entry)
    if by is not None:
        raise Refusal(say("edit.replaced", number=number, by=by))
    lead = entry.fact.kind == "lead"
    if stands.state is State.WAITING or (stands.state is State.REJECTED and not lead):
        decision = stands.decision
        return _Old(entry=entry, state=stands.state, minor=bool(decision and decision.minor))
    state = say(f"state.{stands.state.value}_{'lead' if lead else 'report'}")
    key = "edit.withdrawn" if stands.state is State.WITHDRAWN else "edit.decided"
    if lead and key == "edit.decided":
        key = "edit.decided_lead"
    if stands.state is State.IN_LINE:
        key = "edit.in_line"
    raise Refusal(say(key, number=number, state=state))


# --- times --------------------------------------------------------------------------------

_OF_TIME = re.compile(r"(?:报送|提交|完成|交接|发布)?(?:时间|日期)")


def _refuse_time(asking: Asking, old: _Old, text: str, *, named: bool) -> None:
    """Nobody sets the time of his own report; of a handover no day is taken at all."""
    number, copy = old.entry.number, fold(text)
    if old.entry.fact.kind == "handover":
        if _OF_TIME.match(copy) or _names_a_day(asking, copy):
            raise Refusal(say("edit.time_of_handover", number=number))
    elif (named or _OF_TIME.match(copy)) and _names_a_day(asking, copy):
        raise Refusal(say("edit.time", number=number, when=moment(old.entry.fact.happened_at)))


def _names_a_day(asking: Asking, copy: str) -> bool:
    try:
        return find_when(copy, asking.plan.year, asking.at) is not None
    except Unclear:
        return True


# --- what has a title and a link ----------------------------------------------------------


def _titled(request: Request, tx: Tx, old: _Old, wish: Wish) -> Reply:
    entry, plan = old.entry, request.plan
    item = _item(plan, wish.text)
    _found(wish, title=item.title, link=item.link, kind=item.kind)
    of_links = KINDS[entry.fact.kind].edit == "link"
    kind = (item.kind or entry.fact.kind) if of_links else entry.fact.kind
    link, title = item.link or entry.link, item.title.strip()[:MAX_TITLE] or entry.title
    if (kind, link, title) == (entry.fact.kind, entry.link, entry.title):
        raise Refusal(say("edit.same", number=entry.number))
    claim = None
    if of_links:
        posts.check(plan, entry.fact.unit, kind, link)
        claim = posts.claim_of(tx, plan, entry.fact.unit, kind, link)
    elif link:
        claim = ("link", normalise_link(link))
    same_kind = kind == entry.fact.kind
    same = same_kind and normalise_link(link) == normalise_link(entry.link)
    new = record(
        request,
        tx,
        kind,
        title=title,
        link=link,
        details=entry.fact.details,
        claim=claim,
        replaces=entry,
        keeps_time=old.keeps_time(same=same, same_kind=same_kind),
    )
    return _done(request, entry, new)


def _item(plan: Plan, text: str) -> links.Item:
    """The one piece that a correction names; what it leaves out stays as it was."""
    copy = fold(text)
    found = links.pasted(text, copy, posts.kind_codes(plan))
    if len(found) > 1:
        raise Refusal(say("edit.one"))
    if not found or (not found[0].link and links.broken(copy)):
        raise Refusal(say("edit.unclear"))
    return found[0]


def _found(wish: Wish, **found: str | None) -> None:
    """Refuse a correction where a part that it names is not in it."""
    if any(not found.get(field) for field in wish.fields):
        raise Refusal(say("edit.unclear"))


def _note(request: Request, tx: Tx, old: _Old, wish: Wish) -> Reply:
    """Of a handover only the note; it claims its account on."""
    entry = old.entry
    account = request.plan.by_code[entry.fact.unit].account
    new = record(
        request,
        tx,
        "handover",
        title=wish.text[:MAX_TITLE],
        claim=("handover", account) if account else None,
        replaces=entry,
        keeps_time=old.keeps_time(same=True, same_kind=True),
    )
    return _done(request, entry, new)


def _count(request: Request, tx: Tx, old: _Old, wish: Wish) -> Reply:
    found = find_count(fold(wish.text))
    if found is None:
        raise Refusal(say("edit.no_count", number=old.entry.number))
    new = clicks.enter(request, tx, old.entry.fact.details["of"], found[0])
    return _done(request, old.entry, new)


def _done(asking: Asking, entry: ledger.Entry, new: ledger.Entry) -> Reply:
    """The receipt; whoever had the old card gets a new one."""
    plan, kept = asking.plan, new.fact.happened_at == entry.fact.happened_at
    word = plan.kinds[new.fact.kind].word
    what = say("what.titled", word=word, title=cut(new.title)) if new.title else word
    if new.fact.kind == "views":
        what = say("what.views", title=new.title)
    said = say("edit.done", number=entry.number, new=new.number, what=what)
    when = say("edit.kept" if kept else "edit.now", when=moment(new.fact.happened_at))
    cards = cards_to_deciders(asking, new) if KINDS[new.fact.kind].carded else ()
    return Reply(text=lines(said, when), buttons=undo([new]), notices=cards)


# --- leads --------------------------------------------------------------------------------


def _lead(request: Request, tx: Tx, old: _Old, wish: Wish) -> Reply:
    """Name, phone, level, track and wish of a lead; the number is claimed anew where it changes."""
    entry = old.entry
    said = read(SLOTS, wish.text, build(request.plan, ()), request.plan.year, request.at)
    if said.problem or not said.values:
        raise Refusal(said.problem or say("edit.unclear"))
    name, phone, note = identity.opened(tx, entry.number)
    new_name, new_note = identity.cut_to_size(*name_and_note(said.values.get("who", "")))
    values = said.values
    _found(wish, name=new_name, phone=values.get("phone"), level=values.get("level"))
    new_phone = said.values.get("phone") or phone
    report.check_wanted(tx, new_phone)
    new = record(
        request,
        tx,
        "lead",
        details=_wishes(entry.fact.details, said),
        claim=("phone", new_phone) if new_phone else None,
        replaces=entry,
        keeps_time=True,
    )
    identity.seal(tx, new.number, new_name or name, new_phone, new_note or note)
    if request.chat.group and "phone" in said.values:
        return report.moved_away(request, "edit.lead_in_group", number=entry.number, new=new.number)
    described = identity.described(tx, request.plan, new, full=False)
    return Reply(
        text=say(
            "edit.lead",
            number=entry.number,
            new=new.number,
            said=described,
            desk=desk_of(request.plan, request.people, new.fact),
        ),
        buttons=report.under(new),
        private=request.chat.group,
    )


def _wishes(details: Mapping[str, Any], said: Arguments) -> dict[str, Any]:
    """A new wish replaces unit and major together."""
    found = {key: value for key, value in said.values.items() if key in _WISHES}
    dropped = {"wished", "major"} if not found.keys().isdisjoint({"wished", "major"}) else set()
    kept = {key: value for key, value in details.items() if key not in dropped}
    return {**kept, **found}


_WISHES = frozenset({"level", "track", "wished", "major"})

_Way = Callable[[Request, Tx, _Old, Wish], Reply]

_WAYS: Mapping[str, _Way] = {
    "link": _titled,
    "title": _titled,
    "note": _note,
    "count": _count,
    "lead": _lead,
}
"""How a correction is read, by `Kind.edit`; a kind without a way is reported again."""
