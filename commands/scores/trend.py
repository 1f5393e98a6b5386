"""走势: a unit's year, or the leads of all, as a picture drawn beside the chat; the signed-in pages
show the same charts."""

from commands.chat.errors import Refusal
from commands.chat.messages import Button, File, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell, command
from commands.conversation import jobs
from commands.paper import panels
from commands.paper.panels import Cells, Panel
from commands.scores import trends
from commands.scores.score import SCHOOL, UNIT, scored
from commands.scores.weekly import Year
from commands.wording.formats import moment, short, short_name
from commands.wording.sentences import say
from db import ledger, plans
from db.engine.tx import Reading, Tx
from scoring.plan import Unit
from scoring.verdicts import Book


@command(
    "trend",
    "走势 走势图",
    slots=(UNIT, SCHOOL),
    looks_back=True,
    private=True,
    example="走势 机电",
)
def trend(request: Request, tx: Tx) -> Reply:
    """Order the picture of a unit, the asker's own where none is named, or of the school. Raises
    Refusal for a unit without a scorecard, and where the platform takes no files."""
    code = request.args.get("unit") or ""
    if not code and not request.args.get("school") and request.who.unit in scored(request):
        code = request.who.unit
    if code and code not in scored(request):
        raise Refusal(say("score.no_card", unit=short(request.plan, code)))
    if not code and "leads" not in request.plan.item:
        raise Refusal(say("trend.which", unit=short_name(request.plan.scored_units[0])))
    if not request.can.files:
        raise Refusal(say("picture.no_files"))
    return jobs.begin(request, tx, "trend", say("picture.drawing"), unit=code)


def _draw(tx: Reading, order: Order, tell: Tell) -> Made:
    plan, now, code = order.plan, order.now, order.args["unit"]
    year = Year()
    year.grow(tx, plan, plans.kept(tx), now, tell)
    basis = ledger.basis(tx, plan, now, now)
    book = Book(plan=plan, tallies=ledger.tallies(tx, plan), basis=basis, until=now)
    name = plan.by_code[code].name if code else SCHOOL.choices[0]
    found = _of_unit(book, year, plan.by_code[code]) if code else _of_school(book, year)
    title, as_of = say("trend.title", name=name), say("picture.as_of", when=moment(now))
    drawn = panels.draw(title, say("picture.cut", note=as_of), found)
    if not drawn.data:
        raise Refusal(drawn.warning)
    text = "\n".join(filter(None, [f"{title}　{as_of}", drawn.warning]))
    return Made(files=(File(name=f"{title}.png", data=drawn.data),), payload={"text": text})


def _of_unit(book: Book, year: Year, unit: Unit) -> list[Panel]:
    group = [one.code for one in book.plan.scored_units if one.group == unit.group]
    rows = trends.quotas(book, unit)
    shown = {cell.look for *_, cells in rows for cell in cells}
    found = [
        Panel(
            head=say("trend.head_year"),
            body=trends.year(year.weeks, unit, group) or say("trend.no_week"),
        )
    ]
    if rows:
        often = [(task, say(f"trend.per_{cadence}"), cells) for cadence, task, cells in rows]
        keys = [key for key in trends.signs() if key[0] in shown]
        found.append(Panel(head=say("trend.head_quotas"), body=Cells(rows=often, keys=keys)))
    return found


def _of_school(book: Book, year: Year) -> list[Panel]:
    due = book.plan.term("leads", "each_person")
    return [
        Panel(
            head=say("trend.head_certified"),
            body=trends.certified(year.weeks) or say("trend.none_certified"),
        ),
        Panel(
            head=say("trend.head_enough", due=due),
            body=trends.enough(book) or say("trend.nobody"),
        ),
    ]


def _send(request: Request, _tx: Tx, order: Order, made: Made) -> Reply:
    code, words = order.args["unit"], request.registry
    row = [Button.of(words.shown("score"), "score", code or SCHOOL.choices[0])]
    if code and "leads" in order.plan.item:
        row.append(Button.of(say("trend.leads"), "trend", SCHOOL.choices[0]))
    return Reply(text=made.payload["text"], files=made.files, buttons=(tuple(row),), private=True)


TREND = Job(name="trend", work=_draw, finish=_send)
