"""WeCom's callback encryption: AES-256-CBC with the console's key, signed with its token.

The same for the bot's JSON and the app's XML, which differ in the receiver named in a message
(none for a school's own bot, the enterprise for an app). Anything wrong with a message raises the
same error, which tells no more.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.wording import say
from scoring.errors import Fault, OperatorError

BLOCK = 32
RANDOM = 16
KEY_TEXT = 43


class Forged(Fault):
    """A message is not from WeCom or is damaged: nothing in it may be trusted."""


class Seal:
    """Decrypts and encrypts the messages of one callback address. `receiver`: the enterprise's id
    for an app, "" for the school's own bot. Raises OperatorError for an invalid key."""

    def __init__(self, token: str, aes_key: str, receiver: str) -> None:
        self._token = token
        self._key = _key(aes_key)
        self._receiver = receiver.encode()

    def signature(self, timestamp: str, nonce: str, sealed: str) -> str:
        """Return the signature of an encrypted text."""
        parts = sorted((self._token, timestamp, nonce, sealed))
        return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()

    def open(self, signature: str, timestamp: str, nonce: str, sealed: str) -> bytes:
        """Decrypt a message; raise Forged if signature, padding, length or receiver is wrong."""
        said = self.signature(timestamp, nonce, sealed)
        if not hmac.compare_digest(said.encode(), signature.encode()):
            raise Forged("signature")
        plain = _unpadded(self._decrypted(sealed))
        if len(plain) < RANDOM + 4:
            raise Forged("length")
        (length,) = struct.unpack_from(">I", plain, RANDOM)
        message, receiver = plain[RANDOM + 4 :][:length], plain[RANDOM + 4 + length :]
        if len(message) != length or not hmac.compare_digest(receiver, self._receiver):
            raise Forged("receiver")
        return message

    def seal(self, message: bytes, *, random: bytes = b"") -> str:
        """Encrypt a message. `random`: 16 bytes, drawn unless given (published vectors)."""
        plain = (random or secrets.token_bytes(RANDOM)) + struct.pack(">I", len(message))
        plain += message + self._receiver
        short = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes([short]) * short) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def _decrypted(self, sealed: str) -> bytes:
        try:
            raw = base64.b64decode(sealed.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError) as wrong:
            raise Forged("base64") from wrong
        if not raw or len(raw) % 16:
            raise Forged("length")
        decryptor = self._cipher().decryptor()
        return decryptor.update(raw) + decryptor.finalize()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES256(self._key), modes.CBC(self._key[:16]))


def opened_file(data: bytes, key: str) -> bytes:
    """Decrypt a file that a member sent to the bot; `key` is the file's own."""
    raw = _key(key.rstrip("="))
    if not data or len(data) % 16:
        raise Forged("length")
    decryptor = Cipher(algorithms.AES256(raw), modes.CBC(raw[:16])).decryptor()
    return _unpadded(decryptor.update(data) + decryptor.finalize())


def _unpadded(plain: bytes) -> bytes:
    short = plain[-1]
    if not 1 <= short <= BLOCK or len(plain) < short:
        raise Forged("padding")
    if not hmac.compare_digest(plain[-short:], bytes([short]) * short):
        raise Forged("padding")
    return plain[:-short]


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(f"{text}=", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(text) != KEY_TEXT or len(key) != 32:
        raise OperatorError(say("wecom.bad_aes_key"))
    return key
