"""What a unit reports by its link: news, articles, columns and videos (C2).

A report may redo a rejected one by quoting it; was it rejected for a small change (小修), the
first time counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.duties import standing
from commands.filing.kinds import PASTED
from commands.filing.receipts import MAX_TITLE, held_already, undo
from commands.filing.record import record
from commands.filing.turns import in_turn, stands_behind
from commands.grammar import links
from commands.grammar.folding import fold
from commands.grammar.links import KIND_WORDS, earlier_form, normalise_link
from commands.grammar.quantities import marked_numbers
from commands.grammar.slots import Slot
from commands.wording.formats import cut, moment, short, week_at
from commands.wording.sentences import lines, say
from db import ledger
from db.engine.tx import Reading, Tx
from scoring.facts import State
from scoring.plan import Plan

NEITHER = "不报"

REPORTS = Slot(name="items", kind="reports", required=True, ask="ask.reports")


@command(
    "news",
    "报新闻",
    slots=(REPORTS,),
    example="报新闻 我系举行技能节开幕式 https://mp.weixin.qq.com/s/AAA111",
)
def news(request: Request, tx: Tx) -> Reply:
    """Record news of one's unit (附件2)."""
    return _links(request, tx, "news", request.args["items"])


@command(
    "article",
    "报软文",
    slots=(REPORTS,),
    example="报软文 一根网线的教育 https://mp.weixin.qq.com/s/EEE555",
)
def article(request: Request, tx: Tx) -> Reply:
    """Record soft articles of one's unit (附件2)."""
    return _links(request, tx, "soft_article", request.args["items"])


@command(
    "column",
    "报栏目",
    slots=(REPORTS,),
    example="报栏目 教学教研 公开课观摩 https://mp.weixin.qq.com/s/FFF666",
)
def column(request: Request, tx: Tx) -> Reply:
    """Record updates of one's unit's columns on the website; a piece of its news may be one."""
    return _links(request, tx, "column", request.args["items"])


@command(
    "video",
    "报视频",
    slots=(REPORTS,),
    example="报视频 机房的一天 https://v.douyin.com/iGhi789/",
)
def video(request: Request, tx: Tx) -> Reply:
    """Record finished videos of one's unit for review (附件3·二·(一))."""
    return _links(request, tx, "video", request.args["items"])


# --- taking them in -----------------------------------------------------------------------


@dataclass(slots=True)
class _Taken:
    """What came of a paste: what is in, how many stand in line behind another's, what is not in
    and why, and each link's number."""

    entries: list[ledger.Entry] = field(default_factory=list)
    in_line: int = 0
    missed: list[str] = field(default_factory=list)
    links: dict[str, int] = field(default_factory=dict)
    redoes: ledger.Entry | None = None


def _links(request: Request, tx: Tx, first_kind: str, items: Sequence[links.Item]) -> Reply:
    """Record each pasted item; say what is in, under which numbers, and what is not and why."""
    taken = _Taken()
    if len(items) == 1:
        taken.redoes = _redone(request, tx, items[0].kind or first_kind)
    for place, item in enumerate(items, start=1):
        kind = item.kind or first_kind
        try:
            entry = _one_link(request, tx, kind, item, taken)
            if isinstance(entry, int):
                taken.in_line += 1
                taken.missed.append(stands_behind(tx, place, entry))
            else:
                taken.entries.append(entry)
        except ledger.Held as held:
            if held.number not in {entry.number for entry in taken.entries}:
                taken.missed.append(held_already(tx, place, held.number))
        except Refusal as refusal:
            taken.missed.append(say("report.not_taken", place=place, why=refusal))
    if not taken.entries and not taken.in_line:
        raise Refusal("\n".join(taken.missed) or say("report.nothing"))
    if not taken.entries:
        return Reply(text="\n".join(taken.missed))
    return Reply(
        text=lines(
            _receipt(request.plan, taken), *taken.missed, _standing_line(request, tx, taken)
        ),
        buttons=undo(taken.entries),
    )


