"""出图: the card and the ranking as pictures; and any item as of a past instant."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from bot.adapters.local import CAPABILITIES
from commands.paper import fonts
from db.engine.database import Database
from tests.worlds.episodes import reported
from tests.worlds.school import GROUP, School, close_school, open_school


async def test_a_card_comes_as_a_picture_on_request(school: School) -> None:
    await reported(school)
    await school.says("u-chen", "得分 信工 明细")
    await school.presses("u-chen", "出图")
    newest = school.shown("u-chen")[-1]
    [file] = newest.files
    assert file.name == "信息工程系.png"
    assert newest.text == "信息工程系　截至 4月3日 09:00"
    with Image.open(io.BytesIO(file.data)) as drawn:
        assert drawn.format == "PNG"


async def test_the_ranking_asked_for_in_a_group_goes_to_whoever_asked(school: School) -> None:
    await reported(school)
    await school.says("u-chen", "排名", group=GROUP)
    await school.presses("u-chen", "我部门明细", group=GROUP)
    await school.presses("u-chen", "排名图")
    assert [file.name for file in school.shown("u-chen")[-1].files] == ["各部门得分率.png"]
    assert not any(message.files for message in school.shown("", GROUP))


async def test_without_files_the_platform_gets_a_word(sqlite_database: Database) -> None:
    found = await open_school(sqlite_database, capabilities=replace(CAPABILITIES, files=False))
    try:
        await found.says("u-chen", "得分 信工 明细")
        assert (await found.presses("u-chen", "出图"))[-1] == "这里发不了图，请看文字。"
    finally:
        close_school(found)


async def test_without_a_font_it_is_said_at_once(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "_faces", lambda preferred: ())
    await school.says("u-chen", "得分 信工 明细")
    await school.presses("u-chen", "出图")
    assert school.last("u-chen").startswith("没有找到中文字体，这次没有图。")


async def test_an_item_is_chosen_by_its_button(school: School) -> None:
    await school.says("u-chen", "为什么 信工")
    await school.presses("u-chen", "交接")
    assert school.last("u-chen").startswith("信工 交接 ")


async def test_an_item_is_explained_as_it_stood_at_a_past_instant(school: School) -> None:
    await reported(school)
    await school.at("04-20 09:00")
    now = (await school.says("u-chen", "为什么 信工 PPT"))[0]
    then = (await school.says("u-chen", "为什么 信工 PPT 截至 4月2日"))[0]
    assert now.startswith("信工 PPT 5/5：")
    assert "依据：#2" in now
    assert then.startswith("信工 PPT 待评/5：")
    assert "依据" not in then
