"""What cannot become a revision of a plan is one sentence, whichever way it comes; nothing is
changed, nobody else is asked."""

import json
from typing import Any

from sqlalchemy import select

from commands.chat.messages import File
from db import months, plans
from db.schema import plans as revisions
from db.schema import proposals, refilings
from scoring.planedit import with_reading
from tests.worlds.school import School

TEXT = plans.templates()[0].text
ASKER, SECOND = "u-wu", "u-zheng"
KEPT = [select(table) for table in (revisions, refilings, proposals)]


def kept(school: School) -> list[Any]:
    """All that a revision, or somebody who is asked for one, would leave behind."""
    with school.app.db.reading() as tx:
        frozen = [json.dumps(one.document) for one in months.all_frozen(tx, school.plan)]
        return [*frozen, *(tuple(row) for kind in KEPT for row in tx.run(kind))]


async def test_a_file_that_cannot_follow_is_one_sentence_and_changes_nothing(
    school: School,
) -> None:
    await school.says("u-chen", "报新闻 例会 https://mp.weixin.qq.com/s/a1", at="04-02 10:00")
    await school.says(ASKER, "月报 2024-04 定稿", at="05-09 10:00")
    await school.presses(SECOND, "确认定稿")
    dated = TEXT.replace("year = 2024\n", 'year = 2024\nin_force_from = "04-20"\n', 1)
    before, heard = kept(school), len(school.shown(SECOND))
    assert len(before) > 1
    for text, reason in (
        (dated, "2024-04 已定稿"),
        (with_reading(TEXT, "A03", False), "A03 取“不含本数”与 A04 取“归高一档”矛盾"),
        (with_reading(TEXT, "A02", "later", note="x"), "口径 A02 只能取 none、next_workday"),
        (TEXT, "一字不差"),
    ):
        file = File(name="我校.toml", data=text.encode())
        await school.says(ASKER, "方案", file=file)
        told = school.last(ASKER)
        assert reason in told
        assert school.buttons(ASKER) == []
        assert kept(school)[: len(before)] == before
    assert len(school.shown(SECOND)) == heard
    with school.app.db.reading() as tx:
        assert [one.number for one in plans.kept(tx).texts(2024)] == [1]


async def test_a_switch_that_came_to_contradict_another_meanwhile_is_refused(
    school: School,
) -> None:
    async def switched(line: str) -> None:
        await school.says(ASKER, line)
        await school.presses(SECOND, "确认改口径")

    await school.at("04-02 10:00")
    await switched("口径 A04 归低一档")
    await school.says(ASKER, "口径 A03 不含本数")
    asked = school.shown(SECOND)[-1]
    await switched("口径 A04 归高一档")
    before = kept(school)
    await school.platform.presses(SECOND, school._chat(SECOND, ""), asked, asked.buttons[0][0])
    await school.app.delivery.deliver_all()
    assert "A03 取“不含本数”与 A04 取“归高一档”矛盾" in school.last(SECOND)
    assert kept(school) == before
    with school.app.db.reading() as tx:
        last = plans.kept(tx).texts(2024)[-1]
    assert (last.number, last.plan.reads("A03"), last.plan.reads("A04")) == (3, True, "higher")
