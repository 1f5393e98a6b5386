"""What 帮助 shows: the first things to do in each role, as lines that work as they stand, with
the asker's own unit, class, task and queue in them (C25). What cannot be done now is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import chain, zip_longest

from commands.chat.messages import Button
from commands.chat.requests import Asking, Command, Request, shown
from commands.duties import obligations
from commands.filing.chosen import in_plan
from commands.filing.kinds import KINDS
from commands.review import waiting
from commands.wording.formats import date_text, short
from commands.wording.sentences import say
from db import appeals, chats, ledger, settings, tasks
from db.engine.tx import Reading
from scoring.duties import duties
from scoring.moments import day_of

EXAMPLES = {
    "管理员": ("roster", "link", "set", "confirm", "health", "nudge", "score"),
    "院长": ("queue", "approve", "reject", "score", "rank", "deadlines", "live"),
    "招办": ("pending", "certify", "invalid", "lead", "score", "todo", "rank"),
    "融媒体中心": (
        "queue",
        "approve",
        "reject",
        "task",
        "settle",
        "score",
        "rank",
        "todo",
        "missing",
    ),
    "考核组": (
        "queue",
        "approve",
        "training",
        "why",
        "resolve",
        "score",
        "rank",
        "todo",
        "missing",
    ),
    "董办": ("score", "rank", "why", "quota", "deadlines", "rules", "platforms"),
    "部门负责人": (
        "score",
        "todo",
        "handover",
        "recommend",
        "why",
        "missing",
        "deadlines",
        "quota",
    ),
    "宣传员": ("news", "video", "handover", "quota", "article", "todo", "mine", "ppt"),
    "班主任": ("meeting", "class", "lead", "forward", "mine", "todo", "score", "missing"),
    "教师": ("lead", "mine", "forward", "score", "todo", "deadlines"),
}
"""What a role does first; somebody with several roles is shown some of each in turn."""

EXAMPLE_UNIT = "机电"
"""The unit named in the examples of commands; it is replaced by the asker's own."""

MOST = 6

Fill = Callable[[Request, Reading, Command], str]
"""Makes the line of a command for its asker now; "" if there is nothing to use it on."""


def chosen(request: Request, tx: Reading) -> list[tuple[Command, str]]:
    """At most six commands of the asker's roles, each with a line that works as it stands."""
    of_roles = [names for role, names in EXAMPLES.items() if role in request.who.roles]
    of_roles = of_roles or [EXAMPLES["教师"]]
    names = dict.fromkeys(filter(None, chain.from_iterable(zip_longest(*of_roles))))
    entries = [request.registry.commands[name] for name in names if in_plan(name, request.plan)]
    lines = ((entry, _in_list(request, tx, entry)) for entry in entries)
    return [(entry, said) for entry, said in lines if said][:MOST]


def _in_list(request: Request, tx: Reading, entry: Command) -> str:
    if entry.name == "training":
        # Sent as it stands, it costs nobody a point; 帮助 培训 shows the full form.
        return _dated("training", 0)(request, tx, entry)
    return line(request, tx, entry)


def line(request: Request, tx: Reading, entry: Command) -> str:
    """The filled example of one command; "" if there is nothing to use it on now."""
    fill = _FILLED.get(entry.name)
    return fill(request, tx, entry) if fill else _with_unit(request, entry)


def button(entry: Command, said: str) -> Button | None:
    """A button that runs a reading command, or asks for the content of a writing one. Pressing an
    example never books, decides or announces anything."""
    if entry.needs_file or entry.judges:
        return None
    if entry.reads:
        return Button(label=shown(entry), says=said)
    asks = any(slot.required for slot in entry.slots)
    return Button.of(shown(entry), entry.name) if asks else None


# --- one's own ----------------------------------------------------------------------------


def _unit(asking: Asking) -> str:
    """The asker's unit if it has a scorecard, else the one in the examples."""
    plan = asking.plan
    own = plan.by_code.get(asking.who.unit)
    return short(plan, own.code) if own is not None and own.scored else EXAMPLE_UNIT


def _with_unit(asking: Asking, entry: Command) -> str:
    return entry.example.replace(EXAMPLE_UNIT, _unit(asking))


def _lead(request: Request, tx: Reading, entry: Command) -> str:
    """With the asker's unit if it teaches, as the unit of a lead is where the child wants to go.
    No phone number is shown in a group (C7)."""
    if request.chat.group:
        return ""
    own = request.plan.by_code.get(request.who.unit)
    taught = own is not None and own.group == "系部"
    return _with_unit(request, entry) if taught else entry.example


