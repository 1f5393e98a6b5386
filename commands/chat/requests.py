"""A request, the command it names, and the registry of all commands.

They share a file because they name each other. A room declares its commands and its jobs beside
their handlers; `commands.families` lists the rooms, and a Registry is built from that list and
handed to the application. The router reads nothing else of a command.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from sqlalchemy import Table

from commands.chat.messages import Capabilities, Chat, File, Incoming, Reply
from commands.grammar.folding import Spoken, fold
from commands.grammar.slots import Slot
from commands.tables.cells import Unreadable
from db.engine.tx import Reading, Tx
from db.engine.vault import Vault
from db.people import Directory, Person
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.values import frozen

MAX_WORD = 12
"""The longest word the router looks for."""


@frozen
class Asking:
    """Who asks, and when: all that most answers need.

    `at`: the instant asked about, when the message was sent; `now`: its receipt. `plan`: the plan
    in force at `at`, or the nearest one. Pages and reminders make an Asking of their own.
    """

    plan: Plan
    people: Directory
    who: Person
    at: Instant
    now: Instant


@frozen
class Request(Asking):
    """A parsed command from `who`; NOBODY for the few commands that strangers may say.

    `at` is when it happened: the platform's time, at most 48 h before receipt and never after
    it. `now`, the receipt, goes into `recorded_at`. `line` is the command as a line that parses
    to the same again; `spoken` the message itself, cleaned and folded. `confirmed`: {确认} was
    pressed on it, by `second` if that was somebody else; NOBODY: a one-time code from the shell
    stood for them. `lent`: `who` reports for another unit than their own (C19). `web_url`: where
    the signed-in pages are, "" for nowhere.
    """

    incoming: Incoming
    spoken: Spoken
    args: Mapping[str, Any]
    line: str
    can: Capabilities
    registry: "Registry"
    confirmed: bool = False
    second: Person | None = None
    lent: bool = False
    web_url: str = ""

    @property
    def chat(self) -> Chat:
        return self.incoming.chat

    @property
    def opened(self) -> Any:
        """The file as its command's opener read it; None without one. Raises Unreadable."""
        file = self.incoming.file
        if file is None or file.opened is None:
            return None
        if file.opened.refused:
            raise Unreadable(file.opened.refused)
        return file.opened.value

    @property
    def pressed(self) -> bool:
        return self.incoming.press is not None


# --- commands -----------------------------------------------------------------------------

