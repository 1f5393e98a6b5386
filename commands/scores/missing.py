"""谁没: who has not yet, by unit, to whoever looks after them; and one press to remind them."""

from collections import Counter
from collections.abc import Sequence

from commands.chat.errors import Refusal
from commands.chat.messages import Button, File, Notice, Reply
from commands.chat.requests import Asking, Job, Made, Order, Request, Tell, command
from commands.conversation import calls, jobs
from commands.filing.chosen import in_plan
from commands.grammar.slots import Slot
from commands.paper import book
from commands.scores.lacking import (
    ABOUT,
    BINDING,
    SUBJECTS,
    Owing,
    Question,
    Reach,
    lacking,
    reach,
    what_of,
)
from commands.tasks import participation
from commands.wording.formats import address, cut, deadline, short, unit_name, week_at
from commands.wording.sentences import lines, say, say_first
from commands.wording.terms import ACTS
from db import ledger, outbox
from db.engine.tx import Reading, Tx
from db.people import ADMIN, Person
from scoring.moments import day_of, local

ROLES = "部门负责人 班主任 融媒体中心 考核组 管理员"
MOST_NAMES = 15
"""More names than this are a workbook."""

SLOTS = (
    Slot(name="what", kind="choice", choices=SUBJECTS),
    Slot(name="number", kind="number"),
    Slot(name="unit", kind="unit"),
)


@command(
    "missing",
    "谁没 谁没有 谁还没",
    roles=ROLES,
    slots=SLOTS,
    private=True,
    never_bare=True,
    example="谁没 班会",
)
def missing(request: Request, tx: Tx) -> Reply:
    """Who of the asker's people, classes, or of all has not, up to 15 by name, more as a workbook,
    with {提醒他们}."""
    if "what" not in request.args:
        return _which(request)
    question, within = _asked(request, tx)
    found = lacking(tx, request, question, within)
    if not found:
        return Reply(
            text=say_first(
                f"missing.nobody_{ABOUT.get(question.word, '')}",
                "missing.nobody",
                what=what_of(question),
            )
        )
    if len(found) > MOST_NAMES and request.can.files:
        return jobs.begin(
            request,
            tx,
            "missing",
            say("missing.listing", what=what_of(question), total=len(found)),
            what=question.word,
            number=question.task.number if question.task else 0,
            unit=request.args.get("unit", ""),
        )
    named = found[:MOST_NAMES]
    more = say("missing.more", total=len(found) - len(named)) if len(found) > len(named) else ""
    text = lines(_head(question, found), _named(request, named), more)
    return Reply(text=text, buttons=_remind_button(question, within, request))


def _which(request: Request) -> Reply:
    """Ask by buttons, for each subject is also a word of its own."""
    number, unit = request.args.get("number"), request.args.get("unit", "")
    said = " ".join(part for part in (f"#{number}" if number else "", unit) if part)
    words = (word for word in SUBJECTS if in_plan(ABOUT.get(word, "task"), request.plan))
    buttons = tuple(Button.of(word, "missing", f"{word} {said}") for word in words)
    return Reply(text=say("missing.which"), buttons=(buttons[:4], buttons[4:]))


def _asked(request: Request, tx: Reading) -> tuple[Question, Reach]:
    """The question and whose names it may be answered with. Raises Refusal."""
    word = request.args["what"]
    if not in_plan(ABOUT.get(word, "task"), request.plan):
        raise Refusal(say("speaking.not_in_plan", word=word))
    task = None if word in ABOUT else participation.which(request, tx)
    return Question(word=word, task=task), _within(request, request.args.get("unit", ""), word)


def _within(asking: Asking, unit: str, word: str) -> Reach:
    """What the asker may see, narrowed to a unit. Raises Refusal for a unit beyond it, and where
    only 管理员 asks for more than the bindings, which are theirs to look after."""
    if word != BINDING and asking.who.roles.isdisjoint(ROLES.split()[:-1]):
        raise Refusal(say("missing.bindings_alone"))
    most = reach(asking, over_all=word == BINDING and ADMIN in asking.who.roles)
    if unit and unit not in most.units:
        raise Refusal(say("missing.not_yours", unit=unit_name(asking.plan, unit)))
    return Reach(units=frozenset({unit}), classes=most.classes) if unit else most


def _head(question: Question, found: Sequence[Owing]) -> str:
    return say("missing.head", what=what_of(question), total=len(found))


def _named(asking: Asking, found: Sequence[Owing]) -> str:
    """健康 刘桂芳 1/10、孔洁；信工 陈晓."""
    by_unit: dict[str, list[str]] = {}
    for one in found:
        said = " ".join(part for part in (one.name, one.so_far) if part)
        by_unit.setdefault(short(asking.plan, one.unit), []).append(said)
    return "；".join(f"{unit} {'、'.join(names)}" for unit, names in by_unit.items())


