"""All words together: importing this registers every family."""

from commands.admissions import desk, erasure
from commands.appeals import appeal, doubt, resolve
from commands.assessment import trainings, waivers
from commands.chat.errors import Refusal
from commands.chat.messages import Reply, Request
from commands.conversation import jobs
from commands.conversation.registry import Slot, command
from commands.corrections import edits, undo
from commands.leads import report
from commands.months import monthly_report
from commands.office import calendar, grants, mute, oversight, reminders, settings
from commands.onboarding import binding, waiting_room
from commands.reports import clicks, deans_approval, milestones, on_behalf, posts, publications
from commands.review import decide, queue, shares
from commands.scores import explanation, pictures, rank, score, todo, why
from commands.tasks import issuing, participation
from commands.wording.formats import say
from db.engine.tx import Tx

FAMILIES = (
    desk,
    resolve,
    appeal,
    waiting_room,
    deans_approval,
    doubt,
    edits,
    erasure,
    explanation,
    grants,
    report,
    jobs,
    milestones,
    undo,
    monthly_report,
    on_behalf,
    oversight,
    todo,
    participation,
    pictures,
    publications,
    queue,
    mute,
    rank,
    reminders,
    posts,
    decide,
    calendar,
    score,
    settings,
    shares,
    binding,
    issuing,
    trainings,
    clicks,
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
