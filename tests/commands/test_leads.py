"""Leads as teachers report them and 招办 certifies them."""

from tests.school import GROUP, School


async def test_a_lead_is_received_with_its_number_masked_and_the_standing(school: School) -> None:
    [answer] = await school.says("u-liu", "报线索张某13800010001初三护理中职")
    assert answer == (
        "已收 #1 张某（138****0001） 初三 · 健康 · 中职\n待招办认定；您已认定 0/10，待认定 1。"
    )


async def test_the_same_number_twice_is_one_lead(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    [again] = await school.says("u-liu", "报线索 张某 138 0001 0001 初三")
    [other] = await school.says("u-ma", "报线索 张某 +86 138-0001-0001")
    assert again == "这条您 09:00 已报过（#1），没有重复计。"
    assert other == "该号码 3月18日 已有人先报，没有重复计。如有疑问，请问招办。"
    assert "刘桂芳" not in other


async def test_a_lead_typed_in_the_group_is_removed_and_nothing_of_it_repeated(
    school: School,
) -> None:
    [answer] = await school.says("u-feng", "报线索 赵小某 13800010077 初三", group=GROUP)
    assert answer == "冯老师，含电话的消息已移走，线索已收（#1）。以后请私聊我报。"
    assert "13800010077" not in "".join(message.text for message in school.shown("", GROUP))


async def test_a_withdrawn_lead_frees_its_number(school: School) -> None:
    await school.says("u-ma", "报线索 乙某 13900010002")
    assert await school.says("u-ma", "撤回") == ["已撤回 #1，不再计数。"]
    [answer] = await school.says("u-liu", "报线索 乙某 13900010002")
    assert answer.startswith("已收 #2 乙某")


async def test_a_revoked_certification_no_longer_counts(school: School) -> None:
    await school.says("u-ma", "报线索 乙某 13900010002")
    await school.says("u-sun", "认定 #1")
    await school.says("u-sun", "撤销 #1 家长说从未咨询")
    await school.presses("u-sun", "确认")
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 0/10，待认定 0。")
