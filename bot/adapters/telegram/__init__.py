"""Telegram in two halves: the neutral adapter, and a driver over one library.

`adapter` polls, decodes and sends; `driver` declares what it needs of a library; each `driver_*`
wraps one library and is imported only when a driver is made.
"""

from bot.adapters.telegram.adapter import TelegramAdapter
from bot.adapters.telegram.driver import API_BASE, Driver
from bot.adapters.telegram.webhook import Webhook

__all__ = ["TelegramAdapter", "Webhook", "make_driver"]


def make_driver(
    token: str, api_base: str = API_BASE, proxy: str | None = None, *, library: str = "ptb"
) -> Driver:
    """Make a driver over python-telegram-bot (`ptb`) or `aiogram`. It uses no network until
    called, and the other library is not imported."""
    if library == "aiogram":
        from bot.adapters.telegram.driver_aiogram import AiogramDriver

        return AiogramDriver(token, api_base, proxy)
    from bot.adapters.telegram.driver_ptb import PtbDriver

    return PtbDriver(token, api_base, proxy)
