"""What a unit did in public: results, query channels, live streams, introductions of its majors,
class meetings."""

from datetime import date, timedelta

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.duties import completion, obligations, once
from commands.filing.receipts import MAX_TITLE, cards_to_deciders, held_already, undo
from commands.filing.record import record
from commands.filing.turns import in_turn, stands_behind
from commands.grammar.folding import fold
from commands.grammar.links import normalise_link
from commands.grammar.slots import Slot
from commands.wording.formats import cut, date_text, short
from commands.wording.sentences import lines, say
from db import ledger, settings
from db.engine.tx import Reading, Tx
from scoring.moments import Instant, day_of, week_of
from scoring.plan import Obligation

OFFICERS = "宣传员 部门负责人"

LINK = Slot(name="link", kind="link", required=True, ask="ask.title_link")
TITLE = Slot(name="title", kind="text", required=True, ask="ask.title_link")


# --- results and query channels -----------------------------------------------------------


@command(
    "results",
    "发布成绩",
    roles=OFFICERS,
    slots=(LINK, TITLE),
    example="发布成绩 2024年3月技能等级认定成绩 https://mp.weixin.qq.com/s/GGG777",
    never_bare=True,
)
def results(request: Request, tx: Tx) -> Reply:
    """Report results published on the school's channels (附件3·六·(一))."""
    return _published(request, tx, "results", "results_channel")


@command(
    "lookup",
    "发布查询",
    roles=OFFICERS,
    slots=(LINK, TITLE),
    example="发布查询 等级证书查询入口 https://mp.weixin.qq.com/s/JJJ999",
    never_bare=True,
)
def lookup(request: Request, tx: Tx) -> Reply:
    """Report a query channel published on the school's channels (附件3·六·(二))."""
    return _published(request, tx, "lookup", "query_channel")


def _published(request: Request, tx: Tx, kind: str, code: str) -> Reply:
    plan, item = request.plan, request.plan.item[code]
    if request.who.unit not in item.units:
        unit = short(plan, request.who.unit)
        raise Refusal(say("publish.not_asked", unit=unit, word=item.word))
    entry = _linked(request, tx, kind)
    if isinstance(entry, int):
        return Reply(text=stands_behind(tx, 1, entry))
    done = ledger.tallies(tx, plan).total(request.who.unit, f"{kind}.accepted")
    each = item.terms["each"].value
    return Reply(
        text=lines(
            say(
                "publish.received",
                number=entry.number,
                word=plan.kinds[kind].word,
                title=cut(entry.title),
            ),
            say("publish.worth", each=each, most=item.max, got=min(item.max, each * done)),
        ),
        buttons=undo([entry]),
        notices=cards_to_deciders(request, entry),
    )


def _linked(request: Request, tx: Tx, kind: str, **details: object) -> ledger.Entry | int:
    link = request.args["link"]
    try:
        return in_turn(
            request,
            tx,
            kind,
            title=request.args["title"][:MAX_TITLE],
            link=link,
            details=details,
            claim=("link", normalise_link(link)),
        )
    except ledger.Held as held:
        raise Refusal(held_already(tx, 1, held.number)) from None


# --- live streams -------------------------------------------------------------------------


@command(
    "live",
    "直播",
    roles=f"{OFFICERS} 院长",
    slots=(
        Slot(name="minutes", kind="minutes", required=True, ask="ask.live_minutes"),
        Slot(name="link", kind="link"),
        Slot(name="title", kind="text", required=True, ask="ask.live_title"),
    ),
    example="直播 走进机电实训中心 130分钟",
    never_bare=True,
)
def live(request: Request, tx: Tx) -> Reply:
    """Record a live stream and say whether it counts (附件3·三·(二)(三), A52); unscored."""
    unit, minutes = request.who.unit, request.args["minutes"]
    owed = _streams_owed(request)
    title = request.args["title"][:MAX_TITLE]
    said = f"{unit} {day_of(request.at)} {fold(title)}"
    try:
        entry = record(
            request,
            tx,
            "live",
            title=title,
            link=request.args.get("link", ""),
            details={"minutes": minutes},
            claim=("live", said),
        )
    except ledger.Held as held:
        raise Refusal(say("live.again", number=held.number)) from None
    return Reply(
        text=lines(
            say("live.received", number=entry.number, title=cut(title), minutes=minutes),
            _whether_it_counts(owed, day_of(request.at), minutes),
            _streams(request, tx),
        ),
        buttons=undo([entry]),
    )


