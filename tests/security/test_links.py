"""A link counts once, however it is spelled; what is shown stays as it was typed."""

import pytest
from sqlalchemy import update

from commands.grammar.links import earlier_form, normalise_link
from db import ledger
from db.engine.tx import Tx
from db.schema import claims
from tests.worlds.school import School

PLAIN = "https://mp.weixin.qq.com/s/AbC_1-x"
SPELLINGS = [
    "http://mp.weixin.qq.com/s/AbC_1-x",
    "HTTPS://MP.WEIXIN.QQ.COM/s/AbC_1-x",
    "https://mp.weixin.qq.com:443/s/AbC_1-x",
    "http://mp.weixin.qq.com:80/s/AbC_1-x",
    "https://mp.weixin.qq.com:/s/AbC_1-x",
    "https://mp.weixin.qq.com./s/AbC_1-x",
    "https://mp%2Eweixin.qq.com/s/AbC_1-x",
    "https://mp.weixin.qq.com//s//AbC_1-x",
    "https://mp.weixin.qq.com/./s/x/../AbC_1-x/",
    "https://mp.weixin.qq.com/%73/%41bC%5f1%2Dx",
    "https://user@mp.weixin.qq.com/s/AbC_1-x",
    "https://user:word@mp.weixin.qq.com:443/s/AbC_1-x",
    "https://mp.weixin.qq.com/s/AbC_1-x;x",
    "https://mp.weixin.qq.com/s;v=1/AbC_1-x;jsessionid=2",
    "https://mp.weixin.qq.com/s/AbC_1-x#rd",
    "https://mp.weixin.qq.com/s/AbC_1-x?from=timeline&amp;scene=1",
    "https://mp.weixin.qq.com\\s\\AbC_1-x",
    *(f"{PLAIN}{mark}" for mark in ".,;:!?'\"*~)]}>"),
    *(f"{PLAIN}{mark}" for mark in "。，、；：！？）】》”’」…"),
    *(f"({PLAIN})", f"（{PLAIN}）", f"【{PLAIN}】。", f"《{PLAIN}》", f'"{PLAIN}"', f"<{PLAIN}>"),
]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_one_article_has_one_form(spelled: str) -> None:
    assert normalise_link(spelled) == normalise_link(PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "https://mp.weixin.qq.com/s?__biz=MzA==&mid=1&idx=2&sn=a",
            "https://mp.weixin.qq.com/s?__biz=MzA%3D%3D&amp;mid=1&amp;idx=2&amp;sn=b#wechat_redirect",
        ),
        (
            "https://mp.weixin.qq.com/s?__biz=MzA==&mid=1&idx=2",
            "http://mp.weixin.qq.com/s/?idx=2&mid=1&__biz=MzA&#61;%3d)",
        ),
        (
            "https://mp.weixin.qq.com/s?__biz=X&mid=1",
            "https://mp.weixin.qq.com/s?&amp;amp;mid=1&__biz=X&idx=1",
        ),
        ("https://x.cn/a?id=1&cat=2", "https://x.cn/a?cat=2&utm_source=q&id=1"),
        ("https://x.cn/a?id=1", "https://x.cn/a/?id=1&spm=a.b"),
        ("https://x.cn/a?id=%61", "https://x.cn/a?id=a"),
        ("https://x.cn/中文", "https://x.cn/%E4%B8%AD%e6%96%87"),
        ("https://例子.cn/a", "https://xn--fsqu00a.cn/a"),
        ("https://x.cn/a%2fb", "https://x.cn/a%2Fb"),
        ("https://www.bilibili.com/video/BV1x", "https://m.bilibili.com/video/BV1x"),
        ("https://www.douyin.com/video/735", "https://www.iesdouyin.com/share/video/735/"),
    ],
)
def test_two_spellings_of_one_link_have_one_form(one: str, other: str) -> None:
    assert normalise_link(one) == normalise_link(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.cn/a", "https://x.cn/b"),
        ("https://x.cn/a", "https://y.cn/a"),
        ("https://x.cn/a", "https://x.cn:8443/a"),
        ("https://x.cn/a/b", "https://x.cn/a%2Fb"),
        ("https://x.cn/a%41", "https://x.cn/a%2541"),
        ("https://x.cn/a?id=1", "https://x.cn/a?id=1%262"),
        ("https://x.cn/story?id=1", "https://x.cn/story?id=2"),
        ("https://mp.weixin.qq.com/story?id=1", "https://mp.weixin.qq.com/story?id=2"),
        ("https://x.cn/a_(b)", "https://x.cn/a_"),
    ],
)
def test_other_links_stay_apart(one: str, other: str) -> None:
    assert normalise_link(one) != normalise_link(other)


@pytest.mark.parametrize(
    "link",
    [
        PLAIN,
        "https://mp.weixin.qq.com/s?__biz=MzA==&mid=1&idx=2&sn=a",
        "https://v.douyin.com/iDef456/",
        "https://x.cn/a/b.html?a=1&b=2",
        "https://www.douyin.com/video/7350001?previous_page=app_code_link",
    ],
)
def test_a_plain_link_keeps_the_form_of_claims_made_before(link: str) -> None:
    assert normalise_link(link) == earlier_form(link)


@pytest.mark.parametrize("spelled", ["https://mp.weixin.qq.com:443//s/%41bC;x", "(见 {0})"])
async def test_a_duplicate_is_refused_and_a_link_is_shown_as_typed(
    school: School, spelled: str
) -> None:
    typed = "http://user@mp.weixin.qq.com/s/AbC"
    await school.says("u-jing", f"报新闻 甲 {typed}", at="04-02 10:00")
    with school.app.db.reading() as tx:
        entry = ledger.entry(tx, 1)
    assert entry is not None
    assert entry.link == typed
    said = await school.says("u-jing", f"报新闻 乙 {spelled.format(typed)}", at="04-02 10:05")
    assert "#1" in said[0]
    with school.app.db.reading() as tx:
        assert ledger.entry(tx, 2) is None


async def test_a_claim_made_in_the_earlier_form_still_counts(school: School) -> None:
    link = "https://x.cn/news?id=7&cat=1"
    assert earlier_form(link) != normalise_link(link)

    await school.says("u-jing", f"报新闻 甲 {link}", at="04-02 10:00")

    def as_before(tx: Tx) -> None:
        held = tx.vault.digest("link", earlier_form(link))
        tx.change(update(claims).where(claims.c.fact == 1).values(hash=held))

    await school.app.write(as_before)
    said = await school.says("u-jing", f"报新闻 乙 {link}", at="04-02 10:05")
    assert "#1" in said[0]
    with school.app.db.reading() as tx:
        assert ledger.entry(tx, 2) is None
