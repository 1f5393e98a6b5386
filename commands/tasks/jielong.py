"""A pasted 接龙 (C9): an officer, head or class teacher reports which of their people did a task.
People on the roster are noted, unknown names are listed, and namesakes get buttons."""

import re

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.grammar.folding import clean
from commands.grammar.slots import Slot
from commands.tasks import participation
from commands.wording.formats import cut, short
from commands.wording.sentences import lines, say
from commands.wording.terms import ACTS
from db import tasks
from db.engine.tx import Tx
from db.people import Person
from scoring.values import frozen

HEAD = "#接龙"
MOST = 100
MOST_ASKED = 6
_IN_A_NAME = "[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af·•・･‧∙⋅.]"
_ROW = re.compile(r"\s*\d{1,3}\s*[.．、,，)）:：]?\s*(?P<said>.*)")
_NAME = re.compile(rf"{_IN_A_NAME}{{2,16}}")
_NOT_DONE = re.compile(
    r"(?:还|都|暂时?|尚)?(?:没有?|未|不|无法)(?=[转点赞评关做完看发参能会方便弄]|\W|$)"
    r"|(?:请|病|事|产|婚|休|陪产)假(?:中|了)?|缺[席勤]|忘(?:了|记)|[×✗✘❌]"
)
_SAID = re.compile(r"(?:已?(?:转发|点赞|评论|关注|转|赞|评)了?|完成|done)$")


_HEAD = re.compile(rf"(?:@[^\s@]+\s*)*{HEAD}")


def is_one(copy: str) -> bool:
    """Whether a folded text is a 接龙, also one that begins with a mention."""
    return _HEAD.match(copy) is not None


@frozen
class _Rows:
    """What a 接龙 says: `head`, before the first row; `names` of those who did it, `absent` of
    those who did not; `unread`: rows without any name."""

    head: str
    names: list[str]
    absent: list[str]
    unread: list[str]


def _rows(text: str) -> _Rows:
    every = text.split("\n")
    first = next((place for place, row in enumerate(every) if _ROW.fullmatch(row)), len(every))
    found = _Rows(head="\n".join(every[:first]), names=[], absent=[], unread=[])
    for row in filter(str.strip, every[first:]):
        numbered = _ROW.fullmatch(row)
        said = numbered["said"] if numbered else ""
        name = _NAME.search(_NOT_DONE.sub(" ", said))
        if name is None:
            found.unread.append(row.strip())
        elif _NOT_DONE.search(said):
            found.absent.append(_SAID.sub("", name[0]))
        else:
            found.names.append(name[0])
    return found


@command(
    "chain",
    internal=True,
    roles="宣传员 部门负责人 班主任",
    slots=(
        Slot(name="number", kind="number"),
        Slot(name="act", kind="choice", choices=tuple(ACTS.values())),
        Slot(name="person", kind="person"),
    ),
)
def chain(request: Request, tx: Tx) -> Reply:
    """Note everybody in a pasted 接龙, or the namesake chosen by a button."""
    task = participation.which(request, tx)
    if not tasks.is_open(tx, request.plan, task, request.at):
        raise Refusal(say("task.closed", number=task.number))
    if "person" in request.args:
        act = next(code for code, word in ACTS.items() if word == request.args["act"])
        noted = _note(request, tx, task.number, act, [request.args["person"]])
        return Reply(text=say("chain.noted", number=task.number, act=ACTS[act], total=noted))
    rows = _rows(clean(request.incoming.text))
    if not rows.names:
        raise Refusal(lines(say("chain.empty"), _left(rows)))
    if len(rows.names) > MOST:
        raise Refusal(say("chain.too_many", most=MOST, total=len(rows.names)))
    act = next((code for code, word in ACTS.items() if word in rows.head), "forward")
    known, doubles, unknown = _told_apart(request, rows.names)
    noted = _note(request, tx, task.number, act, known)
    answer = say("chain.noted", number=task.number, act=ACTS[act], total=noted)
    before = len(known) - noted
    return Reply(
        text=lines(
            answer + (say("chain.before", total=before) if before else ""),
            say("chain.unknown", names="、".join(unknown)) if unknown else "",
            _left(rows),
            say("chain.which") if doubles else "",
        ),
        buttons=tuple(
            (
                Button.of(
                    f"{person.name} {short(request.plan, person.unit)}",
                    "chain",
                    f"#{task.number} {ACTS[act]} {person.staff_no}",
                ),
            )
            for person in doubles[:MOST_ASKED]
        ),
    )


def _left(rows: _Rows) -> str:
    """What was not noted, and why."""
    absent = "、".join(rows.absent)
    unread = "、".join(f"“{cut(row, 12)}”" for row in rows.unread)
    return (say("chain.absent", names=absent) if absent else "") + (
        say("chain.unread", rows=unread) if unread else ""
    )


def _told_apart(asking: Asking, names: list[str]) -> tuple[list[Person], list[Person], list[str]]:
    """The people known, the namesakes to choose from, and the names nobody has. Somebody in the
    asker's own unit takes precedence over namesakes elsewhere."""
    known: dict[int, Person] = {}
    doubles: dict[int, Person] = {}
    unknown: list[str] = []
    for name in dict.fromkeys(_SAID.sub("", name) for name in names):
        found = asking.people.named(name)
        own = [person for person in found if person.unit == asking.who.unit]
        if len(own or found) == 1:
            person = (own or found)[0]
            known[person.id] = person
        elif found:
            doubles.update((person.id, person) for person in own or found)
        else:
            unknown.append(name)
    return list(known.values()), list(doubles.values()), unknown


def _note(asking: Asking, tx: Tx, number: int, act: str, people: list[Person]) -> int:
    """Note these people; return how many had not been noted before."""
    return sum(
        tasks.take_part(tx, asking.plan, number, person.id, act, klass="", count=1, at=asking.at)
        for person in people
    )
