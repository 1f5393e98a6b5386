"""Its door in the shell."""

from bot.adapters.findings import FINE
from bot.clock import Clock
from bot.settings import Settings
from bot.shell.platforms import Door, Reached
from commands.chat.messages import Adapter
from tests.throwaway.adapter import Throwaway
from tests.throwaway.service import TOKEN

BASE = ""
"""The address of the service; a real platform has it in bot/settings.py."""


def make(found: Settings, clock: Clock) -> Adapter:
    """See `Door`."""
    return Throwaway(BASE, TOKEN, now=clock.now)


async def reached(found: Settings) -> Reached:
    """See `Door`."""
    return Reached([(FINE, "连上了")], bot="宣传助手")


DOOR = Door(shown="试验平台", make=make, reached=reached)
