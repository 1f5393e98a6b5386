"""平台 and 原文: where the school publishes, and what its document says."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Request, command
from commands.grammar.slots import Slot
from commands.wording.formats import points
from commands.wording.sentences import lines, say
from db import documents
from db.engine.tx import Reading


@command("platforms", "平台", reads=True, planless=True, never_bare=True, example="平台")
def platforms(request: Request, _tx: Reading) -> Reply:
    """The school's platforms "1+2+N" and who runs them (正文·一, 三)."""
    said = "、".join(request.plan.words["platforms"])
    return Reply(text=lines(say("platforms.line", said=said), say("platforms.who")))


@command(
    "clause",
    "原文",
    slots=(Slot(name="clause", kind="text", required=True, ask="请写条款，如 附件3·四"),),
    reads=True,
    never_bare=True,
    planless=True,
    example="原文 附件3·四",
)
def clause(request: Request, tx: Reading) -> Reply:
    """The words of a clause from the school's own document; its items where none is loaded."""
    wanted = normal(request.args["clause"])
    words = documents.words_of(tx, request.plan, wanted)
    if words:
        return Reply(text=say("clause.words", clause=wanted, words=words))
    items = [item for item in request.plan.items if normal(item.clause).startswith(wanted)]
    if not items:
        known = "、".join(dict.fromkeys(item.clause for item in request.plan.items))
        raise Refusal(say("clause.unknown", clause=wanted[:20], known=known))
    shown = "、".join(f"{item.word}（{points(item.max)} 分）" for item in items)
    return Reply(text=say("clause.not_loaded", clause=wanted, items=shown))


def normal(clause_: str) -> str:
    """附件3·二·(一), however the brackets, dots and blanks were typed."""
    text = "".join(clause_.split()).replace("（", "(").replace("）", ")")
    return text.replace("．", "·").replace(".", "·").replace("・", "·").replace("附件三", "附件3")
