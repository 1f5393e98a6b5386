"""开始 and 绑定: tie an account to a person, and the administrator's answer."""

import re

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Chat, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.filing import bindings, trail
from commands.grammar.slots import Slot
from commands.help.help import help_
from commands.wording.formats import address, short
from commands.wording.sentences import lines, say
from db import accounts, people
from db.accounts import Binding
from db.engine.tx import Reading, Tx
from db.people import ADMIN, FOUNDER, NOBODY, ROLES, Person
from scoring.moments import MINUTE, day_of, start_of

TEACHER = ROLES[0]

WISHES = 5
"""How often an account may ask to be bound in a day; after that a code can still be tried once a
minute."""

NOTED = 5
"""Of how many numbers that are not on the roster administrators are told in a day."""

SEEN = "已看"
"""Said by a button whose card warns: the administrator has seen that before agreeing."""

_CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


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
    """Say hello and what to do first; bind if there is a code, as in a link into the chat. A link
    into a group carries a word too, which means nothing."""
    if "code" in request.args and not request.chat.group:
        return bind(request, tx)
    if request.who is NOBODY:
        return Reply(text=say("speaking.bind_here"))
    return help_(request, tx)


@command(
    "bind",
    "绑定",
    slots=(Slot(name="code", kind="staff_no", required=True, ask="ask.staff_no"),),
    unbound=True,
    planless=True,
    never_bare=True,
    example="绑定 T1024",
)
def bind(request: Request, tx: Tx) -> Reply:
    """Tie this account to a person on the roster, by a one-time code or an administrator's button.

    The answer is the same whether or not the number is taken, or exists at all (C17): only
    administrators are told.
    """
    if request.chat.group:
        raise Refusal(say("bind.in_private"))
    code: str = request.args["code"]
    platform, account = request.chat.platform, request.incoming.author or ""
    today = start_of(day_of(request.now))
    tries, last = accounts.tried(tx, platform, account, today)
    if tries >= WISHES and request.now - last < MINUTE:
        raise Refusal(say("bind.too_many"))
    redeemed = accounts.redeem_code(tx, code, request.now)
    if redeemed is not None:
        return _by_code(request, tx, redeemed)
    if accounts.is_spent(tx, code, request.now):
        raise Refusal(say("bind.spent"))
    person = request.people.by_staff_no.get(code)
    if person is not None and person.id == request.who.id:
        raise Refusal(say("bind.already", unit=short(request.plan, person.unit), code=code))
    if tries >= WISHES:
        accounts.note_unknown(tx, platform, account, request.now)
        return Reply(text=say("bind.too_many"))
    if person is None or code == FOUNDER:
        return _unknown(request, tx, code)
    number = accounts.request_binding(
        tx,
        platform,
        account,
        request.chat.id,
        shown_name=request.incoming.author_name,
        person=person.id,
        at=request.now,
    )
    wish = next(one for one in accounts.open_bindings(tx) if one.id == number)
    text, buttons = card(request, tx, wish, person)
    notices = tuple(
        Notice(text=text, person=admin.id, buttons=buttons, key=f"bind:{number}:{admin.id}")
        for admin in request.people.with_role(ADMIN)
    )
    return Reply(text=say("bind.asked", code=code), notices=notices)


def _unknown(request: Request, tx: Tx, code: str) -> Reply:
    """Answer as for a number on the roster; tell administrators which it is, a few times a day."""
    today = start_of(day_of(request.now))
    accounts.note_unknown(tx, request.chat.platform, request.incoming.author or "", request.now)
    if _CODE.fullmatch(code):
        return Reply(text=say("bind.no_code"))
    noted = accounts.unknown_since(tx, today)
    text = say(
        "bind.unknown" if noted < NOTED else "bind.unknown_last",
        shown=_shown(request),
        code=code[:16],
    )
    notices = tuple(
        Notice(text=text, person=admin.id, key=f"unknown:{today}:{noted}:{admin.id}")
        for admin in request.people.with_role(ADMIN)
        if noted <= NOTED
    )
    return Reply(text=say("bind.asked", code=code), notices=notices)


def _shown(request: Request) -> str:
    return request.incoming.author_name or request.incoming.author or ""


# --- the card -----------------------------------------------------------------------------


def card(
    asking: Asking, tx: Reading, wish: Binding, person: Person
) -> tuple[str, tuple[tuple[Button, ...], ...]]:
    """What an administrator is shown of a wish, with {通过|退回}. Only they see if the number is
    taken; its warnings are part of what {通过} agrees to."""
    warnings = _warnings(asking, tx, wish, person)
    text = lines(
        say(
            "bind.card",
            shown=wish.shown_name or wish.account,
            name=person.name,
            unit=short(asking.plan, person.unit),
            code=person.staff_no,
        ),
        *warnings,
    )
    return text, (admit_buttons(wish.id, warned=bool(any(warnings))),)


