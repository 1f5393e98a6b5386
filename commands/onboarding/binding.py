"""Getting in: 开始 帮助 绑定, the admin's answer to a binding, 关联 and 名册."""

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Chat, Notice, Reply
from commands.chat.requests import Request, command
from commands.grammar.slots import Slot
from commands.help.help import help_
from commands.wording.formats import address, short
from commands.wording.sentences import lines, say
from db import accounts, people
from db.engine.tx import Tx
from db.people import NOBODY, Person


@command(
    "start",
    "开始",
    slots=(Slot(name="code", kind="staff_no"),),
    unbound=True,
    planless=True,
    never_bare=True,
    example="开始",
)
def start(request: Request, tx: Tx) -> Reply:
    """Say hello and what to do first; with a code, as a link into the chat carries it, bind."""
    if "code" in request.args:
        return bind(request, tx)
    if request.who is NOBODY:
        return Reply(text=say("speaking.bind_here"))
    return help_(request, tx)


@command(
    "bind",
    "绑定",
    slots=(Slot(name="code", kind="staff_no", required=True, ask="请带上您的工号"),),
    unbound=True,
    planless=True,
    never_bare=True,
    example="绑定 T1024",
)
def bind(request: Request, tx: Tx) -> Reply:
    """Tie this account to a person of the roster: by a one-time code, or by an admin's button.

    The answer is the same whether or not the number is taken (C17): the admin alone is told.
    """
    if request.chat.group:
        raise Refusal(say("bind.in_private"))
    code: str = request.args["code"]
    redeemed = accounts.redeem_code(tx, code, request.now)
    if redeemed is not None:
        return _by_code(request, tx, redeemed)
    person = request.people.by_staff_no.get(code)
    if person is None:
        raise Refusal(say("bind.unknown", code=code[:16]))
    platform, account = request.chat.platform, request.incoming.author or ""
    if request.who is not NOBODY and request.who.id == person.id:
        raise Refusal(say("bind.already", unit=short(request.plan, person.unit), code=code))
    number = accounts.request_binding(
        tx,
        platform,
        account,
        request.chat.id,
        shown_name=request.incoming.author_name,
        person=person.id,
        at=request.now,
    )
    text = _wish(request, person)
    notices = tuple(
        Notice(
            text=text,
            person=admin.id,
            buttons=(admit_buttons(number),),
            key=f"bind:{number}:{admin.id}",
        )
        for admin in request.people.with_role("管理员")
    )
    unit = short(request.plan, person.unit)
    return Reply(text=say("bind.asked", unit=unit, code=code), notices=notices)


def _wish(request: Request, person: Person) -> str:
    """What the admin reads of a wish to be bound; whether the number is taken, he alone."""
    taken = request.people.account_of(person.id)
    return lines(
        say(
            "bind.card",
            shown=request.incoming.author_name or request.incoming.author or "",
            name=person.name,
            unit=short(request.plan, person.unit),
            code=person.staff_no,
        ),
        say("bind.taken", name=person.name) if taken else "",
        say("bind.other", code=request.who.staff_no) if request.who is not NOBODY else "",
    )


def admit_buttons(number: int) -> tuple[Button, ...]:
    """{通过|退回} of a binding."""
    return (
        Button(label=say("button.approve"), says=f"admit {number} 通过"),
        Button(label=say("button.reject"), says=f"admit {number} 退回"),
    )


def _by_code(request: Request, tx: Tx, redeemed: accounts.Code) -> Reply:
    person = redeemed.person
    if redeemed.purpose == accounts.FIRST_ADMIN:
        person = people.found(tx, request.now)
    if person is None:
        raise Refusal(say("bind.stale"))
    accounts.bind(
        tx,
        request.chat.platform,
        request.incoming.author or "",
        request.chat.id,
        person,
        at=request.now,
    )
    if redeemed.purpose == accounts.FIRST_ADMIN:
        button = Button(label=say("button.help"), says="help")
        return Reply(text=say("bind.done_admin"), buttons=((button,),))
    return Reply(text=say("bind.done", who=""), buttons=(first_buttons(),))


def first_buttons() -> tuple[Button, ...]:
    """What somebody newly bound can do at once."""
    return tuple(
        Button(label=say(f"button.{word}"), says=word) for word in ("lead", "mine", "help")
    )


@command(
    "admit",
    roles="管理员",
    slots=(
        Slot(name="number", kind="number", required=True),
        Slot(name="word", kind="choice", choices=("通过", "退回"), required=True),
    ),
    internal=True,
    planless=True,
)
def admit(request: Request, tx: Tx) -> Reply:
    """An admin's answer to 绑定."""
    yes = request.args["word"] == "通过"
    settled = accounts.settle_binding(tx, request.args["number"], yes, request.now)
    if settled is None:
        raise Refusal(say("bind.settled"))
    person = request.people.by_id.get(settled.person)
    if person is None:
        raise Refusal(say("bind.stale"))
    chat = Chat(platform=settled.platform, id=settled.chat)
    who = address(person, request.plan)
    if not yes:
        notice = Notice(text=say("bind.refused"), chat=chat, key=f"bound:{settled.id}")
        text = say("bind.admin_refused", name=person.name)
        return Reply(text=text, replaces=True, notices=(notice,))
    notice = Notice(
        text=say("bind.done", who=f"，{who}"),
        chat=chat,
        buttons=(first_buttons(),),
        key=f"bound:{settled.id}",
    )
    text = say("bind.admin_done", name=person.name)
    return Reply(text=text, replaces=True, notices=(notice,))
