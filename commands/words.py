"""All words together: importing this registers every family. How a word is shown to people."""

from commands import (
    edits,
    leads,
    milestones,
    mine,
    publications,
    reports,
    review,
    scores,
    start,
    views,
)
from commands.chat import Reply, Request
from commands.errors import Refusal
from commands.registry import WORDS, Command, Slot, command
from commands.texts import say
from db.tx import Tx

FAMILIES = (edits, leads, milestones, mine, publications, reports, review, scores, start, views)

ROLE_ORDER = (
    "教师",
    "班主任",
    "宣传员",
    "部门负责人",
    "融媒体中心",
    "考核组",
    "招办",
    "院长",
    "董办",
    "管理员",
)


def shown(entry: Command) -> str:
    """What people call a command: its first Chinese word."""
    return entry.words[0] if entry.words else entry.name


def shown_word(word: str) -> str:
    """The Chinese word for any word of a command."""
    return shown(WORDS[word])


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
