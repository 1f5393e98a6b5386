"""`promobot replay`: runs a script of chat lines through the real gateway in virtual time.

The same script gives the same output, byte for byte, on every database. Input and output follow
contracts 5; only the clock and the platform are replaced.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import wording
from bot.adapters.local import NAME, Event, LocalPlatform
from bot.clock import VirtualClock
from bot.process.app import App
from commands.chat.messages import Chat, File
from scoring.errors import OperatorError
from scoring.moments import Instant, instant, local

PRIVATE = "private"
FIELDS = frozenset({"at", "from", "chat", "text", "quote", "press", "file"})

Say = Callable[[Mapping[str, Any]], None]


class LineFault(Exception):
    """A line cannot be carried out; it becomes an `error` in the output."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the script with its number in the file."""

    number: int
    said: Mapping[str, Any]

    @property
    def group(self) -> str:
        """The group it is said in, or ""."""
        chat = self.said.get("chat", "")
        return "" if chat == PRIVATE else str(chat)


def read_script(path: Path) -> list[Line]:
    """Read the lines of a script; raise OperatorError if any line is malformed."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as fault:
        raise OperatorError(wording.say("script.no_file", path=path)) from fault
    except UnicodeDecodeError as fault:
        raise OperatorError(wording.say("script.not_text", path=path)) from fault
    return [
        Line(number, _parsed(raw, number))
        for number, raw in enumerate(text.split("\n"), start=1)
        if raw.strip()
    ]


def _parsed(raw: str, number: int) -> Mapping[str, Any]:
    try:
        said = json.loads(raw)
    except ValueError as fault:
        raise OperatorError(wording.say("script.not_json", line=number)) from fault
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise OperatorError(wording.say("script.not_texts", line=number))
    if unknown := sorted(said.keys() - FIELDS):
        raise OperatorError(wording.say("script.unknown_field", line=number, field=unknown[0]))
    return said


def moment_of(line: Line) -> Instant:
    """Return the instant of a line; raise LineFault if it is unreadable or has no UTC offset."""
    try:
        moment = datetime.fromisoformat(line.said["at"])
    except (KeyError, ValueError):
        raise LineFault(wording.say("script.bad_time")) from None
    if moment.tzinfo is None:
        raise LineFault(wording.say("script.no_zone"))
    return instant(moment)


def first_moment(lines: Iterable[Line]) -> Instant | None:
    """Return the instant at which a script starts: that of the first line with a valid one."""
    for line in lines:
        try:
            return moment_of(line)
        except LineFault:
            continue
    return None


@dataclass
class Replay:
    """One run of a script. `folder`: where its files are; `say` gets each line of output."""

    app: App
    platform: LocalPlatform
    clock: VirtualClock
    folder: Path
    say: Say
    line: int = 0
    failed: bool = False
    lines_of: dict[str, int] = field(default_factory=dict)

    async def run(self, lines: Iterable[Line]) -> bool:
        """Play all lines; return False if one could not be carried out."""
        self.platform.open(self.app.gateway.receive)
        self.platform.hooks.append(self._show)
        lines = list(lines)
        if lines:
            self.line = lines[0].number
            await self._catch_up()
        for line in lines:
            self.line = line.number
            try:
                await self._play(line)
            except LineFault as fault:
                self.failed = True
                self._out("error", _shown_chat(line.said), str(fault))
        return not self.failed

    async def _catch_up(self) -> None:
        """Send what is already due when the script begins, before its first line."""
        await self.app.tick()
        await self.app.delivery.deliver_all()

    async def _play(self, line: Line) -> None:
        at = moment_of(line)
        if at < self.clock.now():
            raise LineFault(wording.say("script.backwards", at=_iso(self.clock.now())))
        await self.app.fire_until(at, self.clock, self.app.delivery.deliver_all)
        if not line.said.keys() - {"at"}:
            return
        await self._act(line)
        await self.app.delivery.deliver_all()

    async def _act(self, line: Line) -> None:
        said = line.said
        author, chat = self._who_and_where(line)
        if "press" in said:
            found = self.platform.newest_with(chat, said["press"])
            if found is None:
                raise LineFault(wording.say("script.no_button", label=said["press"]))
            await self.platform.presses(author, chat, *found)
            return
        if "text" not in said and "file" not in said:
            raise LineFault(wording.say("script.nothing_to_do"))
        message = f"{self.platform.prefix}L{line.number}"
        self.lines_of[message] = line.number
        await self.platform.says(
            author,
            chat,
            said.get("text", ""),
            quote=said.get("quote", ""),
            file=self._file(said["file"]) if "file" in said else None,
            message=message,
        )

    def _who_and_where(self, line: Line) -> tuple[str, Chat]:
        author, chat = line.said.get("from", ""), line.said.get("chat", "")
        if not author or not chat:
            raise LineFault(wording.say("script.no_speaker"))
        world = self.app.db.peek("world", self.app.gateway.inside.load)
        if (NAME, author) not in world.people.by_account:
            raise LineFault(wording.say("script.unknown_account", account=author))
        if chat == PRIVATE:
            return author, Chat(platform=NAME, id=author)
        return author, Chat(platform=NAME, id=chat, group=True, title=chat)

    def _file(self, name: str) -> File:
        path = self.folder / name
        try:
            return File(name=path.name, data=path.read_bytes())
        except OSError:
            raise LineFault(wording.say("script.no_attachment", name=name)) from None

    # --- output ---------------------------------------------------------------------------

    def _show(self, event: Event) -> None:
        if event.sent is None:
            return
        message = event.message
        self.lines_of.setdefault(message.id, self.line)
        chat = message.chat.id if message.chat.group else f"{PRIVATE}:{message.chat.id}"
        self._out(
            event.sent.kind,
            chat,
            event.sent.text,
            buttons=[[button.label for button in row] for row in event.sent.buttons],
            files=[{"name": f.name, "bytes": len(f.data)} for f in event.sent.files],
            deleted=[self.lines_of[gone.id] for gone in event.deleted],
        )

    def _out(
        self,
        kind: str,
        chat: str,
        text: str,
        *,
        buttons: list[list[str]] | None = None,
        files: list[dict[str, Any]] | None = None,
        deleted: list[int] | None = None,
    ) -> None:
        self.say(
            {
                "line": self.line,
                "at": _iso(self.clock.now()),
                "chat": chat,
                "kind": kind,
                "text": text,
                "buttons": buttons or [],
                "files": files or [],
                "deleted": deleted or [],
            }
        )


def _iso(at: Instant) -> str:
    return local(at).isoformat()


def _shown_chat(said: Mapping[str, Any]) -> str:
    chat = str(said.get("chat", ""))
    return f"{PRIVATE}:{said.get('from', '')}" if chat == PRIVATE else chat
