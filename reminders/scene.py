"""The input and output of working out a due reminder: a scene, and one item per listener."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from commands.chat.messages import Button, Chat
from commands.conversation import places
from commands.conversation.world import World
from commands.duties import obligations
from commands.wording.sentences import say
from db import absences, ledger
from db.calendar import calendar
from db.engine.tx import Reading
from db.people import Person
from scoring.calendar import Calendar
from scoring.cards import Tallies
from scoring.duties import Task, board
from scoring.moments import Instant, day_of
from scoring.plan import Plan, Unit

ASSESSORS = "考核组"
MEDIA = "融媒体中心"
DEAN = "院长"
CHAIR = "董办"

IN_AN_HOUR, NEXT_MORNING, NEXT_WEEK = "hour", "morning", "week"
"""How far a reminder can be put off."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The school at the instant of a tick."""

    tx: Reading
    plan: Plan
    world: World
    now: Instant

    @cached_property
    def tallies(self) -> Tallies:
        return ledger.tallies(self.tx, self.plan)

    @cached_property
    def calendar(self) -> Calendar:
        return calendar(self.tx)

    @cached_property
    def _away(self) -> frozenset[int]:
        return absences.away(self.tx, day_of(self.now))

    @cached_property
    def groups(self) -> places.Places:
        """The linked groups, each with its unit ("": the whole school)."""
        return places.linked(self.tx)

    def present(self, people: Iterable[Person]) -> list[Person]:
        """The people who are not on leave today, without duplicates."""
        found = {person.id: person for person in people if person.id not in self._away}
        return list(found.values())

    def officers(self, unit: Unit) -> list[Person]:
        """The 宣传员 of a unit who are not on leave."""
        return self.present(self.world.people.officers(unit.code))

    def heads(self, unit: Unit) -> list[Person]:
        """The 部门负责人 of a unit who are not on leave."""
        return self.present(self.world.people.heads(unit.code))

    def role(self, word: str) -> list[Person]:
        """Everybody with a role who is not on leave."""
        return self.present(self.world.people.with_role(word))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one person or one group is told about one occurrence.

    `who`: the name by which the text begins to address its listener ("": none). `actions`: the
    buttons that do what is owed. `snooze`: how far it can be put off ("": not at all).
    `for_officer`: a head may hand it on to the unit's 宣传员. `to_note`: the listener is asked to
    confirm having seen it. `calls`: see `Notice`. `brings`: the kind
    of long work whose result is sent after it.
    """

    text: str
    who: str = ""
    person: Person | None = None
    chat: Chat | None = None
    actions: tuple[Button, ...] = ()
    snooze: str = ""
    for_officer: bool = False
    to_note: bool = False
    calls: tuple[int, ...] = ()
    brings: str = ""

    @property
    def audience(self) -> str:
        """The listener, as named in the table of reminders."""
        if self.person is not None:
            return f"person:{self.person.id}"
        return f"group:{self.chat.platform}:{self.chat.id}" if self.chat is not None else ""


def to_each(
    people: Iterable[Person],
    text: str,
    *,
    actions: tuple[Button, ...] = (),
    snooze: str = "",
    for_officer: bool = False,
    to_note: bool = False,
) -> Iterator[Item]:
    """The same item for several people; see `Item`."""
    for person in people:
        yield Item(
            text=text,
            person=person,
            actions=actions,
            snooze=snooze,
            for_officer=for_officer,
            to_note=to_note,
        )


def press(word: str, command: str, *said: object) -> Button:
    """A button, by the key of its label and the command it says."""
    return Button.of(say(f"button.{word}"), command, *said)


def board_of(scene: Scene, unit: Unit, at: Instant) -> tuple[Task, ...]:
    """The quotas of the week and month of an instant, with class meetings and views."""
    owed = obligations.rows(scene.tx, scene.plan, scene.world.people, unit.code, at)
    return (*board(scene.plan, unit, scene.tallies, at), *owed)


def quota_button(unit: Unit) -> Button:
    """The button {指标} for a unit."""
    return press("quota", "quota", unit.code)
