"""What people sent and was once misread, through the real doors: days, counts, links, names."""

from tests.worlds.school import School


async def test_a_short_date_of_a_handover_is_not_lost_in_the_evidence(school: School) -> None:
    await school.says("u-chen", "交接", at="04-01 09:12")
    [asked] = await school.says("u-zhao", "通过 #1 3.30 16:00")
    assert asked.startswith("3月30日 16:00 早于 #1 报送的时间，算补录")
    [asked, _] = await school.says("u-zhao", "通过 #1 3-30 16:00 值班登记")
    assert "须第二人确认" in asked
    await school.presses("u-qian", "确认")
    assert school.points("信息工程系", "dy_handover") == "3"
    [refused] = await school.says("u-zhao", "通过 #1 16点")
    assert refused.startswith("日期没看懂：没有“16点”")


async def test_twenty_four_hours_belong_to_the_day_that_ends(school: School) -> None:
    await school.at("04-10 10:00")
    for asked in ("截至 4月7日", "截至 4.7", "截至 4月7日 24:00", "截至 4月7日晚上12点"):
        [answer] = await school.says("u-wu", f"得分 {asked} 机电")
        assert "截至 4月7日 24:00" in answer
        assert "还可争取 16" in answer  # 视频 of week 14 is due and missed
        [reason] = await school.says("u-wu", f"为什么 机电 视频更新 {asked}")
        assert "2×0/1 周 = 0" in reason
    assert "还可争取 9" in (await school.says("u-wu", "得分 机电 截至 4月7日 23:59"))[0]


async def test_a_figure_said_for_a_count_is_the_count(school: School) -> None:
    await school.says("u-chen", "报新闻 丙 https://mp.weixin.qq.com/s/CCC111", at="04-02 11:00")
    await school.says("u-chen", "点击 1302")
    [asked] = await school.says("u-chen", "1302")
    assert asked == "点击 1302 是哪一条的？#1《丙》"
    [done] = await school.presses("u-chen", "#1")
    assert done.startswith("#1 点击 1302，达标")
    assert (await school.says("u-chen", "点击 #1 10万+"))[0].startswith("#1 点击 100000，达标")
    assert "#9" in (await school.says("u-chen", "点击 #9 1302"))[0]


async def test_a_pasted_title_is_kept_while_its_kind_is_asked(school: School) -> None:
    share = (
        "https://v.kuaishou.com/2xYa1 漆艺小课堂一 该作品在快手被播放过290.3万次，"
        "点击链接，打开【快手】直接观看！"
    )
    await school.at("04-02 10:00")
    assert await school.says("u-ma", share) == ["这条报成哪一类？"]
    [video] = await school.presses("u-ma", "视频")
    assert video.startswith("已收 #1 视频《漆艺小课堂一》")
    await school.says("u-ma", "信工系开展安全教育 https://mp.weixin.qq.com/s/SS1")
    [news] = await school.presses("u-ma", "新闻")
    assert news.startswith("已收 #2 新闻《信工系开展安全教育》")
    for same in ("（{}）", "“丙”<{}>。", "{}!", "`{}`；"):
        again = same.format("HTTPS://MP.WEIXIN.QQ.COM:443/s/SS1")
        assert "已报（#2）" in (await school.says("u-ma", f"报新闻 丙{again}"))[0]
    for text in ("信工系开展安全教育 https://mp.weixin.qq.com/s/SS2", share):
        assert await school.says("u-ma", text, group="staff") == []
        assert "哪一类" not in (await school.says("u-liu", text))[0]


async def test_a_number_in_any_spelling_is_masked_found_again_and_erased(school: School) -> None:
    await school.says("u-liu", "报线索 张某 138‑0001‑0001 初三", at="04-02 10:00")
    assert "张某（138****0001）" in school.last("u-liu")
    for again in ("138_0001_0001", "138 – 0001 – 0001", "138丶0001丶0001", "1️⃣3️⃣8️⃣00010001"):
        assert "没有重复计" in (await school.says("u-liu", f"报线索 张某 {again} 初三"))[0]
    asked = await school.says("u-liu", "抹除 138/0001/0001 拒联")
    assert "将抹除 1 条（#1）" in asked[0]
    await school.presses("u-sun", "确认抹除 #1")
    [refused] = await school.says("u-ma", "报线索 赵某 138*0001*0001 初三")
    assert refused == "这个号码不接收联系，没有登记。"
