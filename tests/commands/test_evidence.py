"""Pictures as evidence: which report one belongs to, who sees it, and what is never kept."""

import os
import re
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from sqlalchemy import delete, update

from bot.process import archive
from bot.process.restoring import restore
from bot.process.upkeep import tidy
from bot.shell import care
from commands.chat.messages import File
from db import audit, pictures
from db.engine.database import Database, driver_of
from db.engine.tx import Tx
from db.schema import picture_bytes
from reminders import upkeep
from tests.conftest import KEY, Address
from tests.worlds.photos import colour_of, photo, sent
from tests.worlds.school import GROUP, School, close_school, open_school

NEWS = "报新闻 开放日 https://mp.weixin.qq.com/s/AAA111"


def of(school: School, *numbers: int) -> list[tuple[int, ...]]:
    """The colours of the pictures of facts, as they are kept."""
    with school.app.db.reading() as tx:
        found = [pictures.read(tx, row.key) for row in pictures.of(tx, numbers)]
    return [colour_of(data) for data in found if data]


def total(school: School) -> int:
    with school.app.db.reading() as tx:
        return pictures.total(tx)


def noted(school: School, number: int, action: str) -> int:
    with school.app.db.reading() as tx:
        return [row.action for row in audit.about(tx, f"#{number}")].count(action)


RED, BLUE = (254, 0, 0), (0, 0, 254)


async def test_a_picture_with_a_report_as_its_caption_belongs_to_it(school: School) -> None:
    [said] = await school.says("u-chen", NEWS, file=sent())
    assert said.startswith("已收 #1")
    assert said.endswith("已把图附在 #1 新闻《开放日》。")
    assert of(school, 1) == [RED]
    assert noted(school, 1, "picture") == 1


async def test_a_picture_within_two_minutes_of_the_only_report_belongs_to_it(
    school: School,
) -> None:
    await school.says("u-chen", NEWS)
    await school.at("03-18 09:02")
    [said] = await school.says("u-chen", "", file=sent())
    assert said == "已把图附在 #1 新闻《开放日》。"
    assert school.buttons("u-chen") == ["不要这张"]
    await school.presses("u-chen", "不要这张")
    assert (of(school, 1), total(school)) == ([], 0)


async def test_what_it_belongs_to_is_asked_once(school: School) -> None:
    await school.says("u-chen", NEWS)
    await school.says("u-chen", "报视频 机房 https://v.douyin.com/iA1/")
    await school.at("03-18 09:30")
    [said] = await school.says("u-chen", "", file=sent())
    assert said.startswith("这张图是哪一条的？")
    assert school.buttons("u-chen") == ["#2 视频《机房》", "#1 新闻《开放日》", "不用了"]
    [also] = await school.says("u-chen", "", file=sent("blue"))
    assert also == "这张也先留着（共 2 张），请在上面选是哪一条。"
    [done] = await school.presses("u-chen", "#1 新闻")
    assert done == "已把 2 张图附在 #1 新闻《开放日》。"
    assert of(school, 1) == [RED, BLUE]


async def test_not_needed_means_not_kept_and_silence_too(school: School) -> None:
    [said] = await school.says("u-liu", "", file=sent())
    assert "近一周没有您报的" in said
    assert total(school) == 1
    [done] = await school.presses("u-liu", "不用了")
    assert (done, total(school)) == ("好的，图没有存。", 0)
    await school.says("u-liu", "", file=sent())
    await school.at("03-18 09:11")
    await school.app.tick()
    assert total(school) == 0
    [late] = await school.presses("u-liu", "不用了")
    assert "已经处理过了" in late


async def test_a_picture_that_is_held_goes_to_the_report_made_next(school: School) -> None:
    await school.says("u-chen", "", file=sent())
    [said] = await school.says("u-chen", NEWS)
    assert said.endswith("刚才的 1 张图已附在 #1。")
    assert of(school, 1) == [RED]


async def test_a_picture_in_a_dialogue_waits_for_its_report(school: School) -> None:
    await school.says("u-chen", "报新闻")
    [said] = await school.says("u-chen", "", file=sent())
    assert said == "图先留着：报完这一条，我就附上。"
    await school.says("u-chen", "开放日 https://mp.weixin.qq.com/s/AAA111")
    assert of(school, 1) == [RED]


