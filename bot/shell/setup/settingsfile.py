"""Writes promobot.toml for its owner alone: every setting under the sentence that explains it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from bot import settings
from bot.wording import say

ABOUT = {
    "platforms": "init_about.platforms",
    "telegram_token": "init_about.telegram_token",
    "telegram_proxy": "init_about.telegram_proxy",
    "telegram_api_base": "init_about.telegram_api_base",
    "wecom_bot_id": "init_about.wecom_bot",
    "wecom_bot_token": "init_about.wecom_callback",
    "wecom_bot_names": "init_about.wecom_names",
    "wecom_corp_id": "init_about.wecom_app",
    "wecom_token": "init_about.wecom_app_callback",
    "wecom_webhook_key": "init_about.wecom_webhook",
    "database_url": "init_about.database",
    "key_file": "init_about.key",
    "http_port": "init_about.port",
}
"""The sentence above a setting; those that belong to the one before need none."""

LISTS = ("platforms", "backup_keep")


def text(values: Mapping[str, str], day: str) -> str:
    """The file that sets these values ("": not set)."""
    lines = [f"# {line}" for line in say("init_about.file", day=day).split("\n")]
    together: dict[str, str] = {
        one: group[0] for group in settings.WECOM_TOGETHER for one in group[1:]
    }
    place = {name: at for at, name in enumerate(settings.NAMES)}
    order = sorted(
        settings.NAMES, key=lambda name: (place[str(together.get(name, name))], place[name])
    )
    for name in order:
        if not values.get(name):
            continue
        if name in ABOUT:
            lines += ["", f"# {say(ABOUT[name])}"]
        elif name not in together:
            lines.append("")
        lines.append(f"{name} = {_value(name, values[name])}")
    return "\n".join((*lines, ""))


def _value(name: str, said: str) -> str:
    if name in LISTS:
        return json.dumps(said.split(","), ensure_ascii=False)
    return json.dumps(said, ensure_ascii=False)  # a TOML basic string takes every JSON escape


def laid(path: Path, content: str) -> Path:
    """Lay the content beside the path, readable by its owner only, to be renamed."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content.encode())
    return new
