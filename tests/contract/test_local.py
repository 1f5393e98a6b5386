"""The platform in memory is held to the same contract as a real one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.adapters import local
from commands.chat.messages import Chat, File
from tests.contract.adapter_contract import AdapterContract, Seen

NOW = 1711690000


class LocalHarness:
    """See `Harness`."""

    def __init__(self) -> None:
        self.adapter = local.LocalPlatform(now=lambda: NOW)
        self._last: asyncio.Task[None] | None = None

    def private(self, user: str) -> Chat:
        return Chat(platform="local", id=f"u-{user}")

    def group(self) -> Chat:
        return Chat(platform="local", id="staff", group=True)

    def user_says(self, user: str, text: str, *, chat: Chat, mention: bool = False) -> None:
        said = f"{local.MENTIONS[0]} {text}" if mention else text
        self._then(lambda: self.adapter.says(f"u-{user}", chat, said))

    def user_shows(
        self, user: str, data: bytes, text: str = "", *, chat: Chat, mention: bool = False
    ) -> None:
        said, file = (
            f"{local.MENTIONS[0]} {text}" if mention else text,
            File(name="photo.jpg", data=data),
        )
        self._then(lambda: self.adapter.says(f"u-{user}", chat, said, file=file))

    def user_presses(self, user: str, label: str, *, chat: Chat) -> None:
        found = self.adapter.newest_with(chat, label)
        assert found is not None
        self._then(lambda: self.adapter.presses(f"u-{user}", chat, *found))

    async def user_ticks(self, user: str, label: str, *, chat: Chat) -> None:
        await self.close()
        found = next(
            (message, button)
            for message in reversed(self.adapter.transcript(chat))
            for row in message.buttons
            for button in row
            if button.label.endswith(label)
        )
        await self.adapter.presses(f"u-{user}", chat, *found)
        assert found[1] not in [one for row in found[0].buttons for one in row]

    def seen(self, chat: Chat) -> list[Seen]:
        return [
            Seen(
                text=message.text,
                labels=tuple(tuple(button.label for button in row) for row in message.buttons),
                file=(message.files[0].name, message.files[0].data) if message.files else None,
            )
            for message in self.adapter.transcript(chat)
        ]

    def _then(self, act: Callable[[], Awaitable[object]]) -> None:
        """People act one after another, as a person does."""
        before = self._last

        async def later() -> None:
            if before is not None:
                await before
            await act()

        self._last = asyncio.create_task(later())

    async def close(self) -> None:
        if self._last is not None:
            await self._last


@pytest.fixture
async def harness() -> AsyncIterator[LocalHarness]:
    harness = LocalHarness()
    yield harness
    await harness.close()


class TestLocal(AdapterContract):
    """The contract."""

    # The text keeps the mention: the grammar takes it out.
    test_a_mention_is_not_part_of_the_text = None  # type: ignore[assignment]

    # Everybody can be written to.
    test_who_never_wrote_cannot_be_written_to = None  # type: ignore[assignment]

    # The platform in memory keeps no events for us.
    test_an_event_whose_receipt_failed_is_seen_again = None  # type: ignore[assignment]
    test_an_event_in_work_at_a_stop_is_seen_again = None  # type: ignore[assignment]
