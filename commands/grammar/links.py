"""Links and the text pasted around them (C2)."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from unicodedata import normalize

from commands.grammar import shares
from commands.grammar.folding import fold

PLATFORMS = ("视频号", "抖音", "快手", "b站", "小红书")
KIND_WORDS = ("新闻", "软文", "栏目", "视频")
MAX_ITEMS = 20

_HEAD = re.compile(
    r"https?:(?://|／／)|www\.|mp\.weixin\.qq\.com/|channels\.weixin\.qq\.com/"
    r"|(?:v|www)\.(?:douyin|kuaishou)\.com/|b23\.tv/|xhslink\.com/"
)
_TAIL = re.compile(r"[!-~]*")
_BROKEN = re.compile(r"https?(?:[:：]|\b)|://|：//|\bht+ps?[:：]/|www\.|\bmp\.weixin\b")
_MARK = re.compile(
    r"(?:[(（]?[0-9]{1,2}(?:[)）、：:]|\.(?![0-9])|\u20e3)|[①-⑳⑴-⒇⒈-⒛]"
    r"|[一二三四五六七八九十]{1,2}、|[-–—•·*●▪])\s*"
)
_KIND = re.compile(rf"(?:/|报)?({'|'.join(KIND_WORDS)})(?=[\s:：,，、]|$)[\s:：,，、]*")
_REPORT = re.compile(rf"报({'|'.join(KIND_WORDS)})")
_PLATFORM = re.compile(rf"(?:^|[\s,，、（(])({'|'.join(PLATFORMS)})[)）]?[\s。]*$")
_EDGES = " \n\u3000\u2005,，、;；。:：|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One pasted item. `kind`: a kind's code where a kind word or a share text gives one (a word
    holds for the items after it), None for the command's own kind. `link`: with its scheme, or a
    platform's word in place of a video's link, or "" where there is none."""

    kind: str | None
    title: str
    link: str


def spans(text: str, copy: str) -> Iterator[tuple[int, int]]:
    """The spans of the links; each ends at white space or the first non-ASCII character."""
    end = 0
    while head := _HEAD.search(copy, end):
        tail = _TAIL.match(text, head.end())
        end = tail.end() if tail else head.end()
        while end > head.end() and text[end - 1] in ",;":
            end -= 1
        yield head.start(), end


def whole(link: str) -> str:
    """The link with its scheme and without marks of the text behind it, or "" if it names no
    host."""
    scheme, mark, rest = link.partition("://") if "://" in link else ("https", "://", link)
    rest = _bare(rest)
    host = rest.partition("/")[0].partition("?")[0]
    address = f"{scheme.lower()}{mark}{host.lower()}{rest[len(host) :]}"
    return address if "." in host.strip(".") else ""


def broken(copy: str) -> bool:
    """Whether a copy whose links are cut out still holds something meant as a link."""
    return _BROKEN.search(copy) is not None


# --- when two links are the same ----------------------------------------------------------

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://(?=.)")
"""Only at the start of a link: later on a scheme belongs to the query."""

_ENTITY = re.compile(r"&(?:amp|(quot|apos|lt|gt)|#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7})));", re.I)
_NAMED = {"quot": '"', "apos": "'", "lt": "<", "gt": ">"}
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+|%")
_BESIDE = " \n\u3000\"'`“”‘’*~^|\\.,:;!?。，、；：！？…·"
_OPENERS = "([{<（［｛〈《「『【〔"
_OPENING = f"{_OPENERS}“‘"
_EITHER = "\"'`*_"
_CLOSERS = dict(zip(")]}>）］｝〉》」』】〕", _OPENERS, strict=True))
_AROUND = _BESIDE + _OPENERS
_DEFAULT_PORT = re.compile(r":(?:0*80|0*443)?$")
_TRACES = {
    *("from", "scene", "chksm", "previous_page", "isappinstalled", "nsukey", "spm", "spm_id_from"),
    *("vd_source", "fbclid", "gclid", "tt_from", "wfr", "unique_k"),
}
_TRACE = ("utm_", "share", "xhsshare", "hmsr", "hmpl")
_SAME_HOST = {
    "m.bilibili.com": "www.bilibili.com",
    "bilibili.com": "www.bilibili.com",
    "m.douyin.com": "www.douyin.com",
    "douyin.com": "www.douyin.com",
    "iesdouyin.com": "www.douyin.com",
    "www.iesdouyin.com": "www.douyin.com",
}
"""Hosts that show the same under the same path."""

_MOVES = ("bilibili.com", "douyin.com")
_PLAIN = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[A-Za-z0-9_-]+)*)/?")
"""Most links are in their normal form but for the scheme, unless their host is one that moves."""