def _one_link(
    request: Request, tx: Tx, kind: str, item: links.Item, taken: _Taken
) -> ledger.Entry | int:
    link = item.link or ""
    check(request.plan, request.who.unit, kind, link)
    held_as = normalise_link(link) if link.startswith("http") else ""
    if held_as in taken.links:
        raise ledger.Held(taken.links[held_as])
    old = taken.redoes
    claim = claim_of(tx, request.plan, request.who.unit, kind, link)
    said: Any = {"title": item.title.strip()[:MAX_TITLE] or say("report.untitled"), "link": link}
    entry: ledger.Entry | int
    if old is None:
        entry = in_turn(request, tx, kind, claim=claim, **said)
    else:
        first_time = _was_minor(tx, old)
        entry = record(request, tx, kind, claim=claim, replaces=old, keeps_time=first_time, **said)
    if held_as:
        taken.links[held_as] = entry if isinstance(entry, int) else entry.number
    return entry


def kind_codes(plan: Plan) -> dict[str, str]:
    """新闻 软文 栏目 视频 -> the codes of these kinds."""
    return {kind.word: kind.code for kind in plan.kinds.values() if kind.word in KIND_WORDS}


def check(plan: Plan, unit: str, kind: str, link: str) -> None:
    """Refuse what this unit cannot report, and what cannot be looked at for want of a link."""
    if unit not in plan.by_code:
        raise Refusal(say("report.no_unit"))
    if kind == "video":
        if unit not in plan.sharers:
            raise Refusal(say("report.no_account", unit=short(plan, unit)))
    elif not link.startswith(("http://", "https://")):
        raise Refusal(say("report.no_link"))


def claim_of(tx: Reading, plan: Plan, unit: str, kind: str, link: str) -> tuple[str, str] | None:
    """What a report claims by its link, if it has one.

    A link counts once, save that a unit's column may show what the same unit reported otherwise:
    so columns claim apart, and only another unit's link on the other side is in the way.
    """
    if not link.startswith("http"):
        return None
    held_as = normalise_link(link)
    topic, other = ("column", "link") if kind == "column" else ("link", "column")
    forms = dict.fromkeys((held_as, earlier_form(link)))
    claims = (ledger.claimed(tx, plan, other, form) for form in forms)
    number = next((held for held in claims if held is not None), None)
    holder = ledger.entry(tx, number) if number is not None else None
    reusable = {"news"} if kind == "column" else {"column"}
    if holder is not None and (holder.fact.unit != unit or holder.fact.kind not in reusable):
        raise ledger.Held(holder.number)
    return topic, held_as


# --- once more after a rejection ----------------------------------------------------------


def _redone(request: Request, tx: Reading, kind: str) -> ledger.Entry | None:
    """The rejected report of one's unit that is quoted here, unless it is redone already."""
    quoted = marked_numbers(request.spoken.quote)
    old = ledger.entry(tx, quoted[0]) if len(quoted) == 1 else None
    if old is None or old.fact.unit != request.who.unit or old.fact.kind != kind:
        return None
    rejected = ledger.stands(tx, old.number).state is State.REJECTED
    return old if rejected and ledger.replaced_by(tx, old) is None else None


def _was_minor(tx: Reading, old: ledger.Entry) -> bool:
    decision = ledger.stands(tx, old.number).decision
    return decision is not None and decision.minor


# --- the answer ---------------------------------------------------------------------------

_IN_WORDS = "零一二三四五六七八九十"


def _receipt(plan: Plan, taken: _Taken) -> str:
    entries, total = taken.entries, len(taken.entries) + len(taken.missed)
    if total == 1:
        [entry] = entries
        key = "report.video" if entry.fact.kind == "video" else "report.one"
        on = "" if entry.link.startswith("http") else entry.link
        return say(
            key,
            number=entry.number,
            word=plan.kinds[entry.fact.kind].word,
            title=cut(entry.title),
            where=say("report.on", platform=on) if on else "",
            week=_week(plan, entry),
        )
    said = "、".join(_short(plan, entry) for entry in entries)
    key = "report.many" if len(entries) > 1 else "report.one_of_many"
    return say(key, total=_in_words(total), taken=_in_words(len(entries)), said=said)


