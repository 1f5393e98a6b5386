"""Settings: everything wrong is said at once, and no secret is ever shown."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot import settings
from bot.settings import Settings, SettingsFault

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"


def read(
    tmp_path: Path,
    environ: Mapping[str, str] | None = None,
    file: str | None = None,
    **options: Any,
) -> Settings:
    if file is not None:
        (tmp_path / "promobot.toml").write_text(file, "utf-8")
    return settings.read(environ or {}, tmp_path, **options)


def faults(
    tmp_path: Path,
    environ: Mapping[str, str] | None = None,
    file: str | None = None,
    **options: Any,
) -> list[str]:
    with pytest.raises(SettingsFault) as caught:
        read(tmp_path, environ, file, **options)
    return caught.value.faults


def test_nothing_set_is_the_playground_on_this_machine(tmp_path: Path) -> None:
    found = read(tmp_path, to_run=True)

    assert found.playground
    assert (found.http_host, found.http_port) == ("127.0.0.1", 8080)
    assert found.playground_database == "sqlite:///data/playground.db"
    assert found.database == "sqlite:///data/promobot.db"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = 'http_port = 9000\n[telegram]\ntoken = "from-the-file"\n'

    found = read(tmp_path, {"PROMOBOT_HTTP_PORT": "9001"}, file)

    assert (found.http_port, found.telegram_token) == (9001, "from-the-file")


def test_the_file_takes_the_names_of_the_environment_and_lists_too(tmp_path: Path) -> None:
    found = read(tmp_path, file='PROMOBOT_PLATFORMS = ["telegram", "console"]\n')

    assert found.platforms == ("telegram", "console")


def test_an_empty_value_is_as_good_as_none(tmp_path: Path) -> None:
    assert read(tmp_path, {"PROMOBOT_HTTP_PORT": " "}).http_port == 8080


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        {
            "PROMOBOT_HTTP_PORT": "eighty",
            "PROMOBOT_DATABASE_URL": "mysql://x",
            "PROMOBOT_TELEGRAM_DRIVER": "telethon",
            "PROMOBOT_TELEGRAM_API_BASE": "api.example",
        },
    )

    assert len(found) == 4
    assert any("PROMOBOT_HTTP_PORT" in fault for fault in found)


def test_an_unknown_key_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    (environment,) = faults(tmp_path, {"PROMOBOT_DATABSE_URL": "sqlite:///x"})
    (file,) = faults(tmp_path, file='[telegram]\ntokn = "x"\n')

    assert "PROMOBOT_DATABSE_URL" in environment
    assert "PROMOBOT_DATABASE_URL" in environment
    assert "PROMOBOT_TELEGRAM_TOKEN" in file


def test_other_programs_settings_are_none_of_our_business(tmp_path: Path) -> None:
    assert read(tmp_path, {"PATH": "x", "MY_PROMOBOT_X": "y"}).playground


def test_a_file_that_is_no_toml_is_said_so(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, file="platforms = web\n")

    assert fault.startswith("promobot.toml 写法不对")


def test_a_file_in_another_encoding_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "promobot.toml").write_bytes("# 设置\n".encode("gb18030"))

    (fault,) = faults(tmp_path)

    assert "UTF-8" in fault


def test_a_file_saved_by_windows_notepad_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, file="\ufeffhttp_port = 9000\n").http_port == 9000


def test_wecom_needs_its_bot(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, {"PROMOBOT_PLATFORMS": "wecom"}, to_run=True)
    assert "PROMOBOT_WECOM_BOT_ID" in fault


WECOM = {
    "PROMOBOT_PLATFORMS": "wecom",
    "PROMOBOT_WECOM_BOT_ID": "aib1",
    "PROMOBOT_WECOM_BOT_SECRET": "s",
}


def test_wecom_runs_with_its_bot_alone(tmp_path: Path) -> None:
    assert read(tmp_path, WECOM, to_run=True).wecom_bot_id == "aib1"


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"PROMOBOT_WECOM_CORP_ID": "ww1"}, ["AGENT_ID", "APP_SECRET"]),
        ({"PROMOBOT_WECOM_BOT_TOKEN": "t", "PROMOBOT_WECOM_BOT_AES_KEY": "k"}, ["一种接法"]),
        ({"PROMOBOT_WECOM_TOKEN": "t", "PROMOBOT_WECOM_AES_KEY": "k"}, ["APP_SECRET"]),
        (
            {
                "PROMOBOT_WECOM_CORP_ID": "ww1",
                "PROMOBOT_WECOM_AGENT_ID": "x1",
                "PROMOBOT_WECOM_APP_SECRET": "s",
            },
            ["AGENT_ID"],
        ),
    ],
)
def test_a_way_to_wecom_is_set_whole(tmp_path: Path, more: dict[str, str], named: str) -> None:
    found = faults(tmp_path, WECOM | more, to_run=True)
    assert len(found) == len(named)
    assert all(word in fault for word, fault in zip(named, found, strict=True))


def test_settings_of_a_platform_that_is_not_asked_for_do_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, {"PROMOBOT_WECOM_BOT_ID": "b"}).platforms == ("web",)


def test_a_misspelt_platform_is_named_with_the_nearest(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, {"PROMOBOT_PLATFORMS": "telegrm"})

    assert "telegram" in fault


@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({"PROMOBOT_PLATFORMS": "web,telegram", "PROMOBOT_TELEGRAM_TOKEN": TOKEN}, "单独"),
        ({"PROMOBOT_DATABASE_URL": "sqlite:///school.db"}, "PROMOBOT_DATABASE_URL"),
        ({"PROMOBOT_HTTP_HOST": "0.0.0.0"}, "127.0.0.1"),
        ({"PROMOBOT_HTTP_HOST": "school.example"}, "127.0.0.1"),
    ],
)
def test_the_open_page_runs_only_alone_here_and_on_its_own_database(
    tmp_path: Path, environ: Mapping[str, str] | None, word: str
) -> None:
    (fault,) = faults(tmp_path, environ, to_run=True)

    assert word in fault


def test_commands_that_open_no_page_may_name_a_database(tmp_path: Path) -> None:
    assert read(tmp_path, {"PROMOBOT_DATABASE_URL": "sqlite:///s.db"}).database == "sqlite:///s.db"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_every_loopback_address_will_do(tmp_path: Path, host: str) -> None:
    assert read(tmp_path, {"PROMOBOT_HTTP_HOST": host}, to_run=True).http_host == host


def test_telegram_needs_a_token_to_run(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, {"PROMOBOT_PLATFORMS": "telegram"}, to_run=True)

    assert "PROMOBOT_TELEGRAM_TOKEN" in fault


BY_WEBHOOK = {
    "PROMOBOT_PLATFORMS": "telegram",
    "PROMOBOT_TELEGRAM_TOKEN": TOKEN,
    "PROMOBOT_TELEGRAM_MODE": "webhook",
    "PROMOBOT_TELEGRAM_WEBHOOK_URL": "https://bot.school.example/telegram/webhook",
    "PROMOBOT_TELEGRAM_WEBHOOK_SECRET": "a-secret_of-the-webhook",
}


def test_a_webhook_with_its_address_and_secret_will_do(tmp_path: Path) -> None:
    assert read(tmp_path, BY_WEBHOOK, to_run=True).telegram_mode == "webhook"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROMOBOT_TELEGRAM_WEBHOOK_URL", ""),
        ("PROMOBOT_TELEGRAM_WEBHOOK_URL", "http://bot.school.example/telegram/webhook"),
        ("PROMOBOT_TELEGRAM_WEBHOOK_SECRET", ""),
        ("PROMOBOT_TELEGRAM_WEBHOOK_SECRET", "short"),
        ("PROMOBOT_TELEGRAM_WEBHOOK_SECRET", "a secret Telegram would not take"),
    ],
)
def test_a_webhook_without_its_address_or_secret_does_not_start(
    tmp_path: Path, name: str, value: str
) -> None:
    (fault,) = faults(tmp_path, {**BY_WEBHOOK, name: value}, to_run=True)

    assert name in fault
    assert not value or value not in fault


@pytest.mark.parametrize("library", ["ptb", "aiogram"])
def test_either_library_may_be_chosen(tmp_path: Path, library: str) -> None:
    found = read(tmp_path, {**BY_WEBHOOK, "PROMOBOT_TELEGRAM_DRIVER": library}, to_run=True)

    assert found.telegram_driver == library


@pytest.mark.parametrize("token", ["no-colon", "x:letters-first", "42:", "42:with space"])
def test_a_token_of_another_shape_is_a_fault_and_not_a_trace(tmp_path: Path, token: str) -> None:
    (fault,) = faults(tmp_path, {**BY_WEBHOOK, "PROMOBOT_TELEGRAM_TOKEN": token}, to_run=True)

    assert "PROMOBOT_TELEGRAM_TOKEN" in fault
    assert token not in fault


def test_aiogram_through_socks_is_refused_at_the_start(tmp_path: Path) -> None:
    given = {"PROMOBOT_TELEGRAM_DRIVER": "aiogram", "PROMOBOT_TELEGRAM_PROXY": "socks5://p:1080"}
    (fault,) = faults(tmp_path, {**BY_WEBHOOK, **given}, to_run=True)

    assert "socks" in fault


def test_a_key_and_a_key_file_at_once_are_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, {"PROMOBOT_KEY": "k", "PROMOBOT_KEY_FILE": "f"})

    assert "只能设一个" in fault


def test_no_secret_shows_anywhere(tmp_path: Path) -> None:
    given = {
        "PROMOBOT_TELEGRAM_TOKEN": TOKEN,
        "PROMOBOT_KEY": "very-secret-key",
        "PROMOBOT_DATABASE_URL": "postgresql://bot:pa55word@db/school",
    }
    found = read(tmp_path, given)

    shown = repr(found.shown())
    assert "***" in shown
    assert set(found.secrets) == {TOKEN, "very-secret-key", "pa55word"}
    for secret in found.secrets:
        assert secret not in shown
    assert TOKEN not in repr(found)
    assert "very-secret-key" not in repr(found)


def test_a_fault_does_not_repeat_the_value(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, {"PROMOBOT_TELEGRAM_PROXY": "user:pa55word@proxy"})

    assert "pa55word" not in fault


@pytest.mark.parametrize("text", ["7", "7,4", "0,4,12", "a,b,c", "7,4,12,1", "-1,4,12"])
def test_what_is_kept_of_backups_is_three_numbers(text: str) -> None:
    with pytest.raises(settings.SettingsFault, match="几天、几周、几个月"):
        settings.read({"PROMOBOT_BACKUP_KEEP": text})
    assert settings.read({"PROMOBOT_BACKUP_KEEP": "3，2，1"}).backup_keep == (3, 2, 1)


@pytest.mark.parametrize("text", ["7", "0", "x", "-3"])
def test_messages_are_kept_longer_than_they_are_held(text: str) -> None:
    with pytest.raises(settings.SettingsFault, match="至少 8"):
        settings.read({"PROMOBOT_KEEP_DAYS": text})


def test_backups_lie_beside_the_database_unless_told() -> None:
    for url, folder in (
        ("", "data/backups"),
        ("sqlite:///here/s.db", "here/backups"),
        ("sqlite:///data/playground.db", "data/backups-playground"),
        ("postgresql://h/n", "data/backups"),
    ):
        assert settings.read({"PROMOBOT_DATABASE_URL": url}).backups.as_posix() == folder
    given = {"PROMOBOT_BACKUP_DIR": "/mnt/nas"}
    assert settings.read(given).backups.as_posix() == "/mnt/nas"


@pytest.mark.parametrize("value", ["aib…", "在这里填 BotID", "aib 1", "ａｉｂ１"])
@pytest.mark.parametrize("name", ["BOT_ID", "BOT_SECRET", "WEBHOOK_KEY"])
def test_what_a_console_hands_out_is_no_placeholder(tmp_path: Path, name: str, value: str) -> None:
    (fault,) = faults(tmp_path, {**WECOM, f"PROMOBOT_WECOM_{name}": value}, to_run=True)
    assert fault.startswith(f"PROMOBOT_WECOM_{name} ")
    assert value not in fault
