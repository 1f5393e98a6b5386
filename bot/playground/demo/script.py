"""Three weeks of the demonstration school as lines people say: pure, and the same for a seed.

A line that reports something has a `name`; later lines refer to its number as `{name}`, which
the player fills in.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from bot.playground.demo import stories
from commands.review.batches import MOST_AT_ONCE, MOST_LEADS_AT_ONCE
from commands.roster.demo_school import GROUP
from db.people import Directory
from db.platforms import LOCAL
from scoring.moments import MINUTE, ZONE, Instant, instant
from scoring.plan import Plan

SEED = 2024
FIRST = date(2024, 3, 11)
BEGIN = instant(datetime(2024, 3, 11, 7, tzinfo=ZONE))
"""When the roster is loaded and the group linked, before the first line."""

LAST = instant(datetime(2024, 4, 2, 10, tzinfo=ZONE))
"""After the last line; the playground's clock starts here."""

PRIVATE = ""
MEDIA, ASSESSOR, OTHER_ASSESSOR = "u-qian", "u-zheng", "u-wu"
DIRECTOR, ADMISSIONS, TASKMASTER = "u-li", "u-sun", "u-zhao"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What somebody says or presses, privately or in a group. `name`: how later lines refer to the
    fact it makes."""

    at: Instant
    account: str
    text: str = ""
    press: str = ""
    chat: str = PRIVATE
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    """A report to be decided: `how` is what the decider says, "" an approval."""

    at: Instant
    name: str
    how: str = ""


def history(plan: Plan, people: Directory, seed: int = SEED) -> list[Line]:
    """Return everything said up to LAST, in order."""
    school = _School(plan, people)
    told = [story(school, Random(f"{seed} {story.__name__}")) for story in STORIES]  # noqa: S311
    lines = [line for lines in told for line in lines if line.at < LAST]
    return sorted(lines, key=lambda line: line.at)


class _School:
    """The people of the roster, as the stories need them."""

    def __init__(self, plan: Plan, people: Directory) -> None:
        self.plan = plan
        self.people = people
        self.accounts = {
            person.id: one.account
            for person in people.by_id.values()
            for one in people.addresses.get(person.id, ())
            if one.platform == LOCAL
        }

    def officer(self, unit: str) -> str:
        return self.accounts[self.people.officers(unit)[0].id]

    def name(self, unit: str) -> str:
        return self.plan.by_code[unit].name


def _moment(written: str) -> Instant:
    return instant(datetime.fromisoformat(f"2024-{written}").replace(tzinfo=ZONE))


def _on(day: date, hour: int, minute: int = 0) -> Instant:
    return instant(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE))


def _days(*, working: bool) -> list[date]:
    days = [FIRST + timedelta(days=n) for n in range(23)]
    return [day for day in days if not working or day.weekday() < 5]


# --- what is told by a table --------------------------------------------------------------


def _milestones(school: _School, _: Random) -> Iterator[Line]:
    for unit, at, note, decided, by, how in stories.HANDOVERS:
        reported = _reported(school, unit, at, f"交接 {note}".strip(), f"handover-{unit}")
        yield from (reported, *_settled(reported, decided, by, how))
    for unit, at, title, decided, how in stories.SLIDES:
        said = f"报PPT {title} https://pan.example.cn/{unit}"
        reported = _reported(school, unit, at, said, f"ppt-{unit}")
        yield from (reported, *_settled(reported, decided, DIRECTOR, how))
    for number, (unit, at, teacher, decided, how) in enumerate(stories.RECOMMENDED):
        reported = _reported(school, unit, at, f"推荐 {teacher}", f"recommend-{number}")
        yield from (reported, *_settled(reported, decided, TASKMASTER, how))
    for number, (unit, at, said, decided) in enumerate(stories.RESULTS):
        text = f"{said} https://mp.weixin.qq.com/s/C{number:05d}"
        reported = _reported(school, unit, at, text, f"results-{number}")
        yield from (reported, *_settled(reported, decided, ASSESSOR, "通过"))


def _reported(school: _School, unit: str, at: str, said: str, name: str) -> Line:
    return Line(at=_moment(at), account=school.officer(unit), text=said, name=name)


def _settled(reported: Line, at: str, by: str, how: str) -> Iterator[Line]:
    """Yield the decision on a report, if there is one."""
    if at:
        verb, _, reason = how.partition(" ")
        text = f"{verb} #{{{reported.name}}} {reason}".strip()
        yield Line(at=_moment(at), account=by, text=text)


def _trainings(_school: _School, _: Random) -> Iterator[Line]:
    for number, (at, said) in enumerate(stories.TRAININGS):
        yield Line(at=_moment(at), account=OTHER_ASSESSOR, text=said, name=f"training-{number}")


def _talk(_school: _School, _: Random) -> Iterator[Line]:
    for at, account, said in stories.SMALL_TALK:
        yield Line(at=_moment(at), account=account, chat=GROUP, text=said)
    for at, account, chat, said in stories.ASKED:
        yield Line(at=_moment(at), account=account, chat=chat, text=said)


# --- tasks and taking part ----------------------------------------------------------------


def _tasks(school: _School, chance: Random) -> Iterator[Line]:
    everybody = sorted(school.accounts.values())
    for number, (issued, title, until, counts) in enumerate(stories.TASKS):
        name, at = f"task-{number}", _moment(issued)
        link = f"https://v.douyin.com/task{number}/"
        said = f"@宣传助手 发任务 {title} {link} 截止 {until}"
        yield Line(at=at, account=TASKMASTER, chat=GROUP, text=said, name=name)
        for account in chance.sample(everybody, 18):
            when = at + chance.randrange(10 * MINUTE, 25 * 60 * MINUTE)
            done = chance.choice(("转发", "点赞", "评论", "关注"))
            yield Line(at=when, account=account, text=f"{done} #{{{name}}}")
        if counts:
            settled = _moment(stories.SETTLED_AT)
            yield Line(at=settled, account=TASKMASTER, text=f"结任务 #{{{name}}} {counts}")
            yield Line(at=settled + MINUTE, account=TASKMASTER, press="确认", name="settlement")


# --- leads --------------------------------------------------------------------------------


def _leads(school: _School, chance: Random) -> Iterator[Line]:
    """Leads from many teachers, some of them keen; certified in the afternoons, except the last."""
    cases: dict[str, list[_Case]] = {ADMISSIONS: [], ASSESSOR: []}
    phone = 0
    for person in school.people.by_id.values():
        if person.id not in school.accounts:
            continue
        for _ in range(_keenness(chance)):
            phone += 1
            day, name = chance.choice(_days(working=False)), f"lead-{phone}"
            at = _on(day, chance.randrange(8, 21), chance.randrange(60)) + chance.randrange(60)
            text = _lead(chance, f"13{chance.choice((8, 9))}0001{phone:04d}")
            yield Line(at=at, account=school.accounts[person.id], text=text, name=name)
            how = chance.choice(stories.BAD_LEADS) if chance.random() < 0.06 else ""
            decider = ASSESSOR if person.unit == "admissions" else ADMISSIONS
            cases[decider].append(_Case(at, name, f"无效 #{{n}} {how}" if how else ""))
    for decider, own in cases.items():
        yield from _decided(own, decider, "认定", MOST_LEADS_AT_ONCE, at=(16, 30))


def _keenness(chance: Random) -> int:
    weights = [weight for _, _, weight in stories.KEENNESS]
    least, most, _ = chance.choices(stories.KEENNESS, weights)[0]
    return chance.randint(least, most)


def _lead(chance: Random, phone: str) -> str:
    name = f"{chance.choice(stories.SURNAMES)}某{chance.choice(('', '', '某'))}"
    parts = ("报线索", name, phone, chance.choice(stories.LEVELS), chance.choice(stories.WISHES))
    return chance.choice((" ", " ", " ", "，")).join(part for part in parts if part)


# --- news, articles, videos ---------------------------------------------------------------


def _publications(school: _School, chance: Random) -> Iterator[Line]:
    cases: list[_Case] = []
    for unit in school.plan.scored_units:
        for number, day in enumerate(_reporting_days(chance)):
            word = "报软文" if number % 3 == 2 else "报新闻"
            titles = stories.ARTICLES if word == "报软文" else stories.NEWS
            title = chance.choice(titles).format(unit=unit.name)
            name, at = f"news-{unit.code}-{number}", _on(day, chance.randrange(9, 18), number)
            link = f"https://mp.weixin.qq.com/s/N{unit.code}{number}"
            account = school.officer(unit.code)
            yield Line(at=at, account=account, text=f"{word} {title} {link}", name=name)
            cases.append(_Case(at, name, "退回 #{n} 链接打不开" if chance.random() < 0.08 else ""))
    yield from _decided(cases, ASSESSOR, "通过", MOST_AT_ONCE, at=(11, 0))


def _reporting_days(chance: Random) -> list[date]:
    """A few days of March, and for most units one in April, from when reports count."""
    days = _days(working=True)
    found = chance.sample(days[:-2], chance.randint(1, 3))
    return sorted(found + ([days[-2]] if chance.random() < 0.75 else []))


def _videos(school: _School, chance: Random) -> Iterator[Line]:
    cases: list[_Case] = []
    for unit in school.plan.scored_units:
        if unit.code not in school.plan.sharers:
            continue
        for number, day in enumerate(_filming_days(chance)):
            title = chance.choice(stories.VIDEOS).format(unit=school.name(unit.code))
            name, at = f"video-{unit.code}-{number}", _on(day, chance.randrange(10, 19), number * 7)
            text = f"报视频 {title} https://v.douyin.com/{unit.code}{number}/"
            yield Line(at=at, account=school.officer(unit.code), text=text, name=name)
            faulty = chance.random() < 0.18
            cases.append(_Case(at, name, chance.choice(stories.VIDEO_FAULTS) if faulty else ""))
    yield from _decided(cases, MEDIA, "通过", MOST_AT_ONCE, at=(15, 30))


def _filming_days(chance: Random) -> list[date]:
    days = _days(working=True)
    found = [chance.choice(days[5 * week : 5 * week + 5]) for week in range(3)]
    return found + ([days[-2]] if chance.random() < 0.8 else [])


# --- deciding -----------------------------------------------------------------------------


def _decided(
    cases: Iterable[_Case], by: str, word: str, most: int, *, at: tuple[int, int]
) -> Iterator[Line]:
    """Each working day, decide what came in since the last: the good ones in batches."""
    waiting = sorted(cases, key=lambda case: case.at)
    for day in _days(working=True)[1:]:
        now = _on(day, *at)
        ready, waiting = (
            [case for case in waiting if case.at < now],
            [case for case in waiting if case.at >= now],
        )
        for case in ready:
            if case.how:
                now += MINUTE
                yield Line(at=now, account=by, text=case.how.replace("{n}", f"{{{case.name}}}"))
        good = [case.name for case in ready if not case.how]
        for start in range(0, len(good), most):
            now += 3 * MINUTE
            yield from _batch(now, by, word, good[start : start + most])


def _batch(at: Instant, by: str, word: str, names: list[str]) -> Iterator[Line]:
    numbers = " ".join(f"#{{{name}}}" for name in names)
    yield Line(at=at, account=by, text=f"{word} {numbers}")
    if len(names) > 1:
        yield Line(at=at + MINUTE // 2, account=by, press="确认")


STORIES: tuple[Callable[[_School, Random], Iterator[Line]], ...] = (
    _milestones, _trainings, _talk, _tasks, _leads, _publications, _videos,
)  # fmt: skip
