"""The promotion plan of one year as typed values; the numbers themselves are in plans/*.toml.

This module only defines what a plan *is*. `scoring.planfile` reads and checks one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

Basis = Literal["explicit", "convention"]
Cadence = Literal["week", "month"]
Group = str
"""One of the groups that the plan names; units are ranked inside theirs."""

Moment = Literal["submitted", "decided", "released"]
Period = Literal["day", "week", "month", "person", "cadence", "fact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number comes from: its clause and, if the reading is ours, the A-number of the
    convention (analysis b)."""

    clause: str
    basis: Basis
    convention: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One number, date, window or ladder of the plan with its source.

    `value` is already typed: int, Decimal (points), Fraction (share), date, (date, date) for a
    window, or a tuple of (Fraction floor, Decimal points) from the highest band down.
    """

    value: Any
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a unit owes of one task per week or month (附件2).

    `written` is the cell as printed: a figure, "/" (nothing asked) or "" (left empty). `due` is
    how it is read, None where nothing countable is asked. `above`: the document says 以上 of it
    (A03).
    """

    task: str
    written: str
    due: int | None
    per: Cadence
    source: Source
    above: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The views that each post about a unit must reach (附件2), with no period attached.

    `written` is the cell as printed; `least` is None where nothing is asked.
    """

    written: str
    least: int | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A row of 附件2, 培训部, or a valid 部门 without a scorecard (`scored` False)."""

    code: str
    name: str
    group: Group
    scored: bool
    aliases: tuple[str, ...]
    majors: tuple[str, ...]
    account: str | None
    """Key of its Douyin account; units with the same key share it (A16). None: no account."""
    quotas: Mapping[str, Quota]
    """By task: column, news, soft_article, video. Empty: no row in 附件2."""
    views: Threshold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A scored item: one row of contracts 1. `convention` is shown on its line as 约定.

    `units` are those whose own maximum includes it; empty if only the school row's does (leads).
    """

    code: str
    word: str
    clause: str
    max: Decimal
    units: frozenset[str]
    convention: str | None
    readings: tuple[str, ...]
    terms: Mapping[str, Term]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A duty of the plan that carries no points (analysis a.5), with its terms."""

    code: str
    word: str
    clause: str
    units: frozenset[str]
    terms: Mapping[str, Term]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The reading in force of one ambiguity A01-A60, and why."""

    number: str
    setting: str
    value: Any
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of report: its word, who decides on it, and the period its postings are filed under.

    `deciders` empty: it needs no decision. `counts_from`: whether its posting is dated by the
    submission, by the decision, or by when it was published or promoted (`released`), which its
    approval names. `period`: day, week, month, person, cadence (that of the
    unit's quota for this task), or fact: its own number or, for participation and settlements,
    the number of the task they answer.
    """

    code: str
    word: str
    deciders: tuple[str, ...]
    counts_from: Moment
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When people are told, and when months are reported.

    `before`: days before a deadline, furthest first; `before_second`: those of a second deadline.
    `heads_from`: from how many days before it heads are told too. `digest_day` (0 Monday) and
    `digest_at` (seconds of the day): the weekly digest. `quiet`: from when until when nobody is
    told, in seconds of the day. `views_after`: days after which the views of a post are due (A41).
    `draft`, `objections`, `freeze`: workdays of the next month (A48).
    """

    before: tuple[int, ...]
    before_second: tuple[int, ...]
    heads_from: int
    digest_day: int
    digest_at: int
    quiet: tuple[int, int]
    views_after: int
    draft: int
    objections: int
    freeze: int


@dataclass(frozen=True)
class Plan:
    """A year's plan. Units, items, kinds and readings are in the order of the file."""

    id: str
    year: int
    document: str
    title: str
    effective_from: date
    units: tuple[Unit, ...]
    items: tuple[Item, ...]
    obligations: tuple[Obligation, ...]
    kinds: Mapping[str, Kind]
    readings: Mapping[str, Reading]
    rhythm: Rhythm
    words: Mapping[str, tuple[str, ...]]
    """Lists of words: `minor_hints` (C7), `platforms` (A59)."""
    majors: tuple[str, ...] = ()
    """Majors that belong to no unit: recognised, but never assigned to one (A47)."""
    schools: tuple[str, ...] = ()
    """The schools meant by 两院 (A45)."""
    effective_source: Source = Source(clause="", basis="explicit")
    groups: tuple[str, ...] = ("系部", "有号职能部门", "其他")
    """The groups of units, in the order in which they are shown; the first is ranked foremost."""
    breaks: tuple[tuple[date, date], ...] = ()
    """The usual winter and summer break, first and last day, where no teaching is set."""
    starts: date | None = None
    """The day a school began to work by this plan: what fell due before is owed by nobody."""
    in_force_from: date | None = None
    """The day from which this text counts, if the file names one."""
    revision: int = 1
    """Which text of its year this is; all revisions of a year share its `id`."""

    books: tuple[tuple[str, int], ...] = ()
    """Beside its id, the names under which its postings stand, and from when each is read: what an
    earlier revision filed elsewhere (`db.refiling`)."""

    @cached_property
    def ledgers(self) -> tuple[str, ...]:
        """All names under which its postings stand."""
        return self.id, *(name for name, _ in self.books)

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def item(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def scored_units(self) -> tuple[Unit, ...]:
        """The units that have a scorecard, in table order."""
        return tuple(unit for unit in self.units if unit.scored)

    @cached_property
    def sharers(self) -> dict[str, tuple[str, ...]]:
        """Unit code -> the units whose works count for its account, including itself."""
        owners = [unit for unit in self.units if unit.account]
        return {
            unit.code: tuple(other.code for other in owners if other.account == unit.account)
            for unit in owners
        }

    def begins_after(self, day: date) -> bool:
        """Whether something due on a day fell due before the school began."""
        return self.starts is not None and day < self.starts

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        """After this day nothing more can be won (附件3·六, 七: "每年")."""
        return date(self.year, 12, 31)

    def reads(self, number: str) -> Any:
        """The value in force of a reading, such as none for A02."""
        return self.readings[number].value

    def term(self, item: str, name: str) -> Any:
        """The value of a term; KeyError for one the plan file schema does not know."""
        return self.item[item].terms[name].value


Bands = tuple[tuple[Fraction, Decimal], ...]
