"""WeCom for the contract: the emulator, people on it, and the adapter over its connection."""

import asyncio
from dataclasses import dataclass

from bot.adapters.wecom import Connected, Socket, WecomAdapter
from commands.chat.messages import Chat, Incoming, Outgoing, Receipt, Receive
from tests.contract.adapter_contract import Seen
from tests.emulators.loopback import START
from tests.emulators.wecom_bot import BOT_ID, NAME, SECRET, WecomBot


@dataclass
class Clock:
    """The time at the school and at the service."""

    now: float = START + 3600


class AtWork:
    """The adapter with its connection already there: `run` only says who receives."""

    def __init__(self, adapter: WecomAdapter) -> None:
        self._adapter = adapter
        self.name = adapter.name
        self.capabilities = adapter.capabilities
        self._receive: asyncio.Future[Receive] = asyncio.get_running_loop().create_future()
        self._running = asyncio.create_task(adapter.run(self._hand_on))

    async def run(self, receive: Receive) -> None:
        self._receive.set_result(receive)
        try:
            await asyncio.Event().wait()
        finally:
            self._receive = asyncio.get_running_loop().create_future()

    @property
    def failures(self) -> int:
        return self._adapter.failures

    async def send(self, message: Outgoing) -> Receipt:
        return await self._adapter.send(message)

    async def close(self) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def _hand_on(self, incoming: Incoming) -> None:
        receive = await asyncio.shield(self._receive)
        await receive(incoming)


class WecomHarness:
    """See `Harness`. `pauses`: what would have been waited; nothing is waited here."""

    def __init__(self, service: WecomBot) -> None:
        self.service = service
        self.pauses: list[float] = []
        self.socket = Socket(BOT_ID, SECRET, service.address, pause=self._pause, ack=0.5)
        line = Connected(self.socket, (NAME,), now=self.now, pause=self._pause)
        adapter = WecomAdapter([line], now=self.now)
        self.adapter = AtWork(adapter)
        self._group = service.group()
        service.reachable.add(self._group)

    def now(self) -> int:
        return int(self.service.now())

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def private(self, user: str) -> Chat:
        return Chat(platform="wecom", id=user)

    def group(self) -> Chat:
        return Chat(platform="wecom", id=self._group, group=True)

    def user_says(self, user: str, text: str, *, chat: Chat, mention: bool = False) -> None:
        said = f"@{NAME} {text}" if mention else text
        self.service.says(user, said, chat.id if chat.group else "")

    def user_shows(
        self, user: str, data: bytes, text: str = "", *, chat: Chat, mention: bool = False
    ) -> None:
        said = f"@{NAME} {text}" if mention else text
        self.service.shows(user, data, text=said, group=chat.id if chat.group else "")

    def user_presses(self, user: str, label: str, *, chat: Chat) -> None:
        self.service.presses(user, chat.id, label)

    async def user_ticks(self, user: str, label: str, *, chat: Chat) -> None:
        self.service.ticks(chat.id, label)

    def seen(self, chat: Chat) -> list[Seen]:
        return [
            Seen(
                text=shown.text,
                labels=(tuple(label for label, _ in shown.buttons),) if shown.buttons else (),
                file=shown.file,
            )
            for shown in self.service.seen(chat.id)
        ]

    async def connected(self, times: int = 1) -> None:
        """Until the bot is subscribed for the so-manieth time."""
        await self.service.until(lambda: self.service.subscriptions >= times)
