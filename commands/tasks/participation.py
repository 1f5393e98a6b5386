"""Taking part in a task: by command, by button, in reply to a quote, or for a class. Noted once,
never scored (A50, C9, C17)."""

import re
from collections.abc import Iterable
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
"""How people say that they did it (C9); the first word names the command."""

_SHORT = {"转": "forward", "赞": "like", "评": "comment"}
"""What is said for short of several at once (转赞评)."""

_ACTS = {**{word: act for act, words in SAID.items() for word in words.split()}, **_SHORT}
_ACT = re.compile("|".join(sorted(map(re.escape, _ACTS), key=len, reverse=True)))
_BESIDE = re.compile(r"@\S+|任务|[\s、,，;；:：/+&。.!已都也和及跟做了过完✅]")
_NUMBER = re.compile(r"#?(\d{1,6})")

NUMBER = Slot(name="number", kind="number")


def acts_said(copy: str) -> tuple[tuple[str, ...], int | None] | None:
    """Several acts said at once (已转 已赞 已评), and the number with them; None if a folded text
    is anything else."""
    acts = {_ACTS[found[0]] for found in _ACT.finditer(copy)}
    rest = _BESIDE.sub("", _ACT.sub("", copy))
    number = _NUMBER.fullmatch(rest)
    if len(acts) < 2 or (rest and number is None):
        return None
    return tuple(act for act in ACTS if act in acts), int(number[1]) if number else None


def _act(name: str) -> Command:
    """The command that notes that the asker did this for a task."""

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
    """Note that the asker did everything that a task counts (C9)."""
    task = which(request, tx)
    return _noted(request, tx, task, task.fact.details["metrics"])


@command("acts", internal=True, slots=(NUMBER,))
def several(request: Request, tx: Tx) -> Reply:
    """Note what was said at once, of a quoted task or the only open one (C9)."""
    task = which(request, tx)
    metrics = task.fact.details["metrics"]
    acts = request.args["acts"]
    counted = [act for act in acts if act in metrics]
    left_out = "、".join(ACTS[act] for act in acts if act not in metrics)
    said = say("task.left_out", number=task.number, act=left_out) if left_out else ""
    if not counted:
        raise Refusal(said)
    reply = _noted(request, tx, task, counted)
    return replace(reply, text=lines(reply.text, said))


def _noted(request: Request, tx: Tx, task: ledger.Entry, acts: Iterable[str]) -> Reply:
    new = [act for act in acts if _note(request, tx, task, act, klass="", count=1)]
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
        Slot(name="class", kind="class", required=True, ask="ask.class"),
        Slot(
            name="act",
            kind="choice",
            choices=tuple(ACTS.values()),
            required=True,
            ask="ask.act",
        ),
        replace(NUMBER, spare=True),
        Slot(name="count", kind="count", required=True, ask="ask.act_count"),
    ),
    example="班级 机电2301 转发 30",
)
def for_class(request: Request, tx: Tx) -> Reply:
    """Note how many of a class took part, at most its head-count where that is set (C17)."""
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
    """The task named, or the only open one. Raises Refusal if there is none or several."""
    if (number := request.args.get("number")) is not None:
        return task_of(request, tx, number)
    found = tasks.open_tasks(tx, request.plan, request.at)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal(say("task.none"))
    said = "、".join(
        say("task.running", number=task.number, title=task.title) for task in found[:5]
    )
    raise Refusal(say("task.which", said=said))


def left_of(tx: Reading, asking: Asking) -> list[str]:
    """任务 #186 转发已记，还差 点赞、评论: one line per unfinished task, for 我的 and 待办."""
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
