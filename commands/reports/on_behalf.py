"""代报: whoever is lent to another unit as its 宣传员 reports for it; the report is that unit's and
says who made it (C19)."""

from dataclasses import replace

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Request, command
from commands.conversation import dialogue
from commands.conversation.router import understand
from commands.conversation.understanding import Understanding
from commands.filing.kinds import LENT
from commands.grammar.lexicon import build, units_of
from commands.grammar.slots import Slot
from commands.wording.formats import short
from commands.wording.sentences import say
from db import grants
from db.engine.tx import Tx
from db.people import OFFICER


@command(
    "onbehalf",
    "代",
    slots=(Slot(name="said", kind="text", required=True, ask="请发：代 部门 报新闻 标题 链接"),),
    example="代 健康 报新闻 护理系技能节开幕 https://mp.weixin.qq.com/s/AAA111",
    never_bare=True,
)
def onbehalf(request: Request, tx: Tx) -> Reply:
    """Report for a unit one is lent to, in the words of the report itself."""
    head, _, rest = request.args["said"].partition(" ")
    unit = units_of(request.plan)(head)
    if unit is None:
        raise Refusal(say("onbehalf.which", said=head[:12]))
    if unit == request.who.unit:
        raise Refusal(say("onbehalf.own", unit=short(request.plan, unit)))
    if unit not in grants.lent_to(tx, request.who.id, request.now):
        raise Refusal(say("onbehalf.not_lent", unit=short(request.plan, unit)))
    who = replace(request.who, unit=unit, roles=frozenset({OFFICER}))
    said = _understood(request, rest.strip())
    inner = said.command
    if inner is None or inner.name not in LENT:
        raise Refusal(say("onbehalf.reports_only", unit=short(request.plan, unit)))
    line = f"代 {head} {said.line}"
    if said.problem:
        raise Refusal(said.problem)
    if said.missing is not None:
        asked = replace(said, line=line)
        return dialogue.ask(tx, request.incoming, request.who, inner, asked)
    inside = replace(request, who=who, args=said.args, line=line, lent=True)
    reply = inner.handler(inside, tx)
    mark = say("onbehalf.mark", unit=short(request.plan, unit))
    return replace(reply, text=f"{mark}{reply.text}", private=reply.private or inner.private)


def _understood(request: Request, text: str) -> Understanding:
    people = request.people.by_id.values()
    return understand(
        replace(request.incoming, text=text, press=None, addressed=True),
        build(request.plan, people),
        request.who,
        words=request.registry.words,
        bot_names=(),
        year=request.plan.year,
    )
