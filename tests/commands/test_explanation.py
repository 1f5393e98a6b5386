"""生成一页说明: why an item has its points, on paper (C13)."""

import io

from docx import Document

from db import documents
from tests.worlds.episodes import answered
from tests.worlds.school import School

PLAN = "附件3. 细则\n#### 二、账号\n##### （一）视频\n某日前完成交接得 3 分\n"


async def page(school: School) -> list[str]:
    """The paragraphs of the page about 艺术's handover."""
    await answered(school)
    await school.says("u-wu", "为什么 艺术 交接", at="04-19 14:05")
    await school.presses("u-wu", "生成一页说明", at="04-19 14:06")
    newest = school.shown("u-wu")[-1]
    assert [file.name for file in newest.files] == ["艺术工程系交接得分说明.docx"], newest.text
    return [p.text for p in Document(io.BytesIO(newest.files[0].data)).paragraphs if p.text]


async def test_it_tells_the_points_the_people_the_appeal_and_the_reading(school: School) -> None:
    told = await page(school)
    assert "得 0 分，应得 3 分：4月1日 完成，晚于 3月30日。" in told
    [fact] = [line for line in told if line.startswith("#1 交接")]
    assert "马超 2024年4月1日 09:12 报；2024年4月1日 10:30 赵倩通过" in fact
    [appeal] = [line for line in told if line.startswith("#2（对 #1）：")]
    assert "郑涛答复不成立：值班到12点" in appeal
    assert any("约定 A01" in line for line in told)
    assert any("林芳 3月29日 09:00:00" in line for line in told if line.startswith("截止前提醒"))
    assert "可换的口径现在取：A01 含当日、A02 不顺延。" in told


async def test_the_clause_is_quoted_where_the_school_has_loaded_it(school: School) -> None:
    def load(tx: object) -> None:
        documents.load(tx, school.plan, PLAN)  # type: ignore[arg-type]

    await school.app.write(load)
    assert any("某日前完成交接得 3 分" in line for line in await page(school))


async def test_only_assessors_are_offered_it(school: School) -> None:
    await answered(school)
    await school.says("u-lin", "为什么 艺术 交接", at="04-19 14:05")
    assert "生成一页说明" not in school.buttons("u-lin")
