"""企业微信, behind one adapter.

`adapter` is the adapter, over one or more ways to WeCom (`line`): the bot over its long connection
(`connected`, kept up by `socket`) or its callback (`called`), the self-built app (`app`, through
`api`), a group's `webhook`. `door` serves WeCom's callbacks. `decode` and `encode` translate,
`crypto` opens what WeCom encrypts, `errors` maps its error codes.
"""

from bot.adapters.wecom.adapter import WecomAdapter
from bot.adapters.wecom.api import Api
from bot.adapters.wecom.app import App
from bot.adapters.wecom.called import Called
from bot.adapters.wecom.connected import Connected
from bot.adapters.wecom.crypto import Seal
from bot.adapters.wecom.socket import Socket
from bot.adapters.wecom.webhook import Webhook

__all__ = ["Api", "App", "Called", "Connected", "Seal", "Socket", "Webhook", "WecomAdapter"]
