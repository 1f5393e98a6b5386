"""待确认: the bindings that wait for an administrator; those whose name agrees in one press."""

from commands.chat.messages import Button, Chat, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.onboarding.binding import admit_buttons, first_buttons
from commands.wording.formats import address, short
from commands.wording.sentences import say
from db import accounts
from db.accounts import Binding
from db.engine.tx import Reading, Tx
from db.people import ADMIN, NOBODY, Person, plain


@command(
    "confirm",
    "待确认",
    roles=ADMIN,
    planless=True,
    reads=True,
    private=True,
    never_bare=True,
    example="待确认",
)
def confirm(request: Request, tx: Reading) -> Reply:
    """How many wait, and how many of them bear the name of the roster (C15)."""
    waiting = _waiting(request, tx)
    if not waiting:
        return Reply(text=say("confirming.none"))
    same = [wish for wish, person in waiting if _agrees(wish, person)]
    buttons = [Button(label=say("confirming.one_by_one"), says="bindings")]
    if same:
        label = say("confirming.all", same=len(same))
        buttons.insert(0, Button(label=label, says="admitall"))
    text = say("confirming.summary", total=len(waiting), same=len(same))
    return Reply(text=text, buttons=(tuple(buttons),))


@command("bindings", roles=ADMIN, planless=True, reads=True, private=True, internal=True)
def bindings(request: Request, tx: Reading) -> Reply:
    """The oldest wish as a card."""
    waiting = _waiting(request, tx)
    if not waiting:
        return Reply(text=say("confirming.none"))
    wish, person = waiting[0]
    text = say(
        "confirming.card",
        shown=wish.shown_name or wish.account,
        unit=short(request.plan, person.unit),
        name=person.name,
        code=person.staff_no,
    )
    return Reply(text=text, buttons=(admit_buttons(wish.id),))


@command("admitall", roles=ADMIN, planless=True, private=True, internal=True)
def admit_all(request: Request, tx: Tx) -> Reply:
    """Bind everybody whose name on the platform is the one on the roster."""
    notices = []
    for wish, person in _waiting(request, tx):
        if not _agrees(wish, person):
            continue
        accounts.settle_binding(tx, wish.id, True, request.now)
        notices.append(
            Notice(
                text=say("bind.done", who=f"，{address(person, request.plan)}"),
                chat=Chat(platform=wish.platform, id=wish.chat),
                buttons=(first_buttons(),),
                key=f"bound:{wish.id}",
            )
        )
    left = len(accounts.open_bindings(tx))
    text = say("confirming.done", total=len(notices), left=left)
    return Reply(text=text, replaces=request.pressed, notices=tuple(notices))


def _waiting(asking: Asking, tx: Reading) -> list[tuple[Binding, Person]]:
    people = asking.people.by_id
    found = ((wish, people.get(wish.person, NOBODY)) for wish in accounts.open_bindings(tx))
    return [(wish, person) for wish, person in found if person is not NOBODY]


def _agrees(wish: Binding, person: Person) -> bool:
    return plain(wish.shown_name) == plain(person.name)
