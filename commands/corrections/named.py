"""What a correction names (新链接 …, 标题改成 …) and what it is to be, in own words. Pure."""

import re
from collections.abc import Mapping

from commands.filing.kinds import Edit
from scoring.values import frozen

FIELDS = {
    "title": "标题 题目",
    "link": "链接 网址",
    "kind": "类型 类别",
    "name": "姓名 名字",
    "phone": "电话号码 手机号码 联系电话 联系方式 电话 手机号 手机 号码",
    "level": "年级 层次",
    "time": "报送时间 提交时间 完成时间 交接时间 发布时间 时间 日期",
}
"""Words for the parts of a report."""

NAMED: Mapping[Edit, tuple[str, ...]] = {
    "link": ("title", "link", "kind", "time"),
    "title": ("title", "link", "time"),
    "lead": ("name", "phone", "level", "time"),
}
"""What a correction may name, by `Kind.edit`; the words of others belong to its text."""

_BECOMES = r"(?:应该?[是为]|(?:更正|更改|修改|[改换变])[成为])"
_ASKING = r"(?:请|麻烦|帮我|帮忙|我[想要]|把|将|它|的|新|正确|一下)*"
_VAGUE = re.compile(rf"{_ASKING}{_BECOMES}[\s:：]*")
_QUOTED = re.compile(r"[《“「\"](.+)[》”」\"]")


@frozen
class Wish:
    """`text`: what it is to be; `fields`: what was named; `vague`: that something is to change was
    said, but not what."""

    text: str
    fields: frozenset[str]
    vague: bool


def wish_in(text: str, edit: Edit) -> Wish:
    """Read a correction of a report that is edited in this way."""
    words = {word: field for field in NAMED.get(edit, ()) for word in FIELDS[field].split()}
    if not words:
        return Wish(text=text, fields=frozenset(), vague=False)
    label = re.compile(
        rf"(?:^|(?<=[\s,，;；、。])){_ASKING}(?P<word>{'|'.join(words)})"
        rf"(?:\s*{_BECOMES}[\s:：]*|\s*[是为改换:：]\s*|\s+|(?=[\da-zA-Z《“「\"])|$)"
    )
    fields = frozenset(words[found["word"]] for found in label.finditer(text))
    said = label.sub("", text).strip(" ,，;；、") if fields else text
    vague = None if fields else _VAGUE.match(text)
    said = said[vague.end() :] if vague else said
    if (fields or vague) and (quoted := _QUOTED.fullmatch(said)):
        said = quoted[1]
    return Wish(text=said, fields=fields, vague=vague is not None)
