"""A month's report and its parts, as composed, as read by every writer, and as stored.

`stored` writes each class as a JSON object with the fields as its keys, so a field that is
renamed, added or moved changes what is sealed. A number written as a decimal string in JSON
(points, rates) is a Decimal here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from scoring.moments import Instant
from scoring.verdicts import Basis

LETTERHEAD, SIGNATURE = "抬头", "落款"
"""The settings with the issuing body at the head of a paper and the name under it."""


# --- the cards ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The verdict on one item of a unit; points + lost + open + winnable = max."""

    item: str
    clause: str
    points: Decimal | None
    max: Decimal
    status: str
    convention: str | None
    because: str
    lost: Decimal
    open: Decimal
    winnable: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A quota of 附件2 that was running on the last day."""

    task: str
    period: str
    due: int
    done: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The scorecard of a unit or of the school, under its full name."""

    unit: str
    group: str
    points: Decimal
    max: Decimal
    rate: Decimal | None
    items: tuple[Item, ...]
    board: tuple[Due, ...]
    lost: Decimal
    open: Decimal
    winnable: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The scorecards of all units and of the school at one moment."""

    plan: str
    as_of: str
    units: tuple[Row, ...]
    school: Row

    @property
    def rows(self) -> tuple[Row, ...]:
        """The units in table order, then the school."""
        return (*self.units, self.school)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A unit's points at the end of the month before, in all and by item."""

    points: Decimal
    max: Decimal
    items: Mapping[str, Decimal | None]


# --- what changed, what is open -----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What happened to a fact after it was reported; `verb` is the word people read."""

    number: int
    what: str
    verb: str
    who: str
    at: Instant
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An item of an earlier month that differs from what was reported. `total` counts all
    causes, of which only the first are listed."""

    month: str
    unit: str
    item: str
    word: str
    was: Decimal | None
    now: Decimal | None
    change: str | None
    was_because: str
    now_because: str
    causes: tuple[Cause, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """A red line: an item below zero, or lost entirely."""

    unit: str
    item: str
    points: Decimal
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """A reading of the plan that was used, and the words of the items it bears on."""

    number: str
    note: str
    clause: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """What could still change the month, and who can close it. `what` is 待核, 申诉中 or 无数据;
    `oldest` is the number of the oldest fact, 0 where there is none. `items`: what appeals are
    about."""

    what: str
    kind: str
    unit: str
    total: int
    oldest: int
    roles: tuple[str, ...]
    who: tuple[str, ...]
    items: tuple[str, ...] = field(default=(), metadata={"sparse": True})


# --- the data the clauses ask for ---------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The videos of one account in one week or month, by what became of them."""

    period: str
    waived: bool
    accepted: int
    off_topic: int
    rejected: int
    waiting: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Accepted, off topic, rejected, waiting."""
        return self.accepted, self.off_topic, self.rejected, self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A video account with the units that share it; `due` is its quota for each period."""

    units: tuple[str, ...]
    due: int | None
    periods: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A counter of the platform; `met` is None without a line to compare it with."""

    act: str
    word: str
    count: int
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An interaction task that was settled. `line` is the count each metric needs, as printed,
    None without a head-count; `reported` is what the staff reported themselves, by act."""

    task: int
    title: str
    settled_at: Instant
    students: int
    staff: int
    line: str | None
    metrics: tuple[Metric, ...]
    reported: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A quota of 附件2 of one unit in one period; it carries no points."""

    unit: str
    task: str
    period: str
    due: int
    done: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """How many numbers one person looked at in full (C28)."""

    who: str
    total: int


# --- the report ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Sheet):
    """A month's report: what happened before `until`, as known at `known`.

    `whole`: the month has ended. `before` is by unit; `restated` has the other frozen months as
    they would be reported now. Months frozen before `tasks` and `reveals` existed lack them.
    `enrolments`: how many people of the enrolment task all certified leads stand for (附件3·七).
    `early`: why it was frozen while objections were open, "" if they were not.
    """

    month: str
    until: Instant
    known: Instant
    whole: bool
    title: str
    basis: Basis
    letterhead: Mapping[str, str]
    before: Mapping[str, Before]
    restated: Mapping[str, Sheet]
    corrections: tuple[Correction, ...]
    attention: tuple[Attention, ...]
    conventions: tuple[Convention, ...]
    open: tuple[OpenItem, ...]
    videos: tuple[Account, ...]
    interaction: tuple[Settled, ...]
    tasks: tuple[Owed, ...] = ()
    reveals: tuple[Reveal, ...] = ()
    enrolments: int = field(default=0, metadata={"sparse": True})
    early: str = field(default="", metadata={"sparse": True})
