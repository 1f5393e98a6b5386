"""企业微信, behind one adapter.

`adapter` is WeCom as the inside sees it, over the ways there are (`line`): `connected` the bot's
long connection (kept by `socket`). `decode` and `encode` translate, `crypto` opens what WeCom
seals, `errors` says what its codes mean.
"""

from bot.adapters.wecom.adapter import WecomAdapter
from bot.adapters.wecom.connected import Connected
from bot.adapters.wecom.socket import ADDRESS, Socket

__all__ = ["ADDRESS", "Connected", "Socket", "WecomAdapter"]
