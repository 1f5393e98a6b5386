"""The turn of a year, from 2026-11-20 to 2027-02-10: nobody makes a plan in December, in January
the last one is carried over, and what is open of the old year goes on."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from db import ledger, plans
from db.calendar import calendar
from db.engine.database import Database
from reminders.planning import occurrences
from reminders.tick import items
from scoring.facts import State
from scoring.moments import local
from scoring.planfile import parse
from scoring.planroll import roll
from tests.worlds.school import School, close_school, open_school
from tests.worlds.transcripts import number_in

TEXT = roll(plans.templates()[0].text, 2026)
ASSESSORS = ("u-wu", "u-zheng")


@dataclass
class Turn:
    """What was said on the way, by the name of the moment."""

    school: School
    told: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    async def says(self, name: str, who: str, text: str, at: str = "") -> None:
        said = await self.school.says(who, text, at=f"20{at}:00" if at else "")
        await self.school.app.jobs.run_due()
        await self.school.app.delivery.deliver_all()
        self.told[name] = "\n".join(said) if said else ""
        if "#" in self.told[name]:
            self.numbers[name] = number_in(self.told[name])

    async def presses(self, name: str, who: str, label: str) -> None:
        await self.school.presses(who, label)
        await self.school.app.jobs.run_due()
        await self.school.app.delivery.deliver_all()
        self.told[name] = self.school.last(who)


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turn]:
    """Lived once: all tests here only read it."""
    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('turn') / 'turn.db'}", bytes(32))
    database.migrate()
    lived = asyncio.run(_lived(database))
    yield lived
    close_school(lived.school)
    database.close()


async def _lived(database: Database) -> Turn:
    school = await open_school(database, start="2026-11-20T09:00", own=TEXT)
    turn = Turn(school)
    await turn.says("december", "u-chen", "发布成绩 喜报 https://a.cn/1", "26-12-21T10:00")
    await turn.says("roll", "u-wu", "培训 拍摄培训 12月24日 缺席 李强", "26-12-24T17:00")
    await turn.says(
        "appeal", "u-wang", "申诉 #{roll} 那天在外带队".format(**turn.numbers), "26-12-30T10:00"
    )
    await turn.says("news", "u-min", "报新闻 元旦 https://a.cn/2", "27-01-04T09:30")
    await turn.says("score", "u-liu", "得分 信工")
    await turn.says("why", "u-liu", "为什么 信工 成绩发布")
    await turn.says("plan", "u-wu", "方案")
    await turn.presses("look", "u-wu", "先看差别")
    await turn.presses("asked", "u-wu", "沿用")
    await turn.presses("made", "u-zheng", "沿用")
    await turn.presses("taken", "u-zheng", "沿用今年方案")
    await turn.says("after", "u-min", "报新闻 元旦 https://a.cn/2", "27-01-04T15:00")
    await turn.says("again", "u-wu", "方案")
    await turn.says("late", "u-wu", "通过 #{december}".format(**turn.numbers), "27-01-05T10:00")
    await turn.says("new", "u-wu", "通过 #{after}".format(**turn.numbers))
    resolve = "处理 #{appeal} 成立 有外出单".format(**turn.numbers)
    await turn.says("resolve", "u-zheng", resolve, "27-01-05T11:00")
    await turn.presses("resolved", "u-zheng", "确认")
    await turn.says("freeze", "u-wu", "月报 2026-12 定稿", "27-01-08T10:00")
    await turn.presses("frozen", "u-zheng", "确认定稿")
    await turn.says("january", "u-wu", "月报 2027-01", "27-02-02T10:00")
    await school.at("2027-02-10T20:00")
    return turn


def _heard(turn: Turn, who: str, part: str) -> list[str]:
    return [
        local(message.at).strftime("%m-%d %H:%M")
        for message in turn.school.seen
        if message.chat.id == who and part in message.text
    ]


@pytest.mark.parametrize("who", ASSESSORS)
def test_assessors_hear_four_times_that_next_year_has_no_plan(turn: Turn, who: str) -> None:
    heard = _heard(turn, who, "2027 年还没有方案，从 1月1日 起收不了报送。可以沿用 2026 年方案")
    assert heard == ["12-01 09:00", "12-17 09:00", "12-24 09:00", "12-30 09:00"]
    assert not _heard(turn, "u-liu", "2027 年还没有方案，从 1月1日")
    [shown] = [
        message
        for message in turn.school.shown(who)
        if "2027 年还没有方案，从" in message.text and local(message.at).day == 1
    ]
    labels = [button.label for row in shown.buttons for button in row]
    assert {"沿用今年方案", "先看差别"} <= set(labels)


def test_january_without_a_plan_answers_for_last_year_and_refuses_with_the_way_out(
    turn: Turn,
) -> None:
    assert "promobot plan new 2027 --from 2026" in turn.told["news"]
    for name in ("score", "why"):
        assert turn.told[name].startswith("2027 年还没有方案，以下按 2026 年的方案：")
    assert "信息工程系 得 " in turn.told["score"]


def test_the_plan_is_carried_over_by_two_who_saw_what_to_look_at(turn: Turn) -> None:
    assert "2027 年还没有方案" in turn.told["plan"]
    for name in ("look", "asked"):
        assert "2027 年沿用 2026.1，月日不变，还没有发布。" in turn.told[name]
        for part in ("2027 年的放假安排程序里还没有", "在校人数", "附件2"):
            assert part in turn.told[name], part
    assert "须另一位考核组成员确认，已请 郑涛。" in turn.told["asked"]
    assert turn.told["made"].startswith("2027 年的方案已按 2026.1 建好，吴敏 提交、郑涛 同意")
    assert "由吴敏发布，郑涛 同意。\n说明：沿用 2026.1" in turn.told["again"]
    with turn.school.app.db.reading() as tx:
        [made] = plans.kept(tx).by_year[2027]
    assert made.text == roll(TEXT, 2027)
    assert parse(made.text, "").year == 2027


def test_a_year_with_a_plan_is_neither_made_again_nor_reminded_of(turn: Turn) -> None:
    assert turn.told["taken"] == "2027 年已有方案，没有重做。看在用的是哪一版，请发：方案"
    app, now = turn.school.app, turn.school.clock.now()
    world = app.db.peek("world", app.gateway.inside.load)
    with app.db.reading() as tx:
        steps = [one for one in occurrences(turn.school.plan, calendar(tx)) if one.family == "turn"]
        assert [one.days for one in steps] == [30, 14, 7, 1]
        assert not [item for one in steps for item in items(one, tx, now, world)]


def test_two_plans_stand_side_by_side_and_each_fact_is_in_one(turn: Turn) -> None:
    with turn.school.app.db.reading() as tx:
        shelf = plans.kept(tx)
        found = {name: ledger.entry(tx, number) for name, number in turn.numbers.items()}
        states = {
            name: ledger.stands(tx, turn.numbers[name]).state for name in ("december", "after")
        }
        new = shelf.of_year(2027, turn.school.clock.now())
        assert new is not None
        counted = ledger.tallies(tx, new).sums
    assert (found["december"].plan, found["after"].plan) == ("2026", "2027")
    assert set(states.values()) == {State.ACCEPTED}
    assert turn.school.points("信息工程系", "results_channel") == "1"
    assert not [measure for _, measure in counted if measure.startswith("results.")]
    assert list(counted) == [("mechatronics", "news.accepted")]


def test_appeals_and_months_of_the_old_year_go_on(turn: Turn) -> None:
    assert "成立" in turn.told["resolved"]
    assert turn.school.points("机电工程系", "training") == "5"
    assert "2026-12" in turn.told["frozen"] or "2026-12" in turn.school.last("u-zheng")
    assert "12月月报" in "\n".join(message.text for message in turn.school.seen)
    assert "2027-01" in turn.told["january"] or _heard(turn, "u-wu", "2027-01")


def test_nothing_of_it_failed(turn: Turn) -> None:
    assert not [m.text for m in turn.school.seen if "出了点问题" in m.text or "没有做成" in m.text]
