"""A dry month with a school's own people and plan; nobody outside is written to.

Everybody has an account on the page alone, whatever the roster says. A month is played: officers
report what the plan counts, some teachers report leads, whoever decides decides the same day, and
reminders fall due. What nobody could do is told at the end.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import func, select

from bot.clock import RunningClock
from bot.playground.demo import making, stories
from bot.playground.demo.making import Tale
from bot.playground.demo.player import Unheard
from bot.playground.demo.script import SEED, Line
from bot.process.app import open_database, sqlite_file
from bot.settings import Settings
from bot.wording import say
from commands.roster import demo_school, enrolment
from commands.roster.file import RosterFile, RosterRow
from commands.wording.formats import date_text, short
from db import publishing
from db.engine.tx import Tx
from db.people import ROLES, Directory, Person, directory
from db.platforms import LOCAL
from db.schema import reminders
from scoring.moments import DAY, MINUTE, ZONE, Instant, day_of, instant
from scoring.plan import Plan, Unit

LASTS = 30
"""Days of the dry month."""

KEEN = 4
"""One teacher in so many reports a lead."""

SHOWN = 3
"""Most lines without effect that are told."""

REPORTS = (
    ("news", "报新闻", stories.NEWS, "https://mp.weixin.qq.com/s/N", 10),
    ("soft_article", "报软文", stories.ARTICLES, "https://mp.weixin.qq.com/s/A", 20),
    ("video", "报视频", stories.VIDEOS, "https://v.douyin.com/", 7),
)
"""Kind, word, titles, how links begin, every how many days."""

REMINDED = select(func.count().label("rows")).select_from(reminders)


def make(found: Settings, plan: Plan, text: str | None, roster: RosterFile) -> list[str]:
    """Make the playground of this school, in place of what it held; return what there is to say.
    `text`: the plan's, where the program does not know it."""
    begin, last = span(plan, day_of(int(time.time())))
    unheard: list[Unheard] = []

    def enter(tx: Tx) -> None:
        if text is not None:
            publishing.adopt(tx, text, begin)
        rows = tuple(map(_at_the_page, roster.rows))
        people = replace(roster, rows=rows)
        enrolment.apply(tx, enrolment.compare(tx, people), begin, None)
        demo_school.open_group(tx, begin)

    said = partial(lines, begin=begin, last=last)
    tale = Tale(begin=begin, last=last, enter=enter, lines=said, unheard=unheard)
    url = found.playground_database
    made = making.make(url, replace(found, key="", key_file=""), tale=tale)
    file = sqlite_file(url)
    assert file is not None  # noqa: S101 - the playground is a file
    making.clock_of(file).write_text(str(RunningClock.starting_at(last).offset), "ascii")
    return [*_told(found, made, plan, begin, last), *_unheard(unheard)]


def span(plan: Plan, today: date) -> tuple[Instant, Instant]:
    """The month that is played: from today, or from when the plan counts; within its year."""
    first = today if today.year == plan.year else plan.starts or plan.effective_from
    first = min(first, plan.last_day - timedelta(days=LASTS))
    begin = instant(datetime(first.year, first.month, first.day, 7, tzinfo=ZONE))
    return begin, begin + LASTS * DAY + 3 * 60 * MINUTE


def _at_the_page(row: RosterRow) -> RosterRow:
    local = [one for one in row.accounts if one[0] == LOCAL]
    return replace(row, accounts=tuple(local) or ((LOCAL, row.staff_no),))


# --- what is said -------------------------------------------------------------------------


def lines(plan: Plan, people: Directory, *, begin: Instant, last: Instant) -> list[Line]:
    """Everything that is said in the month, in order; the same for the same school."""
    told = [*_reports(plan, people, begin), *_leads(plan, people, begin)]
    decided = [line for one in told for line in _decision(plan, people, *one)]
    said = sorted((line for line, _, _ in told), key=lambda line: line.at)
    return sorted((line for line in (*said, *decided) if line.at < last), key=lambda line: line.at)


