"""企业微信, behind one adapter.

`adapter` is WeCom as the inside sees it, over the ways there are (`line`): the bot over its long
connection (`connected`, kept by `socket`) or through its callback (`called`), the self-built app
(`app`, through `api`), a group's `webhook`. `door` is the address that WeCom calls. `decode` and
`encode` translate, `crypto` opens what WeCom seals, `errors` says what its codes mean.
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
