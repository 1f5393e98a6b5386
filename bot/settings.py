"""Settings from the environment and promobot.toml, read once and checked as a whole.

The environment wins over the file. All faults are reported at once, in Chinese. Secrets appear
neither in `repr` nor in a fault.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot import settingvalues
from bot.wording import say
from scoring.errors import OperatorError

PREFIX = "PROMOBOT_"
FILE = "promobot.toml"
DATA = Path("data")
PORT = 8080


class SettingsFault(OperatorError):
    """Everything wrong with the settings, one line per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join((say("settings.faults"), *(f"· {fault}" for fault in faults))))
        self.faults = faults


def _secret() -> Any:
    return field(default="", repr=False, metadata={"secret": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field per key of contracts 4: PROMOBOT_<FIELD IN CAPITALS>. "" means not set."""

    database_url: str = ""
    platforms: tuple[str, ...] = ("web",)
    http_host: str = "127.0.0.1"
    http_port: int = PORT
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
    backup_dir: str = ""
    backup_keep: tuple[int, ...] = (7, 4, 12)
    keep_days: int = 30
    metrics_token: str = _secret()
    web_url: str = ""
    log: str = ""

    @property
    def playground(self) -> bool:
        """Whether `promobot run` opens the demonstration page, which has no login."""
        return self.platforms == ("web",) and not self.database_url

    @property
    def database(self) -> str:
        """The school's own database: the one set, else SQLite in ./data."""
        return self.database_url or f"sqlite:///{(DATA / 'promobot.db').as_posix()}"

    @property
    def playground_database(self) -> str:
        """The database of the demonstration school; never the school's own."""
        return f"sqlite:///{(DATA / 'playground.db').as_posix()}"

    @property
    def backups(self) -> Path:
        """Where backups are kept: the folder set, else one beside the database."""
        if self.backup_dir:
            return Path(self.backup_dir)
        if self.database == self.playground_database:
            return DATA / "backups-playground"
        if self.database.startswith("sqlite:///"):
            return Path(self.database.removeprefix("sqlite:///")).parent / "backups"
        return DATA / "backups"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What the log must never show, including the password in a database address."""
        own = [str(getattr(self, f.name)) for f in fields(self) if f.metadata.get("secret")]
        return tuple(filter(None, [*own, _password(self.database_url)]))

    def shown(self) -> dict[str, str]:
        """Return every key with its value, secrets as ***, for `promobot doctor`."""
        values = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            if entry.metadata.get("secret") and text:
                text = "***"
            elif entry.name == "database_url" and (password := _password(text)):
                text = text.replace(password, "***")
            values[_key(entry.name)] = text
        return values


def _key(name: str) -> str:
    """The name of a field in the environment."""
    return PREFIX + name.upper()


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


WECOM_TOGETHER = (
    ("wecom_bot_id", "wecom_bot_secret"),
    ("wecom_bot_token", "wecom_bot_aes_key"),
    ("wecom_corp_id", "wecom_agent_id", "wecom_app_secret"),
    ("wecom_token", "wecom_aes_key"),
)
"""Settings that go together, per way to WeCom: the bot's connection, the bot's callback, the
self-built app, the app's callback."""
COPIED = ("wecom_webhook_key", *(name for together in WECOM_TOGETHER for name in together))

PARSERS: dict[str, Callable[[str], Any]] = {
    "database_url": settingvalues.database,
    "platforms": settingvalues.platforms,
    "http_port": settingvalues.port,
    "telegram_driver": settingvalues.choice("ptb", "aiogram"),
    "telegram_mode": settingvalues.choice("polling", "webhook"),
    "telegram_api_base": settingvalues.web_address,
    "telegram_webhook_url": settingvalues.web_address,
    "telegram_proxy": settingvalues.web_address,
    "wecom_api_base": settingvalues.web_address,
    "wecom_ws_url": settingvalues.web_address,
    "web_url": settingvalues.pages,
    "backup_keep": settingvalues.keep,
    "keep_days": settingvalues.days,
    **dict.fromkeys(COPIED, settingvalues.copied),
    "log": settingvalues.choice("text", "json"),
}
NAMES = tuple(entry.name for entry in fields(Settings))


# --- all of them ----------------------------------------------------------------------------


def read(environ: Mapping[str, str], folder: Path = Path(), *, to_run: bool = False) -> Settings:
    """Read the settings; raise SettingsFault with every fault. `to_run` also checks that the
    process may start like this (tokens present, the demonstration page alone)."""
    faults: list[str] = []
    given = written(environ, folder / FILE, faults)
    values: dict[str, Any] = {}
    for name, text in given.items():
        if not text.strip():
            continue
        try:
            values[name] = PARSERS.get(name, settingvalues.plain)(text.strip())
        except ValueError as fault:
            faults.append(f"{_key(name)} {fault}")
            if name in COPIED:
                values[name] = text  # wrong, but what goes with it does not lack it
    settings = Settings(**values)
    if settings.key and settings.key_file:
        faults.append(say("settings.one_key"))
    if to_run:
        faults += _faults_of_run(settings)
    if faults:
        raise SettingsFault(faults)
    return settings


def written(environ: Mapping[str, str], path: Path, faults: list[str]) -> dict[str, str]:
    """What is set, by name, as it is written; the environment wins."""
    return _from_file(path, faults) | _from_environment(environ, faults)


def _unknown(shown: str, name: str) -> str:
    if near := difflib.get_close_matches(name, NAMES, 1, 0.6):
        return say("settings.unknown_near", name=shown, near=_key(near[0]))
    return say("settings.unknown", name=shown)


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
        faults.append(say("settings.unreadable", file=path.name, fault=type(fault).__name__))
        return {}
    except tomllib.TOMLDecodeError as fault:
        faults.append(say("settings.not_toml", file=path.name, fault=fault))
        return {}
    given: dict[str, str] = {}
    for key, value in _leaves(tree, ""):
        name = key.lower().removeprefix(PREFIX.lower())
        if name not in NAMES:
            faults.append(_unknown(say("settings.in_file", file=path.name, key=key), name))
        elif isinstance(value, list):
            given[name] = ",".join(map(str, value))
        else:
            given[name] = str(value)
    return given


def _leaves(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    """Flatten tables: `[telegram] token = …` is the same as `telegram_token = …`."""
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
            faults.append(say("settings_telegram.no_token"))
        elif not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", settings.telegram_token):
            faults.append(say("settings_telegram.bad_token"))
        if settings.telegram_mode == "webhook":
            faults += _faults_of_webhook(settings)
        if settings.telegram_driver == "aiogram" and settings.telegram_proxy.startswith("socks"):
            faults.append(say("settings_telegram.socks"))
    if "wecom" in settings.platforms:
        faults += _faults_of_wecom(settings)
    return faults


def _faults_of_webhook(settings: Settings) -> list[str]:
    """Telegram calls https addresses only, and sends back the secret it was given."""
    faults = []
    if not settings.telegram_webhook_url.startswith("https://"):
        faults.append(say("settings_telegram.webhook_url"))
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", settings.telegram_webhook_secret):
        faults.append(say("settings_telegram.webhook_secret"))
    return faults


def _faults_of_wecom(settings: Settings) -> list[str]:
    """Each way to WeCom is set completely or not at all. Only the bot reaches staff groups, so it
    must be set, by connection or by callback."""
    faults = []
    for together in WECOM_TOGETHER:
        missing = [name for name in together if not getattr(settings, name)]
        if 0 < len(missing) < len(together):
            faults += [say("settings_wecom.incomplete", name=_key(name)) for name in missing]
    connected, called = settings.wecom_bot_id, settings.wecom_bot_token
    if not connected and not called:
        faults.append(say("settings_wecom.no_bot"))
    if connected and called:
        faults.append(say("settings_wecom.two_bots"))
    if settings.wecom_token and not settings.wecom_app_secret:
        faults.append(say("settings_wecom.no_app"))
    if settings.wecom_agent_id and not settings.wecom_agent_id.isdecimal():
        faults.append(say("settings_wecom.agent"))
    return faults


def _faults_of_page(settings: Settings) -> list[str]:
    """The page lets a visitor act as anybody, so it may only show the demonstration school."""
    faults = []
    if settings.platforms != ("web",):
        faults.append(say("settings_page.alone"))
    if settings.database_url:
        faults.append(say("settings_page.database"))
    if not settingvalues.is_loopback(settings.http_host):
        faults.append(say("settings_page.host"))
    return faults