def normalise_link(link: str) -> str:
    """The form in which links are compared: what a browser would open, without the scheme, the
    default port, the user, sharing parameters, the fragment, and marks of the text around it."""
    plain = _PLAIN.fullmatch(link)
    if plain is not None and not plain[1].endswith(_MOVES):
        return plain[1] + plain[2]
    address = normalize("NFKC", link)
    for _ in range(3):  # an entity may have been escaped once more
        if "&" not in address or (meant := _ENTITY.sub(_meant, address)) == address:
            break
        address = meant
    address = _SCHEME.sub("", address.lstrip(_AROUND)).partition("#")[0]
    address = address.replace("\\", "/")
    front, _, query = address.partition("?")
    host, _, path = front.partition("/")
    host = _host(host)
    steps = _steps(path)
    pairs = dict.fromkeys(map(_pair, query.split("&"))) if query else {}
    pairs.pop(("", ""), None)
    if host == "www.douyin.com" and steps[:2] == ["share", "video"]:
        del steps[0]
    if host == "mp.weixin.qq.com" and steps[:1] == ["s"]:
        if len(steps) > 1:
            return f"{host}/{'/'.join(steps)}"
        named = dict(pairs.keys())
        if "__biz" in named and "mid" in named:
            kept = {name: named.get(name, "=1") for name in ("__biz", "mid", "idx")}
            return f"{host}/s?{'&'.join(map(''.join, kept.items()))}"
    said = "&".join(sorted(name + value for name, value in pairs if not _is_trace(name.lower())))
    return "/".join([host, *steps]) + (f"?{said}" if said else "")


def _meant(entity: re.Match[str]) -> str:
    named, in_hex, number = entity.groups()
    if named:
        return _NAMED[named.lower()]
    code = int(in_hex, 16) if in_hex else int(number or "38")
    return chr(code) if 0x20 < code < 0x7F else entity[0]


def _host(said: str) -> str:
    """The host of an address: no user, default port or dot at its end, in lower case ASCII."""
    host = _unescaped(said.rpartition("@")[2], "/?#@&").replace("。", ".").lower()
    host = _DEFAULT_PORT.sub("", host.strip(_AROUND)).strip(_AROUND)
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode()
    return _SAME_HOST.get(host, host)


def _steps(path: str) -> list[str]:
    """The steps of a path, unescaped, without empty ones, . and .., and ;parameters."""
    steps: list[str] = []
    for said in path.split("/"):
        step = _unescaped(said.partition(";")[0], "/?#;&").strip()
        if step == "..":
            del steps[-1:]
        elif step and step != ".":
            steps.append(step)
    while steps and not (last := _bare(steps[-1])):
        steps.pop()
    return [*steps[:-1], last] if steps else []


def _pair(said: str) -> tuple[str, str]:
    """A parameter's name, and its value behind =; the value is empty where there is no =."""
    name, mark, value = said.partition("=")
    name = _bare(_unescaped(name, "&#=")).lstrip("?")
    return name, mark + _bare(_unescaped(value, "&#")) if name else ""


def _unescaped(text: str, kept: str) -> str:
    """The text without needless %-escapes; those of `kept`, % and unseen characters stay."""
    if "%" not in text:
        return text

    def plain(found: re.Match[str]) -> str:
        try:
            said = bytes.fromhex(found[0].replace("%", "")).decode()
        except UnicodeDecodeError:
            return found[0].upper()
        return "".join(
            "".join(f"%{byte:02X}" for byte in char.encode())
            if char in kept or char == "%" or char.isspace() or not char.isprintable()
            else char
            for char in normalize("NFKC", said or "%")
        )

    return _ESCAPES.sub(plain, text)


def _bare(text: str) -> str:
    """The text without marks behind it, and without brackets that it does not open itself."""
    end = len(text)
    if text[-1:].isalnum():
        return text
    left = Counter(text)
    while end:
        last = text[end - 1]
        opener = _CLOSERS.get(last)
        if opener is not None and left[last] <= left[opener]:
            break
        if opener is None and last not in _BESIDE and last not in _OPENERS:
            break
        left[last] -= 1
        end -= 1
    return text[:end]


def _is_trace(name: str) -> bool:
    return name in _TRACES or name.startswith(_TRACE)


_DROPPED = frozenset({"from", "scene", "chksm", "previous_page"})


def earlier_form(link: str) -> str:
    """The form by which the claims of a link were entered before `normalise_link` grew strict."""
    address = _SCHEME.sub("", normalize("NFKC", link).strip()).partition("#")[0]
    path, _, query = address.partition("?")
    host, slash, path = path.partition("/")
    host, path = host.lower().strip(". "), f"{slash}{path}".strip().rstrip("/ ")
    pairs = [pair for pair in query.split("&") if pair]
    if host == "mp.weixin.qq.com" and path.startswith("/s"):
        if path != "/s":
            return host + path
        named = dict(pair.partition("=")[::2] for pair in pairs)
        if "__biz" in named and "mid" in named:
            kept = {"__biz": named["__biz"], "mid": named["mid"], "idx": named.get("idx", "1")}
            return f"{host}{path}?{'&'.join(map('='.join, kept.items()))}"
    pairs = [pair for pair in pairs if not _was_trace(pair.partition("=")[0].lower())]
    return host + path + ("?" + "&".join(pairs) if pairs else "")


