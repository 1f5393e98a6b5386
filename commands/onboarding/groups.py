"""关联: allow the bot to speak in a group."""

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Reply
from commands.chat.requests import Request, command
from commands.grammar.slots import Slot
from commands.wording.sentences import lines, say
from db import chats
from db.engine.tx import Tx


@command(
    "link",
    "关联",
    roles="管理员",
    slots=(Slot(name="unit", kind="unit"),),
    planless=True,
    never_bare=True,
    example="关联",
)
def link(request: Request, tx: Tx) -> Reply:
    """Allow the bot to speak in this group; until then it is silent there."""
    if not request.chat.group:
        raise Refusal(say("link.in_group"))
    title, lacks = request.chat.title, chats.lacks(tx, request.chat.platform, request.chat.id)
    chats.link(
        tx,
        platform=request.chat.platform,
        chat=request.chat.id,
        title=request.chat.title,
        unit=request.args.get("unit"),
        thread=request.chat.thread,
        by=request.who.id,
        at=request.now,
    )
    return Reply(
        text=lines(
            say("link.done", title=say("link.title", title=title) if title else ""),
            (say("link.mention_only") if request.can.needs_mention else "")
            + say(_on_numbers(request, lacks)),
        ),
        buttons=((Button.of(say("link.what"), "help"),),),
    )


def _on_numbers(request: Request, lacks: str | None) -> str:
    """The sentence about numbers in the group: by what the platform and our rights there allow."""
    if not request.can.delete:
        return "link.cannot_delete"
    return "link.can_delete" if lacks == "" else "link.will_delete"
