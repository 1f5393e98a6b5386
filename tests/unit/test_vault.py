"""What is sealed opens only here; what is digested is found again."""

import base64
import stat
from pathlib import Path

import pytest

from db.engine.vault import Unsealable, Vault, key_from
from db.errors import KeyMismatch

KEY = bytes(range(32))
OTHER = bytes(32)


def test_what_was_sealed_opens_with_the_same_context() -> None:
    vault = Vault(KEY)
    assert vault.open(vault.seal("张某".encode(), b"lead 1"), b"lead 1") == "张某".encode()


def test_a_sealed_value_cannot_be_moved_to_another_row() -> None:
    vault = Vault(KEY)
    with pytest.raises(Unsealable):
        vault.open(vault.seal(b"secret", b"lead 1"), b"lead 2")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unsealable):
        Vault(OTHER).open(Vault(KEY).seal(b"secret", b""), b"")


@pytest.mark.parametrize("damaged", [b"", b"\x01", b"\x01short", b"\x02" + bytes(40)])
def test_a_blanked_or_damaged_value_is_told_as_such(damaged: bytes) -> None:
    with pytest.raises(Unsealable):
        Vault(KEY).open(damaged, b"")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    vault = Vault(KEY)
    assert vault.seal(b"secret", b"") != vault.seal(b"secret", b"")


def test_a_digest_depends_on_topic_text_and_key() -> None:
    vault = Vault(KEY)
    digests = {
        vault.digest("phone", "13800138000"),
        vault.digest("phone", "13800138001"),
        vault.digest("link", "13800138000"),
        vault.digest("phone1", "3800138000"),
        Vault(OTHER).digest("phone", "13800138000"),
    }
    assert len(digests) == 5
    assert vault.digest("phone", "13800138000") in digests
    assert {len(digest) for digest in digests} == {16}


def test_the_fingerprint_tells_keys_apart_and_holds_nothing_of_them() -> None:
    assert Vault(KEY).fingerprint == Vault(KEY).fingerprint != Vault(OTHER).fingerprint
    assert Vault(KEY).fingerprint not in KEY


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(b"\xfb" * 32).decode(),
        base64.urlsafe_b64encode(b"\xfb" * 32).decode() + "\n",
        (b"\xfb" * 32).hex(),
        (b"\xfb" * 32).hex().upper(),
    ],
)
def test_a_key_is_read_as_base64_or_hex(text: str) -> None:
    assert key_from(text, None, None) == b"\xfb" * 32


@pytest.mark.parametrize("text", ["short", "钥匙", "A" * 43, "z" * 64])
def test_anything_else_is_no_key_and_is_not_repeated(text: str) -> None:
    with pytest.raises(KeyMismatch) as refused:
        key_from(text, None, None)
    assert text not in str(refused.value)


def test_no_key_at_all_says_how_to_set_one() -> None:
    with pytest.raises(KeyMismatch, match="PROMOBOT_KEY"):
        key_from(None, None, None)


def test_a_key_is_generated_once_beside_its_database_for_its_owner_alone(tmp_path: Path) -> None:
    beside = tmp_path / "data" / "promobot.key"
    key = key_from(None, None, beside)
    assert key_from(None, None, beside) == key
    assert key_from(None, beside, None) == key
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600


def test_a_key_file_that_was_named_is_never_generated(tmp_path: Path) -> None:
    named = tmp_path / "key"
    with pytest.raises(KeyMismatch, match="密钥文件"):
        key_from(None, named, tmp_path / "beside")
    assert not named.exists()