def _short(plan: Plan, entry: ledger.Entry) -> str:
    key = "report.item_video" if entry.fact.kind == "video" else "report.item"
    word = plan.kinds[entry.fact.kind].word
    return say(key, number=entry.number, word=word, week=_week(plan, entry))


def _week(plan: Plan, entry: ledger.Entry) -> str:
    """The week that a report counts in; where its approval or release dates it (A18), that."""
    counts_from = plan.kinds[entry.fact.kind].counts_from
    if counts_from == "submitted":
        return week_at(entry.fact.happened_at)
    return say(f"report.week_{counts_from}")


def _in_words(count: int) -> str:
    return _IN_WORDS[count] if count < len(_IN_WORDS) else f" {count} "


def _standing_line(asking: Asking, tx: Reading, taken: _Taken) -> str:
    old = taken.redoes
    submitted = asking.plan.kinds[taken.entries[0].fact.kind].counts_from == "submitted"
    if old and submitted and taken.entries[0].fact.happened_at == old.fact.happened_at:
        return say("report.first_time", number=old.number, when=moment(old.fact.happened_at))
    return standing.after_report(tx, asking, [entry.fact.kind for entry in taken.entries])


@command(
    "items",
    internal=True,
    reads=True,
    private=True,
    slots=(Slot(name="numbers", kind="numbers"),),
    planless=True,
)
def items(request: Request, tx: Reading) -> Reply:
    """{看明细}: what was just taken, one a line, as it stands now."""
    said = [
        say(
            "report.detail",
            number=entry.number,
            word=request.plan.kinds[entry.fact.kind].word,
            title=cut(entry.title),
            state=say(f"state.{ledger.stands(tx, number).state.value}_report"),
        )
        for number in request.args.get("numbers", ())
        if (entry := ledger.entry(tx, number)) is not None and entry.fact.kind in PASTED
    ]
    return Reply(text="\n".join(said) or say("report.nothing"))


# --- only a link, only a card -------------------------------------------------------------


@command("sort", internal=True)
def sort(request: Request, tx: Tx) -> Reply:
    """Ask an officer what kind the bare links are (C2); nothing is recorded yet."""
    number = proposals.keep(tx, request)
    row = [Button.of(word, "sorted", f"{number} {word}") for word in (*KIND_WORDS, NEITHER)]
    return Reply(text=say("report.which_kind"), buttons=(tuple(row),))


@command(
    "sorted",
    internal=True,
    slots=(
        Slot(name="number", kind="number", required=True),
        Slot(name="word", kind="choice", choices=(*KIND_WORDS, NEITHER), required=True),
    ),
)
def sorted_(request: Request, tx: Tx) -> Reply:
    """{新闻|软文|栏目|视频|不报}: record the links that were asked about, as of when they came."""
    number, word = request.args["number"], request.args["word"]
    found = proposals.proposal(tx, number, request.now)
    if found is None or found[0].state != "open":
        raise Refusal(say("dialogue.answered"))
    row, said = found
    if row.person != request.who.id:
        raise Refusal(say("dialogue.not_yours_to_answer"))
    proposals.settle(tx, number, "confirmed")
    if word == NEITHER:
        return Reply(text=say("report.not_reported"), replaces=True)
    then: Any = replace(request, at=min(said["at"], request.at))
    kind = kind_codes(request.plan)[word]
    pasted = said["line"].removeprefix("sort ")
    sent = [
        replace(item, kind=kind) for item in links.pasted(pasted, fold(pasted), {}) if item.link
    ]
    return replace(_links(then, tx, kind, sent), replaces=True)


@command("unreadable", internal=True)
def unreadable(_request: Request, _tx: Tx) -> Reply:
    """A Channels card, of which no platform hands on anything: say how to report it (C2)."""
    return Reply(text=say("report.unreadable"))
