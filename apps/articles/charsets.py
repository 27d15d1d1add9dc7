"""From the bytes of a page or a text to its characters, by the order of the WHATWG Encoding Standard with one change.

The change: bytes that are valid UTF-8 beyond ASCII are UTF-8 whatever the page says. Hosts that announce Latin-1 for
everything are common, and text in another encoding that happens to be valid UTF-8 is next to impossible.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import charset_normalizer
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

from .refusals import Unreadable

REPLACEMENT: Final = "\ufffd"
_SAMPLE: Final = 32 * 1024
# Above this share of replaced characters the words are gone; below, a stray byte is no reason to lose a long page.
_MOST_REPLACED: Final = 0.01
# What Python calls encodings and no page is in: they would turn harmless characters into others.
_NOT_OF_PAGES: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"})
_BINARY: Final = (
    b"%PDF-", b"PK\x03\x04", b"PK\x05\x06", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"RIFF", b"{\\rtf",
    b"\xd0\xcf\x11\xe0", b"OggS", b"ID3", b"\x7fELF", b"MZ\x90", b"7z\xbc\xaf", b"Rar!", b"BZh",
)  # fmt: skip


def _is_binary(body: bytes) -> bool:
    """Whether bytes without a byte order mark begin like a file format that is not text, or hold a NUL."""
    return body.startswith(_BINARY) or b"\x00" in body[:4096]


def decode(body: bytes, *, content_type: str = "", declared_inside: bool = True) -> str:
    """The characters of ``body``: byte order mark, valid UTF-8, Content-Type, what the markup declares (only if
    ``declared_inside``), and last what the bytes look like.

    Raises ``Unreadable``: not_text, bad_encoding.
    """
    encoding, mark = read_bom(body)
    if encoding is not None and mark is not None:
        return _checked(to_unicode(body[len(mark) :], encoding), encoding)
    declared = http_content_type_encoding(content_type or None)
    # Whose characters have two bytes or four, half of them NUL.
    if _is_binary(body) and not (declared or "").startswith(("utf-16", "utf-32")):
        raise Unreadable("not_text", "the bytes of another file format")
    if not body.isascii():
        with suppress(UnicodeDecodeError):
            return body.decode("utf-8")
    if declared is None and declared_inside:
        declared = html_body_declared_encoding(body)
    if declared is None:
        declared = "utf-8" if body.isascii() else None
    if declared is not None and declared not in _NOT_OF_PAGES:
        # Of the many codecs that Python knows under a name, some decode no text.
        with suppress(UnicodeError, LookupError):
            text = to_unicode(body, declared)
            if _is_whole(text):
                return text
    likely = _likely(body)
    if not likely:
        raise Unreadable("bad_encoding", f"not in {declared}" if declared else "in none that we recognise")
    return _checked(to_unicode(body, likely), likely)


def _likely(body: bytes) -> str:
    """The encoding that bytes look like; empty if they look like none. Of several that fit equally well windows-1252,
    which the Encoding Standard falls back to."""
    found = charset_normalizer.from_bytes(_sample(body))
    best = found.best()
    if best is None:
        return ""
    equal = {match.encoding for match in found if (match.chaos, match.coherence) == (best.chaos, best.coherence)}
    return "cp1252" if "cp1252" in equal else str(best.encoding)


def _sample(body: bytes) -> bytes:
    """The part of ``body`` that tells most: from the first byte beyond ASCII, since a page begins with its scripts."""
    first = next((at for at, byte in enumerate(body) if byte > 0x7F), 0)
    return body[max(0, first - 200) : first + _SAMPLE]


def _is_whole(text: str) -> bool:
    return text.count(REPLACEMENT) <= len(text) * _MOST_REPLACED


def _checked(text: str, encoding: str) -> str:
    if not _is_whole(text):
        raise Unreadable("bad_encoding", f"not in {encoding}")
    return text
