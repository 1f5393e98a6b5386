"""出图: the card of a unit, or the ranking of all, as a picture drawn beside the chat (C12)."""

from commands.chat.errors import Refusal
from commands.chat.messages import File, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs
from commands.grammar.slots import Slot
from commands.months import picture
from commands.months.picture import COLOURS, PLAIN, bar, keys
from commands.months.report import Sheet
from commands.months.stored import from_json
from commands.paper import chart
from commands.wording.formats import moment, unit_name
from commands.wording.sentences import say
from db import ledger
from db.engine.tx import Reading, Tx
from scoring import months as monthly


@command("picture", slots=(Slot(name="unit", kind="unit"),), internal=True, private=True)
def draw_picture(request: Request, tx: Tx) -> Reply:
    """Order the picture. Raises Refusal for a unit without a scorecard, and where the platform
    takes no files."""
    code = request.args.get("unit") or ""
    if code and not request.plan.by_code[code].scored:
        raise Refusal(say("score.no_card", unit=unit_name(request.plan, code)))
    if not request.can.files:
        raise Refusal(say("picture.no_files"))
    return jobs.begin(request, tx, "picture", say("picture.drawing"), unit=code)


def _draw(tx: Reading, order: Order, _tell: Tell) -> Made:
    plan, now, code = order.plan, order.now, order.args["unit"]
    tallies = ledger.tallies(tx, plan)
    cards = monthly.cards(plan, tallies, ledger.basis(tx, plan, now, now), now)
    sheet = from_json(Sheet, monthly.sheet(plan, cards, tallies, now + 1, now))
    note = say("picture.as_of", when=moment(now))
    foot = say("picture.cut", note=note)
    if code:
        name = plan.by_code[code].name
        row = next(row for row in sheet.units if row.unit == name)
        items = [
            bar(plan.item[item.item].word, item, COLOURS.get(row.group, PLAIN))
            for item in row.items
            if item.max
        ]
        total = bar(say("picture.total"), row, COLOURS["两院"])
        bars = [(say("picture.items"), items), (say("picture.sum"), [total])]
        drawn = chart.draw(say("picture.card", name=name), foot, bars, keys())
    else:
        name = say("picture.all")
        drawn = chart.draw(say("picture.ranking"), foot, picture.groups(sheet), keys())
    if not drawn.data:
        raise Refusal(drawn.warning)
    return Made(
        files=(File(name=f"{name}.png", data=drawn.data),),
        payload={"text": "\n".join(filter(None, [f"{name}　{note}", drawn.warning]))},
    )


def _send(request: Request, _tx: Tx, _order: Order, made: Made) -> Reply:
    return jobs.sent(request, made.payload["text"], made.files, say("picture.no_files"))


DRAWING = Job(name="picture", work=_draw, finish=_send, sends=True)
