"""Getting in: 开始 帮助 绑定, the admin's answer to a binding, 关联 and 名册."""

from commands.chat.errors import Refusal
from commands.chat.messages import Button, Chat, Notice, Reply, Request
from commands.conversation import dialogue
from commands.conversation.registry import COMMANDS, WORDS, Slot, command, shown
from commands.grammar.folding import clean, fold
from commands.help import examples
from commands.roster import enrolment, marks
from commands.roster import file as rosterfile
from commands.wording.formats import address, lines, say, short
from db import accounts, chats, people, settings
from db.engine.tx import Tx
from db.people import NOBODY, ROLES, Person


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
    "help",
    "帮助",
    slots=(Slot(name="word", kind="text"),),
    unbound=True,
    planless=True,
    never_bare=True,
    example="帮助 报线索",
)
def help_(request: Request, tx: Tx) -> Reply:
    """At most six examples of the asker's own roles, to tap or copy; one for a named word."""
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
        ),
        buttons=tuple(examples.words(entries)),
    )


def _one_word(request: Request, tx: Tx, said: str) -> Reply:
    """One line, one example; whose word it is, where it is not the asker's."""
    found = WORDS.get(fold(clean(said)).strip())
    if found is None or found.internal:
        raise Refusal(say("help.unknown", word=said[:12]))
    if request.chat.group and any(slot.kind == "phone" for slot in found.slots):
        return Reply(text=say("help.in_private", word=shown(found)))
    example = examples.line(request, tx, found) or found.example
    others = found.roles and found.roles.isdisjoint(request.who.roles)
    roles = "、".join(role for role in ROLES if role in found.roles) if others else ""
    key = "help.of_others" if others else "help.file" if found.needs_file else "help.one"
    return Reply(text=say(key, word=shown(found), example=example, roles=roles))


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
    """Let the bot speak in this group; without it it is silent there."""
    if not request.chat.group:
        raise Refusal(say("link.in_group"))
    title = request.chat.title
    chats.link(
        tx,
        platform=request.chat.platform,
        chat=request.chat.id,
        title=request.chat.title,
        unit=request.args.get("unit"),
        by=request.who.id,
        at=request.now,
    )
    return Reply(
        text=lines(
            say("link.done", title=say("link.title", title=title) if title else ""),
            (say("link.mention_only") if request.can.needs_mention else "")
            + say("link.can_delete" if request.can.delete else "link.cannot_delete"),
        ),
        buttons=((Button(label=say("link.what"), says="help"),),),
    )


@command(
    "roster",
    "名册",
    roles="管理员",
    planless=True,
    never_bare=True,
    private=True,
    needs_file=True,
    example="名册",
)
def roster(request: Request, tx: Tx) -> Reply:
    """Import the roster file after a dry run and {确认}; a bad row imports nothing (C15)."""
    file = request.incoming.file
    if file is None:
        raise Refusal(say("speaking.file_missing", example=COMMANDS["roster"].example))
    read = rosterfile.read(file.name, file.data, enrolment.units_of(request.plan))
    changes = enrolment.compare(tx, read)
    summary = enrolment.summary(changes)
    if read.faults:
        marked = marks.marked(file.name, file.data, read.faults)
        return Reply(text=summary, files=(marked,) if marked and request.can.files else ())
    if changes.is_nothing:
        return Reply(text=summary)
    if not request.confirmed:
        return dialogue.propose(tx, request, summary, label=say("button.import"))
    enrolment.apply(tx, changes, request.now, request.who.id)
    return Reply(text=lines(say("roster.done", total=read.people), _after_roster(request, tx)))


def _after_roster(request: Request, tx: Tx) -> str:
    """What a school still needs before people can speak; "" when it has it."""
    unset = settings.value(tx, settings.STUDENTS, request.now) is None
    missing = [
        key
        for key, is_missing in (("students", unset), ("link", not chats.linked(tx)))
        if is_missing
    ]
    said = "；".join(say(f"roster.next_{key}") for key in missing)
    return say("roster.next", said=said) if said else ""
