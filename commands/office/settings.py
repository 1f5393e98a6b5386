"""设置: head-counts and letterheads of the school, a unit or a class; shown before they change."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.filing import trail
from commands.grammar.slots import Slot
from commands.wording.formats import decimal, short
from commands.wording.sentences import say
from db import people, settings
from db.engine.tx import Tx
from db.people import ADMIN
from scoring.rules_counts import line_of

NAMES = (settings.STUDENTS, "抬头", "落款")
MOST_IN_A_CLASS = 200
MAX_VALUE = 60


@command(
    "set",
    "设置",
    roles=ADMIN,
    slots=(
        Slot(name="class", kind="class"),
        Slot(name="count", kind="count"),
        Slot(name="unit", kind="unit"),
        Slot(name="name", kind="choice", choices=NAMES),
        Slot(name="value", kind="text"),
    ),
    planless=True,
    never_bare=True,
    private=True,
    example="设置 在校人数 7000",
)
def set_(request: Request, tx: Tx) -> Reply:
    """Set a value after {确认}; alone: show all current values."""
    name = request.args.get("name")
    if name is None:
        return _all(request, tx)
    scope = request.args.get("class") or request.args.get("unit") or settings.SCHOOL
    value = _value(request, name)
    if (
        name == settings.STUDENTS
        and request.args.get("class")
        and request.args["count"] > MOST_IN_A_CLASS
    ):
        raise Refusal(say("set.too_big", klass=scope, value=value))
    shown = _scope(request, scope)
    if not request.confirmed:
        was = settings.value(tx, name, request.now, scope) or say("set.unset")
        text = say("set.will", scope=shown, name=name, was=was, value=value)
        scored = "interaction" in request.plan.item
        if scored and name == settings.STUDENTS and scope == settings.SCHOOL:
            text += "\n" + _line(request, tx, request.args["count"])
        return proposals.propose(tx, request, text)
    settings.put(tx, name, value, now=request.now, by=request.who.id, scope=scope)
    trail.note(request, tx, action="set", subject=f"{shown}{name}")
    return Reply(text=say("set.done", scope=shown, name=name, value=value))


def _all(asking: Asking, tx: Tx) -> Reply:
    found = settings.values(tx, asking.now)
    rows = [
        say("set.row", scope=_scope(asking, scope), name=name, value=value)
        for (scope, name), value in sorted(found.items())
    ]
    return Reply(text="\n".join(rows) or say("set.nothing"))


def _value(request: Request, name: str) -> str:
    if name == settings.STUDENTS:
        if "count" not in request.args:
            raise Refusal(say("set.missing"))
        return str(request.args["count"])
    value: str = request.args.get("value", "").strip()[:MAX_VALUE]
    if not value:
        raise Refusal(say("set.missing"))
    return value


def _scope(asking: Asking, scope: str) -> str:
    return f"{short(asking.plan, scope)} " if scope else ""


def _line(asking: Asking, tx: Tx, students: int) -> str:
    staff = len(people.staff_at(tx, asking.now, asking.now))
    return say(
        "set.line",
        students=students,
        staff=staff,
        share=int(asking.plan.term("interaction", "share") * 100),
        line=decimal(line_of(asking.plan, students, staff)),
    )
