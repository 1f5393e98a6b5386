"""What each setting may be: its text read into a value, or a ValueError with a sentence."""

import difflib
import re
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.wording import say
from db.platforms import ELSEWHERE

PLATFORMS = ("web", "console", *ELSEWHERE)
DATABASES = ("sqlite", "postgresql")
FEWEST_DAYS = 8
"""A message is held for a week, and the reminders of a week are counted."""


def port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= 65_535:
        raise ValueError(say("settings_value.port"))
    return port


def platforms(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.replace("，", ",").replace(" ", ",").lower().split(",")))
    names = tuple(filter(None, names))
    if not names:
        raise ValueError(say("settings_value.no_platform"))
    for name in names:
        if name not in PLATFORMS:
            if near := difflib.get_close_matches(name, PLATFORMS, 1, 0.5):
                raise ValueError(say("settings_value.platform_near", name=name, near=near[0]))
            raise ValueError(say("settings_value.platform", name=name, known="、".join(PLATFORMS)))
    return names


def choice(*choices: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(say("settings_value.choice", choices=" 或 ".join(choices)))
        return text.lower()

    return check


def web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https", "socks5", "socks5h", "ws", "wss"} or not parts.netloc:
        raise ValueError(say("settings_value.address"))
    return text.rstrip("/")


def pages(text: str) -> str:
    """Where the signed-in pages are: a host alone, by https unless only this machine reaches it."""
    try:
        parts = urlsplit(text)
        name, _ = parts.hostname or "", parts.port
    except ValueError:  # no port, or no address in the brackets
        name = ""
    safe = name and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(name)))
    if not safe or "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(say("settings_value.pages"))
    return f"{parts.scheme}://{parts.netloc.lower()}"


def database(text: str) -> str:
    if text.partition(":")[0].partition("+")[0] not in DATABASES or "://" not in text:
        raise ValueError(say("settings_value.database"))
    return text


def keep(text: str) -> tuple[int, ...]:
    numbers = text.replace("，", ",").replace(" ", "").split(",")
    if len(numbers) != 3 or not all(re.fullmatch("[0-9]{1,3}", one) for one in numbers):
        raise ValueError(say("settings_value.keep"))
    keep = tuple(map(int, numbers))
    if not keep[0]:
        raise ValueError(say("settings_value.keep"))
    return keep


def days(text: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", text) or int(text) < FEWEST_DAYS:
        raise ValueError(say("settings_value.days", fewest=FEWEST_DAYS))
    return int(text)


def copied(text: str) -> str:
    """What a platform hands out is written in ASCII; a guide's placeholder is not."""
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError(say("settings_value.copied"))
    return text


def plain(text: str) -> str:
    return text


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach the address."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
