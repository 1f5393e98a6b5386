"""What people copy around a link is not its title, and marks around it are not the link."""

import pytest

from commands.grammar.folding import fold
from commands.grammar.links import normalise_link, pasted

KINDS = {"新闻": "news", "软文": "article", "栏目": "column", "视频": "video"}
LINK = "https://mp.weixin.qq.com/s/CCC111"
KEY = "mp.weixin.qq.com/s/CCC111"


@pytest.mark.parametrize(
    "around",
    [
        *("{}", "({})", "（{}）", "“{}”", '"{}"', "'{}'", "<{}>", "《{}》", "【{}】", "`{}`"),
        *("{}.", "{}!", "{}！", "{}；", "{};", "{}。", "[{}]", "{}，谢谢", "（“{}”）", "*{}*"),
    ],
)
@pytest.mark.parametrize(
    "link",
    [
        LINK,
        "HTTPS://MP.WEIXIN.QQ.COM/s/CCC111",
        "https://mp.weixin.qq.com:443/s/CCC111",
        "http://mp.weixin.qq.com/s/CCC111?scene=1&amp;from=timeline",
        "mp.weixin.qq.com/s/CCC111",
    ],
)
def test_one_article_has_one_key_and_its_own_title(around: str, link: str) -> None:
    text = "丙" + around.format(link)
    [item] = pasted(text, fold(text), KINDS)
    assert (item.title, normalise_link(item.link)) == ("丙", KEY)
    assert item.link.startswith(("http://mp.weixin.qq.com", "https://mp.weixin.qq.com"))


def test_a_title_keeps_what_it_closes_itself() -> None:
    for title in ("他说“好”", "开学第一课（上）", '"技能节"开幕', "一根网线的教育《续》"):
        text = f"{title} {LINK}"
        [item] = pasted(text, fold(text), KINDS)
        assert item.title == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "https://v.kuaishou.com/2xYa1 漆艺小课堂一 该作品在快手被播放过290.3万次，"
            "点击链接，打开【快手】直接观看！",
            "漆艺小课堂一",
        ),
        ("https://v.kuaishou.com/3aB 实训 一天 >>打开快手，看看吧", "实训 一天"),
        (
            "7.53 复制打开抖音，看看【信工系的作品】网线制作 # 网络技术 "
            "https://v.douyin.com/iDef456/ 03/22 y@g.OX :2pm",
            "信工系的作品 网线制作",
        ),
        (
            "漆艺小课堂二 https://v.douyin.com/a2/ 复制此链接，打开Dou音搜索，直接观看视频！",
            "漆艺小课堂二",
        ),
        ("3.84 sHI:/ 晨检流程 # 护理 https://v.douyin.com/a3/ 复制此链接", "晨检流程"),
        ("【漆艺小课堂三-哔哩哔哩】 https://b23.tv/abcd12", "漆艺小课堂三"),
        ("【大赛备赛】 https://www.bilibili.com/video/BV1x?vd_source=abc", "大赛备赛"),
        (
            "漆艺小课堂四 http://xhslink.com/a/abc123，复制本条信息，打开【小红书】App查看精彩内容！",
            "漆艺小课堂四",
        ),
        (
            "45 【漆艺小课堂五 - 信工系 | 小红书 - 你的生活指南】 😆 AbCdEf 😆 "
            "https://www.xiaohongshu.com/discovery/item/64ab",
            "漆艺小课堂五",
        ),
        ("【漆艺小课堂七】 https://weibo.com/1234/abcd （分享自@微博）", "漆艺小课堂七"),
        ("分享 @信工系 的视频：漆艺小课堂八 http://t.cn/A6abc", "漆艺小课堂八"),
        ("#漆艺# 漆艺小课堂九 http://t.cn/A6abcd 来自@微博", "漆艺小课堂九"),
        ("漆艺小课堂六 https://weixin.qq.com/sph/AbCd12", "漆艺小课堂六"),
        ("#漆艺小课堂 https://v.douyin.com/a9/", "漆艺小课堂"),
        ("信工系开展安全教育 https://mp.weixin.qq.com/s/aaa", "信工系开展安全教育"),
        ("快来看看我们的课 https://mp.weixin.qq.com/s/aab", "快来看看我们的课"),
    ],
)
def test_a_share_text_gives_its_title(text: str, title: str) -> None:
    [item] = pasted(text, fold(text), KINDS)
    assert item.title == title
