"""The terminal, as a platform."""

from secrets import token_hex

from bot.clock import Clock
from bot.settings import Settings
from bot.shell.platforms import Door
from commands.chat.messages import Adapter


def make(found: Settings, clock: Clock) -> Adapter:
    """Make the adapter; updates of one start are not those of another."""
    from bot.playground.console import Console

    return Console(now=clock.now, prefix=f"{token_hex(4)}-")


DOOR = Door(shown="终端", make=make)
