"""What waits for a decider: the list, and the card that turns into the next one (C5)."""

from dataclasses import replace

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.filing import cases, pictured
from commands.filing.deciders import DECIDERS
from commands.filing.describe import brief, entry_of, what
from commands.filing.kinds import KINDS
from commands.grammar.slots import Slot
from commands.leads import card as leadcard
from commands.review import patterns, seconds, shares, which
from commands.review.shares import FIRST, LAST, LASTS, others
from commands.review.waiting import PREFIX, waiting
from commands.wording.formats import date_text, days_ago, deadline, short, since
from commands.wording.sentences import lines, say
from db import appeals, leases, ledger, looks
from db.calendar import calendar
from db.engine.tx import Reading, Row, Tx
from scoring.moments import day_of, end_of

PAGE = 10
ANSWERS = ("成立", "不成立")


@command(
    "queue",
    "待审 待我审",
    roles=DECIDERS,
    reads=True,
    private=True,
    example="待审",
    slots=(Slot(name="after", kind="number"),),
    planless=True,
)
def queue(request: Request, tx: Reading) -> Reply:
    """What waits for the asker: how many, since when, the first ten."""
    rows = waiting(request, tx)
    if not rows:
        return Reply(text=say("queue.empty"))
    after = request.args.get("after") or 0
    page = [row for row in rows if row.fact > after][:PAGE]
    entries = [entry_of(tx, row.fact) for row in page]
    named = "　".join(f"#{entry.number} {brief(request, entry)}" for entry in entries)
    oldest = rows[0]
    reports = sum(row.kind != "lead" and row.kind not in appeals.KINDS for row in rows)
    buttons = [Button.of(say("button.one_by_one"), "card")]
    if page and page[-1].fact != rows[-1].fact:
        buttons.append(Button.of(say("button.next_page"), "queue", f"#{page[-1].fact}"))
    if _costs_nothing(rows) and shares.can_wait(request, tx):
        buttons.append(Button.of(say("button.until_monday"), "untilmonday"))
    buttons += which.offered("通过", reports)
    return Reply(
        text=lines(
            say(
                "queue.summary",
                total=len(rows),
                oldest=f"#{oldest.fact}",
                since=since(oldest.since, request.now),
                named=named,
            ),
            _hurry(request, rows),
        ),
        buttons=(tuple(buttons),),
    )


@command(
    "card",
    roles=DECIDERS,
    internal=True,
    private=True,
    slots=(Slot(name="after", kind="number"),),
    planless=True,
)
def card(request: Request, tx: Tx) -> Reply:
    """The next waiting thing as a card with its buttons; a pressed card turns into it."""
    return replace(
        card_after(request, tx, request.args.get("after") or 0), replaces=request.pressed
    )


def card_after(request: Request, tx: Tx, after: int, *, leads_only: bool = False) -> Reply:
    """The first waiting thing after a number, as a card; at the admissions desk only leads. It
    belongs to one desk and goes to the asker's own chat, whatever word or button brought it."""
    rows = waiting(request, tx)
    if leads_only:
        return leadcard.after(request, tx, rows, after)
    following = [int(row.fact) for row in rows if row.fact > after]
    if not following:
        return Reply(text=say("queue.end"), private=True)
    theirs = looks.of_others(tx, request.who.id, request.now)
    number = next((one for one in following if one not in theirs), following[0])
    looks.at(tx, request.who.id, number, request.now)
    entry = entry_of(tx, number)
    if entry.fact.kind == "lead":
        return leadcard.shown(request, tx, entry)
    asked = seconds.proposed(request, tx, entry)
    again = cases.again(request, tx, entry)
    remarks = patterns.flags(tx, request.plan, request.people, entry)
    reporter = request.people.by_id.get(entry.fact.person)
    text = say(
        "queue.card",
        number=entry.number,
        unit=short(request.plan, entry.fact.unit),
        said=what(request, entry),
        link=entry.link,
        remarks="".join(f"{one}\n" for one in remarks),
        name=reporter.name if reporter else "",
        day=since(entry.fact.happened_at, request.now),
    )
    pictures = pictured.button(request, tx, entry)
    if asked is not None:
        skip = Button.of(say("button.skip"), "card", f"#{entry.number}")
        buttons = (*asked.buttons[0], skip, *pictures)
        return replace(asked, text=lines(text, again, asked.text), buttons=(buttons,))
    mind = say("queue.mind") if KINDS[entry.fact.kind].topical else ""
    row = (*_card_buttons(entry), *pictures)
    return Reply(text=lines(text, again, mind), buttons=(row,), private=True)


def _card_buttons(entry: ledger.Entry) -> tuple[Button, ...]:
    number, kind = entry.number, entry.fact.kind
    if kind in appeals.KINDS:
        answers = [Button.of(word, "resolve", f"#{number} {word}") for word in ANSWERS]
    else:
        words = ("approve", "reject", *(("offtopic",) if KINDS[kind].topical else ()))
        answers = [Button.of(say(f"button.{word}"), word, f"#{number} 下一条") for word in words]
    return (*answers, Button.of(say("button.skip"), "card", f"#{number}"))


def _costs_nothing(rows: list[Row]) -> bool:
    """Whether no point depends on when these are decided: posts count from their report."""
    return all(KINDS[row.kind].edit == "link" for row in rows)


def _hurry(asking: Asking, rows: list[Row]) -> str:
    """Whether waiting costs anybody a point (delight 1); only a PPT's ladder runs on approval."""
    plan, today = asking.plan, day_of(asking.now)
    if any(row.kind == "ppt" for row in rows):
        for rung in ("first", "second"):
            last = plan.term("ppt", f"{rung}_deadline")
            if today <= last:
                return say("queue.ppt_hurry", by=deadline(end_of(last)))
        return ""
    if _costs_nothing(rows):
        return say("queue.no_hurry")
    oldest = days_ago(rows[0].since, asking.now)
    return say("queue.oldest", days=oldest) if oldest else ""


@command(
    "slice",
    roles=DECIDERS,
    internal=True,
    private=True,
    slots=(
        Slot(name="which", kind="choice", choices=(FIRST, LAST), required=True),
        Slot(name="size", kind="count", required=True),
    ),
    planless=True,
)
def take(request: Request, tx: Tx) -> Reply:
    """{我审前 20}: half of what waits is mine for half an hour; its first card follows."""
    rows = [row for row in waiting(request, tx) if row.kind != "lead"]
    size, last = request.args["size"], request.args["which"] == LAST
    mine = rows[-size:] if last else rows[:size]
    taken = [
        row
        for row in mine
        if leases.hold(tx, f"{PREFIX}{row.fact}", str(request.who.id), request.now, LASTS)
    ]
    if not taken:
        raise Refusal(say("queue.taken"))
    return card_after(request, tx, taken[0].fact - 1)


@command("untilmonday", roles=DECIDERS, internal=True, private=True, planless=True)
def until_monday(request: Request, tx: Tx) -> Reply:
    """{周一再审}: what waits is said to every reviewer on the first workday of the week anyway."""
    rows = waiting(request, tx)
    day = calendar(tx).next_workday(day_of(request.now))
    names = "".join(say("queue.and", name=one.name) for one in others(request, rows)[:2])
    weekday = "一二三四五六日"[day.weekday()]
    text = say("queue.on_monday", weekday=weekday, day=date_text(day), names=names, total=len(rows))
    return Reply(text=text)