async def test_a_wish_in_own_words_under_a_picture_keeps_it_until_confirmed(
    school: School,
) -> None:
    line = "我们系的开放日新闻发了 https://mp.weixin.qq.com/s/AAA111"
    said = await school.says("u-chen", line, file=sent())
    assert said[-1].endswith("图先留着：报完这一条，我就附上。")
    await school.presses("u-chen", "新闻")
    assert of(school, 1) == [RED]


async def test_a_quote_names_it_also_in_a_group_where_all_else_is_none_of_ours(
    school: School,
) -> None:
    await school.says("u-chen", NEWS)
    await school.at("03-18 10:00")
    fetched = []

    async def fetch() -> bytes:
        fetched.append(1)
        return photo()

    lazy = File(name="photo.jpg", data=b"", fetch=fetch)
    for text in ("", "今天升旗", "@宣传助手 好看吗"):
        await school.says("u-chen", text, group=GROUP, file=lazy)
    assert (fetched, total(school)) == ([], 0)
    [said] = await school.says("u-chen", "", group=GROUP, quote="已收 #1 新闻", file=lazy)
    assert said == "图已附在 #1。"
    assert (len(fetched), of(school, 1)) == (1, [RED])
    [said] = await school.says("u-chen", "", group=GROUP, quote="得分 24/39", file=lazy)
    assert said.startswith("没看出图是哪一条的")
    [said] = await school.says("u-liu", "", group=GROUP, quote="已收 #1 新闻", file=lazy)
    assert said.startswith("#1 不是您报的")
    assert len(fetched) == 1, "rights come before fetching"


async def test_a_report_in_a_group_takes_its_picture_along(school: School) -> None:
    [said] = await school.says("u-chen", NEWS, group=GROUP, file=sent())
    assert said.endswith("图已附在 #1。")
    assert of(school, 1) == [RED]


async def test_the_same_picture_is_stored_once(school: School) -> None:
    await school.says("u-chen", NEWS, file=sent())
    [said] = await school.says("u-chen", "", quote="#1", file=sent(name="other.jpg"))
    assert said == "#1 已有这张图，没有重复存。"
    assert of(school, 1) == [RED]


async def test_ten_pictures_are_the_most(school: School) -> None:
    await school.says("u-chen", NEWS)
    for place in range(10):
        said = await school.says("u-chen", "", quote="#1", file=sent(f"#0000{place}0"))
    assert said == ["已把图附在 #1 新闻《开放日》。"]
    await school.at("03-18 09:05")
    [said_last] = await school.says("u-chen", "", quote="#1", file=sent("blue"))
    assert said_last.startswith("#1 已有 10 张图")


async def test_a_picture_beside_what_needs_none_is_not_kept(school: School) -> None:
    await school.says("u-zhao", "发任务 宣传片 https://v.douyin.com/iAb/ 截止 3月25日", group=GROUP)
    [said] = await school.says("u-liu", "转发 1", file=sent())
    assert said.endswith("这件事不用附图，图没有存。")
    assert total(school) == 0
    [said] = await school.says("u-liu", "得分", file=sent())
    assert total(school) == 0


async def test_a_report_stands_though_its_picture_cannot_be_opened(school: School) -> None:
    broken = File(name="a.jpg", data=b"<html>")
    [said] = await school.says("u-chen", NEWS, file=broken)
    assert said.startswith("已收 #1")
    assert said.endswith("这张图打不开，没有存。请换成截图，或 JPG、PNG 再发。")


async def test_it_is_shown_to_those_who_may_and_each_look_is_noted(school: School) -> None:
    await school.says("u-chen", NEWS, file=sent())
    await school.says("u-wu", "待审")
    await school.presses("u-wu", "逐条看")
    assert "看图（1）" in school.buttons("u-wu")
    [said] = await school.presses("u-wu", "看图")
    assert said.startswith("#1 新闻《开放日》：图 1 张，最近一张 陈晓")
    [file] = school.shown("u-wu")[-1].files
    assert (file.name, colour_of(file.data)) == ("佐证_1_1.jpg", RED)
    assert noted(school, 1, "look") == 1