def _remind_button(
    question: Question, within: Reach, asking: Asking
) -> tuple[tuple[Button, ...], ...]:
    number = f"#{question.task.number}" if question.task else ""
    unit = next(iter(within.units)) if len(within.units) == 1 else ""
    said = " ".join(part for part in (question.word, number, unit) if part)
    return ((Button.of(say("button.remind_them"), "remindthem", said),),)


# --- as a workbook ------------------------------------------------------------------------

HEADING = ("部门", "姓名或班级", "工号", "已完成")


def _list(tx: Reading, order: Order, _tell: Tell) -> Made:
    who, args = order.people.by_id[order.person], order.args
    asking = Asking(plan=order.plan, people=order.people, who=who, at=order.now, now=order.now)
    task = ledger.entry(tx, args["number"]) if args["number"] else None
    question, within = (
        Question(word=args["what"], task=task),
        _within(asking, args["unit"], args["what"]),
    )
    found = lacking(tx, asking, question, within)
    counts = Counter(short(order.plan, one.unit) for one in found)
    rows = [(unit_name(order.plan, one.unit), one.name, one.staff_no, one.so_far) for one in found]
    title = what_of(question)
    made = local(order.now).replace(tzinfo=None)
    data = book.write(title, made, [(say("missing.tab"), HEADING, rows)])
    file = File(
        name=f"{say('missing.file', day=day_of(order.now).strftime('%m%d'))}.xlsx", data=data
    )
    said = "　".join(f"{unit} {count}" for unit, count in counts.items())
    text = lines(_head(question, found), said)
    return Made(files=(file,), payload={"text": text})


def _send(request: Request, tx: Tx, order: Order, made: Made) -> Reply:
    task = ledger.entry(tx, order.args["number"]) if order.args["number"] else None
    question = Question(word=order.args["what"], task=task)
    within = _within(request, order.args["unit"], order.args["what"])
    return Reply(
        text=made.payload["text"],
        files=made.files,
        buttons=_remind_button(question, within, request),
        private=True,
    )


LIST = Job(name="missing", work=_list, finish=_send, sends=True)


# --- reminding ----------------------------------------------------------------------------


@command("remindthem", internal=True, private=True, roles=ROLES, slots=SLOTS)
def remind_them(request: Request, tx: Tx) -> Reply:
    """{提醒他们}: one notice to everybody who still has not, once a day a subject."""
    question, within = _asked(request, tx)
    if question.task is not None and request.at >= question.task.fact.details["closes"]:
        raise Refusal(say("task.closed", number=question.task.number))
    found = lacking(tx, request, question, within)
    told: dict[int, list[Owing]] = {}
    people: dict[int, Person] = {}
    for one in found:
        for person in one.tell:
            people[person.id] = person
            told.setdefault(person.id, []).append(one)
    told.pop(request.who.id, None)
    reached = {person: owed for person, owed in told.items() if person in request.people.addresses}
    if not reached:
        raise Refusal(say("missing.nobody_to_tell", what=what_of(question)))
    notices = [
        Notice(
            text=_reminder(request, question, people[person], owed),
            person=person,
            buttons=_do_it(question),
            key=f"{_subject(request, question)}:{person}",
        )
        for person, owed in reached.items()
    ]
    before = outbox.said_of(tx, [notice.key for notice in notices])
    new = tuple(notice for notice in notices if notice.key not in before)
    if not new:
        raise Refusal(say("missing.told_today"))
    text = say("missing.told", total=len(new))
    again = (
        say("missing.told_before", total=len(notices) - len(new)) if len(new) < len(notices) else ""
    )
    lost = len(told) - len(reached)
    return Reply(
        text=lines(text + again, say("missing.unreached", total=lost) if lost else ""),
        notices=(*new, *calls.lines(request, tx, reached, _subject(request, question))),
    )


def _subject(asking: Asking, question: Question) -> str:
    number = question.task.number if question.task else 0
    return f"missing:{question.word}:{number}:{day_of(asking.now).isoformat()}"


def _reminder(asking: Asking, question: Question, person: Person, owed: Sequence[Owing]) -> str:
    task = question.task
    return say(
        f"missing.remind_{ABOUT.get(question.word, 'task')}",
        who=address(person, asking.plan),
        act=question.word,
        number=task.number if task else 0,
        title=cut(task.title) if task else "",
        by=deadline(task.fact.details["closes"]) if task else "",
        week=week_at(asking.at),
        total=len(owed),
        names="、".join(one.name for one in owed[:MOST_NAMES]),
        so_far=owed[0].so_far,
        example=owed[0].name,
    )


def _do_it(question: Question) -> tuple[tuple[Button, ...], ...]:
    """The button that does what is asked for, where one press does."""
    act = next((code for code, word in ACTS.items() if word == question.word), None)
    if act is None or question.task is None:
        return ()
    label = say("task.done", act=question.word)
    return ((Button.of(label, act, f"#{question.task.number}"),),)
