"""The playground in a terminal: write as anybody, in a group or privately, press buttons by label.

Commands: `:谁 账号` `:群 群名` `:私` `:按 按钮` `:传 文件` `:退出`; anything else is said.
"""

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.adapters.local import NAME, Event, LocalPlatform
from bot.wording import say
from commands.chat.messages import Chat, File, Receive


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def _hand_over(
    read: Callable[[], str], loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str]
) -> None:
    """Pass lines on to the loop; an empty one marks the end of input."""
    with suppress(RuntimeError):  # the loop has ended
        while line := read():
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, "")


MOST_NEAR = 6


def _alike(said: str, one: tuple[str, str, str]) -> bool:
    """Whether an account or a name shares a half with what was said."""
    from rapidfuzz.distance import OSA

    alike = (OSA.normalized_similarity(said.casefold(), word) for word in one[:2])
    return said in one[2] or max(alike) >= 0.5


@dataclass
class Console(LocalPlatform):
    """A LocalPlatform whose people sit at standard input."""

    account: str = ""
    group: str = ""
    people: Callable[[], Sequence[tuple[str, str, str]]] = tuple
    """Account, name and unit of those one can be; empty: anybody."""
    out: Callable[[str], None] = _print
    read: Callable[[], str] = sys.stdin.readline

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ended = asyncio.Event()
        self.hooks.append(self._show)

    async def run(self, receive: Receive) -> None:
        """Take lines until the input ends."""
        self.open(receive)
        self.out(say("console.help"))
        if self.account:
            self._become(self.account)
        elif people := self.people():
            self.out(say("console.who"))
            self.out(
                "\n".join(say("console.person", account=a, name=n, unit=u) for a, n, u in people)
            )
        lines: asyncio.Queue[str] = asyncio.Queue()
        reader = partial(_hand_over, self.read, asyncio.get_running_loop(), lines)
        # A daemon thread: the process may end while somebody is still thinking.
        threading.Thread(target=reader, name="keyboard", daemon=True).start()
        while (line := await lines.get()) and line.strip() != ":退出":
            if line.strip():
                await self.take(line.rstrip("\r\n"))
        self.ended.set()

    async def take(self, line: str) -> None:
        """Carry out one line of input."""
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word == ":谁":
            self._become(rest)
        elif word == ":群":
            self.group = rest
        elif word == ":私":
            self.group = ""
        elif not self.account:
            self.out(say("console.no_account"))
        elif word == ":按":
            await self._press(rest)
        elif word == ":传":
            await self._upload(rest)
        elif word.startswith(":"):
            self.out(say("console.help"))
        else:
            await self.says(self.account, self.chat, line)

    @property
    def chat(self) -> Chat:
        """Where the next line is said."""
        if self.group:
            return Chat(platform=NAME, id=self.group, group=True, title=self.group)
        return Chat(platform=NAME, id=self.account)

    def _become(self, said: str) -> None:
        """Speak as the person of this account or name; who is nobody is told whom it is near."""
        people = self.people()
        found = [one for one in people if said in one[:2]]
        if len(found) == 1 or not people:
            self.account = found[0][0] if found else said
            return
        self.account = ""
        near = found or [one for one in people if _alike(said, one)] or people
        named = "、".join(f"{name} {account}" for account, name, _ in near[:MOST_NEAR])
        self.out(say("console.which" if found else "console.nobody", said=said[:20], named=named))

    async def _press(self, label: str) -> None:
        found = self.newest_with(self.chat, label)
        if found is None:
            self.out(say("console.no_button", label=label))
            return
        await self.presses(self.account, self.chat, *found)

    async def _upload(self, name: str) -> None:
        try:
            data = await asyncio.to_thread(Path(name).read_bytes)
        except OSError:
            self.out(say("console.no_file", name=name))
            return
        await self.says(self.account, self.chat, file=File(name=Path(name).name, data=data))

    def _show(self, event: Event) -> None:
        if event.sent is None:
            return
        chat = event.message.chat
        text = event.sent.text.replace("\n", "\n    ")
        where = "console.in_group" if chat.group else "console.in_private"
        self.out(say(where, chat=chat.id, text=text))
        for row in event.sent.buttons:
            self.out("    {" + "|".join(button.label for button in row) + "}")
        for file in event.sent.files:
            self.out("    " + say("console.file", name=file.name, size=len(file.data)))
