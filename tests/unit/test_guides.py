"""The guides for administrators: what they name is there, what they show can be written so."""

import re
import subprocess
from pathlib import Path

import pytest

from bot import cli, settings
from bot.settings import SettingsFault
from commands.grammar import lexicon
from commands.roster.file import HEADINGS, REQUIRED, read
from db.people import ROLES
from tests.worlds import guides, written_pages
from tests.worlds.guides import GUIDES, PAGES, ROOT
from tests.worlds.plan import PLAN

INDEX = "README.md"
LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)]*))?\)")
PLACEHOLDER = re.compile(r'"在这里[^"]*"')
REAL = {
    "token": "4242:Made_up-for-a-test",
    "webhook_secret": "made_up_for_a_test",
}
"""What may stand where a page says 在这里粘贴, by key; else a word without blanks does."""


# --- links ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for path, part in LINK.findall(guides.text_of(page)):
        if path.startswith("https://"):
            continue
        target = GUIDES / path if path else GUIDES / page
        assert target.exists(), path
        titles = re.findall(r"^#+ (.*)", target.read_text("utf-8"), re.MULTILINE) if part else []
        assert not part or part in titles, f"{path}#{part}"


def test_the_index_leads_to_every_page() -> None:
    linked = {path for path, _ in LINK.findall(guides.text_of(INDEX))}
    assert {*PAGES} - {INDEX} <= linked


@pytest.mark.parametrize("page", PAGES)
def test_sections_are_numbered_in_their_order(page: str) -> None:
    numbers = re.findall(r"^## (\d+)\. ", guides.text_of(page), re.MULTILINE)
    assert numbers == [str(number + 1) for number in range(len(numbers))]


# --- written from the code ------------------------------------------------------------------


def test_every_setting_is_explained() -> None:
    told = [name for rows in written_pages.told("settings.toml").values() for name in rows]
    assert sorted(told) == sorted(settings.NAMES), "docs/guides/settings.toml, then: make pages"


def test_every_setting_a_page_names_exists() -> None:
    named = {
        name.lower()
        for page in PAGES
        for name in re.findall(r"PROMOBOT_(\w+)", guides.text_of(page))
    }
    assert named <= {*settings.NAMES}


# --- settings that are shown ----------------------------------------------------------------


@pytest.mark.parametrize("block", guides.blocks("toml"), ids=lambda block: block.page)
def test_a_promobot_toml_of_a_page_starts_once_its_placeholders_are_gone(
    block: guides.Block, tmp_path: Path
) -> None:
    file = tmp_path / settings.FILE
    file.write_text(block.text, "utf-8")
    with pytest.raises(SettingsFault):
        settings.read({}, tmp_path, to_run=True)

    def real(found: re.Match[str]) -> str:
        return f'{found[1]} = "{REAL.get(found[1], "madeup")}"'

    filled = re.sub(rf"(\w+) = {PLACEHOLDER.pattern}", real, block.text)
    assert filled != block.text
    file.write_text(filled, "utf-8")
    assert settings.read({}, tmp_path, to_run=True).platforms


# --- command lines --------------------------------------------------------------------------


@pytest.mark.parametrize("block", guides.blocks("sh", "powershell"), ids=lambda block: block.page)
def test_every_line_of_ours_is_one_the_program_takes(block: guides.Block) -> None:
    for line in block.lines:
        passed = guides.of_promobot(line, block.kind)
        if passed is None or "--help" in passed:
            continue
        cli.parser().parse_args(passed)


def test_what_stands_within_a_sentence_is_taken_too() -> None:
    found = {
        line for page in PAGES for line in re.findall(r"`(promobot [^`…]+)`", guides.text_of(page))
    }
    assert len(found) > 5
    for line in found:
        cli.parser().parse_args(guides.words(line)[1:])


@pytest.mark.parametrize("block", guides.blocks("sh"), ids=lambda block: block.page)
def test_a_shell_takes_every_block(block: guides.Block) -> None:
    subprocess.run(["bash", "-n"], input=block.text, text=True, check=True, timeout=20)


UNITS = {"promobot", "nginx", "caddy", "postgresql"}


def _is_there(path: str) -> bool:
    """Whether a file of ours that a line names is in the repository."""
    own = path.replace("\\", "/").removeprefix("/opt/promobot/")
    return (ROOT / own).exists()


@pytest.mark.parametrize("block", guides.blocks("sh", "powershell"), ids=lambda block: block.page)
def test_the_files_targets_and_units_that_a_line_names_are_there(block: guides.Block) -> None:
    for line in block.lines:
        found = guides.words(line, block.kind)
        for word in found:
            if re.match(r"(/opt/promobot/)?(requirements|deploy)[/\\]", word):
                assert _is_there(word), line
        if found[0] == "make":
            targets = re.findall(r"^(\S+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
            assert {*found[1:]} <= {*targets}, line
        if "systemctl" in found and found[-1] != "daemon-reload":
            assert found[-1] in UNITS, line


def test_what_an_earlier_version_has_built_is_gone_before_another_is_installed() -> None:
    """setuptools packs whatever still lies in build/: a newer migration into an older program."""
    seen = 0
    for block in guides.blocks("sh"):
        changed = [
            at
            for at, line in enumerate(block.lines)
            if "git pull" in line or "git checkout" in line
        ]
        installed = [
            at for at, line in enumerate(block.lines) if line.endswith("--no-build-isolation .")
        ]
        if changed and installed:
            assert "sudo rm -rf build" in block.lines[changed[0] : installed[0]], block.page
            seen += 1
    assert seen == 2


# --- the roster -----------------------------------------------------------------------------


def test_the_page_of_the_roster_names_its_columns_roles_and_headings() -> None:
    page = guides.text_of("roster.zh-CN.md")
    rows = re.findall(r"^\| (\S+) \| (是|否) \| .* \| (.*?) ?\|$", page, re.MULTILINE)
    assert [column for column, _, _ in rows] == [*HEADINGS]
    for column, needed, others in rows:
        assert (needed == "是") == (column in REQUIRED)
        assert [column, *filter(None, others.split("、"))] == [*HEADINGS[column]]
    assert "、".join(ROLES) in page


def test_the_template_of_a_roster_can_be_imported_as_it_is() -> None:
    data = (GUIDES / "roster-template.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")  # or Excel reads it as GBK
    found = read("roster-template.csv", data, lexicon.units_of(PLAN))
    assert (found.faults, found.notes) == ((), ())
    assert {role for row in found.rows for role in row.roles} == {*ROLES}
