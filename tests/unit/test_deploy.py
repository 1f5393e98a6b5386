"""What is shipped for servers: the service, the container and what stands in front agree with the
program and with one another."""

import configparser
import re
import tomllib
from fnmatch import fnmatch

import pytest

from bot import cli, settings
from bot.pages.door import PREFIX
from tests.worlds.dockerfile import of, stages
from tests.worlds.guides import ROOT

DEPLOY = ROOT / "deploy"
DOORS = {"/telegram/webhook", "/wecom/bot", "/wecom/app"}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


# --- the service ----------------------------------------------------------------------------


class _Unit(configparser.ConfigParser):
    """A unit file: keys keep their case; a repeated key keeps its last value."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit() -> configparser.SectionProxy:
    found = _Unit(strict=False, interpolation=None)
    found.read(DEPLOY / "promobot.service", "utf-8")
    return found["Service"]


def test_the_service_starts_the_program_where_the_guide_puts_it() -> None:
    program, *passed = unit()["ExecStart"].split()
    cli.parser().parse_args(passed)
    guide = text("docs/guides/linux.zh-CN.md")
    assert program in guide
    assert unit()["WorkingDirectory"] == f"/var/lib/{unit()['StateDirectory']}"
    assert f"--home-dir {unit()['WorkingDirectory']}" in guide
    assert f"/usr/sbin/nologin {unit()['User']}\n" in guide


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("RestrictSUIDSGID", "yes"),
        ("UMask", "0077"),
        ("StateDirectoryMode", "0700"),
        ("Restart", "always"),
    ],
)
def test_the_service_may_do_no_more_than_it_needs(key: str, value: str) -> None:
    assert unit()[key] == value
    assert unit()["User"] != "root"


# --- in front -------------------------------------------------------------------------------


def test_what_stands_in_front_lets_the_platforms_in_and_nobody_else() -> None:
    nginx, caddy = text("deploy/nginx.conf"), text("deploy/Caddyfile")
    [named] = re.findall(r"location ~ \^/\(([^)]*)\)\$ \{", nginx)
    assert {f"/{door}" for door in named.split("|")} == DOORS
    [listed] = re.findall(r"@doors path (.*)", caddy)
    assert {*listed.split()} == DOORS
    port = settings.Settings().http_port
    assert f"http://127.0.0.1:{port};" in nginx
    assert f"reverse_proxy 127.0.0.1:{port}" in caddy
    assert [found[1] for found in re.finditer(r"location \^~ (\S+) \{", nginx)] == [f"{PREFIX}/"]
    assert f"handle {PREFIX}/* {{" in caddy
    assert "return 404" in nginx
    assert "respond 404" in caddy


# --- the container --------------------------------------------------------------------------


def test_the_image_runs_the_program_as_nobody_in_particular() -> None:
    _, last = stages()
    assert of(last, "USER") == ["10001"]
    assert "--uid 10001" in of(last, "RUN")[0]
    assert of(last, "ENTRYPOINT") == ['["promobot"]']
    assert "promobot" in PYPROJECT["project"]["scripts"]
    assert of(last, "CMD") == ['["run"]']
    assert "/readyz" in of(last, "HEALTHCHECK")[0]


def test_the_image_holds_the_program_and_what_it_needs() -> None:
    build, _ = stages()
    copied = [word for rest in of(build, "COPY") for word in rest.split()[:-1]]
    kept = [line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")]
    for word in copied:
        assert (ROOT / word).exists(), word
        assert word.split("/")[0] in kept, word
    for pattern in PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]:
        floors = [one.name for one in ROOT.iterdir() if (one / "__init__.py").exists()]
        assert {floor for floor in floors if fnmatch(floor, pattern)} <= {*copied}
    for rest in of(build, "RUN"):
        if "-r requirements" in rest:
            assert "--require-hashes" in rest


def services() -> dict[str, str]:
    """The text of each service of compose.yaml."""
    _, _, rest = text("compose.yaml").partition("\nservices:\n")
    body = re.split(r"^\w", rest, maxsplit=1, flags=re.MULTILINE)[0]
    parts = re.split(r"^  (\w+):\n", body, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("name", ["bot", "db"])
def test_a_service_has_no_rights_and_a_limit(name: str) -> None:
    said = services()[name]
    for line in (
        "read_only: true",
        "cap_drop: [ALL]",
        '["no-new-privileges:true"]',
        "restart: unless-stopped",
    ):
        assert line in said
    for key in ("user", "mem_limit", "pids_limit", "stop_grace_period"):
        assert re.search(rf"^    {key}: (?!\"?(root|0)\b)\S", said, re.MULTILINE), key


def test_only_this_machine_reaches_the_container_and_only_the_bot_the_database() -> None:
    found = services()
    ports = re.findall(r'- "([^"]*:\d+)"', found["bot"])
    assert ports == ["127.0.0.1:8080:8080"]
    assert "ports:" not in found["db"]
    assert "networks: [inside]" in found["db"]
    assert "internal: true" in text("compose.yaml")


def test_the_container_is_given_settings_that_there_are_and_no_secret() -> None:
    given = text("compose.yaml") + text("deploy/docker.env")
    named = re.findall(r"PROMOBOT_(\w+)(?:: |=)(.*)", given)
    assert len(named) > 4
    assert {name.lower() for name, _ in named} <= {*settings.NAMES}
    for name, value in named:
        if name in ("KEY", "TELEGRAM_TOKEN"):
            assert value == "" or value.startswith("${"), name