def _was_trace(name: str) -> bool:
    return name in _DROPPED or name.startswith(("utm_", "share"))


# --- what is pasted -----------------------------------------------------------------------


def pasted(text: str, copy: str, kinds: Mapping[str, str]) -> tuple[Item, ...]:
    """Cut a paste at its links; `kinds` are the codes of the kind words.

    A repeated link is one item. Text without any link is one item per line that ends with a
    platform's word, or one item without a link.
    """
    found = list(spans(text, copy))
    if not found:
        return _by_lines(text, kinds)
    chunks = _chunks(text, found)
    kind: str | None = None
    items: dict[str, Item] = {}
    for number, (chunk, (start, end)) in enumerate(zip(chunks, found, strict=False)):
        said, title = _said(chunk, kinds)
        kind = said or kind
        link = whole(text[start:end])
        here = kind
        host = normalise_link(link).partition("/")[0].partition("?")[0] if link else ""
        if shares.VIDEOS.search(host):
            here = kinds.get("视频", "视频")
        if shares.HOSTS.search(host):
            title = shares.title_of(title)
        items.setdefault(
            normalise_link(link) if link else f"？{number}",
            Item(kind=here, title=title, link=link),
        )
    left = chunks[len(found)]
    if left:
        items.update(enumerate_items(_by_lines(left, kinds), kind))
    return tuple(items.values())


def enumerate_items(left: tuple[Item, ...], kind: str | None) -> dict[str, Item]:
    """Key the items after the last link, with the kind said before them."""
    return {
        f"末{place}": Item(kind=item.kind or kind, title=item.title, link=item.link)
        for place, item in enumerate(left)
    }


def _chunks(text: str, found: list[tuple[int, int]]) -> list[str]:
    """The title before each link, and the text after the last.

    What follows a link on its line is dropped as a share text's code or a word of thanks, unless
    nothing precedes the first link: then titles follow their links.
    """
    bounds = [0, *(edge for span in found for edge in span), len(text)]
    between = [text[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
    if not _MARK.sub("", _KIND.sub("", between[0].strip(_EDGES))).strip(_EDGES):
        following = [piece.partition("复制")[0].strip(_EDGES) for piece in between[1:]]
        if all(following):
            return [f"{between[0]} {following[0]}", *following[1:], ""]
    titles = [between[0]]
    for piece in between[1:]:
        same_line, line_break, below = piece.partition("\n")
        titles.append(below if line_break else "")
        if same_line.strip(_EDGES) and len(titles) <= len(found) and not below.strip(_EDGES):
            titles[-1] = same_line
    return titles


def _said(chunk: str, kinds: Mapping[str, str]) -> tuple[str | None, str]:
    """The kind that a chunk begins with, if any, and its title without list marks."""
    title = chunk.strip(_EDGES)
    kind = None
    for _ in range(3):
        mark = _MARK.match(fold(title)) or _MARK.match(title)
        if mark:
            title = title[mark.end() :]
        copy = fold(title)
        word = _KIND.match(copy) or _REPORT.match(copy)
        if word:
            kind = kinds.get(word[1], word[1])
            title = title[word.end() :]
        if not (mark or word):
            break
    lines = (line.strip() for line in title.strip(_EDGES).split("\n"))
    return kind, _closed(" ".join(line for line in lines if line))


def _closed(title: str) -> str:
    """The title without what opens around its link: 丙( and 丙“ are 丙."""
    while title and (
        title[-1] in _OPENING or (title[-1] in _EITHER and title.count(title[-1]) % 2)
    ):
        title = title[:-1].rstrip(_EDGES)
    return title


def _by_lines(text: str, kinds: Mapping[str, str]) -> tuple[Item, ...]:
    items: list[Item] = []
    kind: str | None = None
    above: list[str] = []
    for line in text.split("\n"):
        above.append(line)
        platform = _PLATFORM.search(fold(line))
        if platform:
            a, b = platform.span(1)
            said, title = _said("\n".join([*above[:-1], line[:a].rstrip("（( ")]), kinds)
            kind = said or kind
            items.append(Item(kind=kind, title=title, link=line[a:b]))
            above = []
    said, title = _said("\n".join(above), kinds)
    if title or (said and not items):
        items.append(Item(kind=said or kind, title=title, link=""))
    return tuple(items)
