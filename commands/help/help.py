"""帮助: at most six examples for the asker's roles, or one word explained."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Request, command, shown
from commands.conversation import copying
from commands.grammar.folding import clean, fold
from commands.grammar.slots import Slot
from commands.help import examples, guided
from commands.wording.formats import address
from commands.wording.sentences import lines, say
from db.engine.tx import Tx
from db.people import NOBODY, ROLES


@command(
    "help",
    "帮助",
    slots=(Slot(name="word", kind="text"),),
    unbound=True,
    planless=True,
    never_bare=True,
    example="帮助 报线索",
)
def help_(request: Request, tx: Tx) -> Reply:
    """Show at most six examples for the asker's roles, to tap or copy; one for a named word."""
    if request.who is NOBODY:
        return Reply(text=say("speaking.bind_here"))
    word = request.args.get("word", "")
    if word:
        return _one_word(request, tx, word)
    entries = examples.chosen(request, tx)
    return Reply(
        text=lines(
            say("help.head", who=address(request.who, request.plan)),
            *(said for _, said in entries),
            say("help.more"),
            *([say("help.guide", link=link)] if (link := guided.address(request)) else []),
        ),
        buttons=tuple(examples.words(entries)),
    )


def _one_word(request: Request, tx: Tx, said: str) -> Reply:
    """One line with an example; names the roles whose word it is if not the asker's."""
    found = request.registry.words.get(fold(clean(said)).strip())
    if found is None or found.internal:
        raise Refusal(say("help.unknown", word=said[:12]))
    if request.chat.group and any(slot.kind == "phone" for slot in found.slots):
        return Reply(text=say("help.in_private", word=shown(found)))
    example = examples.line(request, tx, found) or found.example
    others = found.roles and found.roles.isdisjoint(request.who.roles)
    roles = "、".join(role for role in ROLES if role in found.roles) if others else ""
    key = "help.of_others" if others else "help.file" if found.needs_file else "help.one"
    return Reply(
        text=say(key, word=shown(found), example=example, roles=roles),
        buttons=(copying.button(say("button.copy_example"), example),),
    )
