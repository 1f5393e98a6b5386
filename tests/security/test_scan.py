"""The scan for secrets finds what it looks for, and lets alone what only resembles it."""

import pytest

from tests.security.scan import finds

FOUND = {
    "TOKEN=" + "1234567890:" + "A" * 35: "a Telegram token",
    "-----BEGIN " + "PRIVATE KEY-----": "a private key",
    'AES_KEY = "' + "k" * 43 + '"': "a WeCom AES key",
    "PROMOBOT_KEY=" + "Zm9v" * 10 + "abc=": "a key of ours",
    "postgresql://bot:" + "Tr0ub4dor@db/promobot": "a password in an address",
}


@pytest.mark.parametrize("line", FOUND)
def test_a_secret_is_found_and_named(line: str) -> None:
    [(number, kind, _)] = finds(line)
    assert (number, kind) == (1, FOUND[line])


@pytest.mark.parametrize(
    "line",
    [
        "PROMOBOT_TELEGRAM_TOKEN=…",
        "12:34 得分 机电",
        "postgresql://user:{password}@host/db",
        "sha256:0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3",
    ],
)
def test_what_only_resembles_one_is_let_alone(line: str) -> None:
    assert finds(line) == []
