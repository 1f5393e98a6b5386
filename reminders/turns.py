"""To whoever stood in line behind an earlier report: that it is their turn, or no longer (A34)."""

from collections.abc import Iterator

from commands.chat.requests import Asking
from commands.filing.describe import state_word, what
from commands.leads.identity import described
from commands.wording.formats import day
from commands.wording.sentences import say
from db import ledger, line
from db.schema import claims
from reminders.scene import Item, Scene, press
from scoring.facts import State


def inherit(rest: str, scene: Scene) -> Iterator[Item]:
    """Of a place (p12): that what was reported first is gone, with {由我接上}. Of a fact (12):
    where it stands now."""
    if rest.startswith("p"):
        yield from _free(int(rest[1:]), scene)
    else:
        yield from _moved(int(rest), scene)


def _free(number: int, scene: Scene) -> Iterator[Item]:
    place = line.of_place(scene.tx, number)
    person = scene.world.people.by_id.get(place.person) if place else None
    if place is None or person is None:
        return
    claim = scene.tx.find(claims, place.plan, place.topic, bytes(place.hash))
    holder = ledger.entry(scene.tx, claim.fact) if claim is not None else None
    if holder is not None and holder.fact.happened_at <= place.happened_at:
        return
    text = say("remind.free_lead" if place.topic == "phone" else "remind.free_link")
    when = day(place.happened_at)
    text = say("remind.your_turn", said=text, when=when)
    yield Item(person=person, text=text, actions=(press("take_turn", "inherit", f"#{number}"),))


def _moved(number: int, scene: Scene) -> Iterator[Item]:
    entry = ledger.entry(scene.tx, number)
    person = scene.world.people.by_id.get(entry.fact.person) if entry else None
    if entry is None or person is None:
        return
    state = ledger.stands(scene.tx, entry.number).state
    if state is State.WITHDRAWN:
        return
    asking = Asking(
        plan=scene.plan, people=scene.world.people, who=person, at=scene.now, now=scene.now
    )
    is_lead = entry.fact.kind == "lead"
    text = say(
        "remind.put_back" if state is State.IN_LINE else "remind.again_yours",
        number=entry.number,
        said=described(scene.tx, scene.plan, entry, full=False) if is_lead else what(asking, entry),
        state=state_word(entry, state),
    )
    yield Item(person=person, text=text)
