"""How entries are hashed. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

GENESIS = bytes(32)


def canonical(payload: Mapping[str, object]) -> bytes:
    """Sorted keys, no white space, UTF-8: the same payload always has the same bytes."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def payload_digest(payload: Mapping[str, object], *, salt: bytes) -> bytes:
    """SHA-256 over salt and payload. Without the salt nothing can be guessed back once a payload is lawfully erased."""
    return hashlib.sha256(salt + canonical(payload)).digest()


def entry_digest(*, previous: bytes, index: int, at: datetime, actor: str, verb: str, payload_digest: bytes) -> bytes:
    """SHA-256 linking an entry to the one before it."""
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    line = "\n".join((str(index), when, actor, verb)).encode()
    return hashlib.sha256(previous + payload_digest + line).digest()
