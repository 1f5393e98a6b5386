"""Compare a roster file with the roster, and import all of it or nothing.

Whoever is missing from the file has left; nobody is ever removed, a history is only closed and
opened. `commands.roster.file` reads the file; the command asks before importing it.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from commands.chat.errors import Refusal
from commands.filing.rights import roles_text
from commands.roster.file import Leave, RosterFile, RosterRow
from commands.wording.sentences import say
from db import absences, accounts, grants, people
from db.engine.tx import Reading, Tx
from db.people import Person
from db.schema import audit
from scoring.calendar import Span
from scoring.moments import DAY, Instant, day_of

CODES_LAST = 30 * DAY
"""Long enough to print a list of one-time codes and hand it out at a later meeting."""

BEGINNING: Instant = 0
"""The people of the very first roster count from here on: the file does not say when they came,
and counting no staff before the first import would give a wrong head-count."""

NAMED_FAULTS = 3

PLAIN = frozenset(people.ROLES[:1])
"""The role that carries no rights of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An account that the file gives to somebody other than its holder, whose 工号 is `from_no`."""

    platform: str
    account: str
    row: RosterRow
    holder: str
    from_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What importing a file would do. `staff`: how many people are on the roster now; `first`:
    there has never been a roster; `leaves`: somebody's leave changes."""

    roster: RosterFile
    new: tuple[RosterRow, ...]
    changed: tuple[tuple[Person, RosterRow], ...]
    left: tuple[Person, ...]
    same: int
    namesakes: tuple[tuple[str, int], ...]
    bound: tuple[tuple[str, str, RosterRow], ...]
    moved: tuple[Move, ...]
    staff: int
    first: bool
    leaves: bool

    @property
    def is_nothing(self) -> bool:
        """Whether the roster already says what the file says."""
        people_stay = not (self.new or self.changed or self.left)
        return people_stay and not (self.bound or self.moved or self.leaves)


# --- comparing ----------------------------------------------------------------------------


def compare(tx: Reading, roster: RosterFile) -> Changes:
    """What the file would change now, its faulty lines ignored."""
    known = people.listed(tx)
    ids = people.everybody(tx)
    new, changed = [], []
    for row in roster.rows:
        person = known.get(row.staff_no)
        if person is None:
            new.append(row)
        elif person != _as_person(row, person.id):
            changed.append((person, row))
    staff = [person for person in known.values() if person.staff_no != people.FOUNDER]
    named = {row.staff_no for row in roster.rows}
    bound, moved = _accounts(tx, roster, ids)
    return Changes(
        roster=roster,
        new=tuple(new),
        changed=tuple(changed),
        left=tuple(person for person in staff if person.staff_no not in named),
        same=len(roster.rows) - len(new) - len(changed),
        namesakes=_namesakes(roster.rows),
        bound=bound,
        moved=moved,
        staff=len(staff),
        first=not ids.keys() - {people.FOUNDER},
        leaves=_leaves_differ(tx, roster, ids),
    )


def _leaves_differ(tx: Reading, roster: RosterFile, ids: dict[str, int]) -> bool:
    """Whether the file's leaves differ from those kept; an omitted year is no difference."""
    told = {
        (ids.get(row.staff_no), *row.leave[1:3], *row.leave[4:]) for row in roster.rows if row.leave
    }
    kept = {
        (person, first.month, first.day, last.month, last.day)
        for person, (first, last) in absences.every(tx)
    }
    return told != kept


def _as_person(row: RosterRow, number: int) -> Person:
    return Person(
        id=number,
        staff_no=row.staff_no,
        name=row.name,
        unit=row.unit,
        roles=row.roles,
        classes=row.classes,
        school=row.school,
    )


def _accounts(
    tx: Reading, roster: RosterFile, ids: dict[str, int]
) -> tuple[tuple[tuple[str, str, RosterRow], ...], tuple[Move, ...]]:
    """The accounts that are new, and those held by somebody else."""
    holders = people.account_holders(tx)
    numbers = {number: staff_no for staff_no, number in ids.items()}
    by_id = people.directory(tx).by_id
    bound, moved = [], []
    for row in roster.rows:
        for platform, account in row.accounts:
            holder = holders.get((platform, account))
            if holder is None:
                bound.append((platform, account, row))
            elif holder != ids.get(row.staff_no):
                named = by_id[holder].name if holder in by_id else numbers[holder]
                moved.append(
                    Move(
                        platform=platform,
                        account=account,
                        row=row,
                        holder=named,
                        from_no=numbers[holder],
                    )
                )
    return tuple(bound), tuple(moved)


def _namesakes(rows: Iterable[RosterRow]) -> tuple[tuple[str, int], ...]:
    counts = Counter(row.name for row in rows)
    return tuple((name, count) for name, count in counts.most_common() if count > 1)


# --- saying -------------------------------------------------------------------------------


def summary(changes: Changes, concerns: str = "") -> str:
    """The dry run in at most three lines: what would change, what to check, what was read in an
    unusual way. `concerns`: why a second person has to agree."""
    return "\n".join(_faulty(changes) if changes.roster.faults else _sound(changes, concerns))


def _faulty(changes: Changes) -> Iterator[str]:
    faults = changes.roster.faults
    if not faults[0].line:
        yield from (fault.reason for fault in faults)
        return
    units = len({row.unit for row in changes.roster.rows})
    lines = len({fault.line for fault in faults})
    yield say(
        "enrolment.faulty",
        people=changes.roster.people,
        units=units,
        new=len(changes.new),
        lines=lines,
    )
    key = "enrolment.faults_more" if len(faults) > NAMED_FAULTS else "enrolment.faults"
    said = "；".join(str(fault) for fault in faults[:NAMED_FAULTS])
    yield say(key, said=said, total=len(faults))


