"""Who is on the roster and where they can be reached.

The roster has a history: employments are opened and closed, never changed or removed, so that
every head-count can be read as it was known. Every change here bumps `people`, `lexicon` and
`world`. Binding accounts to people is in `db.accounts`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlalchemy import bindparam, or_, select, update

from db.engine.tx import Reading, Row, Tx
from db.names import plain
from db.platforms import FOLDS
from db.schema import accounts, employments, grants, people
from db.terms import Term, every, given, with_terms
from scoring.moments import Instant

OFFICER = "宣传员"
HEAD = "部门负责人"
ADVISER = "班主任"
ADMIN = "管理员"
ROLES = (
    "教师",
    "班主任",
    OFFICER,
    HEAD,
    "融媒体中心",
    "考核组",
    "招办",
    "院长",
    "董办",
    ADMIN,
)
"""The role words of contracts 2, in their order; the first is for people without any other."""

FOUNDER = "ADMIN"
"""工号 of whoever redeemed the first-start code before there was a roster. Has no unit, so does
not count as staff; no roster closes it, or a bad file could lock everybody out."""

"""The platform of bare account ids: the local page, the console and replay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the current roster. `roles` are the Chinese role words of contracts 2; `lent`:
    the units they are lent to as 宣传员 (C19); `stands_for`: roles held only in somebody else's
    place, with whose they are (代班)."""

    id: int
    staff_no: str
    name: str
    unit: str
    roles: frozenset[str]
    classes: tuple[str, ...] = ()
    school: str = ""
    lent: frozenset[str] = field(default=frozenset(), compare=False)
    stands_for: tuple[tuple[str, "Person"], ...] = field(default=(), compare=False)

    @property
    def own_roles(self) -> frozenset[str]:
        """The roles without those held only in the place of somebody else."""
        return self.roles - {role for role, _ in self.stands_for}

    def stands_for_any(self, people: Iterable[int]) -> bool:
        """Whether the person stands in for one of these."""
        return any(one.id in people for _, one in self.stands_for)


NOBODY = Person(id=0, staff_no="", name="", unit="", roles=frozenset())
"""The speaker of an account that is not bound to anybody on the roster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An account of a person on a platform, with its 1:1 chat ("": none yet)."""

    platform: str
    account: str
    chat: str
    reachable: bool


@dataclass(frozen=True, kw_only=True)
class Directory:
    """The current roster. `addresses`: person id -> their accounts, latest used first.

    Roles with an end are in it only as of an instant, `at`: whoever forgets to ask for one sees
    fewer rights, never more.
    """

    by_id: Mapping[int, Person]
    by_account: Mapping[tuple[str, str], Person]
    addresses: Mapping[int, tuple[Address, ...]]
    terms: tuple[Term, ...] = field(default=(), compare=False)
    _views: dict[tuple[Term, ...], "Directory"] = field(
        default_factory=dict, compare=False, repr=False
    )

    def at(self, now: Instant) -> "Directory":
        """The roster with the granted roles whose time it is at an instant."""
        running = tuple(one for one in self.terms if one.since <= now < one.until)
        if not running:
            return self
        view = self._views.get(running)
        if view is None:
            by_id = with_terms(self.by_id, running)
            by_account = {held: by_id[one.id] for held, one in self.by_account.items()}
            view = replace(self, by_id=by_id, by_account=by_account, terms=(), _views={})
            self._views.clear()
            self._views[running] = view
        return view

    @cached_property
    def by_staff_no(self) -> Mapping[str, Person]:
        return {person.staff_no: person for person in self.by_id.values()}

    @cached_property
    def staff_units(self) -> Mapping[int, str]:
        """Person id -> unit code of all current staff."""
        return {person.id: person.unit for person in self.by_id.values() if person.unit}

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Person, ...]]:
        return _grouped((plain(person.name), person) for person in self.by_id.values())

    @cached_property
    def _by_role(self) -> Mapping[str, tuple[Person, ...]]:
        people_of = self.by_id.values()
        return _grouped((role, person) for person in people_of for role in person.roles)

    def named(self, name: str) -> tuple[Person, ...]:
        """Everybody with this name, in the order of the roster."""
        return self._by_name.get(plain(name), ())

    def with_role(self, role: str) -> tuple[Person, ...]:
        """Everybody who has this role."""
        return self._by_role.get(role, ())

    def heads(self, unit: str) -> tuple[Person, ...]:
        """The 部门负责人 of a unit."""
        return tuple(person for person in self.with_role(HEAD) if person.unit == unit)

    def officers(self, unit: str) -> tuple[Person, ...]:
        """The 宣传员 of a unit."""
        return tuple(person for person in self.with_role(OFFICER) if person.unit == unit)

    def heard_at(self, person: int, address: Address) -> "Directory":
        """A copy with this address as the person's latest. It keeps the properties already
        computed from the roster."""
        here = address.platform, address.account
        others = self.addresses.get(person, ())
        rest = (one for one in others if (one.platform, one.account) != here)
        heard = copy(self)
        object.__setattr__(heard, "addresses", {**self.addresses, person: (address, *rest)})
        object.__setattr__(heard, "_views", {})
        return heard

    def account_of(self, person: int) -> tuple[str, str, str] | None:
        """The latest (platform, account, chat) at which a person can be reached."""
        for one in self.addresses.get(person, ()):
            if one.reachable and one.chat:
                return one.platform, one.account, one.chat
        return None


def bound_with_role(known: Directory, role: str) -> tuple[Person, ...]:
    """Everybody with this role who has an account, so can press a button."""
    return tuple(one for one in known.with_role(role) if one.id in known.addresses)


def same_account(platform: str, account: str) -> str:
    """The spelling under which an account is known, whatever its platform calls it today."""
    return account.lower() if platform in FOLDS else account


def _grouped(pairs: Iterable[tuple[str, Person]]) -> dict[str, tuple[Person, ...]]:
    groups: defaultdict[str, list[Person]] = defaultdict(list)
    for key, person in pairs:
        groups[key].append(person)
    return {key: tuple(group) for key, group in groups.items()}


# --- the roster ---------------------------------------------------------------------------

CURRENT = (
    select(
        people.c.id,
        people.c.staff_no,
        employments.c.name,
        employments.c.unit,
        employments.c.roles,
        employments.c.classes,
        employments.c.school,
    )
    .join(employments, employments.c.person == people.c.id)
    .where(employments.c.until.is_(None))
    .order_by(people.c.id)
)
EVERYBODY = select(people.c.id, people.c.staff_no)
ADDRESSES = select(
    accounts.c.platform,
    accounts.c.account,
    accounts.c.person,
    accounts.c.chat,
    accounts.c.reachable,
).order_by(accounts.c.seen_at.desc(), accounts.c.since.desc(), accounts.c.platform)
EMPLOYED = select(
    employments.c.person, employments.c.unit, employments.c.roles, employments.c.school
).where(
    employments.c.unit != "",
    employments.c.recorded_at <= bindparam("known"),
    employments.c.since <= bindparam("at"),
    or_(
        employments.c.closed_at.is_(None),
        employments.c.closed_at > bindparam("known"),
        employments.c.until > bindparam("at"),
    ),
)
CLOSE = (
    update(employments)
    .where(employments.c.person == bindparam("who"), employments.c.until.is_(None))
    .values(until=bindparam("ended"), closed_at=bindparam("closed"))
)
HIRED = select(employments.c.since).where(
    employments.c.person == bindparam("who"), employments.c.until.is_(None)
)


GRANTED = select(grants.c.person, grants.c.role, grants.c.unit).where(grants.c.until.is_(None))


def directory(tx: Reading) -> Directory:
    """The current roster; cached as `people`."""
    return tx.cached("people", _load)


def _load(tx: Reading) -> Directory:
    by_id = {row.id: _person(row) for row in tx.run(CURRENT)}
    for row in tx.run(GRANTED):
        if row.person in by_id:
            by_id[row.person] = given(by_id[row.person], row.role, row.unit)
    by_account: dict[tuple[str, str], Person] = {}
    addresses: defaultdict[int, list[Address]] = defaultdict(list)
    for row in tx.run(ADDRESSES):
        if row.person in by_id:
            account = same_account(row.platform, row.account)
            by_account[row.platform, account] = by_id[row.person]
            addresses[row.person].append(
                Address(
                    platform=row.platform,
                    account=account,
                    chat=row.chat,
                    reachable=bool(row.reachable),
                )
            )
    return Directory(
        by_id=by_id,
        by_account=by_account,
        addresses={person: tuple(found) for person, found in addresses.items()},
        terms=every(tx),
    )


def _person(row: Row) -> Person:
    return Person(
        id=row.id,
        staff_no=row.staff_no,
        name=row.name,
        unit=row.unit,
        roles=frozenset(row.roles.split()),
        classes=tuple(row.classes.split("\n")) if row.classes else (),
        school=row.school,
    )


def listed(tx: Reading) -> dict[str, Person]:
    """工号 -> person as the roster has them, without granted roles."""
    return {row.staff_no: _person(row) for row in tx.run(CURRENT)}


def everybody(tx: Reading) -> dict[str, int]:
    """工号 -> person id, for everybody who was ever on the roster."""
    return {row.staff_no: row.id for row in tx.run(EVERYBODY)}


def account_holders(tx: Reading) -> dict[tuple[str, str], int]:
    """(platform, account) -> person id, including people who have left."""
    return {
        (row.platform, same_account(row.platform, row.account)): row.person
        for row in tx.run(ADDRESSES)
    }


def staff_at(tx: Reading, until: Instant, known: Instant) -> dict[int, str]:
    """Person id -> unit code of everybody employed at `until`, as recorded by `known`."""
    return {row.person: row.unit for row in tx.run(EMPLOYED, at=until, known=known)}


def enter(tx: Tx, staff_no: str) -> int:
    """Add a person, who is on the roster only once employed; the id."""
    return tx.add(people, staff_no=staff_no)


def found(tx: Tx, now: Instant) -> int:
    """The id of the founding administrator, who exists before any roster; created once."""
    known = everybody(tx)
    if FOUNDER in known:
        return known[FOUNDER]
    number = enter(tx, FOUNDER)
    roles = frozenset({ADMIN})
    person = Person(id=number, staff_no=FOUNDER, name=ADMIN, unit="", roles=roles)
    employ(tx, person, now, now)
    return number


def employ(tx: Tx, person: Person, since: Instant, now: Instant) -> None:
    """Open an employment as described by `person`."""
    tx.add(
        employments,
        person=person.id,
        name=person.name,
        unit=person.unit,
        school=person.school,
        roles=" ".join(sorted(person.roles, key=ROLES.index)),
        classes="\n".join(person.classes),
        since=since,
        until=None,
        recorded_at=now,
        closed_at=None,
    )
    changed(tx)


def hired(tx: Reading, person: int) -> Instant:
    """Since when the person has been employed as they are now; 0: since the first roster."""
    return max((int(row.since) for row in tx.run(HIRED, who=person)), default=0)


def dismiss(tx: Tx, person: int, now: Instant, *, ended: Instant | None = None) -> None:
    """Close a person's employment, as of now or of an earlier instant; their reports and decisions
    stay."""
    tx.change(CLOSE, who=person, ended=now if ended is None else ended, closed=now)
    changed(tx)


def changed(tx: Tx) -> None:
    """Invalidate the caches after a change of the roster or of an account."""
    for name in ("people", "lexicon", "world"):
        tx.bump(name)


def heard(tx: Tx, person: int, address: Address) -> None:
    """Note the address at which a person was last heard from. On the first day this happens for
    everybody, one by one, so the roster is not read again each time."""
    tx.renew("people", directory(tx).heard_at(person, address))
    tx.bump("world")