def _whether_it_counts(owed: Obligation, day: date, minutes: int) -> str:
    first, last = owed.terms["window"].value
    least = owed.terms["minutes"].value
    if not first <= day <= last:
        why = say("live.outside", first=date_text(first), last=date_text(last))
    elif minutes < least:
        why = say("live.too_short", least=least)
    else:
        return say("live.counted", least=least)
    return say("live.not_counted", why=why)


def _streams(asking: Asking, tx: Reading) -> str:
    found = once.streams(tx, asking.plan, asking.who.unit)
    if found is None:
        return ""
    unit = short(asking.plan, asking.who.unit)
    return say("live.standing", unit=unit, done=found.done, due=found.due)


def _streams_owed(asking: Asking) -> Obligation:
    owed = once.streams_owed(asking.plan, asking.who.unit)
    if owed is None:
        raise Refusal(say("live.not_asked", unit=short(asking.plan, asking.who.unit)))
    return owed


# --- introductions of majors --------------------------------------------------------------


@command(
    "intro",
    "报介绍",
    roles=OFFICERS,
    slots=(
        Slot(
            name="what",
            kind="choice",
            choices=tuple(once.INTROS),
            required=True,
            ask="ask.introduction_kind",
        ),
        LINK,
        TITLE,
    ),
    example="报介绍 视频 走进数控 https://v.douyin.com/iPqr345/",
    never_bare=True,
)
def intro(request: Request, tx: Tx) -> Reply:
    """Hand in a PPT or a video that introduces a major, to 招办 (附件3·四·(一)(二)); unscored."""
    plan, unit, what = request.plan, request.who.unit, request.args["what"]
    if unit not in obligations.obligation(plan, once.INTROS[what]).units:
        raise Refusal(say("intro.not_asked", unit=short(plan, unit)))
    entry = _linked(request, tx, "intro", what=what)
    if isinstance(entry, int):
        return Reply(text=stands_behind(tx, 1, entry))
    return Reply(
        text=lines(
            say("intro.received", number=entry.number, what=what, title=cut(entry.title)),
            _intros(request, tx),
        ),
        buttons=undo([entry]),
        notices=cards_to_deciders(request, entry),
    )


def _intros(asking: Asking, tx: Reading) -> str:
    found = once.introductions(tx, asking.plan, asking.who.unit)
    said = "　".join(f"{what} {done}/{due}" for what, done, due in found)
    return say("intro.standing", said=said)


# --- class meetings -----------------------------------------------------------------------


LAST_WEEK = timedelta(days=7)
"""How long after it a class meeting is still entered."""


@command(
    "meeting",
    "班会",
    roles=f"班主任 {OFFICERS}",
    slots=(
        Slot(name="class", kind="class", required=True, ask="ask.meeting_class"),
        Slot(name="when", kind="when"),
        Slot(name="count", kind="count", required=True, ask="ask.meeting_count"),
    ),
    example="班会 机电2301 45",
    never_bare=True,
)
def meeting(request: Request, tx: Tx) -> Reply:
    """Record a class meeting, of today or of a day of the last week: one a class and week (正文·二,
    A58); no decision."""
    plan, unit = request.plan, request.who.unit
    held_at = _held_at(request)
    name, count = request.args["class"], request.args["count"]
    if name not in obligations.classes(request.people, unit):
        raise Refusal(say("meeting.not_yours", name=name, unit=short(plan, unit)))
    known = settings.students(tx, request.now, name)
    if known is not None and count > known:
        raise Refusal(say("meeting.too_many", name=name, known=known, count=count))
    week = week_of(day_of(held_at))
    try:
        entry = record(
            request,
            tx,
            "meeting",
            title=name,
            details={"class": name, "count": count, "of": known},
            claim=("meeting", f"{name} {week}"),
            happened_at=held_at,
        )
    except ledger.Held as held:
        raise Refusal(say("meeting.again", name=name, number=held.number)) from None
    completion.note(request, tx, (entry,))
    row = obligations.meeting_row(tx, plan, request.people, unit, held_at)
    key = "meeting.received" if row else "meeting.received_alone"
    mark = "" if known is not None else say("meeting.unset")
    said = say(
        key,
        number=entry.number,
        name=name,
        count=count,
        unit=short(plan, unit),
        done=row.done if row else 0,
        due=row.due if row else 0,
    )
    return Reply(text=lines(said, mark), buttons=undo([entry]))


def _held_at(request: Request) -> Instant:
    """When the meeting was held: the time of the report, or the end of the day that it names."""
    when: Instant = request.args.get("when") or request.at
    if when > request.at and day_of(when) > day_of(request.at):
        raise Refusal(say("meeting.future"))
    if day_of(request.at) - day_of(when) > LAST_WEEK:
        raise Refusal(say("meeting.past", days=LAST_WEEK.days))
    return min(when, request.at)
