"""设置: head-counts and letterheads of the school, a unit or a class; shown before they change."""

import re

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import proposals
from commands.filing import trail
from commands.grammar.folding import fold
from commands.grammar.phones import phones, without_phones
from commands.grammar.slots import Slot
from commands.wording.formats import date_text, decimal, short
from commands.wording.sentences import say
from db import headcounts, settings
from db.engine.tx import Tx
from db.people import ADMIN
from scoring.moments import Instant, day_of, start_of
from scoring.rules_counts import line_of

NAMES = (settings.STUDENTS, "抬头", "落款", settings.PUBLIC_NUMBERS, settings.EVIDENCE)
NOTHING = "无"
MOST_IN_A_CLASS = 200
MAX_VALUE = 60
MOST_NUMBERS = 10
_NUMBER = re.compile(r"[0-9](?:-?[0-9]){2,19}")
_BETWEEN = re.compile(r"[\s,，、;；。]+")


@command(
    "set",
    "设置",
    roles=ADMIN,
    slots=(
        Slot(name="class", kind="class"),
        Slot(name="when", kind="when"),
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
    name = request.args.get("name") or (settings.STUDENTS if "count" in request.args else None)
    if name is None and request.args:
        raise Refusal(say("set.which", names="、".join(NAMES)))
    if name is None:
        return _all(request, tx)
    if name == settings.STUDENTS and "count" not in request.args:
        return Reply(text=say("set.missing"), awaits=request.line)
    if name == settings.PUBLIC_NUMBERS and not _said(request, name):
        return Reply(text=_public(request, tx))
    scope = request.args.get("class") or request.args.get("unit") or settings.SCHOOL
    value = _value(request, tx, name)
    if (
        name == settings.STUDENTS
        and request.args.get("class")
        and request.args["count"] > MOST_IN_A_CLASS
    ):
        raise Refusal(say("set.too_big", klass=scope, value=value))
    shown = _scope(request, scope)
    since = _since(request, name)
    dated = say("set.since", day=date_text(day_of(since))) if since else ""
    if not request.confirmed:
        was = settings.value(tx, name, request.now, scope) or say("set.unset")
        text = say("set.will", scope=shown, name=name, was=was, value=value + dated)
        scored = "interaction" in request.plan.item
        if scored and name == settings.STUDENTS and scope == settings.SCHOOL:
            text += "\n" + _line(request, tx, request.args["count"])
        return proposals.propose(tx, request, text)
    stored = "" if name == settings.PUBLIC_NUMBERS and value == NOTHING else value
    by = request.who.id
    settings.put(tx, name, stored, now=request.now, by=by, scope=scope, since=since)
    trail.note(request, tx, action="set", subject=f"{shown}{name}")
    return Reply(text=say("set.done", scope=shown, name=name, value=value + dated))


def _since(request: Request, name: str) -> Instant:
    """The beginning of the day from which a head-count holds; 0: from now on. A day that has begun
    is refused: what was settled by then keeps the numbers of its day (decision 6)."""
    named: Instant | None = request.args.get("when")
    if named is None or name != settings.STUDENTS:
        return 0
    if day_of(named) <= day_of(request.now):
        raise Refusal(say("set.past", day=date_text(day_of(named))))
    return start_of(day_of(named))


def _all(asking: Asking, tx: Tx) -> Reply:
    found = settings.values(tx, asking.now)
    rows = [
        say("set.row", scope=_scope(asking, scope), name=name, value=value)
        for (scope, name), value in sorted(found.items())
        if name in NAMES
    ]
    return Reply(text="\n".join(rows) or say("set.nothing"))


def _value(request: Request, tx: Tx, name: str) -> str:
    if name == settings.STUDENTS:
        if "count" not in request.args:
            raise Refusal(say("set.missing"))
        return str(request.args["count"])
    if name == settings.PUBLIC_NUMBERS:
        return _numbers(_said(request, name))
    value = _said(request, name).strip()[:MAX_VALUE]
    if name == settings.EVIDENCE and value not in (settings.MUST, settings.MAY):
        raise Refusal(say("set.evidence", must=settings.MUST, may=settings.MAY))
    if not value:
        raise Refusal(say("set.missing"))
    return without_phones(value, settings.public_numbers(tx))


def _said(request: Request, name: str) -> str:
    """What follows the name, as typed: the readers of counts would take a number out of it."""
    return request.line.partition(name)[2].strip()


def _numbers(said: str) -> str:
    """The school's own numbers, separated by spaces; mobile ones as eleven digits."""
    for digits, start, end in reversed(phones(said)):
        said = f"{said[:start]} {digits} {said[end:]}"
    words = _BETWEEN.sub(" ", fold(said)).split()
    if words != [NOTHING] and not all(_NUMBER.fullmatch(word) for word in words):
        raise Refusal(say("set.public_unclear"))
    if len(words) > MOST_NUMBERS:
        raise Refusal(say("set.public_many", most=MOST_NUMBERS))
    return " ".join(words)


def _public(asking: Asking, tx: Tx) -> str:
    value = settings.value(tx, settings.PUBLIC_NUMBERS, asking.now)
    return say("set.row", scope="", name=settings.PUBLIC_NUMBERS, value=value or say("set.unset"))


def _scope(asking: Asking, scope: str) -> str:
    return f"{short(asking.plan, scope)} " if scope else ""


def _line(asking: Asking, tx: Tx, students: int) -> str:
    staff, teaching = headcounts.staff(tx, asking.plan, asking.now)
    return say(
        "set.line",
        students=students,
        staff=staff,
        share=int(asking.plan.term("interaction", "share") * 100),
        line=decimal(line_of(asking.plan, students, staff, teaching)),
    )