def _warnings(asking: Asking, tx: Reading, wish: Binding, person: Person) -> tuple[str, str]:
    """What speaks for a closer look: who uses the number, what it may do."""
    holder = asking.people.by_account.get((wish.platform, wish.account))
    rivals = [one for one in accounts.open_bindings(tx) if one.person == person.id]
    use = [
        say("bind.taken", name=person.name) if asking.people.addresses.get(person.id) else "",
        say("bind.other", code=holder.staff_no) if holder else "",
        say("bind.rivals", total=len(rivals)) if len(rivals) > 1 else "",
    ]
    roles = further_roles(person)
    return "".join(use), say("bind.roles", roles="、".join(roles)) if roles else ""


def further_roles(person: Person) -> list[str]:
    """The roles of a person beyond 教师, with the one they are lent out for."""
    held = person.roles | ({people.OFFICER} if person.lent else frozenset())
    return [role for role in ROLES if role in held and role != TEACHER]


def admit_buttons(number: int, *, warned: bool) -> tuple[Button, ...]:
    """{通过|退回} of a binding. `warned`: the card above them says what to look at closely."""
    seen = f" {SEEN}" if warned else ""
    return (
        Button.of(say("button.approve"), "admit", f"{number} 通过{seen}"),
        Button.of(say("button.reject"), "admit", f"{number} 退回"),
    )


def _by_code(request: Request, tx: Tx, redeemed: accounts.Code) -> Reply:
    person = redeemed.person
    if redeemed.purpose == accounts.FIRST_ADMIN:
        person = people.found(tx, request.now)
    if person is None:
        raise Refusal(say("bind.stale"))
    if redeemed.purpose == accounts.BIND and person not in request.people.by_id:
        raise Refusal(say("bind.stale"))
    platform, account = request.chat.platform, request.incoming.author or ""
    accounts.bind(tx, platform, account, request.chat.id, person, at=request.now)
    bound = people.directory(tx).by_id[person]
    note(request, tx, bound, (platform, account), by=bound)
    if redeemed.purpose == accounts.FIRST_ADMIN:
        button = Button.of(say("button.help"), "help")
        return Reply(text=say("bind.done_admin"), buttons=((button,),))
    told = bindings.told(
        request, [(bound, (platform, account))], f"bound:{platform}:{account}:{request.now}"
    )
    return Reply(text=say("bind.done"), buttons=(first_buttons(),), notices=tuple(told))


def note(
    request: Request, tx: Tx, person: Person, account: bindings.Account, *, by: Person
) -> None:
    """Note in the audit trail whose number an account speaks for now."""
    subject = f"{person.staff_no} {bindings.shown(account)}"
    trail.note(request, tx, action="bind", subject=subject, person=by)


def first_buttons() -> tuple[Button, ...]:
    """What a newly bound person can do at once."""
    return tuple(Button.of(say(f"button.{word}"), word) for word in ("lead", "mine", "help"))


@command(
    "admit",
    roles="管理员",
    slots=(
        Slot(name="number", kind="number", required=True),
        Slot(name="word", kind="choice", choices=("通过", "退回"), required=True),
        Slot(name="seen", kind="flag", choices=(SEEN,)),
    ),
    internal=True,
    planless=True,
)
def admit(request: Request, tx: Tx) -> Reply:
    """Settle a 绑定 with an administrator's answer. Where the card did not warn of what has come
    up since, it is shown again; nobody agrees to more rights for their own account."""
    yes = request.args["word"] == "通过"
    number = request.args["number"]
    wish = next((one for one in accounts.open_bindings(tx) if one.id == number), None)
    if wish is None:
        raise Refusal(say("bind.settled"))
    person = request.people.by_id.get(wish.person)
    if person is None or person.staff_no == FOUNDER:
        raise Refusal(say("bind.stale"))
    chat = Chat(platform=wish.platform, id=wish.chat)
    if not yes:
        accounts.settle_binding(tx, number, False, request.now)
        notice = Notice(text=say("bind.refused"), chat=chat, key=f"bound:{number}")
        text = say("bind.admin_refused", name=person.name)
        return Reply(text=text, replaces=True, notices=(notice,))
    account = (wish.platform, wish.account)
    if request.people.by_account.get(account) is request.who:
        gained = [role for role in further_roles(person) if role not in request.who.roles]
        if gained:
            raise Refusal(say("bind.yourself", roles="、".join(gained), code=person.staff_no))
    if not request.args.get("seen") and any(_warnings(request, tx, wish, person)):
        text, buttons = card(request, tx, wish, person)
        return Reply(text=text, buttons=buttons, replaces=True)
    accounts.settle_binding(tx, number, True, request.now)
    note(request, tx, person, account, by=request.who)
    notice = Notice(
        text=say("bind.done_for", who=address(person, request.plan)),
        chat=chat,
        buttons=(first_buttons(),),
        key=f"bound:{number}",
    )
    told = bindings.told(request, [(person, account)], f"bound:{number}")
    text = say("bind.admin_done", name=person.name)
    return Reply(text=text, replaces=True, notices=(notice, *told))
