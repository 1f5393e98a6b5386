"""网页: the way from a private chat to the signed-in pages, and out of them."""

from commands.chat.errors import Refusal
from commands.chat.messages import Reply
from commands.chat.requests import Request, command
from commands.filing import trail
from commands.grammar.slots import Slot
from commands.wording.sentences import say
from db import pagekeys
from db.engine.tx import Tx
from db.pagekeys import Account
from db.people import ADMIN
from scoring.moments import MINUTE


@command(
    "web",
    "网页",
    slots=(
        Slot(name="leave", kind="flag", choices=("退出",)),
        Slot(name="person", kind="person"),
    ),
    private=True,
    never_bare=True,
    planless=True,
    example="网页",
)
def web(request: Request, tx: Tx) -> Reply:
    """A one-time link to the pages; with 退出 the end of one's sessions there, or, from an
    administrator, of somebody else's. Raises Refusal where there are no pages."""
    if not request.web_url:
        raise Refusal(say("web.none"))
    who = request.args.get("person") or request.who
    if who.id != request.who.id and ADMIN not in request.who.roles:
        raise Refusal(say("web.not_yours"))
    if request.args.get("leave"):
        total = pagekeys.end_all(tx, who.id)
        if who.id != request.who.id:
            trail.note(request, tx, action="web_ended", subject=who.staff_no)
        return Reply(text=say("web.left" if total else "web.was_out", name=who.name))
    if who.id != request.who.id:
        raise Refusal(say("web.only_ones_own", name=who.name))
    account = _account(request)
    secret = pagekeys.issue(tx, "link", who, account, request.now)
    minutes = pagekeys.LASTS["link"] // MINUTE
    return Reply(
        text=say("web.link", link=f"{request.web_url}/pages/enter/{secret}", minutes=minutes)
    )


def _account(request: Request) -> Account:
    """The account that asked, with its 1:1 chat. Raises Refusal if it has none yet."""
    platform, account = request.chat.platform, request.incoming.author or ""
    if not request.chat.group:
        return Account(platform=platform, account=account, chat=request.chat.id)
    for one in request.people.addresses.get(request.who.id, ()):
        if (one.platform, one.account) == (platform, account) and one.chat:
            return Account(platform=platform, account=account, chat=one.chat)
    raise Refusal(say("web.in_private"))