Handler = Callable[[Request, Any], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """How a command reads its file. `read(name, data, plan, now)` runs before the handler in a
    process of its own, with limits, and returns what JSON can say, or raises UserError; `value`
    makes of that what the handler finds in `Request.opened`. `keeps`: that is a picture, which is
    kept sealed, and what the handler finds is how it is called."""

    read: Callable[[str, bytes, Plan, Instant], Any]
    value: Callable[[Any], Any]
    keeps: bool = False


class Unopened(Exception):
    """A command is to be carried out whose file was not opened yet. Nothing has been done."""

    def __init__(self, name: str, opener: Opener, request: "Request") -> None:
        super().__init__(name)
        self.name = name
        self.opener = opener
        self.request = request


Wants = Callable[[Mapping[str, Any], Person, Plan, Vault], list[tuple[Table, tuple[Any, ...]]]]
"""Arguments, asker, plan and vault -> the rows that a handler will look up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What can be said, with the function that answers it; calling it calls that function.

    `roles` empty: everybody bound. `unbound`: also strangers. `reads`: runs on a reader. `bare`:
    its word alone acts in a group without addressing the bot; `never_bare`: it never acts
    unaddressed, even complete. `private`: an answer to a question from a group goes to the asker's
    own chat; `aside`: or is shown in the group to them alone. `internal`: only buttons say it; it
    is no word of contracts 2. `planless`: works in a year without a plan. `looks_back`: in such a
    year it answers by the nearest plan and says so.
    `public`: it goes to a group, so what was put together over several messages is shown first.
    `judges`: `roles` say who may come to decide, but the handler refuses, because who may depends
    on the thing (您不能审核，#29 由…). `opens`: how it reads the file that comes with it. `wants`:
    the primary keys it will look up, only for the hottest words, so that a batch fetches them at
    once.
    """

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
    aside: bool = False
    internal: bool = False
    needs_file: bool = False
    planless: bool = False
    looks_back: bool = False
    public: bool = False
    judges: bool = False
    opens: Opener | None = None
    wants: Wants | None = None

    def __call__(self, request: Request, tx: Any) -> Reply:
        return self.handler(request, tx)

    @property
    def home(self) -> str:
        """The name of the module that declares it."""
        return self.handler.__module__


def command(
    name: str, words: str = "", *, roles: str = "", **declared: Any
) -> Callable[[Handler], Command]:
    """Make a handler a Command; `words` and `roles` are lists separated by white space."""

    def declare(handler: Handler) -> Command:
        return Command(
            name=name,
            words=tuple(words.split()),
            handler=handler,
            roles=frozenset(roles.split()),
            **declared,
        )

    return declare


def shown(entry: Command) -> str:
    """What people call a command: its first Chinese word."""
    return entry.words[0] if entry.words else entry.name


# --- long work ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order for long work. `now`: when this attempt began."""

    number: int
    kind: str
    args: Mapping[str, Any]
    person: int
    plan: Plan
    people: Directory
    now: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The result of a job: files, and whatever else `finish` needs. `parts`: what `enter` writes,
    one after the other. `again`: `work` is asked once more after them, on a newer snapshot."""

    files: tuple[File, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[Any, ...] = ()
    again: bool = False


Tell = Callable[[int], None]
"""Reports the percentage done; called after each small piece of work, so that others get a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A kind of long work. `work` reads one snapshot and makes files, slowly, in a thread, and
    raises UserError with a sentence for the asker. `finish` writes and answers, quickly, in a
    transaction; with `sends` it does no more than say what was made, so that a page may have the
    files at once. `enter`, where there is much to write, writes each of the parts in a transaction
    of its own before that, and a part only once, however often it is called."""

    name: str
    work: Callable[[Reading, Order, Tell], Made]
    finish: Callable[[Request, Tx, Order, Made], Reply]
    enter: Callable[[Tx, Order, Any], None] | None = None
    sends: bool = False

    @property
    def home(self) -> str:
        """The name of the module that declares it."""
        return self.work.__module__


# --- all together -------------------------------------------------------------------------


class Registry:
    """What the given modules declare: commands by name and by word, long work by name."""

    __slots__ = ("commands", "jobs", "words")

    def __init__(self, modules: Sequence[ModuleType], jobs: Iterable[Job] = ()) -> None:
        """`jobs`: long work in addition to the modules'. Raises ValueError when a word is too long
        or means two commands."""
        self.commands: dict[str, Command] = {}
        self.words: dict[str, Command] = {}
        self.jobs: dict[str, Job] = {job.name: job for job in jobs}
        for module in modules:
            for declared in vars(module).values():
                if isinstance(declared, Command) and declared.home == module.__name__:
                    self._add(declared)
                elif isinstance(declared, Job) and declared.home == module.__name__:
                    self.jobs[declared.name] = declared

    def _add(self, entry: Command) -> None:
        for word in map(fold, (entry.name, *entry.words)):
            if len(word) > MAX_WORD:
                raise ValueError(f"{word} is longer than {MAX_WORD} characters")
            if word in self.words:
                raise ValueError(f"{word} is said twice: {self.words[word].name}, {entry.name}")
            self.words[word] = entry
        self.commands[entry.name] = entry

    def shown(self, word: str) -> str:
        """The Chinese word for any word of a command."""
        return shown(self.words[fold(word)])