Reported = tuple[Line, str, Person]
"""A line, the kind it reports, and who says it."""


def _account(people: Directory, person: Person) -> str:
    return next(one.account for one in people.addresses[person.id] if one.platform == LOCAL)


def _reports(plan: Plan, people: Directory, begin: Instant) -> Iterator[Reported]:
    for at, unit in enumerate(plan.scored_units):
        officers = people.officers(unit.code)
        if not officers:
            continue
        account = _account(people, officers[0])
        for kind, word, titles, link, every in REPORTS:
            if kind not in plan.kinds or not _owes(plan, unit, kind):
                continue
            for number, day in enumerate(range(1 + at % 3, LASTS, every)):
                title = titles[(at + number) % len(titles)].format(unit=unit.name)
                yield (
                    Line(
                        at=begin + day * DAY + (3 * 60 + 7 * at + number) * MINUTE,
                        account=account,
                        text=f"{word} {title} {link}{unit.code}{number}",
                        name=f"{kind}-{unit.code}-{number}",
                    ),
                    kind,
                    officers[0],
                )


def _owes(plan: Plan, unit: Unit, kind: str) -> bool:
    if kind == "video":
        return unit.code in plan.sharers
    return bool(unit.quotas and kind in unit.quotas and unit.quotas[kind].due)


def _leads(plan: Plan, people: Directory, begin: Instant) -> Iterator[Reported]:
    if "lead" not in plan.kinds:
        return
    chance = Random(SEED)  # noqa: S311 - an invented story
    staff = sorted(people.by_id.values(), key=lambda one: one.staff_no)
    for number, person in enumerate(staff[::KEEN]):
        if person.id not in people.addresses:
            continue
        name = f"{chance.choice(stories.SURNAMES)}某"
        level = chance.choice(stories.LEVELS)
        at = begin + (1 + number % (LASTS - 2)) * DAY + (60 + number % 600) * MINUTE
        text = f"报线索 {name} 139{number + 10_000_000:08d} {level}"
        account = _account(people, person)
        yield Line(at=at, account=account, text=text, name=f"lead-{number}"), "lead", person


def _decision(plan: Plan, people: Directory, line: Line, kind: str, by: Person) -> Iterator[Line]:
    """What somebody who decides on this kind, of another unit, says the same afternoon."""
    deciders = [
        one
        for role in plan.kinds[kind].deciders
        for one in people.with_role(role)
        if one.unit != by.unit and one.id in people.addresses
    ]
    if deciders:
        verb = "认定" if kind == "lead" else "通过"
        at = line.at + 6 * 60 * MINUTE
        said = f"{verb} #{{{line.name}}}"
        yield Line(at=at, account=_account(people, deciders[0]), text=said)


# --- what there is to say -----------------------------------------------------------------


def _told(
    found: Settings, made: making.Made, plan: Plan, begin: Instant, last: Instant
) -> Iterator[str]:
    db = open_database(found.playground_database, replace(found, key="", key_file=""))
    try:
        with db.reading() as tx:
            people = directory(tx)
            told = int(tx.run(REMINDED)[0].rows)
    finally:
        db.close()
    yield say(
        "own.made",
        people=made.people,
        since=date_text(day_of(begin)),
        until=date_text(day_of(last)),
        facts=made.facts,
        reminders=told,
    )
    if lone := [
        short(plan, one.code) for one in plan.scored_units if not people.officers(one.code)
    ]:
        yield say("own.no_officer", units="、".join(lone))
    needed = {role for kind in plan.kinds.values() for role in kind.deciders}
    if missing := [role for role in ROLES if role in needed and not people.with_role(role)]:
        yield say("own.no_decider", roles="、".join(missing))


def _unheard(unheard: list[Unheard]) -> Iterator[str]:
    if unheard:
        yield say("own.unheard", total=len(unheard))
    for one in unheard[:SHOWN]:
        yield say("own.one", said=one.said, answer=one.answer)
