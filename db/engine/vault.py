"""Seals personal data and finds it again by keyed hash.

All keys are derived from one key of 32 bytes, so that none of them reveals another. A sealed value
opens only with the context it was sealed with, so it cannot be moved to another row.
"""

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from db.errors import KeyMismatch
from db.wording import say
from scoring.errors import Fault

KEY_BYTES = 32
DIGEST_BYTES = 16
NONCE_BYTES = 12
NONCES = 1024
RECENT = 4096
"""Hashes cached: routing and the command ask for the same ones, some of them twice."""
FORM = b"\x01"  # first byte of a sealed value, so that a second cipher can be added


class Unsealable(Fault):
    """The value was blanked, damaged, or sealed with another key or context."""


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDFExpand(SHA256(), KEY_BYTES, f"promobot {purpose}".encode()).derive(key)


class Vault:
    """Seals, opens and digests with one key; safe to use from several threads."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise KeyMismatch(say("key.length", needed=KEY_BYTES, found=len(key)))
        self._cipher = AESGCM(_derived(key, "seal"))
        self._digests = hashlib.blake2b(digest_size=DIGEST_BYTES, key=_derived(key, "digest"))
        self._nonces: list[bytes] = []
        self.digest: Callable[[str, str], bytes] = lru_cache(RECENT)(self._hash)
        """A 16-byte keyed hash of a topic and a text, which finds it again without revealing it."""
        self.fingerprint = _derived(key, "fingerprint")[:DIGEST_BYTES]
        """Distinguishes keys without revealing them."""
        self.derived: Callable[[str], bytes] = partial(_derived, key)
        """A key of 32 bytes for one purpose alone."""

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """The value, encrypted and bound to its context (`b"lead 12"`)."""
        try:
            nonce = self._nonces.pop()
        except IndexError:
            nonce = self._draw()
        return FORM + nonce + self._cipher.encrypt(nonce, plain, context)

    def _draw(self) -> bytes:
        """Draw random nonces by the thousand, since each system call costs a thread switch."""
        drawn = os.urandom(NONCE_BYTES * NONCES)
        self._nonces += [drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)]
        return self._nonces.pop()

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """The value sealed with this context; raises Unsealable otherwise."""
        body = 1 + NONCE_BYTES
        if sealed[:1] != FORM:
            raise Unsealable("nothing sealed here")
        try:
            return self._cipher.decrypt(sealed[1:body], sealed[body:], context)
        except (InvalidTag, ValueError) as wrong:
            raise Unsealable("sealed with another key or for another place") from wrong

    def _hash(self, topic: str, text: str) -> bytes:
        hashed = self._digests.copy()
        hashed.update(f"{topic}\0{text}".encode())
        return hashed.digest()


def key_from(
    text: str | None, file: Path | None, beside: Path | None, *, fresh: bool = True
) -> bytes:
    """Return the key given in a setting, else in a file, else kept beside an SQLite database.

    Only the last is generated, readable by its owner alone, and only for a `fresh` database: any
    other was sealed with a key that must be found again. Raises KeyMismatch.
    """
    if text:
        return _decoded(text, "PROMOBOT_KEY")
    if file is not None:
        return _read(file)
    if beside is None:
        raise KeyMismatch(say("key.missing"))
    if beside.exists():
        return _read(beside)
    if not fresh:
        raise KeyMismatch(say("key.away", file=beside))
    return generated(beside)


def _read(file: Path) -> bytes:
    try:
        return _decoded(file.read_text(encoding="ascii"), str(file))
    except (OSError, UnicodeDecodeError) as fault:
        raise KeyMismatch(say("key.unreadable", file=file)) from fault


def _decoded(text: str, source: str) -> bytes:
    written = "".join(text.split())
    try:
        if len(written) == 2 * KEY_BYTES:
            return bytes.fromhex(written)
        key = base64.b64decode(written.replace("-", "+").replace("_", "/"), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyMismatch(say("key.malformed", source=source))
    return key


def generated(beside: Path) -> bytes:
    """A new key, kept in a file that its owner alone can read; the file's, if another process was
    quicker."""
    key = secrets.token_bytes(KEY_BYTES)
    beside.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(beside)
    with os.fdopen(handle, "wb") as out:
        out.write(base64.b64encode(key) + b"\n")
    return key
