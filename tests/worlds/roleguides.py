"""The guides by role: docs/guides/roles, said line by line to a school that has lived a month.

```talk                       what one says and what one is told; the answers are written by
您：报线索 张某 …                `make pages` and held to what is said by a test
已收 #41 …
[撤回]                      the buttons under an answer
您（群里）：[已转发]            pressed, in the staff group
孙丽：认定 #41                 somebody else; what follows is what the reader is told of it
4月19日 15:00                 the clock goes on; what follows comes by itself
```
<!-- 先有 … -->               the same, not shown
<!-- 图 … -->                 before a picture: what it shows (tests/browser/guides.py)
<!--=leads.each_person-->10<!--/-->     a value of the plan
`撤回`                        something the reader can say, within a sentence
"""

import csv
import re
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from bot.adapters.local import Event, Message
from commands.chat.messages import File
from commands.help.guided import GUIDES
from commands.wording.formats import date_text
from db.engine.database import Database
from tests.worlds.paged import claimed
from tests.worlds.photos import photo
from tests.worlds.school import GROUP, School, close_school, open_school

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "guides" / "roles"
MONTH = ROOT / "tests" / "acceptance" / "role_guides"
ROSTER = MONTH / "roster.csv"
KEY = bytes(range(32))
NAMES = tuple(dict.fromkeys(GUIDES.values()))

READERS = {
    "teacher": "刘桂芳",
    "adviser": "李强",
    "officer": "陈晓",
    "head": "王建国",
    "media": "赵倩",
    "assessor": "吴敏",
    "desk": "孙丽",
    "dean": "李校长",
    "admin": "何平",
}
"""Who is meant by 您 on each page."""

BEGINS, ENDS = "03-18 09:00", "04-12 09:00"
"""Of the month that the school has lived before a page begins."""

NEWCOMER = "u-new"
"""The account of whoever has none on the roster."""

BESIDE = "　　"
SHOWN_ADDRESS = "https://promo.example.cn"

STEP = re.compile(r"(\w+)(（群里）)?：(?:\[(.+)\]|(.*?)(?:（附 (.+)）)?)")
MOMENT = re.compile(r"(\d+)月(\d+)日 (\d\d:\d\d)")
PART = re.compile(
    r"```talk\n(?P<talk>.*?)^```$|<!-- 先有\n(?P<before>.*?)-->|<!-- 图 (?P<scene>[^\n]+?) -->\n"
    r"!\[(?P<told>[^]\n]+)\]\((?P<file>[^)\n]+)\)",
    re.MULTILINE | re.DOTALL,
)
DAYS = re.compile(r"\d\d-\d\d(\.\.\d\d-\d\d)?")
VALUE = re.compile(r"(<!--=([\w.]+)-->).*?(<!--/-->)")


# --- what stands there ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A line of a talk: somebody says or presses something, or (`moment`) time goes by."""

    line: str
    who: str = ""
    group: bool = False
    button: str = ""
    text: str = ""
    file: str = ""
    moment: str = ""


def steps(block: str) -> Iterator[Step]:
    """The lines of a talk without its answers. Raises AssertionError for one that is unclear."""
    for line in filter(None, block.split("\n")):
        if line.startswith(BESIDE):
            continue
        if found := MOMENT.fullmatch(line):
            month, day, clock = found.groups()
            yield Step(line=line, moment=f"{int(month):02d}-{int(day):02d} {clock}")
            continue
        said = STEP.fullmatch(line)
        assert said is not None, line
        who, group, button, text, file = said.groups(default="")
        yield Step(line=line, who=who, group=bool(group), button=button, text=text, file=file)


def text_of(page: str) -> str:
    """A page as it is."""
    return (PAGES / f"{page}.zh-CN.md").read_text("utf-8")


@cache
def accounts() -> Mapping[str, str]:
    """The account of everybody on the roster, by name."""
    rows = csv.DictReader(ROSTER.read_text("utf-8").splitlines())
    return {row["姓名"]: row["账号"] for row in rows}


@cache
def _plan() -> dict[str, Any]:
    return tomllib.loads((ROOT / "scoring" / "plans" / "2024.toml").read_text("utf-8"))


def value(path: str) -> str:
    """What the plan says at a path, as people read it: items and tasks by their code, dates by
    month and day. Raises KeyError."""
    plan = _plan()
    first, *rest = path.split(".")
    found: Any = next(
        (plan[room][first] for room in ("items", "obligations", "units") if first in plan[room]),
        None,
    )
    found = plan[first] if found is None else found
    for step in rest:
        found = found["terms"][step] if step in found.get("terms", {}) else found[step]
    while isinstance(found, dict):
        found = found.get("is", found.get("due"))
    if isinstance(found, str) and DAYS.fullmatch(found):
        days = (date.fromisoformat(f"{_plan()['year']}-{day}") for day in found.split(".."))
        return "–".join(map(date_text, days))
    return str(found)


