"""待确认: the bindings that wait for an administrator; one press confirms teachers whose name
matches."""

from collections import Counter
from collections.abc import Iterable

from commands.chat.errors import Refusal
from commands.chat.messages import MOST_TICKS, Button, Chat, Notice, Reply
from commands.chat.requests import Asking, Request, command
from commands.conversation import ticking
from commands.filing import bindings as filed
from commands.grammar.slots import Slot
from commands.onboarding.binding import card, first_buttons, further_roles, note
from commands.wording.formats import address
from commands.wording.sentences import say
from db import accounts
from db.accounts import Binding
from db.engine.tx import Reading, Tx
from db.names import plain
from db.people import ADMIN, FOUNDER, Person

Wish = tuple[Binding, Person]


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
    """Say how many wait, and how many of them one press may confirm (C15)."""
    waiting = _waiting(request, tx)
    if not waiting:
        return Reply(text=say("confirming.none"))
    same = _harmless(request, waiting)
    buttons = [Button.of(say("confirming.one_by_one"), "bindings")]
    if same:
        label = say("confirming.all", same=len(same))
        newest = max(wish.id for wish, _ in waiting)
        buttons.insert(0, Button.of(label, "admitall", f"{newest}"))
    if len(same) > 1:
        buttons.append(Button.of(say("button.pick"), "admitsome"))
    weighty = sum(bool(further_roles(person)) for _, person in waiting)
    text = say(
        "confirming.with_roles" if weighty else "confirming.summary",
        total=len(waiting),
        same=len(same),
        weighty=weighty,
    )
    return Reply(text=text, buttons=(tuple(buttons),))


@command("bindings", roles=ADMIN, planless=True, reads=True, private=True, internal=True)
def bindings(request: Request, tx: Reading) -> Reply:
    """Show the oldest wish as a card."""
    waiting = _waiting(request, tx)
    if not waiting:
        return Reply(text=say("confirming.none"))
    text, buttons = card(request, tx, *waiting[0])
    return Reply(text=text, buttons=buttons)


@command(
    "admitall",
    roles=ADMIN,
    planless=True,
    private=True,
    internal=True,
    slots=(Slot(name="newest", kind="number"),),
)
def admit_all(request: Request, tx: Tx) -> Reply:
    """Bind the teachers whose name on the platform matches the roster, as far as they had asked
    when the button was shown (`newest`)."""
    newest = request.args.get("newest")
    same = _harmless(request, _waiting(request, tx))
    return _admitted(
        request, tx, [wish for wish in same if newest is None or wish[0].id <= newest], newest
    )


@command("admitsome", roles=ADMIN, planless=True, reads=True, private=True, internal=True)
def admit_some(request: Request, tx: Reading) -> Reply:
    """Those whom one press may bind, to be ticked."""
    same = _harmless(request, _waiting(request, tx))[:MOST_TICKS]
    if not same:
        return Reply(text=say("confirming.none"))
    options = [(person.name, f"#{wish.id}") for wish, person in same]
    text = say("confirming.pick", total=len(same))
    typed = say("confirming.typed")
    return ticking.card(request, text, options, say("confirming.submit"), "admitthese", typed=typed)


@command(
    "admitthese",
    roles=ADMIN,
    planless=True,
    private=True,
    internal=True,
    slots=(Slot(name="numbers", kind="numbers"),),
)
def admit_these(request: Request, tx: Tx) -> Reply:
    """Bind those that were ticked, as far as one press still may."""
    numbers = request.args.get("numbers", ())
    if not numbers:
        raise Refusal(say("confirming.none_ticked"))
    same = _harmless(request, _waiting(request, tx))
    return _admitted(request, tx, [one for one in same if one[0].id in numbers], max(numbers))


def _admitted(request: Request, tx: Tx, wishes: Iterable[Wish], newest: int | None) -> Reply:
    bound, notices = [], []
    for wish, person in wishes:
        accounts.settle_binding(tx, wish.id, True, request.now)
        account = (wish.platform, wish.account)
        note(request, tx, person, account, by=request.who)
        bound.append((person, account))
        notices.append(
            Notice(
                text=say("bind.done_for", who=address(person, request.plan)),
                chat=Chat(platform=wish.platform, id=wish.chat),
                buttons=(first_buttons(),),
                key=f"bound:{wish.id}",
            )
        )
    told = filed.told(request, bound, f"bound:{newest}:{request.now}")
    left = len(accounts.open_bindings(tx))
    text = say("confirming.done", total=len(bound), left=left)
    return Reply(text=text, replaces=request.pressed, notices=(*notices, *told))


def _waiting(asking: Asking, tx: Reading) -> list[Wish]:
    found = ((wish, asking.people.by_id.get(wish.person)) for wish in accounts.open_bindings(tx))
    return [(wish, person) for wish, person in found if person and person.staff_no != FOUNDER]


def _harmless(asking: Asking, waiting: Iterable[Wish]) -> list[Wish]:
    """The wishes that may be granted by the name alone, which anybody can give themselves in an
    app: of teachers without further roles, for a number nobody has, nor anybody else asks for, by
    an account that is nobody's yet."""
    waiting = list(waiting)
    numbers = Counter(wish.person for wish, _ in waiting)
    askers = Counter((wish.platform, wish.account) for wish, _ in waiting)
    return [
        (wish, person)
        for wish, person in waiting
        if plain(wish.shown_name) == plain(person.name)
        and not further_roles(person)
        and not asking.people.addresses.get(person.id)
        and (wish.platform, wish.account) not in asking.people.by_account
        and numbers[person.id] == askers[wish.platform, wish.account] == 1
    ]
