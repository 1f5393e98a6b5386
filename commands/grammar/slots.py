"""The kinds of arguments that a command can declare."""

from dataclasses import dataclass
from typing import Literal

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
    "minutes",  # 130分钟 · 2小时 · 一个半小时 -> int
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
    """One argument. `ask`: key of the question for a required argument that is missing; `unless`:
    it is not missing when this slot has a value. `also`: key of the question that a dialogue asks
    once for an argument that may stay empty. `spare`: the number may be left out beside a
    count, and a bare number alone is the count. `ready`: keys of usual values, which the question
    offers as buttons."""

    name: str
    kind: SlotKind
    required: bool = False
    ask: str = ""
    unless: str = ""
    also: str = ""
    choices: tuple[str, ...] = ()
    spare: bool = False
    ready: tuple[str, ...] = ()
