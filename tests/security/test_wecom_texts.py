"""What people typed is read on WeCom as they typed it, and does nothing there."""

import json
import re
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.wecom import encode
from bot.adapters.wecom.line import Paper
from commands.chat.messages import Button, Chat, Outgoing

PAPERS = {"bot": encode.BOT, "app": encode.APP, "webhook": encode.WEBHOOK}
TYPED = [
    '<a href="https://evil.example">点这里</a>',
    "< a href=x>y</ a>",
    "<@all> <@lin> <@ lin>",
    "@all @所有人 @ALL @ all @everyone",
    "![](https://evil.example/x.png)",
    "[x](https://evil.example)",
    "![图][1]\n[1]: https://evil.example/<@all>",
    "https://a.cn/<@all>",
    "https://a.cn/![](https://evil.example/x.png)",
    "https://a.cn/`<font>`",
    '<font color="warning">红</font>',
    "`代码` ```\n块\n```",
    "&lt;@all&gt; &#60;@all&#x3e;",
    "标题\n# 大\n###### 小\n#",
    "行\n> 引\n>> 再引",
    "上面\n===\n上面\n-\n上面\n=",
    "- 一\n* 二\n+ 三",
    "*斜* **粗** _斜_ __粗__ ~~划~~",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "\\*转\\* \\[x](y)",
    "***\n___\n---",
    "<!-- 藏 --><script>alert(1)</script>",
]
TAG = re.compile(r"<")
MARKUP = re.compile(
    r"[<>`\[\]|\\]|!\[|^[ \t]*(?:#{1,6}(?:\s|$)|[-+*](?:[ \t])|=+[ \t]*$|-+[ \t]*$|_{3,})"
    r"|(?<![0-9A-Za-z_])_|\*\S|&#?\w+;|@(?:all|所有人)",
    re.M | re.I,
)


def said(text: str, *labels: str) -> Outgoing:
    buttons = (tuple(Button(label=label, says="help") for label in labels),) if labels else ()
    chat = Chat(platform="wecom", id="lin")
    return Outgoing(key="k", chat=chat, kind="reply", text=text, buttons=buttons)


def contents(text: str, paper: Paper) -> str:
    bodies = encode.bodies(said(text), paper)
    assert {body["msgtype"] for body in bodies} == {paper.kind}
    return "\n".join(body[paper.kind]["content"] for body in bodies)


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("typed", TYPED)
def test_no_tag_no_mention_and_no_entity_gets_through(name: str, typed: str) -> None:
    content = contents(typed, PAPERS[name])
    assert "<" not in content
    assert ">" not in content
    assert not re.search(r"@[ \t]*(?:all|所有人|everyone)|&#?\w+;", content, re.I)


@pytest.mark.parametrize("typed", TYPED)
def test_no_markdown_gets_through(typed: str) -> None:
    content = re.sub(r"https?://[!-~]+", "", contents(typed, encode.BOT))
    assert not MARKUP.search(content), content


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("typed", [*TYPED, "初三 88.5 分，https://a.cn/x_y?a=1&b=2#c 见 a_b_c"])
def test_people_read_what_was_typed(name: str, typed: str) -> None:
    assert normalize("NFKC", contents(typed, PAPERS[name])) == normalize("NFKC", typed)


@pytest.mark.parametrize("name", PAPERS)
def test_links_and_ordinary_texts_stay_as_they_are(name: str) -> None:
    text = "#12 待审 5-1=4 & 100% a_b 3 * 4" if name != "bot" else "#12 待审 5-1=4 & 100% a_b"
    text += "\nhttps://mp.weixin.qq.com/s?__biz=MzA=&mid=1&idx=2&sn=ab_c#rd 李@a.cn"
    assert contents(text, PAPERS[name]) == text


@pytest.mark.parametrize("typed", [text for text in TYPED if "\n" not in text])
def test_a_card_holds_no_tag_either(typed: str) -> None:
    short = typed[:26]
    for body in encode.bodies(said(f"{short}\n{typed}", short[:10])):
        shown = json.dumps(body, ensure_ascii=False)
        assert "<" not in shown
        assert not re.search(r"@[ \t]*(?:all|所有人)|&#?\w+;", shown, re.I)


@given(st.text(alphabet="<>@all&lt;#[](`)!*_-= \n\\|~a得https:/.", max_size=300))
def test_any_text_is_escaped_and_still_reads_the_same(typed: str) -> None:
    for paper in PAPERS.values():
        if typed.strip():
            content = contents(typed, paper)
            assert "<" not in content
            assert ">" not in content
            assert normalize("NFKC", content) == normalize("NFKC", typed)
