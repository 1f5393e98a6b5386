"""A group's webhook takes twenty a minute; what is more waits here, since there it is refused."""

import pytest

from bot.adapters.wecom.webhook import PER_MINUTE, Webhook
from commands.chat.errors import Retry, Unreachable
from commands.chat.messages import Chat
from tests.emulators.loopback import START
from tests.emulators.wecom_caller import WEBHOOK, WecomCaller


async def test_the_twenty_first_in_a_minute_waits_for_its_turn() -> None:
    wecom = WecomCaller(now=lambda: START)
    await wecom.start()
    wecom.hook_group = wecom.group()
    hook = Webhook(WEBHOOK, wecom.base)
    group = Chat(platform="wecom", id=wecom.hook_group, group=True)
    body = {"msgtype": "text", "text": {"content": "本周还差视频。"}}
    for _ in range(PER_MINUTE):
        await hook.push(group, body)
    with pytest.raises(Retry) as raised:
        await hook.push(group, body)
    assert 0 < (raised.value.seconds or 0) <= 60
    assert len(wecom.seen(wecom.hook_group)) == PER_MINUTE
    with pytest.raises(Unreachable):
        await hook.push(Chat(platform="wecom", id="li"), body)
    await wecom.stop()
