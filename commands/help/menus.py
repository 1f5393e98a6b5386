"""The words in a platform's menu: common ones for everybody, more for people with a role."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from commands.chat.requests import Command, shown
from commands.help.examples import EXAMPLES
from db.people import ROLES, Directory, Person

GROUP = ("score", "rank", "quota", "deadlines", "help")
PRIVATE = (
    "lead",
    "mine",
    "todo",
    "score",
    "rank",
    "quota",
    "deadlines",
    "rules",
    "why",
    "mute",
    "help",
)
MOST = 24
"""Nobody reads more than fit on a telephone's screen."""

MAX_TOLD = 80

Commands = Mapping[str, Command]
"""All commands by name."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of a scope: `private`, `group`, or one 1:1 chat as `chat:17`. `entries`: the Latin
    word, which is all a menu can hold, with the Chinese word and an example."""

    scope: str
    entries: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """Equal for equal entries."""
        return sha256(repr(self.entries).encode()).hexdigest()[:16]


def every(people: Directory, platform: str, commands: Commands) -> Iterator[Menu]:
    """The menus of a platform: two for everybody, and one for each person with a role."""
    yield Menu("private", _entries(PRIVATE, commands))
    yield Menu("group", _entries(GROUP, commands))
    for number, addresses in people.addresses.items():
        person = people.by_id[number]
        chat = next((one.chat for one in addresses if one.platform == platform and one.chat), "")
        if chat and (words := _words(person)) != PRIVATE:
            yield Menu(f"chat:{chat}", _entries(words, commands))


def _words(person: Person) -> tuple[str, ...]:
    own = [word for role in ROLES if role in person.roles for word in EXAMPLES.get(role, ())]
    return tuple(dict.fromkeys([*own, *PRIVATE]))[:MOST] if person.roles - {"教师"} else PRIVATE


def _entries(words: tuple[str, ...], commands: Commands) -> tuple[tuple[str, str], ...]:
    return tuple((word, _told(commands[word])) for word in words)


def _told(command: Command) -> str:
    return f"{shown(command)}　{command.example}"[:MAX_TOLD]
