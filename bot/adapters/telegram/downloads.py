"""Getting a file that people sent: a few tries, then its event goes on without it."""

import logging
from collections.abc import Awaitable, Callable

from bot.adapters.telegram.driver import Driver, about
from bot.adapters.telegram.faults import back_off, named
from commands.chat.errors import Refused, Retry
from commands.chat.messages import MAX_FILE
from scoring.errors import PlatformError

TRIES = 3

log = logging.getLogger("promobot.telegram")


async def fetched(driver: Driver, file_id: str, pause: Callable[[float], Awaitable[None]]) -> bytes:
    """Return the bytes of a file; raise Refused if it is too big, Retry if it cannot be had.
    `pause`: how to wait between two tries."""
    for tried in range(1, TRIES + 1):
        try:
            data = await driver.download(file_id)
        except Retry as error:
            log.warning("telegram file not fetched: %s", named(error))
            await pause(back_off(error, tried))
        except PlatformError as error:
            log.warning("telegram file refused: %s", named(error))
            if about(error, "too big"):
                raise Refused("too big") from error
            break
        else:
            if len(data) > MAX_FILE:
                raise Refused("too big")
            return data
    raise Retry("file not fetched")