async def test_it_goes_with_the_lead_at_once_and_with_the_year(school: School) -> None:
    folder = school.app.db.driver.beside
    assert folder is not None
    await school.says("u-liu", "报线索 张某 13800010001 初三", file=sent())
    await school.says("u-chen", NEWS, file=sent("blue"))
    kept = {file.name for file in folder.folder.iterdir()}
    assert (len(kept), of(school, 1, 2)) == (2, [RED, BLUE])
    await school.says("u-liu", "抹除 13800010001")
    await school.presses("u-sun", "确认抹除 #1")
    left = {file.name for file in folder.folder.iterdir()}
    assert (len(left), of(school, 1, 2)) == (1, [BLUE])
    assert left < kept
    over = upkeep.forgotten_at(school.plan)
    for now in (over - 1, over):
        assert of(school, 2) == [BLUE]
        await school.app.write(partial(upkeep.forget, plans=[school.plan], now=now))
    assert (total(school), list(folder.folder.iterdir())) == (0, [])


async def test_a_backup_holds_it_once_and_either_database_takes_it_back(
    school: School, tmp_path: Path, postgres_address: Address
) -> None:
    await school.says("u-chen", NEWS, file=sent())
    await school.says("u-chen", "报视频 机房 https://v.douyin.com/iA1/", file=sent())
    made = archive.make(school.app.db, tmp_path / "backups", school.clock.now())
    assert (made.head.tables["pictures"].rows, made.head.tables["picture_bytes"].rows) == (2, 1)
    for address in (f"sqlite:///{tmp_path / 'again.db'}", postgres_address(False)):
        restore(driver_of(address), school.app.db.vault, made.path, [tmp_path / "backups"])
        again = Database.open(address, KEY)
        with again.reading() as tx:
            found = [pictures.read(tx, row.key) for row in pictures.of(tx, [1, 2])]
        assert [colour_of(data) for data in found if data] == [RED, RED]
        again.close()


async def test_what_a_crash_left_beside_the_database_is_swept_at_night(school: School) -> None:
    await school.says("u-chen", NEWS, file=sent())
    beside, vault = school.app.db.driver.beside, school.app.db.vault
    assert beside is not None
    left = pictures.kept(photo("blue"), vault, beside)
    await tidy(school.app)
    assert beside.get(left.key), "its transaction may still be on its way"
    for file in beside.folder.iterdir():
        os.utime(file, (0, 0))
    await tidy(school.app)
    assert (beside.get(left.key), of(school, 1)) == (None, [RED])


COUNTS = "结任务 1 转发 6000 点赞 6000 评论 6000 关注 7000"


async def test_a_settlement_asks_for_a_picture_of_the_counters(school: School) -> None:
    await school.says("u-zhao", "发任务 宣传片 https://v.douyin.com/iAb/ 截止 3月25日")
    [asked] = await school.says("u-zhao", COUNTS)
    assert asked.endswith("附上截图（私聊发图）再确认。")
    await school.at("03-18 09:05")
    [said] = await school.says("u-zhao", "", file=sent())
    assert said.startswith("已把图附在 #1")
    [asked] = await school.says("u-zhao", COUNTS)
    assert asked.endswith("请核对平台数再确认。")
    [done] = await school.presses("u-zhao", "确认结任务")
    assert "截图还没有附" not in done
    await school.says("u-wu", "为什么 #2")
    await school.presses("u-wu", "看图（1）")
    assert [colour_of(file.data) for file in school.shown("u-wu")[-1].files] == [RED]


async def test_where_the_school_says_so_none_is_settled_without(school: School) -> None:
    await school.says("u-zhao", "发任务 宣传片 https://v.douyin.com/iAb/ 截止 3月25日")
    [unclear] = await school.says("u-he", "设置 结任务截图 是")
    assert "必附 或 可缺" in unclear
    await school.says("u-he", "设置 结任务截图 必附")
    await school.presses("u-he", "确认")
    await school.says("u-zhao", COUNTS)
    [refused] = await school.presses("u-zhao", "确认结任务")
    assert refused == "#1 还没有平台数的截图，没有结。请私聊发图，再按确认。"
    await school.says("u-zhao", "", file=sent())
    [done] = await school.presses("u-zhao", "确认结任务", at="03-18 09:01")
    assert done.startswith("#1 线")
    await school.says("u-he", "设置 结任务截图 可缺")
    await school.presses("u-he", "确认")
    await school.says("u-zhao", "发任务 第二片 https://v.douyin.com/iAc/ 截止 3月25日")
    await school.says("u-zhao", COUNTS.replace("1", "3", 1))
    [late] = await school.presses("u-zhao", "确认结任务")
    assert late.endswith("截图还没有附：请现在私聊发图，我附上。")
    await school.at("03-18 09:05")
    await school.says("u-zhao", "", file=sent("blue"))
    assert of(school, 3) == [BLUE]