def _meeting(asking: Asking, tx: Reading, entry: Command) -> str:
    klass = _class(asking)
    return say("help.meeting", klass=klass) if klass else ""


def _class(asking: Asking) -> str:
    """The asker's class, else one of their unit; "" if the roster has none."""
    of_unit = obligations.classes(asking.people, asking.who.unit)
    return next(iter((*asking.who.classes, *of_unit)), "")


def _for_class(asking: Asking, tx: Reading, entry: Command) -> str:
    klass, found = _class(asking), tasks.open_tasks(tx, asking.plan, asking.at)
    return say("help.for_class", number=found[-1].number, klass=klass) if klass and found else ""


def _owed(code: str, fill_with: Fill | None = None) -> Fill:
    """Shown only while the asker's unit still owes it."""

    def fill(request: Request, tx: Reading, entry: Command) -> str:
        plan = request.plan
        unit = plan.by_code.get(request.who.unit)
        if unit is None or not unit.scored:
            return ""
        open_ones = duties(plan, unit, ledger.tallies(tx, plan), request.now)
        owed = any(duty.code.startswith(KINDS[code].item) and duty.missing for duty in open_ones)
        if not owed:
            return ""
        return fill_with(request, tx, entry) if fill_with else _with_unit(request, entry)

    return fill


def _colleagues(asking: Asking, tx: Reading, entry: Command) -> str:
    """With two teachers of the asker's own unit: no roster has the names in the example."""
    names = [
        one.name
        for one in asking.people.by_id.values()
        if one.unit == asking.who.unit and one is not asking.who
    ]
    alone = [name for name in names if names.count(name) == 1]
    return say("help.recommend", names=" ".join(alone[:2])) if alone else ""


# --- what waits ---------------------------------------------------------------------------


def _waiting(name: str, *, leads: bool = False, cases: bool = False, nth: int = 0) -> Fill:
    """With the number of something that waits for the asker; no queue is shown in a group (C8)."""

    def fill(request: Request, tx: Reading, entry: Command) -> str:
        if request.chat.group:
            return ""
        numbers = [
            row.fact
            for row in waiting.waiting(request, tx)
            if (row.kind == "lead") == leads and (row.kind in appeals.KINDS) == cases
        ]
        if not numbers:
            return ""
        return say(f"help.{name}", number=numbers[min(nth, len(numbers) - 1)])

    return fill


def _task(name: str) -> Fill:
    """With the newest open task."""

    def fill(request: Request, tx: Reading, entry: Command) -> str:
        found = tasks.open_tasks(tx, request.plan, request.at)
        if not found:
            return ""
        return say(f"help.{name}", number=found[-1].number)

    return fill


def _dated(name: str, days: int) -> Fill:
    def fill(request: Request, tx: Reading, entry: Command) -> str:
        when = day_of(request.now) + timedelta(days=days)
        return say(f"help.{name}", day=date_text(when), who=request.who.name)

    return fill


def _link(request: Request, tx: Reading, entry: Command) -> str:
    """Shown until a group is linked, and in every group."""
    return entry.example if request.chat.group or not chats.linked(tx) else ""


def _set(asking: Asking, tx: Reading, entry: Command) -> str:
    """With the current value, so that sending the example changes nothing."""
    students = settings.students(tx, asking.now)
    return say("help.set", students=students) if students else entry.example


_FILLED: Mapping[str, Fill] = {
    "lead": _lead,
    "meeting": _meeting,
    "class": _for_class,
    "forward": _task("forward"),
    "settle": _task("settle"),
    "handover": _owed("handover"),
    "recommend": _owed("recommend", _colleagues),
    "ppt": _owed("ppt"),
    "approve": _waiting("approve"),
    "reject": _waiting("reject", nth=1),
    "certify": _waiting("certify", leads=True),
    "invalid": _waiting("invalid", leads=True, nth=1),
    "resolve": _waiting("resolve", cases=True),
    "task": _dated("task", 10),
    "link": _link,
    "set": _set,
}


def words(entries: list[tuple[Command, str]]) -> Iterator[tuple[Button, ...]]:
    """The buttons under the examples, three a row."""
    row = [found for entry, said in entries if (found := button(entry, said)) is not None]
    for at in range(0, len(row), 3):
        yield tuple(row[at : at + 3])
