"""企业微信, behind one adapter.

`adapter` is the bot as the inside sees it; `socket` keeps its long connection; `decode` and
`encode` translate, `crypto` opens what WeCom seals, `errors` says what its codes mean.
"""

from bot.adapters.wecom.adapter import WecomAdapter
from bot.adapters.wecom.socket import ADDRESS, Socket

__all__ = ["Socket", "WecomAdapter", "make_socket"]


def make_socket(bot_id: str, secret: str, address: str = "") -> Socket:
    """The connection of a bot; "" is WeCom's own address. It touches no network until it runs."""
    return Socket(bot_id, secret, address or ADDRESS)