def _sound(changes: Changes, concerns: str) -> Iterator[str]:
    sound = say(
        "enrolment.sound",
        people=changes.roster.people,
        new=len(changes.new),
        changed=len(changes.changed),
        left=len(changes.left),
    )
    yield sound + _same_names(changes.namesakes)
    if warnings := concerns + "".join(_warnings(changes)):
        yield say("enrolment.warnings", said=warnings)
    if changes.roster.notes:
        yield "".join(changes.roster.notes)


def _same_names(namesakes: tuple[tuple[str, int], ...]) -> str:
    if not namesakes:
        return ""
    name, count = namesakes[0]
    more = "…" if len(namesakes) > 1 else ""
    return say("enrolment.namesakes", groups=len(namesakes), name=name, count=count, more=more)


def _warnings(changes: Changes) -> Iterator[str]:
    if 2 * len(changes.left) > changes.staff:
        yield say("enrolment.most_left", staff=changes.staff, left=len(changes.left))
    if changes.moved:
        shown = "、".join(
            say(
                "enrolment.move",
                account=f"{move.platform}:{move.account}",
                holder=move.holder,
                name=move.row.name,
                staff_no=move.row.staff_no,
            )
            for move in changes.moved[:NAMED_FAULTS]
        )
        key = "enrolment.moved_more" if len(changes.moved) > NAMED_FAULTS else "enrolment.moved"
        yield say(key, said=shown, total=len(changes.moved))
    if not any(people.ADMIN in row.roles for row in changes.roster.rows):
        yield say("enrolment.no_admin", role=people.ADMIN)


# --- bringing in --------------------------------------------------------------------------


def apply(tx: Tx, changes: Changes, now: Instant, by: int | None) -> None:
    """Make the roster what the file says. Raises Refusal if a line was not understood.

    `changes` must have been compared in this transaction. `by` None: the shell.
    """
    if changes.roster.faults:
        raise Refusal(summary(changes))
    if not (changes.first and by is None):  # the shell's first roster changes nobody's rights
        _note(tx, changes, now, by)
    for person in (*changes.left, *(person for person, _ in changes.changed)):
        people.dismiss(tx, person.id, now)
    for person in changes.left:
        grants.end_all(tx, person.id, at=now)
    ids = people.everybody(tx)
    for row in changes.new:
        number = ids.get(row.staff_no) or people.enter(tx, row.staff_no)
        ids[row.staff_no] = number
        people.employ(tx, _as_person(row, number), BEGINNING if changes.first else now, now)
    for person, row in changes.changed:
        people.employ(tx, _as_person(row, person.id), now, now)
    given = [*changes.bound, *((move.platform, move.account, move.row) for move in changes.moved)]
    for platform, account, row in given:
        accounts.register(tx, platform, account, ids[row.staff_no], at=now)
    if changes.leaves:
        year = day_of(now).year
        absences.replace_all(
            tx,
            [
                (ids[row.staff_no], _span(row.leave, year))
                for row in changes.roster.rows
                if row.leave
            ],
        )
    if not changes.is_nothing:
        counts = f"+{len(changes.new)} ~{len(changes.changed)} -{len(changes.left)}"
        tx.add(audit, at=now, person=by, action="roster", subject=counts, chat="")


def _note(tx: Tx, changes: Changes, now: Instant, by: int | None) -> None:
    """Note in the audit trail every person whose roles change, and every account: from what to
    what."""

    def note(action: str, subject: str) -> None:
        tx.add(audit, at=now, person=by, action=action, subject=subject, chat="")

    given = grants.roles_granted(tx, now)
    before = {person.staff_no: person.roles for person in people.listed(tx).values()}
    after = {row.staff_no: row.roles for row in changes.roster.rows}
    after |= {person.staff_no: frozenset() for person in changes.left}
    for staff_no, roles in after.items():
        old = before.get(staff_no, frozenset())
        if old - PLAIN != roles - PLAIN:
            note(action="role", subject=f"{staff_no} {roles_text(old)} → {roles_text(roles)}")
    for person in changes.left:
        if person.id in given:
            note(action="ungrant", subject=person.staff_no)
    for platform, account, row in changes.bound:
        note(action="account", subject=f"{platform}:{account} → {row.staff_no}")
    for move in changes.moved:
        account = f"{move.platform}:{move.account}"
        note(action="account", subject=f"{account} {move.from_no} → {move.row.staff_no}")


def _span(leave: Leave, year: int) -> Span:
    """The days of a leave in the year of the import; it runs over New Year if it ends before it
    begins."""
    y1, m1, d1, y2, m2, d2 = leave
    first = _day(y1 or year, m1 or 1, d1 or 1)
    last = _day(y2 or first.year, m2 or 1, d2 or 1)
    return first, last if last >= first else _day(last.year + 1, last.month, last.day)


def _day(year: int, month: int, day: int) -> date:
    """That day; 2月29日 becomes the 28th in a year without it."""
    return date(year, month, min(day, monthrange(year, month)[1]))


# --- one-time codes -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A line of the printed list of codes."""

    staff_no: str
    name: str
    unit: str
    code: str


def codes_for(
    tx: Tx, chosen: Iterable[Person], now: Instant, *, named: bool = False
) -> tuple[CodeRow, ...]:
    """Issue a one-time code to each of these people who has no account yet; to the founding
    administrator only if they were `named`."""
    addresses = people.directory(tx).addresses
    return tuple(
        CodeRow(
            staff_no=person.staff_no,
            name=person.name,
            unit=person.unit,
            code=accounts.issue_code(tx, accounts.BIND, person.id, now, CODES_LAST),
        )
        for person in chosen
        if person.id not in addresses and (named or person.staff_no != people.FOUNDER)
    )
