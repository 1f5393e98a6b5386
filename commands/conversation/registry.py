"""The commands people can say: each declares its words, its slots and who may say it.

The router reads nothing but this. A family's module registers its handlers on import;
`commands.families` imports them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from commands.chat.messages import Reply, Request
from commands.grammar.folding import fold
from commands.grammar.slots import Slot
from db.engine.vault import Vault
from db.people import Person
from scoring.plan import Plan

Handler = Callable[[Request, Any], Reply]

Wants = Callable[[Mapping[str, Any], Person, Plan, Vault], list[tuple[Table, tuple[Any, ...]]]]
"""Arguments, asker, plan and vault -> the rows a handler is going to look up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`roles` empty: everybody bound. `unbound`: also strangers. `reads`: runs on a reader.
    `bare`: its word alone counts in a group though nobody addressed the bot; `never_bare`: it
    never acts unaddressed, even complete. `private`: an answer asked for in a group goes to the
    asker's own chat. `internal`: only buttons say it; it is no word of contracts 2. `planless`:
    works in a year without a plan. `judges`: `roles` say who may come to decide, but the refusal
    is the handler's, which knows the thing and hence who may (您不能审核，#29 由…). `wants`: the
    primary keys it is going to look up, for the hottest words alone: a batch fetches them at
    once."""

    name: str
    words: tuple[str, ...]
    handler: Handler
    slots: tuple[Slot, ...] = ()
    roles: frozenset[str] = frozenset()
    example: str = ""
    unbound: bool = False
    reads: bool = False
    bare: bool = False
    never_bare: bool = False
    private: bool = False
    internal: bool = False
    needs_file: bool = False
    planless: bool = False
    judges: bool = False
    wants: Wants | None = None


COMMANDS: dict[str, Command] = {}
WORDS: dict[str, Command] = {}
"""Every word, Latin and Chinese, folded as the router matches it, to its command."""

MAX_WORD = 12
"""The router looks for no longer word than this."""


def command(
    name: str, words: str = "", *, roles: str = "", **declared: Any
) -> Callable[[Handler], Handler]:
    """Register a handler: `words` and `roles` are white-space separated lists."""

    def register(handler: Handler) -> Handler:
        entry = Command(
            name=name,
            words=tuple(words.split()),
            handler=handler,
            roles=frozenset(roles.split()),
            **declared,
        )
        for word in map(fold, (name, *entry.words)):
            if len(word) > MAX_WORD:
                raise ValueError(f"{word} is longer than {MAX_WORD} characters")
            if word in WORDS:
                raise ValueError(f"{word} is said twice: {WORDS[word].name}, {name}")
            WORDS[word] = entry
        COMMANDS[name] = entry
        return handler

    return register


def shown(entry: Command) -> str:
    """What people call a command: its first Chinese word."""
    return entry.words[0] if entry.words else entry.name


def shown_word(word: str) -> str:
    """The Chinese word for any word of a command."""
    return shown(WORDS[fold(word)])
