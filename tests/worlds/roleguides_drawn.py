"""The guides by role as the process serves them: docs/guides/roles drawn as HTML, `make pages`."""

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

from markdown_it import MarkdownIt
from PIL import Image

from commands.help.guided import PATH
from tests.worlds.roleguides import BESIDE, NAMES, PAGES, ROOT, STEP, live, opened, text_of, told

FOLDER = ROOT / "bot" / "pages" / "guides"
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
PRESSED = re.compile(r"\[(.+?)\]")


def drawn(page: str) -> str:
    """The page between its header and its footer."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("fence", _talk)
    reader.add_render_rule("image", _image)
    reader.add_render_rule("link_open", _link)
    reader.add_render_rule("th_open", lambda *_: '<th scope="col">')
    said: str = reader.render(COMMENT.sub("", text_of(page)))
    return "".join(_parts(said))


def _parts(said: str) -> Iterator[str]:
    """What begins with words in bold is one thing, and such things stand side by side if they
    may."""
    blocks = re.split(r"^(?=<h2>|<p><strong>)", said, flags=re.MULTILINE)
    for steps, some in groupby(blocks, lambda block: block.startswith("<p><strong>")):
        if steps:
            yield '<div class="steps">\n'
            yield from (f"<section>\n{step}</section>\n" for step in some)
            yield "</div>\n"
        else:
            yield from some


def _link(self: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    """The guide of another role is served here as well; other pages of docs/ are not."""
    name = str(tokens[at].attrs["href"]).removesuffix(".zh-CN.md")
    return f'<a href="{PATH}/{name}">' if name in NAMES else "<a>"


def _image(self: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    name = PurePosixPath(str(tokens[at].attrs["src"])).name
    with Image.open(FOLDER / name) as picture:
        width, height = picture.size
    told = escape(tokens[at].content)
    return f'<img src="{PATH}/{name}" alt="{told}" width="{width}" height="{height}">'


def _talk(self: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    assert tokens[at].info == "talk"
    lines = tokens[at].content.rstrip("\n").split("\n")
    parts: list[str] = []
    for answered, some in groupby(lines, lambda line: line.startswith(BESIDE)):
        block = [*some]
        parts += _told(block) if answered else map(_said, block)
    return '<div class="talk">\n' + "\n".join(parts) + "\n</div>\n"


def _said(line: str) -> str:
    found = STEP.fullmatch(line)
    if found is None:
        return f'<p class="when">{escape(line)}</p>'
    who, group, button, text, file = (escape(one or "") for one in found.groups())
    kind = "mine" if who == "您" else "theirs"
    kind += " pressed" if button else ""
    more = f"（附 {file}）" if file else ""
    return f'<p class="{kind}"><b>{who}{group}：</b><span>{button or text}{more}</span></p>'


def _told(lines: list[str]) -> list[str]:
    """Messages, each with the buttons under it."""
    parts: list[str] = []
    texts = [line.removeprefix(BESIDE) for line in lines]
    for keys, some in groupby(
        texts, lambda text: re.fullmatch(r"(\[[^]]+\] ?)+", text) is not None
    ):
        if keys:
            labels = (label for text in some for label in PRESSED.findall(text))
            spans = "".join(f"<span>{escape(label)}</span>" for label in labels)
            parts.append(f'<p class="keys">{spans}</p>')
        else:
            parts.append(f'<p class="told">{"<br>".join(map(escape, some))}</p>')
    return parts


async def write() -> None:
    """Write the answers into the pages, and the pages as they are served."""
    with tempfile.TemporaryDirectory() as place:
        month = await live(Path(place))
        for name in NAMES:
            async with opened(name, month, Path(place)) as talk:
                said = await told(name, talk)
            (PAGES / f"{name}.zh-CN.md").write_text(said, "utf-8")
            (FOLDER / f"{name}.html").write_text(drawn(name), "utf-8")
            sys.stdout.write(f"roles/{name}.zh-CN.md\n")


if __name__ == "__main__":
    asyncio.run(write())
