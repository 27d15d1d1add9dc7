"""How keys are written and hashed. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re

SECRET = re.compile(r"^cc_([0-9a-f]{12})_([A-Za-z0-9_-]{40,64})$")


def split(secret: str) -> str | None:
    """The prefix by which a key is found, or ``None`` if this was never one of ours."""
    found = SECRET.match(secret)
    return found.group(1) if found else None


def digest(secret: str) -> bytes:
    """SHA-256: the secret has 256 random bits, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def matches(secret: str, stored: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest(secret), stored)
