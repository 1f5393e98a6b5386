"""Looks through what is kept in git for secrets and for people's real numbers.

Run by `make check`: prints each find with its file and line, never the secret itself, and ends
with 1 if there is any. What tests invent is listed below by the hash of the token.
"""

import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORMS = {
    "a Telegram token": re.compile(r"(?<![\w-])\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a WeCom AES key": re.compile(r"(?i)aes_?key\W{1,6}([A-Za-z0-9]{43})(?!\w)"),
    "a cloud key": re.compile(r"(?<!\w)(?:AKIA|ASIA)[A-Z0-9]{16}(?!\w)"),
    "a GitHub token": re.compile(r"(?<!\w)gh[pousr]_[A-Za-z0-9]{36,}"),
    "a key of ours": re.compile(r"(?i)promobot_key\W{1,4}([A-Za-z0-9+/_-]{43}=?)(?![\w=])"),
    "a password in an address": re.compile(
        r"(?<=://)[^\s:/@{}<>\"']+:([^\s:/@{}<>\"']{6,})@(?=\w)"
    ),
}
INVENTED = frozenset(
    {
        "834ac72c67828997",  # tests of logs and settings
        "4c1b9bb3405f53cf",  # a proxy in the tests of settings
        "09a8e0fe098a621e",  # WeCom's published example, and two made for the vectors
        "8f5b521780472799",
        "9e7aba93751cef81",
    }
)
"""SHA-256, first 16 digits, of tokens that tests and guides make up."""


def finds(text: str) -> list[tuple[int, str, str]]:
    """Line, kind and hash of every secret in a text."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        for kind, form in FORMS.items():
            for match in form.finditer(line):
                mark = sha256(match[match.lastindex or 0].encode()).hexdigest()[:16]
                if mark not in INVENTED:
                    found.append((number, kind, mark))
    return found


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    count = 0
    for name in filter(None, listed.stdout.decode().split("\0")):
        try:
            text = (ROOT / name).read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        for number, kind, mark in finds(text):
            count += 1
            sys.stdout.write(f"{name}:{number}: looks like {kind} ({mark})\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
