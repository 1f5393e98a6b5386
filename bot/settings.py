"""What the process is told from outside: environment and promobot.toml, read once, checked whole.

The environment wins over the file. All faults are reported at once, in Chinese; secrets never
show, neither in `repr` nor in a fault.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scoring.errors import OperatorError

PREFIX = "PROMOBOT_"
FILE = "promobot.toml"
DATA = Path("data")
PLATFORMS = ("web", "console", "telegram", "wecom")
DATABASES = ("sqlite", "postgresql")


class SettingsFault(OperatorError):
    """Everything that is wrong with the settings, one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("设置没有通过检查：\n" + "\n".join(f"· {fault}" for fault in faults))
        self.faults = faults


def _secret() -> Any:
    return field(default="", repr=False, metadata={"secret": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field a key of contracts 4: PROMOBOT_<FIELD IN CAPITALS>. "" means: not set."""

    database_url: str = ""
    platforms: tuple[str, ...] = ("web",)
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    key: str = _secret()
    key_file: str = ""
    telegram_token: str = _secret()
    telegram_api_base: str = ""
    telegram_driver: str = "ptb"
    telegram_mode: str = "polling"
    telegram_webhook_url: str = ""
    telegram_webhook_secret: str = _secret()
    telegram_proxy: str = _secret()
    wecom_bot_id: str = ""
    wecom_bot_secret: str = _secret()
    wecom_ws_url: str = ""
    wecom_bot_names: str = ""
    wecom_bot_token: str = _secret()
    wecom_bot_aes_key: str = _secret()
    wecom_corp_id: str = ""
    wecom_agent_id: str = ""
    wecom_app_secret: str = _secret()
    wecom_token: str = _secret()
    wecom_aes_key: str = _secret()
    wecom_api_base: str = ""
    wecom_webhook_key: str = _secret()
    font: str = ""

    @property
    def playground(self) -> bool:
        """Whether `promobot run` is the open demonstration page."""
        return self.platforms == ("web",) and not self.database_url

    @property
    def database(self) -> str:
        """The school's own database: the one that is named, else SQLite in ./data."""
        return self.database_url or f"sqlite:///{(DATA / 'promobot.db').as_posix()}"

    @property
    def playground_database(self) -> str:
        """The database of the demonstration school, never the school's own."""
        return f"sqlite:///{(DATA / 'playground.db').as_posix()}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What the log must never show; the password of a database address included."""
        own = [str(getattr(self, f.name)) for f in fields(self) if f.metadata.get("secret")]
        return tuple(filter(None, [*own, _password(self.database_url)]))

    def shown(self) -> dict[str, str]:
        """Every key with its value, secrets as ***, for `promobot doctor`."""
        values = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            text = ",".join(value) if isinstance(value, tuple) else str(value)
            if entry.metadata.get("secret") and text:
                text = "***"
            elif entry.name == "database_url" and (password := _password(text)):
                text = text.replace(password, "***")
            values[PREFIX + entry.name.upper()] = text
        return values


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


# --- one value at a time --------------------------------------------------------------------


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= 65_535:
        raise ValueError("要写成 0 到 65535 的数，如 8080")
    return port


def _platforms(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.replace("，", ",").replace(" ", ",").lower().split(",")))
    names = tuple(filter(None, names))
    if not names:
        raise ValueError("是空的，可写 web、console、telegram 或 wecom")
    for name in names:
        if name not in PLATFORMS:
            near = difflib.get_close_matches(name, PLATFORMS, 1, 0.5)
            hint = f"，是不是 {near[0]}？" if near else f"，可写 {'、'.join(PLATFORMS)}"
            raise ValueError(f"里的 {name} 不认识{hint}")
    return names


def _choice(*choices: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"只能是 {' 或 '.join(choices)}")
        return text.lower()

    return check


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https", "socks5", "socks5h", "ws", "wss"} or not parts.netloc:
        raise ValueError("要写成完整的网址，以 http:// 或 https:// 开头")
    return text.rstrip("/")


def _database(text: str) -> str:
    if text.partition(":")[0].partition("+")[0] not in DATABASES or "://" not in text:
        raise ValueError("要以 sqlite:/// 或 postgresql:// 开头")
    return text


def _plain(text: str) -> str:
    return text


PARSERS: dict[str, Callable[[str], Any]] = {
    "database_url": _database,
    "platforms": _platforms,
    "http_port": _port,
    "telegram_driver": _choice("ptb", "aiogram"),
    "telegram_mode": _choice("polling", "webhook"),
    "telegram_api_base": _web_address,
    "telegram_webhook_url": _web_address,
    "telegram_proxy": _web_address,
    "wecom_api_base": _web_address,
    "wecom_ws_url": _web_address,
}
NAMES = tuple(entry.name for entry in fields(Settings))


# --- all of them ----------------------------------------------------------------------------


def read(environ: Mapping[str, str], folder: Path = Path(), *, to_run: bool = False) -> Settings:
    """The settings; SettingsFault with every fault. `to_run` also asks whether the process may
    start like this (tokens present, the open page alone)."""
    faults: list[str] = []
    given = _from_file(folder / FILE, faults)
    given |= _from_environment(environ, faults)
    values: dict[str, Any] = {}
    for name, text in given.items():
        if not text.strip():
            continue
        try:
            values[name] = PARSERS.get(name, _plain)(text.strip())
        except ValueError as fault:
            faults.append(f"{PREFIX}{name.upper()} {fault}")
    settings = Settings(**values)
    if settings.key and settings.key_file:
        faults.append("PROMOBOT_KEY 和 PROMOBOT_KEY_FILE 只能设一个")
    if to_run:
        faults += _faults_of_run(settings)
    if faults:
        raise SettingsFault(faults)
    return settings


def _unknown(shown: str, name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, 1, 0.6)
    hint = f"，是不是 {PREFIX}{near[0].upper()}？" if near else "，请删去或对照说明"
    return f"{shown} 不认识{hint}"


def _from_environment(environ: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    given = {}
    for key in sorted(environ):
        if not key.upper().startswith(PREFIX):
            continue
        name = key[len(PREFIX) :].lower()
        if name in NAMES:
            given[name] = environ[key]
        else:
            faults.append(_unknown(key, name))
    return given


def _from_file(path: Path, faults: list[str]) -> dict[str, str]:
    try:
        tree = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as fault:
        faults.append(f"{path.name} 读不出来（{type(fault).__name__}），请存成 UTF-8 文本")
        return {}
    except tomllib.TOMLDecodeError as fault:
        faults.append(f"{path.name} 写法不对：{fault}")
        return {}
    given: dict[str, str] = {}
    for key, value in _leaves(tree, ""):
        name = key.lower().removeprefix(PREFIX.lower())
        if name not in NAMES:
            faults.append(_unknown(f"{path.name} 里的 {key}", name))
        elif isinstance(value, list):
            given[name] = ",".join(map(str, value))
        else:
            given[name] = str(value)
    return given


def _leaves(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    """`[telegram] token = …` is the same as `telegram_token = …`."""
    leaves: list[tuple[str, Any]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            leaves += _leaves(value, f"{prefix}{key}_")
        else:
            leaves.append((prefix + key, value))
    return leaves


def _faults_of_run(settings: Settings) -> list[str]:
    faults = []
    if "web" in settings.platforms:
        faults += _faults_of_page(settings)
    if "telegram" in settings.platforms:
        if not settings.telegram_token:
            faults.append("PROMOBOT_TELEGRAM_TOKEN 没有设置，接 telegram 必须有")
        elif not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", settings.telegram_token):
            faults.append(
                "PROMOBOT_TELEGRAM_TOKEN 不像口令，应是“数字:字母数字”，请从 BotFather 整行复制"
            )
        if settings.telegram_mode == "webhook":
            faults += _faults_of_webhook(settings)
        if settings.telegram_driver == "aiogram" and settings.telegram_proxy.startswith("socks"):
            faults.append(
                "PROMOBOT_TELEGRAM_PROXY：aiogram 只接 http:// 代理；"
                "用 socks 请改 PROMOBOT_TELEGRAM_DRIVER=ptb"
            )
    if "wecom" in settings.platforms:
        faults += _faults_of_wecom(settings)
    return faults


def _faults_of_webhook(settings: Settings) -> list[str]:
    """Telegram calls an https address only, and shows the secret that it was given."""
    faults = []
    if not settings.telegram_webhook_url.startswith("https://"):
        faults.append(
            "PROMOBOT_TELEGRAM_WEBHOOK_URL 没有设置或不是 https://，"
            "应是外网能打开的 https://…/telegram/webhook"
        )
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", settings.telegram_webhook_secret):
        faults.append(
            "PROMOBOT_TELEGRAM_WEBHOOK_SECRET 没有设置或不合规，"
            "请用 16 到 256 个字母、数字、下划线或短横"
        )
    return faults


WECOM_TOGETHER = (
    ("wecom_bot_id", "wecom_bot_secret"),
    ("wecom_bot_token", "wecom_bot_aes_key"),
    ("wecom_corp_id", "wecom_agent_id", "wecom_app_secret"),
    ("wecom_token", "wecom_aes_key"),
)
"""Each way to WeCom needs all of its settings: the bot's connection, the bot's callback, the
self-built app, the app's callback."""


def _faults_of_wecom(settings: Settings) -> list[str]:
    """A way is set whole or not at all; the bot, one way or the other, is the only way into a
    staff group, so it must be there."""
    faults = []
    for together in WECOM_TOGETHER:
        missing = [name for name in together if not getattr(settings, name)]
        if 0 < len(missing) < len(together):
            faults += [f"{PREFIX}{name.upper()} 没有设置，和同组的几项要一起设" for name in missing]
    connected, called = settings.wecom_bot_id, settings.wecom_bot_token
    if not connected and not called:
        faults.append(
            "PROMOBOT_WECOM_BOT_ID 和 PROMOBOT_WECOM_BOT_SECRET 没有设置，"
            "接企业微信必须有（后台：智能机器人、API 模式、长连接）"
        )
    if connected and called:
        faults.append(
            "企业微信的机器人只能用一种接法：长连接（PROMOBOT_WECOM_BOT_ID）"
            "或 URL 回调（PROMOBOT_WECOM_BOT_TOKEN），请去掉一种"
        )
    if settings.wecom_token and not settings.wecom_app_secret:
        faults.append("PROMOBOT_WECOM_TOKEN 是自建应用的，还要设 PROMOBOT_WECOM_APP_SECRET")
    if settings.wecom_agent_id and not settings.wecom_agent_id.isdecimal():
        faults.append("PROMOBOT_WECOM_AGENT_ID 应是数字，见应用详情页的 AgentId")
    return faults


def _faults_of_page(settings: Settings) -> list[str]:
    """The page lets anybody be anybody, so it only ever shows the demonstration school."""
    faults = []
    if settings.platforms != ("web",):
        faults.append(
            "PROMOBOT_PLATFORMS 里的 web 只能单独用：演示网页不设登录，不能和别的平台一起开"
        )
    if settings.database_url:
        faults.append(
            "演示网页只用自己的数据库：请去掉 PROMOBOT_DATABASE_URL，"
            "或在 PROMOBOT_PLATFORMS 写 telegram、console"
        )
    if not is_loopback(settings.http_host):
        faults.append("演示网页只能开在本机：PROMOBOT_HTTP_HOST 请写 127.0.0.1")
    return faults


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
