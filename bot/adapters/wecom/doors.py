"""The ways to WeCom that are set up: the bot first, then what reaches further."""

from collections.abc import Callable
from hashlib import sha256

from bot.adapters.wecom import api, socket
from bot.adapters.wecom.adapter import WecomAdapter
from bot.adapters.wecom.api import Api
from bot.adapters.wecom.app import App
from bot.adapters.wecom.called import Called
from bot.adapters.wecom.connected import Connected
from bot.adapters.wecom.crypto import Seal
from bot.adapters.wecom.line import Line
from bot.adapters.wecom.socket import Socket
from bot.adapters.wecom.webhook import Webhook
from bot.settings import Settings
from scoring.moments import Instant


def interface(found: Settings, now: Callable[[], Instant]) -> Api:
    """Return the API of the school's own app."""
    corp, secret = found.wecom_corp_id, found.wecom_app_secret
    # A token belongs to a secret: a new secret of the same app needs a new token.
    mark = sha256(secret.encode()).hexdigest()[:8]
    name = f"{corp}/{found.wecom_agent_id}/{mark}"
    return Api(corp, secret, name, found.wecom_api_base or api.ADDRESS, now=now)


def make(found: Settings, names: tuple[str, ...], now: Callable[[], Instant]) -> WecomAdapter:
    """Make the adapter over every way that is set up; it uses no network until it runs."""
    base = found.wecom_api_base or api.ADDRESS
    lines: list[Line] = []
    if found.wecom_bot_id:
        address = found.wecom_ws_url or socket.ADDRESS
        connection = Socket(found.wecom_bot_id, found.wecom_bot_secret, address)
        lines.append(Connected(connection, names, now=now))
    if found.wecom_bot_token:
        seal = Seal(found.wecom_bot_token, found.wecom_bot_aes_key, "")
        lines.append(Called(seal, found.wecom_bot_aes_key, names, now=now))
    if found.wecom_app_secret:
        corp, agent = found.wecom_corp_id, found.wecom_agent_id
        door = Seal(found.wecom_token, found.wecom_aes_key, corp) if found.wecom_token else None
        lines.append(App(interface(found, now), int(agent), door, now=now))
    if found.wecom_webhook_key:
        lines.append(Webhook(found.wecom_webhook_key, base))
    return WecomAdapter(lines, account=found.wecom_bot_id, now=now)
