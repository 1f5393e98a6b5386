"""A stream sealed in chunks: read and written in little memory, whole or not at all.

Each stream has a key of its own, derived from the database's key and a random salt, so a counter
serves as nonce. The counter keeps chunks from being moved or dropped; the last chunk says that it
is the last, so a stream cut short is found. The head, in plain, is bound to every chunk.
"""

import os
import struct
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.engine.vault import Vault
from scoring.errors import Fault

SALT_BYTES = 16
LENGTH = struct.Struct(">I")
LONGEST = 64 * 1024 * 1024
"""Bytes of a chunk; a longer one can only be a damaged length."""

MORE, LAST = b"\x00", b"\x01"


class CutShort(Fault):
    """The stream ends before its last chunk."""


class Damaged(Fault):
    """The stream is not as it was written."""


def salt() -> bytes:
    """A new salt, to be kept in the head."""
    return os.urandom(SALT_BYTES)


def _cipher(vault: Vault, drawn: bytes) -> AESGCM:
    return AESGCM(vault.derived(f"backup {drawn.hex()}"))


def _nonce(count: int) -> bytes:
    return count.to_bytes(12, "big")


class Sealer:
    """Writes chunks; `close` writes the last one, without which the stream counts for nothing."""

    def __init__(self, out: BinaryIO, vault: Vault, head: bytes, drawn: bytes) -> None:
        self._out = out
        self._cipher = _cipher(vault, drawn)
        self._head = sha256(head).digest()
        self._count = 0

    def write(self, chunk: bytes) -> None:
        """Seal one chunk and write it."""
        self._write(chunk, MORE)

    def close(self) -> None:
        """Write the last chunk, which is empty."""
        self._write(b"", LAST)

    def _write(self, chunk: bytes, kind: bytes) -> None:
        sealed = self._cipher.encrypt(_nonce(self._count), chunk, self._head + kind)
        self._count += 1
        self._out.write(LENGTH.pack(len(sealed)) + sealed)


def opened(source: BinaryIO, vault: Vault, head: bytes, drawn: bytes) -> Iterator[bytes]:
    """The chunks up to the last. Raises CutShort or Damaged, perhaps after some good ones."""
    cipher, bound = _cipher(vault, drawn), sha256(head).digest()
    count = 0
    while True:
        sealed = _next(source)
        for kind in (MORE, LAST):
            try:
                chunk = cipher.decrypt(_nonce(count), sealed, bound + kind)
            except (InvalidTag, ValueError):
                continue
            break
        else:
            raise Damaged("a chunk is not as it was sealed")
        if kind == LAST:
            if source.read(1):
                raise Damaged("something follows the last chunk")
            return
        yield chunk
        count += 1


def _next(source: BinaryIO) -> bytes:
    length = LENGTH.unpack(exactly(source, LENGTH.size))[0]
    if length > LONGEST:
        raise Damaged("a chunk cannot be that long")
    return exactly(source, length)


def exactly(source: BinaryIO, size: int) -> bytes:
    """So many bytes; raises CutShort if there are fewer."""
    data = source.read(size)
    if len(data) < size:
        raise CutShort("the stream ends early")
    return data
