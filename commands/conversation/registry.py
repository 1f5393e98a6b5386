"""The commands people can say: each declares its words, its slots and who may say it.

The router reads nothing but this. A family's module registers its handlers on import;
`commands.families` imports them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Table

from commands.chat.messages import Reply, Request
from commands.grammar.folding import fold
from db.engine.vault import Vault
from db.people import Person
from scoring.plan import Plan

SlotKind = Literal[
    "number",  # #12, ＃１２, 任务12, 第12条
    "numbers",  # a batch: 9 #13 16-19、21
    "unit",  # a unit or major by alias -> unit code
    "person",  # somebody on the roster by name or 工号 -> Person
    "people",  # several names
    "class",  # a class on the roster, as 机电2301 -> its name there
    "weeks",  # 第40周, 第40-41周, a month where that is the period -> ("2024-W40", …)
    "when",  # 4月5日, 2024-04-05 14:30, 昨天 -> instant (a day alone: its last second)
    "count",  # 6,000 · 1.2万 · 七千 -> int
    "link",  # -> the link as written
    "reports",  # the pasted items of C2 -> tuple of items
    "phone",  # -> 11 digits
    "level",  # 初三 高三 社会 …
    "track",  # 中职 高职
    "staff_no",  # T1024 or a one-time code, upper-cased
    "item",  # a 为什么-word -> item code
    "flag",  # one of `choices`, anywhere -> True
    "choice",  # one of `choices` -> the word
    "text",  # what remains, verbatim
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slot:
    """One argument. `ask`: the question when it is required and missing; it is not missed when
    the slot `unless` has a value. `spare`: a number that may be left out beside a count; one
    bare number alone is the count."""

    name: str
    kind: SlotKind
    required: bool = False
    ask: str = ""
    unless: str = ""
    choices: tuple[str, ...] = ()
    spare: bool = False


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
