"""Links and codes that cannot be guessed.

A link token is derived from a random seed in the row and LINK_KEY, which is not in the database:
a mail can name the link again at any time, while a stolen database opens nothing. Rows are found by
the SHA-256 of the token. A code is random and stored as a keyed hash.
"""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings

# No look-alikes: no 0 O, 1 I L, 2 Z, 5 S.
LETTERS = "ABCDEFGHJKMNPQRTUVWXY346789"


def seed() -> str:
    """128 random bits (OWASP ASVS 5.0.0, 11.5.1), as hex."""
    return secrets.token_hex(16)


def link_token(purpose: str, row_seed: str) -> str:
    """The token of a link: 160 bits, the same every time."""
    mac = hmac.new(settings.LINK_KEY.encode(), f"{purpose}:{row_seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:20]).decode().rstrip("=")


def mail_token(purpose: str, row_seed: str) -> str:
    """The same for the local part of a mail address, which is written in small letters on the way."""
    mac = hmac.new(settings.LINK_KEY.encode(), f"{purpose}:{row_seed}".encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:20]).decode().lower()


def digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def six_digits() -> str:
    """A code that a person types."""
    return f"{secrets.randbelow(1_000_000):06d}"


def code_hash(salt: str, code: str) -> str:
    """What the database keeps of a code: six digits are few, so the hash is keyed."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{salt}:{code}".encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def reference(length: int = 4) -> str:
    """Letters for a public reference, easy to read out on the telephone."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def _box() -> Fernet:
    key = hashlib.sha256(b"sealed:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(content: dict[str, Any]) -> bytes:
    """Lock what must rest in a table until it is sent, such as a code."""
    return _box().encrypt(json.dumps(content).encode())


def unseal(sealed: bytes) -> dict[str, Any]:
    """Open what `seal` locked."""
    return json.loads(_box().decrypt(bytes(sealed)))


def lock(purpose: str, text: str) -> bytes:
    """Lock words that rest in a table for weeks. What is locked for one purpose opens for no other.

    By LINK_KEY, which is not in the database and is kept when SECRET_KEY is changed.
    """
    return _lock_of(purpose).encrypt(text.encode())


def unlock(purpose: str, locked: bytes | memoryview) -> str:
    """The words that `lock` locked for this purpose; any others raise InvalidToken."""
    return _lock_of(purpose).decrypt(bytes(locked)).decode()


def _lock_of(purpose: str) -> Fernet:
    key = hmac.new(settings.LINK_KEY.encode(), f"lock:{purpose}".encode(), hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
