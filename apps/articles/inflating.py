"""Undoing content encodings step by step, so that a bomb goes off at a cap and the encoded bytes can be kept too."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

from .guard import Refused

ENCODINGS: Final = frozenset({"gzip", "x-gzip", "deflate", "identity"})
MOST_ENCODINGS: Final = 2

_STEP: Final = 64 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS


class _Inflater(Protocol):
    """What ``zlib.decompressobj`` makes, whose class has no public name."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...
    def flush(self, length: int = ..., /) -> bytes: ...


def named(header: str) -> tuple[str, ...]:
    """The encodings that a Content-Encoding header names, in the order in which they were applied.

    Raises ``Refused``, bad_response, where there are more than two or one that we did not ask for.
    """
    names = tuple(name for part in header.split(",") if (name := part.strip().lower()))
    if len(names) > MOST_ENCODINGS:
        raise Refused("bad_response", f"{len(names)} content encodings")
    if not ENCODINGS.issuperset(names):
        raise Refused("bad_response", f"content encoding {', '.join(names)[:80]}")
    return tuple(name for name in names if name != "identity")


def inflated(pieces: Iterator[bytes], encodings: tuple[str, ...], *, most: int) -> Iterator[bytes]:
    """The pieces with ``encodings`` undone, in pieces of at most 64 KiB.

    Raises ``Refused``: too_large once more than ``most`` bytes came out, of the first encoding or of all; bad_response
    where the bytes are not encoded like that or end early.
    """
    for encoding in reversed(encodings):
        pieces = _one_undone(pieces, encoding, most)
    return pieces


def _one_undone(pieces: Iterator[bytes], encoding: str, most: int) -> Iterator[bytes]:
    left = most
    for piece in _members(pieces, encoding):
        yield piece[:left]
        left -= len(piece)
        if left < 0:
            raise Refused("too_large", f"more than {most} bytes")


def _members(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Everything that comes out: a gzip stream may have several members, and zeros or anything else after the last."""
    inflater: _Inflater | None = None
    members, ended = 0, False
    for piece in _begun(pieces):
        rest = piece
        while rest and not ended:
            if inflater is None:
                if members and not _another(rest, encoding):
                    ended = True
                    break
                inflater, members = _inflater(rest, encoding), members + 1
            try:
                out = inflater.decompress(rest, _STEP)
            except zlib.error as error:
                raise Refused("bad_response", f"not {encoding}: {error}") from error
            if out:
                yield out
            rest = inflater.unconsumed_tail
            if inflater.eof:
                rest, inflater = inflater.unused_data, None
    if inflater is not None:
        yield inflater.flush()
        if not inflater.eof:
            raise Refused("bad_response", f"the {encoding} stream ends early")


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, the first with at least two bytes, which tell what the rest is."""
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= 2:
            break
    if first:
        yield first
    yield from pieces


def _another(rest: bytes, encoding: str) -> bool:
    return encoding != "deflate" and rest.startswith(b"\x1f\x8b"[: len(rest)])


def _inflater(first: bytes, encoding: str) -> _Inflater:
    """``deflate`` means a zlib stream (RFC 9110), but many servers send a bare one."""
    if encoding != "deflate":
        return zlib.decompressobj(_GZIP)
    is_zlib = len(first) >= 2 and first[0] & 0x0F == 8 and int.from_bytes(first[:2], "big") % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
