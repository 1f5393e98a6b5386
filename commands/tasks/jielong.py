"""A pasted 接龙 (C9): an officer, head or class teacher reports which of their people did a task.
People on the roster are noted, unknown names are listed, and namesakes get buttons."""

import re

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Asking, Request, command
from commands.grammar.folding import clean
from commands.grammar.slots import Slot
from commands.tasks import participation
from commands.wording.formats import short
from commands.wording.sentences import lines, say
from commands.wording.terms import ACTS
from db import tasks
from db.engine.tx import Tx
from db.people import Person

HEAD = "#接龙"
MOST = 100
MOST_ASKED = 6
_IN_A_NAME = "[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af·•・･‧∙⋅.]"
_LINE = re.compile(rf"^\s*\d{{1,3}}\s*[.．、,，)）:：]?\s*(?P<name>{_IN_A_NAME}{{2,16}})")
_SAID = re.compile(r"(?:已?(?:转发|点赞|评论|关注|转|赞|评)了?|完成|done)$")


def is_one(copy: str) -> bool:
    """Whether a folded text is a 接龙."""
    return copy.startswith(HEAD)


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
    text = clean(request.incoming.text)
    head, *rest = text.split("\n")
    names = [found["name"] for row in rest if (found := _LINE.match(row))]
    if not names:
        raise Refusal(say("chain.empty"))
    if len(names) > MOST:
        raise Refusal(say("chain.too_many", most=MOST, total=len(names)))
    said = "\n".join(row for row in (head, *rest) if not _LINE.match(row))
    act = next((code for code, word in ACTS.items() if word in said), "forward")
    known, doubles, unknown = _told_apart(request, names)
    noted = _note(request, tx, task.number, act, known)
    answer = say("chain.noted", number=task.number, act=ACTS[act], total=noted)
    before = len(known) - noted
    return Reply(
        text=lines(
            answer + (say("chain.before", total=before) if before else ""),
            say("chain.unknown", names="、".join(unknown)) if unknown else "",
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
