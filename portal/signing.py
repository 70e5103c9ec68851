"""Signatures of this site: Ed25519 (RFC 8032), with a key that follows from LINK_KEY and is in no database.

Whoever meets a file of this site elsewhere compares the fingerprint with the one that this site shows.
"""

import base64
import binascii
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

KEY_BYTES, SIGNATURE_BYTES = 32, 64


def _private() -> Ed25519PrivateKey:
    seed = hmac.new(settings.LINK_KEY.encode(), b"signature", hashlib.sha256).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """The public half, in base64."""
    raw = _private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def sign(content: bytes) -> str:
    """The signature of some bytes, in base64."""
    return base64.b64encode(_private().sign(content)).decode()


def fits(content: bytes, *, key: str, signature: str) -> bool:
    """Did the holder of this key sign these very bytes?"""
    public, signed = _read(key, KEY_BYTES), _read(signature, SIGNATURE_BYTES)
    if public is None or signed is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(key: str) -> str:
    """A key as people compare it: 16 bytes of its SHA-256, in groups of four."""
    digest = hashlib.sha256(_read(key, KEY_BYTES) or b"").hexdigest()[:32].upper()
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def _read(text: str, length: int) -> bytes | None:
    """Base64 as we write it, and in no other spelling."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == length and base64.b64encode(raw).decode() == text else None