async def test_an_earlier_time_is_borne_out_by_a_picture(school: School) -> None:
    await school.says("u-chen", "交接", at="04-01 09:00")
    line = "通过 #1 3月30日 16:00"
    [bare] = await school.says("u-zhao", line)
    assert "或发图并把这句写在图的说明里" in bare
    [broken] = await school.says("u-zhao", line, file=File(name="a.jpg", data=b"<html>"))
    assert broken == bare, "a picture that shows nothing is none"
    told = await school.says("u-zhao", line, file=sent())
    assert "须第二人确认" in "\n".join(told)
    assert school.buttons("u-qian")[-1] == "看图（1）"
    assert "依据：见所附的图（赵倩 提出）" in school.last("u-qian")
    await school.presses("u-qian", "看图（1）")
    assert noted(school, 1, "look") == 1
    await school.presses("u-qian", "确认")
    assert school.points("信息工程系", "dy_handover") == "3"
    [why] = await school.says("u-wu", "为什么 #1")
    assert "见所附的图" in why


async def test_the_page_of_explanation_names_the_pictures(school: School) -> None:
    await school.says("u-chen", "报视频 机房 https://v.douyin.com/iA1/", file=sent())
    await school.says("u-zhao", "通过 #1")
    await school.says("u-wu", "为什么 信工 视频内容")
    await school.presses("u-wu", "生成一页说明")
    [file] = school.shown("u-wu")[-1].files
    with ZipFile(BytesIO(file.data)) as packed:
        page = re.sub("<[^>]+>", "", packed.read("word/document.xml").decode())
    assert "图 1 张：2024年3月18日 09:00 陈晓附。" in page


async def test_the_same_on_postgresql(postgres_database: Database) -> None:
    school = await open_school(postgres_database)
    await school.says("u-chen", NEWS, file=sent())
    await school.says("u-chen", "", file=sent("blue"))
    assert of(school, 1) == [RED, BLUE]
    close_school(school)


async def test_the_doctor_names_the_reports_whose_pictures_are_gone_or_damaged(
    database: Database,
) -> None:
    school = await open_school(database, start="04-01 09:00")
    look = dict(care.CHECKS)["care.picture_check"]
    for number, colour in enumerate(("red", "green", "blue"), start=1):
        await school.says("u-chen", f"报新闻 {colour} https://a.cn/{number}", file=sent(colour))
    with database.reading() as tx:
        assert list(look(database, tx)) == []
        taken_away, spoilt = (row.key for row in pictures.of(tx, [1, 2]))
    await school.app.write(partial(_lose, taken_away, spoilt))
    with database.reading() as tx:
        assert list(look(database, tx)) == [
            "1 张图片不在了（#1）",
            "1 张图片打不开，文件坏了或被换过（#2）",
        ]
    # What is erased is no loss, even while it is looked at.
    with database.reading() as tx:
        assert pictures.total(tx) == 3
        await school.app.write(lambda writing: pictures.forget(writing, 1))
        assert list(look(database, tx)) == ["1 张图片打不开，文件坏了或被换过（#2）"]
    close_school(school)


def _lose(taken_away: str, spoilt: str, tx: Tx) -> None:
    beside = tx.beside
    if beside is None:
        tx.change(delete(picture_bytes).where(picture_bytes.c.key == taken_away))
        tx.change(
            update(picture_bytes).where(picture_bytes.c.key == spoilt).values(sealed=b"spoilt")
        )
    else:
        beside.drop(taken_away)
        beside.put(spoilt, b"spoilt")
