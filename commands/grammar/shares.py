"""The title in what a platform's 分享 button copies: 抖音 快手 B站 小红书 视频号 微博.

Each platform wraps the title in codes, thanks and invitations of its own; they are named here.
"""

import re

HOSTS = re.compile(
    r"(?:^|\.)(?:douyin|iesdouyin|kuaishou|chenzhongtech|bilibili|xiaohongshu|xhslink|weibo)"
    r"\.(?:com|cn)$|^b23\.tv$|^(?:m\.)?weibo\.cn$|^t\.cn$|^channels\.weixin\.qq\.com$|^weixin\.qq\.com$"
)
"""Whose share texts are known, by the host of the link."""

VIDEOS = re.compile(r"(?:^|\.)(?:douyin|iesdouyin|kuaishou)\.com$|^b23\.tv$")
"""Those whose share texts are always videos (C2)."""

_BEFORE = re.compile(
    r"^(?:[0-9.]{1,6}\s+)?(?:[a-zA-Z]{2,6}:/\s*)?(?:长按)?(?:复制打开(?:抖音|快手)(?:极速版)?，?\s*看看)?"
    r"(?:我?分享(?:视频号|一个视频)?\s*(?:@\S{1,30}\s?的?视频[:：])?)?(?:看了这个视频，?)?\s*"
)
_BEHIND = re.compile(
    r"该(?:作品|视频)在|点击链接|(?:长按)?复制(?:打开|此|本|这|该|后)|快来看|\U0001f606"
    r"|>{0,2}打开(?:【|Dou|抖音|快手|小红书|微博|App)|[（(]?分享自\s?@|来自\s?@?微博"
    r"|\s[-|_]\s?(?:小红书|抖音|快手|微博)|[-_]\s?哔哩哔哩"
)
_QUOTED = re.compile(r"【([^【】]*)】([^【】]*)$", re.DOTALL)
_AUTHOR = re.compile(r"\s-\s[^-|]{1,30}$")
_TOPIC = re.compile(r"#([^#\s]{1,30})#")
_HASHTAG = re.compile(r"#\s?[^\s#]+")
_CUT = re.compile(r"\s[|｜]\s.*$", re.DOTALL)


def title_of(text: str) -> str:
    """The title in a share text without its link: what is inside 【】 and behind it, or what no
    platform adds by itself."""
    text = _BEFORE.sub("", text.strip())
    quoted, talk = _QUOTED.search(text), _BEHIND.search(text)
    if quoted is None or (talk is not None and 0 < talk.start() < quoted.start()):
        return _plain(text)
    inside, behind = quoted[1], quoted[2]
    if _CUT.search(inside):
        inside = _AUTHOR.sub("", _CUT.sub("", inside))
    return _plain(f"{_without_talk(inside)} {behind}")


def _plain(text: str) -> str:
    said = _without_talk(text)
    kept = " ".join(_HASHTAG.sub("", _TOPIC.sub("", said)).split())
    return kept or " ".join(said.replace("#", " ").split())


def _without_talk(text: str) -> str:
    found = _BEHIND.search(text)
    return text[: found.start()].rstrip(" \n，,。！!~") if found else text
