"""The pages of docs/guides as a test reads them: their fenced blocks, and what is in the lines.

```sh      command lines, one a line
```powershell
```toml    a promobot.toml
```chat    私聊：绑定 口令        what one types, privately or in the group
           私聊：名册（附 花名册.csv）
           私聊：[导入]           the button one presses
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
PAGES = tuple(sorted(page.name for page in GUIDES.glob("*.md")))
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"(?:.*[/\\])?promobot(?:\.exe)?")
SAID = re.compile(r"(私聊|群里)(?:（(.+?)）)?：(?:\[(.+)\]|(.+?)(?:（附 (.+)）)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block of a page."""

    page: str
    kind: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line of a chat block. `who`: "" for the administrator; `button`: pressed, not typed."""

    group: bool
    who: str
    button: str
    text: str
    file: str


def text_of(page: str) -> str:
    """A page as it is."""
    return (GUIDES / page).read_text("utf-8")


def blocks(*kinds: str) -> list[Block]:
    """The blocks of these kinds, page by page."""
    return [
        Block(page=page, kind=kind, lines=tuple(filter(None, map(str.strip, body.split("\n")))))
        for page in PAGES
        for kind, body in FENCE.findall(text_of(page))
        if kind in kinds
    ]


def words(line: str, kind: str = "sh") -> list[str]:
    """The words of a command line, the remark at its end left out."""
    return shlex.split(line.replace("\\", "\\\\") if kind == "powershell" else line, comments=True)


def of_promobot(line: str, kind: str = "sh") -> list[str] | None:
    """What a line passes to our program; None if it does not call it. In a container the program
    is what `run` and `exec` start."""
    found = words(line, kind)
    if found[:2] == ["docker", "compose"]:
        return found[found.index("bot") + 1 :] if "run" in found else None
    return found[1:] if PROGRAM.fullmatch(found[0]) else None


def chat(block: Block) -> Iterator[Said]:
    """The lines of a chat block. Raises AssertionError for one that is not understood."""
    for line in block.lines:
        found = SAID.fullmatch(line)
        assert found is not None, f"{block.page}: {line}"
        place, who, button, text, file = found.groups(default="")
        yield Said(group=place == "群里", who=who, button=button, text=text, file=file)
