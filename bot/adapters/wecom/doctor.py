"""What the console of WeCom still has to be told. Nothing here sends a message or takes a running
connection away; no secret, key or token is in any line."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from secrets import token_hex

import aiohttp

from bot.adapters.findings import FINE, ILL, Finding
from bot.adapters.wecom.api import TIMEOUT, Api
from bot.adapters.wecom.line import Body
from scoring.errors import PlatformError

PLACES: Mapping[int, str] = {
    40001: "Secret 不对：应用管理 → 这个应用，重新复制到 PROMOBOT_WECOM_APP_SECRET",
    40013: "企业 ID 不对：管理后台 → 我的企业 → 企业信息最下面，填到 PROMOBOT_WECOM_CORP_ID",
    40056: "AgentId 不对：管理后台 → 应用管理 → 这个应用，填到 PROMOBOT_WECOM_AGENT_ID",
    40091: "Secret 不对：请重新复制这个应用的 Secret",
    48002: "这个应用没有接口权限：请用自建应用的 Secret，不要用通讯录或第三方应用的",
    48009: "通讯录同步要先登记 IP：管理后台 → 安全与管理 → 管理工具 → 通讯录同步",
    60011: "不在可见范围里：应用管理 → 这个应用 → 可见范围，选全体教职工",
    60020: "这台机器的 IP 还没登记：应用管理 → 这个应用 → 企业可信 IP",
    301002: "AgentId 和 Secret 不是同一个应用的：请一起重新复制",
    853000: "BotID 或 Secret 不对：管理工具 → 智能机器人 → 这个机器人，重新复制",
    93000: "群机器人的 key 失效或机器人已被移出群：群设置 → 消息推送，重新添加并复制 key",
}
"""What a code asks for, and where in the console."""

_CODE = re.compile(r"\d+")
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def advice(fault: PlatformError) -> str:
    """The line for a failure: what its code asks for; else the code itself."""
    code = _CODE.match(str(fault))
    if code is None:
        return f"连不上企业微信（{str(fault)[:60]}），请看学校网络能不能访问 qyapi.weixin.qq.com"
    told = PLACES.get(int(code[0]))
    if told is None:
        return f"企业微信答复 {str(fault)[:60]}，请稍后再查"
    if code[0] == "60020" and (seen := _IP.search(str(fault))):
        return f"{told}，填 {seen[0]}"
    return told


# --- the AI bot ---------------------------------------------------------------------------


async def of_connection(
    bot_id: str, secret: str, address: str, *, in_use: bool
) -> AsyncIterator[Finding]:
    """The long connection. A second one would push the first one out, so it is tried only where
    nobody holds it."""
    if in_use:
        yield FINE, "长连接：正在用（运行中的 promobot 拿着），没有另外去连"
        return
    try:
        code = await _subscribed(bot_id, secret, address)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        yield (
            ILL,
            f"长连接：连不上（{type(error).__name__}），"
            "请看学校网络能不能访问 openws.work.weixin.qq.com",
        )
        return
    if code:
        yield ILL, f"长连接：{PLACES.get(code, f'企业微信答复 {code}')}"
    else:
        yield FINE, "长连接：BotID 和 Secret 可用"


async def _subscribed(bot_id: str, secret: str, address: str) -> int:
    """The code by which WeCom answers a subscription that is given up at once."""
    frame = {
        "cmd": "aibot_subscribe",
        "headers": {"req_id": token_hex(16)},
        "body": {"bot_id": bot_id, "secret": secret},
    }
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.ws_connect(address) as ws,
    ):
        await ws.send_str(json.dumps(frame))
        said: Body = json.loads(await ws.receive_str(timeout=TIMEOUT))
    return int(said.get("errcode") or 0)


def of_callback(path: str, *, to: str) -> Finding:
    """A callback: only WeCom can try it, when its address is saved."""
    return (
        FINE,
        f"{to}回调：Token 和 EncodingAESKey 已设。在后台填网址 https://你的网址{path}，"
        "点保存时企业微信会马上来验证",
    )


# --- the app ------------------------------------------------------------------------------


async def of_app(api: Api, agent: int, *, called: bool) -> AsyncIterator[Finding]:
    """The self-built app: its secret, its IP, whom it sees, whether it hears."""
    try:
        told = await api.get("/cgi-bin/agent/get", agentid=agent)
    except PlatformError as fault:
        yield ILL, f"自建应用：{advice(fault)}"
        return
    yield FINE, f"自建应用：可用，名称是“{told.get('name', '')}”"
    users = len((told.get("allow_userinfos") or {}).get("user") or ())
    parties = len((told.get("allow_partys") or {}).get("partyid") or ())
    if users or parties:
        yield FINE, f"自建应用：可见范围 {parties} 个部门、{users} 个人"
    else:
        yield ILL, f"自建应用：可见范围是空的，谁也收不到。{PLACES[60011]}"
    if told.get("close"):
        yield ILL, "自建应用：已停用，请在应用管理里启用"
    if called:
        yield of_callback("/wecom/app", to="自建应用")
    else:
        yield (
            ILL,
            "自建应用：没有设回调，应用里的私聊和按钮收不到；"
            "要收请到“接收消息”设 Token 和 EncodingAESKey",
        )


# --- the group's webhook ------------------------------------------------------------------


async def of_webhook(key: str, address: str) -> AsyncIterator[Finding]:
    """The key of a group's webhook, asked by a message without a kind, which is never shown."""
    url = f"{address}/cgi-bin/webhook/send"
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, params={"key": key}, json={"msgtype": "none"}) as response,
        ):
            said: Body = json.loads(await response.read())
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        yield ILL, f"群机器人：连不上（{type(error).__name__}），请看学校网络"
        return
    if int(said.get("errcode") or 0) == 93000:
        yield ILL, f"群机器人：{PLACES[93000]}"
    else:
        yield FINE, "群机器人：key 可用"