def with_values(text: str) -> str:
    """A text with the plan's values in their places."""
    return VALUE.sub(lambda found: f"{found[1]}{value(found[2])}{found[3]}", text)


# --- what is said ---------------------------------------------------------------------------


@dataclass
class Talk:
    """The reader of a page and a school: says lines, and hears what a reader would see."""

    school: School
    reader: str
    heard: list[tuple[str, bool, list[str]]] = field(default_factory=list)
    """Chat, whether it is a group, and the lines of each message."""

    def __post_init__(self) -> None:
        self.school.platform.hooks.append(self._hear)

    def _hear(self, event: Event) -> None:
        if event.sent is None:
            return
        message = event.message
        lines = self._shown(message.text).split("\n") if message.text else []
        lines += [f"（附 {file.name}）" for file in event.sent.files]
        if labels := [f"[{one.label}]" for row in message.buttons for one in row]:
            lines.append(" ".join(labels))
        self.heard.append((message.chat.id, message.chat.group, lines))

    def _shown(self, text: str) -> str:
        text = re.sub(r"http://127\.0\.0\.1:\d+", SHOWN_ADDRESS, text)
        return re.sub(r"(/pages/enter/)\S+", r"\1…", text)

    @property
    def account(self) -> str:
        return accounts()[self.reader]

    async def do(self, step: Step) -> list[str]:
        """One step; the lines that the reader then sees where it happened."""
        self.heard.clear()
        if step.moment:
            await self.school.at(step.moment)
        else:
            who = accounts()[self.reader if step.who == "您" else step.who] or NEWCOMER
            group = GROUP if step.group else ""
            if step.button:
                await self.school.presses(who, step.button, group=group)
            else:
                await self.school.says(who, step.text, group=group, file=_file(step.file))
        seen = (GROUP, True) if step.group else (self.account, False)
        return [line for chat, group, lines in self.heard if (chat, group) == seen
                for line in lines]  # fmt: skip

    async def goes(self, block: str) -> list[tuple[Step, list[str]]]:
        """All steps of a talk with what is then seen."""
        return [(step, await self.do(step)) for step in steps(block)]


def _file(name: str) -> File | None:
    if not name:
        return None
    path = MONTH / name
    return File(name=name, data=path.read_bytes() if path.exists() else photo("teal", (640, 480)))


Camera = Callable[[Talk, str, str], Awaitable[None]]
"""Takes a picture: what it shows, and the name of its file."""


async def told(page: str, talk: Talk, camera: Camera | None = None) -> str:
    """A page as it should be: everything it says is said, in its order."""
    text, parts, after = with_values(text_of(page)), list[str](), 0
    for part in PART.finditer(text):
        parts.append(text[after : part.start()])
        after = part.end()
        if part["talk"] is not None:
            lines = [
                line
                for step, heard in await talk.goes(part["talk"])
                for line in (step.line, *(BESIDE + one for one in heard))
            ]
            parts.append("\n".join(["```talk", *lines, "```"]))
            continue
        if part["before"] is not None:
            await talk.goes(part["before"])
        elif camera is not None:
            await camera(talk, part["scene"], part["file"])
        parts.append(part[0])
    return "".join([*parts, text[after:]])


# --- the month ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """A month as it was lived: its database, and what stands in the chats."""

    file: Path
    messages: tuple[Message, ...]


async def live(folder: Path) -> Month:
    """Live the month once."""
    file = folder / "month.db"
    database = Database.open(f"sqlite:///{file}", KEY)
    database.migrate()
    school = await open_school(database, start=BEGINS, roster=ROSTER)
    talk = Talk(school, READERS["admin"])
    await talk.goes((MONTH / "month.txt").read_text("utf-8"))
    close_school(school)
    database.close()
    chats = school.platform.chats.values()
    return Month(file, tuple(message for chat in chats for message in chat))


@asynccontextmanager
async def opened(page: str, month: Month, folder: Path) -> AsyncIterator[Talk]:
    """A page's reader in a copy of the month."""
    file = folder / f"{page}.db"
    file.write_bytes(month.file.read_bytes())
    database = Database.open(f"sqlite:///{file}", KEY)
    with claimed() as door:
        school = await open_school(database, start=ENDS, roster=ROSTER, claimed=door, again=True)
        school.platform.recall(deepcopy(month.messages))
        try:
            yield Talk(school, READERS[page])
        finally:
            close_school(school)
            database.close()
