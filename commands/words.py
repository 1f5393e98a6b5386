"""All words together: importing this registers every family."""

from commands import (
    admissions,
    answers,
    appeals,
    confirmations,
    dean,
    doubts,
    edits,
    erasure,
    explanation,
    grants,
    leads,
    longwork,
    milestones,
    mine,
    months,
    onbehalf,
    oversight,
    owed,
    participation,
    pictures,
    publications,
    queue,
    quietly,
    reading,
    reminding,
    reports,
    review,
    schoolcalendar,
    scores,
    settingwords,
    slices,
    start,
    tasks,
    trainings,
    views,
    waivers,
    why,
)
from commands.chat import Reply, Request
from commands.errors import Refusal
from commands.registry import Slot, command
from commands.texts import say
from db.engine.tx import Tx

FAMILIES = (
    admissions,
    answers,
    appeals,
    confirmations,
    dean,
    doubts,
    edits,
    erasure,
    explanation,
    grants,
    leads,
    longwork,
    milestones,
    mine,
    months,
    onbehalf,
    oversight,
    owed,
    participation,
    pictures,
    publications,
    queue,
    quietly,
    reading,
    reminding,
    reports,
    review,
    schoolcalendar,
    scores,
    settingwords,
    slices,
    start,
    tasks,
    trainings,
    views,
    waivers,
    why,
)


@command(
    "answer",
    slots=(
        Slot(name="number", kind="number", required=True),
        Slot(name="word", kind="choice", choices=("确认", "取消"), required=True),
    ),
    internal=True,
    planless=True,
)
def answer(request: Request, _tx: Tx) -> Reply:
    """{确认|取消}: carried out by commands.dispatch, which alone can say a line again."""
    raise Refusal(say("dialogue.answered", line=request.line))


@command("cancel", "取消", unbound=True, planless=True, never_bare=True)
def cancel(_request: Request, _tx: Tx) -> Reply:
    """End an open dialogue; commands.dispatch has done so already when this is reached."""
    return Reply(text=say("dialogue.cancelled"))
