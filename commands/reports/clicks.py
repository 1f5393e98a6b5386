"""点击: how often a post was read, against the bar of its unit (附件2·说明3, A41)."""

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.duties.obligations import read_after, unread
from commands.filing.kinds import CLICKED
from commands.filing.receipts import undo
from commands.filing.record import record
from commands.grammar.slots import Slot
from commands.wording.formats import cut
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Reading, Tx
from scoring.facts import STANDING

NAMED = 5
TITLE = 12


@command(
    "views",
    "点击",
    slots=(
        Slot(name="of", kind="number", required=True, ask="ask.views_of"),
        Slot(name="count", kind="count", required=True, ask="ask.views_count"),
    ),
    example="点击 #45 1302",
    never_bare=True,
)
def views(request: Request, tx: Tx) -> Reply:
    """Record the views of a post of one's unit; a later count replaces the one before."""
    of, count = request.args["of"], request.args["count"]
    try:
        post = _post(request, tx, of)
    except Refusal:
        if of != count:
            raise
        return _ask_which(request, tx, count)
    entry = enter(request, tx, post.number, count)
    return Reply(text=_receipt(request, tx, post, entry), buttons=undo([entry]))


def enter(request: Request, tx: Tx, of: int, count: int) -> ledger.Entry:
    """A count of a post; whatever was counted before gives way to it."""
    before = ledger.claimed(tx, request.plan, "views", str(of))
    return record(
        request,
        tx,
        "views",
        title=f"#{of} {count}",
        details={"of": of, "count": count},
        claim=("views", str(of)),
        replaces=ledger.entry(tx, before) if before is not None else None,
    )


def _ask_which(asking: Asking, tx: Reading, count: int) -> Reply:
    """A figure said twice is the count both times; the post is still to be named."""
    posts = unread(tx, asking.plan, asking.who.unit, asking.at + read_after(asking.plan))[-NAMED:]
    if not posts:
        raise Refusal(say("views.which_none", count=count))
    buttons = tuple(Button.of(f"#{one.number}", "views", f"#{one.number}", count) for one in posts)
    said = "　".join(f"#{one.number}《{cut(one.title, TITLE)}》" for one in posts)
    return Reply(text=say("views.which", count=count, said=said), buttons=(buttons,))


def _post(asking: Asking, tx: Reading, number: int) -> ledger.Entry:
    post = ledger.entry(tx, number)
    if post is None:
        raise Refusal(say("review.unknown", number=number))
    kind = asking.plan.kinds[post.fact.kind]
    if kind.code not in CLICKED:
        raise Refusal(say("views.other_kind", number=number, word=kind.word))
    if post.fact.unit != asking.who.unit:
        raise Refusal(say("views.not_yours", number=number))
    state = ledger.stands(tx, number).state
    if state not in STANDING:
        raise Refusal(say("views.gone", number=number, state=say(f"state.{state.value}_report")))
    return post


def _receipt(asking: Asking, tx: Reading, post: ledger.Entry, entry: ledger.Entry) -> str:
    count, plan = entry.fact.details["count"], asking.plan
    bar = plan.by_code[post.fact.unit].views
    least = bar.least if bar else None
    key = "views.no_bar" if least is None else "views.met" if count >= least else "views.short"
    text = say(key, of=post.number, count=count, least=least)
    left = unread(tx, plan, post.fact.unit, asking.at) if least is not None else []
    if not left:
        return text
    said = "、".join(f"#{one.number}" for one in left[:NAMED])
    return text + say("views.left", said=said)
