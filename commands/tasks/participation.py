"""Taking part in a task: by command, by button, under a quote, for a class. Noted once, never
scored (A50, C9, C17)."""

from dataclasses import replace

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Asking, Command, Request, command
from commands.grammar.slots import Slot
from commands.tasks.issuing import task_of
from commands.wording.formats import address
from commands.wording.sentences import lines, say
from commands.wording.terms import ACTS
from db import ledger, settings, tasks
from db.engine.tx import Reading, Tx

SAID = {
    "forward": "转发 已转 转了 转发了 已转发",
    "like": "点赞 已赞 已点赞",
    "comment": "评论 已评 已评论",
    "follow": "关注 已关注",
}
"""How people say that they have done it (C9); the first word is the command's."""

NUMBER = Slot(name="number", kind="number")


def _act(name: str) -> Command:
    """The command that notes that the asker has done this for a task."""

    @command(
        name,
        SAID[name],
        slots=(NUMBER, Slot(name="count", kind="count")),
        example=f"{ACTS[name]} 12",
        never_bare=name == "follow",
    )
    def did(request: Request, tx: Tx) -> Reply:
        return _take_part(request, tx, name)

    return did


forward, like, comment, follow = map(_act, SAID)


@command("done", "都做了 全做了 都做完了", slots=(NUMBER,), example="都做了 12", never_bare=True)
def everything(request: Request, tx: Tx) -> Reply:
    """Note that the asker has done all that a task counts (C9)."""
    task = which(request, tx)
    new = [
        act
        for act in task.fact.details["metrics"]
        if _note(request, tx, task, act, klass="", count=1)
    ]
    if not new:
        return Reply(text=say("task.again"))
    said = "、".join(ACTS[act] for act in new)
    who = address(request.who, request.plan)
    return Reply(text=say("task.noted", who=who, number=task.number, act=said))


@command(
    "class",
    "班级",
    roles="班主任",
    slots=(
        Slot(name="class", kind="class", required=True, ask="请写班级，如 机电2301"),
        Slot(
            name="act",
            kind="choice",
            choices=tuple(ACTS.values()),
            required=True,
            ask="是转发、点赞、评论还是关注",
        ),
        replace(NUMBER, spare=True),
        Slot(name="count", kind="count", required=True, ask="有多少人做了"),
    ),
    example="班级 机电2301 转发 30",
)
def for_class(request: Request, tx: Tx) -> Reply:
    """Note how many of a class took part; capped by its head-count where that is set (C17)."""
    task = which(request, tx)
    klass, count = request.args["class"], request.args["count"]
    act = next(code for code, word in ACTS.items() if word == request.args["act"])
    most = settings.students(tx, request.now, scope=klass)
    if most is not None and count > most:
        raise Refusal(say("task.class_too_many", klass=klass, most=most, count=count))
    new = _note(request, tx, task, act, klass=klass, count=count)
    key = "task.class_noted" if new else "task.again"
    text = say(key, number=task.number, act=ACTS[act], klass=klass, count=count)
    return Reply(text=lines(text, "" if most or not new else say("task.class_unset", klass=klass)))


def _take_part(request: Request, tx: Tx, act: str) -> Reply:
    task = which(request, tx)
    if act not in task.fact.details["metrics"]:
        raise Refusal(say("task.left_out", number=task.number, act=ACTS[act]))
    if not _note(request, tx, task, act, klass="", count=1):
        return Reply(text=say("task.again"), private=request.pressed)
    who = address(request.who, request.plan)
    once = request.args.get("count", 1) > 1
    text = lines(
        say("task.noted", who=who, number=task.number, act=ACTS[act]),
        say("task.once", act=ACTS[act]) if once else "",
    )
    return Reply(text=text, private=request.pressed)


def _note(asking: Asking, tx: Tx, task: ledger.Entry, act: str, *, klass: str, count: int) -> bool:
    if not tasks.is_open(tx, asking.plan, task, asking.at):
        raise Refusal(say("task.closed", number=task.number))
    return tasks.take_part(
        tx,
        asking.plan,
        task.number,
        asking.who.id,
        act,
        klass=klass,
        count=count,
        at=asking.at,
    )


def which(request: Request, tx: Reading) -> ledger.Entry:
    """The task that was named, or the only open one."""
    if (number := request.args.get("number")) is not None:
        return task_of(request, tx, number)
    found = tasks.open_tasks(tx, request.plan, request.at)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal(say("task.none"))
    said = "、".join(f"#{task.number}《{task.title}》" for task in found[:5])
    raise Refusal(say("task.which", said=said))


def left_of(tx: Reading, asking: Asking) -> list[str]:
    """任务 #186 转发已记，还差 点赞、评论: one line an open task, for 我的."""
    said = []
    for task in tasks.open_tasks(tx, asking.plan, asking.at):
        metrics = task.fact.details["metrics"]
        done = tasks.acts_of(tx, asking.plan, task.number, asking.who.id)
        left = [ACTS[act] for act in metrics if act not in done]
        if left:
            noted = "、".join(ACTS[act] for act in metrics if act in done)
            key = "task.left" if noted else "task.left_all"
            said.append(say(key, number=task.number, done=noted, left="、".join(left)))
    return said
